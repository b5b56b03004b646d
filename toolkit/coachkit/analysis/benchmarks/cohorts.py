"""Cohorts with known truth for the benchmark: true scores, rater errors, and spreads that differ by cohort.

Means, spreads and rater reliabilities are drawn anew for every cohort and competency, around the estimator's priors;
rater errors share a halo, and ratings may be rounded and clipped to a scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.analysis.measurement_model import estimate_scores, estimate_single_rater, fit_cohort
from coachkit.core.composite import combine_groups
from coachkit.core.confidentiality import release_groups
from coachkit.core.instrument import Anchor, Competency, Instrument, Item, RaterGroup, ResponseFormat, RoleLevel
from coachkit.core.measurement import MeasurementSettings
from coachkit.core.scoring import RaterScores, average_groups, on_grid

N_COMPETENCIES = 10
N_ITEMS = 4


@dataclass(frozen=True, slots=True)
class World:
    """What cohorts are drawn from, in points of a five-point scale unless stated.

    Attributes
    ----------
    mean, mean_sd : float
        Cohort means and how they differ by cohort and competency.
    spread, spread_cv : float
        Standard deviation of true scores between managers, and its coefficient of variation between cohorts.
    general_share : float
        Share of the true variance (0-1) that all competencies have in common.
    reliability_sd : float
        How single-rater reliabilities differ between cohorts, on the logit scale; half as much between competencies.
    halo_share : float
        Share of a rater's error (0-1) common to all competencies.
    occasion_share : float
        Share of a rater's error (0-1) that is drawn anew at another time.
    item_sd : float
        Error of one item, counted within the rater's error.
    is_rated : bool
        Whether items are answered with whole numbers from 1 to 5.
    """

    mean: float = 3.6
    mean_sd: float = 0.25
    spread: float = 0.45
    spread_cv: float = 0.25
    general_share: float = 0.4
    reliability_sd: float = 0.35
    halo_share: float = 0.45
    occasion_share: float = 0.25
    item_sd: float = 0.5
    is_rated: bool = True


WORLD = World()
GROUPS: tuple[tuple[str, float], ...] = (("manager", 0.50), ("peer", 0.37), ("report", 0.30))


@dataclass(frozen=True)
class KnownCohort:
    """A cohort with its truth: what raters said, and the rating expected over raters."""

    instrument: Instrument
    raters: RaterScores
    true: np.ndarray


@dataclass(frozen=True)
class Population:
    """Managers and how raters err about them; panels of raters are drawn from it.

    ``latent`` (n_managers, n_competencies) in scale points, ``error_sd`` (n_groups, n_competencies).
    """

    world: World
    instrument: Instrument
    latent: np.ndarray
    error_sd: np.ndarray

    @property
    def true(self) -> np.ndarray:
        """Rating expected over raters, groups weighted alike: the latent score, or less spread at the scale's ends."""
        if not self.world.is_rated:
            return self.latent
        from scipy.special import ndtr

        spread = np.sqrt(self._rater_sd() ** 2 + self.world.item_sd**2)[:, None, :]
        cuts = np.arange(1.5, 5.0)
        return 1 + sum(ndtr((self.latent[None] - cut) / spread) for cut in cuts).mean(axis=0)

    def rate(self, n_raters: np.ndarray, rng: np.random.Generator) -> RaterScores:
        """Draw a panel of new raters; ``n_raters`` (n_managers, n_groups)."""
        return self.rate_twice(n_raters, rng)[0]

    def rate_twice(self, n_raters: np.ndarray, rng: np.random.Generator) -> tuple[RaterScores, RaterScores]:
        """The same raters at two times; of their error ``occasion_share`` is drawn anew each time."""
        n_managers, n_groups = n_raters.shape
        cell = np.repeat(np.arange(n_raters.size), n_raters.ravel())
        manager, group = cell // n_groups, cell % n_groups
        share, passing = self.world.halo_share, self.world.occasion_share
        shape = (len(cell), self.latent.shape[1])

        def errors() -> np.ndarray:
            own, halo = rng.standard_normal(shape), rng.standard_normal((len(cell), 1))
            return (np.sqrt(share) * halo + np.sqrt(1 - share) * own) * self._rater_sd()[group]

        lasting = self.latent[manager] + np.sqrt(1 - passing) * errors()
        seen = [lasting + np.sqrt(passing) * errors() for _ in range(2)]
        first, second = (self._form(manager, group, scores, n_managers, rng) for scores in seen)
        return first, second

    def _form(
        self, manager: np.ndarray, group: np.ndarray, seen: np.ndarray, n_managers: int, rng: np.random.Generator
    ) -> RaterScores:
        items = pd.DataFrame(index=range(len(seen)))
        if self.world.is_rated:
            answers = seen[..., None] + self.world.item_sd * rng.standard_normal((*seen.shape, N_ITEMS))
            answers = np.clip(np.rint(answers), 1, 5)
            seen = answers.mean(axis=-1)
            items = pd.DataFrame(answers.reshape(len(seen), -1), columns=list(self.instrument.item_ids))
        ids = np.arange(len(seen)).astype(object)
        names = tuple(f"M{number:05d}" for number in range(n_managers))
        return RaterScores(names, manager, group, ids, on_grid(seen), items)

    def _rater_sd(self) -> np.ndarray:
        items = self.world.item_sd**2 / N_ITEMS if self.world.is_rated else 0.0
        return np.sqrt(np.maximum(self.error_sd**2 - items, 0.01))


def draw_population(
    n_managers: int, groups: tuple[tuple[str, float], ...], world: World, rng: np.random.Generator
) -> Population:
    """Draw managers and rater errors; every cohort and competency gets its own mean, spread and reliabilities."""
    shape = (n_managers, N_COMPETENCIES)
    mean = world.mean + world.mean_sd * rng.standard_normal(N_COMPETENCIES)
    between, within = rng.standard_normal(2), rng.standard_normal((2, N_COMPETENCIES))
    deviate = (2 * between[:, None] + within) / np.sqrt(5)  # mostly the cohort, partly the competency
    spread = world.spread * np.exp(world.spread_cv * deviate[0] - world.spread_cv**2 / 2)
    general = rng.standard_normal((n_managers, 1))
    person = np.sqrt(world.general_share) * general + np.sqrt(1 - world.general_share) * rng.standard_normal(shape)
    prior = np.array([reliability for _, reliability in groups])[:, None]
    noise = (1 / prior - 1) * np.exp(-world.reliability_sd * deviate[1])
    return Population(world, benchmark_instrument(groups), mean + spread * person, spread * np.sqrt(noise))


def draw_cohort(
    n_managers: int, groups: tuple[tuple[str, float], ...], sizes: tuple[tuple[int, int], ...], world: World, seed: int
) -> KnownCohort:
    """Draw managers and one panel; ``sizes`` are the fewest and most raters of each group (0 = none)."""
    rng = np.random.default_rng([seed, n_managers])
    people = draw_population(n_managers, groups, world, rng)
    low, high = np.array(sizes).T
    n_raters = rng.integers(low, high + 1, (n_managers, len(sizes)))
    return KnownCohort(people.instrument, people.rate(n_raters, rng), people.true)


def benchmark_instrument(groups: tuple[tuple[str, float], ...] = GROUPS) -> Instrument:
    """Ten competencies of four items; every group may be shown from one rater on, to study any number of raters."""
    ids = [f"C{number:02d}" for number in range(N_COMPETENCIES)]
    names = tuple(group for group, _ in groups)
    items = {c: tuple(f"{c}{number}" for number in range(N_ITEMS)) for c in ids}
    return Instrument(
        *("benchmark", "1", "en", "Benchmark", "", "", ""),
        ResponseFormat(1, 5, (Anchor(1, "low"), Anchor(5, "high"))),
        tuple(RaterGroup(g, g, is_confidential=False, minimum=1, single_rater_reliability=r) for g, r in groups),
        tuple(Competency(c, c, c, "", items[c]) for c in ids),
        tuple(Item(item, c, item, "", "", names) for c in ids for item in items[c]),
        (RoleLevel("all", "All", 3.5),),
    )


@dataclass(frozen=True)
class Scored:
    """Scores of a known cohort: the observed composite, and estimates as the product makes them.

    ``known_error`` is the standard error with mean, spread and reliability taken as known.
    """

    observed: np.ndarray
    reliability: np.ndarray
    estimate: np.ndarray
    error: np.ndarray
    known_error: np.ndarray


def score_known(instrument: Instrument, raters: RaterScores) -> Scored:
    """Score a panel with the product's own functions and default settings."""
    settings, groups = MeasurementSettings(), instrument.rater_groups
    means = average_groups(raters, len(groups))
    release = release_groups(means.mean, means.n, groups)
    single, single_error, _ = estimate_single_rater(raters, instrument, settings)
    composite = combine_groups(release, groups, single, single_error)
    levels = pd.Series("all", index=list(raters.manager_ids))
    no_self = np.full(composite.observed.shape, np.nan)
    model = fit_cohort(composite.observed, composite.reliability, no_self, levels, instrument, settings)
    estimate, error = estimate_scores(composite, model)
    known = model.sd_true * np.sqrt(1 - composite.reliability)
    return Scored(composite.observed, composite.reliability, estimate, error, known)


def alpha_errors(instrument: Instrument, raters: RaterScores, observed: np.ndarray) -> np.ndarray:
    """Error bars as often seen: SD of managers' scores times root of one minus Cronbach's alpha of the forms."""
    alphas = []
    for competency in instrument.competencies:
        covariance = np.cov(raters.items[list(competency.item_ids)].to_numpy(), rowvar=False)
        k = len(covariance)
        alphas.append(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))
    return observed.std(axis=0, ddof=1) * np.sqrt(1 - np.array(alphas))
