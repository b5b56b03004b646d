"""What raters write: invented comments on strengths and on what to develop, by competency.

Raters write about what they see, so each comment belongs to one competency; the simulation picks strengths from
a manager's true strongest competencies and developments from the true weakest.
"""

from __future__ import annotations

STRENGTHS: dict[str, tuple[str, ...]] = {
    "OPP": (
        "Always asks which of our goals a proposal serves before anyone gets carried away.",
        "Spotted the metering backlog as an opportunity months before the rest of us did.",
        "Brings ideas from customer visits that none of us had considered.",
        "Has the discipline to drop a clever idea when it does not fit the strategy.",
        "Reads the customer complaints every week and turns patterns into proposals.",
    ),
    "CASE": (
        "Business cases arrive with honest numbers, and finance trusts them.",
        "Sets out the do-nothing option fairly, which makes the discussion much better.",
        "Very clear about who will own each benefit once the project team has gone.",
        "Tells the board which assumption is the weakest before they find it themselves.",
        "The pumping-station case was the best argued paper we have had this year.",
    ),
    "PLAN": (
        "Breaks a daunting change into steps that we can actually see ourselves taking.",
        "Came to ask us what would go wrong before the plan was signed off.",
        "Plans around the winter peak, so the day job did not collapse.",
        "Agreed the measures before we started, so nobody could argue afterwards.",
        "The first visible result came within six weeks and won the sceptics over.",
    ),
    "BEN": (
        "Keeps asking whether customers have noticed any difference yet.",
        "When the second milestone slipped we heard about it at once, with a plan.",
        "Stayed with us through the dip after go-live, when others had moved on.",
        "Went back after six months to check that the saving had really held.",
        "Reviews benefits, not just red and green tasks; it keeps us honest.",
    ),
    "IMP": (
        "Protects our Thursday improvement hour even in the busiest weeks.",
        "Will not let us patch the same fault twice without finding out why.",
        "Measures before and after, so we know that the new rota is faster.",
        "Tried an idea from the newest member of the team and gave her the credit.",
        "Lead times have halved, and it was done with us, not to us.",
    ),
    "PEO": (
        "Handed me the whole supplier review, not just the dull parts of it.",
        "Feedback comes the same day, specific and kind, and I can use it.",
        "Dealt with a difficult performance problem promptly and fairly.",
        "Our one-to-ones are really about where I want to go, not a task list.",
        "I have grown more in a year here than in the four years before.",
    ),
    "TEAM": (
        "Anyone in the team could tell you our purpose and our three measures.",
        "It feels safe to say that something is going wrong.",
        "Settles clashing priorities quickly, and explains the decision.",
        "We review how we work together every month and actually change things.",
        "Turned a group of strong individuals into a team that covers for one another.",
    ),
    "OUT": (
        "Starts from what the business needs and only then talks about systems.",
        "Leaves the technical detail to the people who are good at it.",
        "Sees cost, capacity and service as one picture, which is rare here.",
        "Got three functions to agree on one plan, and everyone felt heard.",
        "Speaks for the whole service in front of the board, not only for the technology.",
    ),
    "BEH": (
        "Stays calm when the plan falls apart, and it steadies everyone else.",
        "Listens right to the end before deciding anything.",
        "Admits mistakes openly, which makes it easier for the rest of us.",
        "Treats the apprentice and the director in exactly the same way.",
        "If a promise is made, it is kept. I cannot think of an exception.",
    ),
    "GRO": (
        "Asks me to challenge the thinking behind a decision, and means it.",
        "Told us openly what they are working on this year and how it is going.",
        "Tries new ways of running meetings and asks us whether they helped.",
        "Brings hard situations early, before they become a crisis.",
        "Always reading, always curious, and passes on what is useful.",
    ),
}

DEVELOPMENTS: dict[str, tuple[str, ...]] = {
    "OPP": (
        "Could link improvement ideas more clearly to what the company is trying to achieve.",
        "Waits to be asked for ideas; I would like to see more brought unprompted.",
        "Spends little time with customers, so opportunities pass us by.",
        "Finds it hard to let go of a favourite idea that no longer fits.",
        "More curiosity about why customers call twice would help.",
    ),
    "CASE": (
        "Proposals need figures that finance will accept, not only conviction.",
        "I rarely see more than one option compared properly.",
        "Benefits are listed, but nobody is named to deliver them.",
        "Would gain from saying openly which assumptions are shaky.",
        "The last case went back twice because the costs were incomplete.",
    ),
    "PLAN": (
        "The plan for the new rota appeared without anyone on shift being asked.",
        "Needs early, visible steps; eighteen months is too long to wait.",
        "Daily service suffered because the change was planned on top of everything.",
        "We started without agreeing how we would know that it had worked.",
        "Could involve the depots before, and not after, decisions are made.",
    ),
    "BEN": (
        "Projects are closed when the tasks are done, whether or not anything improved.",
        "Slippage tends to be reported late, when there is little left to do.",
        "People needed more help during the weeks after go-live.",
        "Nobody checks whether last year's savings are still there.",
        "Progress meetings are about activity; I would like to hear about benefit.",
    ),
    "IMP": (
        "We keep things running, but we never seem to make them better.",
        "The same pump fault comes back every month and we just fix it again.",
        "Improvement time is the first thing to go whenever it gets busy.",
        "Ideas from the team are collected, and then nothing is heard of them.",
        "It would help to measure how long things take before we change them.",
    ),
    "PEO": (
        "Still does much of the work personally instead of handing it over.",
        "Feedback comes once a year, and by then it is too late to be useful.",
        "Avoids the conversation about one colleague who is not pulling their weight.",
        "I would welcome a proper talk about my own development.",
        "Delegates tasks, but keeps every decision.",
    ),
    "TEAM": (
        "I could not say what our three measures are.",
        "Difficult subjects get parked, and everyone knows it.",
        "When priorities collide we are left to sort it out among ourselves.",
        "We have never stopped to look at how we work as a team.",
        "Meetings are updates to the boss rather than a team at work.",
    ),
    "OUT": (
        "Goes straight to the technical solution before we know what users need.",
        "Cannot resist diving into the detail that others could handle.",
        "Needs to see the budget and the service as well as the system.",
        "Other departments feel informed rather than involved.",
        "Very strong on the technology; less at ease answering for the whole operation.",
    ),
    "BEH": (
        "Under pressure the tone becomes short, and people stop asking questions.",
        "Sometimes decides before everyone has finished speaking.",
        "Promises made in passing are not always remembered.",
        "Could own up sooner when something has gone wrong.",
        "Is noticeably warmer with senior people than with the shift teams.",
    ),
    "GRO": (
        "I do not know what they are trying to get better at.",
        "Rarely asks for a second opinion on a big decision.",
        "Sets aims for everyone else but seldom speaks of their own.",
        "Hard situations reach us only once they have become a crisis.",
        "Has been on courses, but I have not seen anything tried out afterwards.",
    ),
}

OWN_STRENGTHS: dict[str, str] = {
    "OPP": "I think I am good at seeing where our work could serve the strategy better.",
    "CASE": "I am confident with figures and can defend a business case.",
    "PLAN": "Planning change in steps that people can follow comes naturally to me.",
    "BEN": "I follow things through until the benefit is there.",
    "IMP": "I like finding out why things go wrong and removing the cause.",
    "PEO": "I take time for my people and enjoy seeing them grow.",
    "TEAM": "The team works well together, and I believe I have helped with that.",
    "OUT": "I can explain to the business what our work means for them.",
    "BEH": "I stay calm and try to be straightforward with everyone.",
    "GRO": "I ask for feedback and act on it.",
}

OWN_DEVELOPMENTS: dict[str, str] = {
    "OPP": "I would like to be quicker at connecting ideas with the business strategy.",
    "CASE": "I have never been shown how to build a business case properly.",
    "PLAN": "I find it hard to plan change while keeping the service running.",
    "BEN": "I should check later on whether improvements have lasted.",
    "IMP": "The day-to-day work takes over, and improvement waits.",
    "PEO": "Letting go of the work I used to do myself, and giving feedback.",
    "TEAM": "Getting difficult things out into the open in the team.",
    "OUT": "Moving from being the expert to answering for the whole service.",
    "BEH": "Keeping calm when several things go wrong at once.",
    "GRO": "Finding someone to think difficult situations through with.",
}

LIVE_SITUATIONS: tuple[str, ...] = (
    "I have been asked to merge two teams and must choose between two good deputies.",
    "My sponsor and the finance director want opposite things from the same programme.",
    "I am to present the five-year plan to the board and have never done so before.",
    "A long-standing supplier relationship has to end, and my team is close to them.",
    "I may be asked to lead a function whose work I do not know.",
    "A peer and I are both seen as candidates for the same post.",
    "The regulator has asked for a commitment that I doubt we can keep.",
    "I need to close a depot fairly and keep good people.",
)

MENTOR_PREFERENCES: tuple[str, ...] = (
    "Someone from outside the company who has made the same step.",
    "A mentor with experience of running operations.",
    "Someone who will challenge me rather than reassure me.",
    "Video meetings, please; early mornings suit me best.",
    "I would rather talk with someone who knows regulated industries.",
    "No preference.",
)
