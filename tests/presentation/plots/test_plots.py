"""Figures are tested by what they draw: places, words and text alternatives."""

from __future__ import annotations

import re
import statistics
import time
from xml.etree import ElementTree as ET

import pytest
from tests.fixtures.dossiers import COMPETENCIES, DIAGNOSIS, cohort_dossier, profile, segmented_cohort

from coachkit.presentation.plots import (
    cohort_spread,
    dot_plot,
    reading_counts,
    segment_profile,
    self_other_plot,
    situation_bars,
)
from coachkit.presentation.plots.canvas import SMALL, WIDTH, Canvas, text_width, wrap
from coachkit.presentation.plots.scale import Scale

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    r"$\frac{$", r"$\input{/etc/passwd}$", "A$AP", "x" * 5000, "管理者のフィードバック" * 20, "🦊🚀", "فاطمة الخطيب",
    "</text></svg><script>alert(1)</script>", "<img src=x onerror=pwn()>", "a\x00\x07\ud800b", "", "   ",
)  # fmt: skip


def all_figures():
    cohort = segmented_cohort()
    names = {key: short for key, _, short in COMPETENCIES}
    return {
        "dot_plot": dot_plot(profile().scores, 1, 5),
        "self_other_plot": self_other_plot(profile().scores, 1, 5),
        "situation_bars": situation_bars(DIAGNOSIS.findings),
        "cohort_spread": cohort_spread(cohort.spread, 1, 5),
        "reading_counts": reading_counts(cohort.spread),
        "segment_profile": segment_profile(cohort.segments.segments, names),
    }


def texts(figure):
    return [element.text for element in ET.fromstring(figure.svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("name", all_figures())
def test_every_figure_is_sound_readable_and_described(name):
    figure = all_figures()[name]
    root = ET.fromstring(figure.svg)
    assert float(root.get("viewBox").split()[2]) == WIDTH
    assert min(float(text.get("font-size")) for text in root.iter(f"{SVG}text")) >= SMALL
    assert len(figure.alt) > 60
    assert figure.caption
    assert not re.search(r"url\(|href|<script|<style|<image", figure.svg)


@pytest.mark.parametrize("name", all_figures())
def test_nothing_is_drawn_outside_the_sheet(name):
    root = ET.fromstring(all_figures()[name].svg)
    height = float(root.get("viewBox").split()[3])
    for text in root.iter(f"{SVG}text"):
        x, width = float(text.get("x")), text_width(text.text or "", float(text.get("font-size")))
        left = {"middle": x - width / 2, "end": x - width}.get(text.get("text-anchor"), x)
        assert left >= -3
        assert left + width <= WIDTH + 12
        assert 0 < float(text.get("y")) <= height
    for circle in root.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx")) <= WIDTH
        assert 0 <= float(circle.get("cy")) <= height


def test_the_same_data_gives_the_same_bytes():
    assert {name: figure.svg for name, figure in all_figures().items()} == {
        name: figure.svg for name, figure in all_figures().items()
    }


def test_a_dot_lies_at_its_estimate_and_the_bar_spans_its_range():
    score = profile().scores[0]
    figure = dot_plot([score], 1, 5)
    root = ET.fromstring(figure.svg)
    scale = Scale(1, 5, 130, WIDTH - 32)
    dots = [float(circle.get("cx")) for circle in root.iter(f"{SVG}circle")]
    assert dots[-1] == pytest.approx(scale.at(3.2), abs=0.06)
    bars = [(float(bar.get("x")), float(bar.get("width"))) for bar in root.iter(f"{SVG}rect")]
    assert any(
        x == pytest.approx(scale.at(2.7), abs=0.06) and width == pytest.approx(scale.at(3.7) - scale.at(2.7), abs=0.1)
        for x, width in bars
    )
    assert "3.2" in texts(figure)


def test_the_dot_plot_groups_by_what_may_be_said():
    words = texts(dot_plot(profile().scores, 1, 5))
    headings = [
        word for word in words if word in {"Likely below target", "Not clear yet – ask", "Likely at or above target"}
    ]
    assert headings == ["Likely below target", "Not clear yet – ask", "Likely at or above target"]
    assert words.index("Organisation output") < words.index("Opportunities") < words.index("Team performance")
    assert "too few answers" in words


def test_the_alternative_text_tells_numbers_and_uncertainty():
    alt = dot_plot(profile().scores, 1, 5).alt
    assert (
        "Owning organisation output beyond technology delivery 2.8 (range 2.3 to 3.3, target 3.5, more than 9 in 10 below)"
        in alt
    )


def test_only_differences_beyond_error_are_strong():
    figure = self_other_plot(profile().scores, 1, 5)
    strong = [t.text for t in ET.fromstring(figure.svg).iter(f"{SVG}text") if t.get("font-weight")]
    assert strong == ["Change planning", "+1.1", "Opportunities", "−1.0", "Improvement", "−1.5"]


def test_ten_dots_count_the_probability():
    figure = situation_bars(DIAGNOSIS.findings[2:3])
    fills = [circle.get("fill") for circle in ET.fromstring(figure.svg).iter(f"{SVG}circle")]
    assert len(fills) == 10
    assert len(set(fills)) == 1
    assert situation_bars(DIAGNOSIS.findings[3:4]).alt.endswith("not known, cannot tell.")


def test_small_counts_are_not_drawn():
    figure = reading_counts(cohort_dossier().spread[4:5])
    assert texts(figure)[-1] == "13"
    assert "a number too small to show" in figure.alt


def test_a_hidden_mean_is_said_not_drawn():
    spread = cohort_dossier().spread[0]
    from dataclasses import replace

    figure = cohort_spread([replace(spread, mean=None, quantiles=())], 1, 5)
    assert texts(figure)[-1] == "hidden"
    assert figure.alt == "No means can be shown."


@pytest.mark.case("SEC-09")
@pytest.mark.parametrize("payload", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_stays_text_in_a_figure(payload):
    from dataclasses import replace

    scores = [replace(score, name=payload, short_name=payload) for score in profile().scores]
    findings = [replace(finding, title=payload) for finding in DIAGNOSIS.findings]
    for figure in (dot_plot(scores, 1, 5), self_other_plot(scores, 1, 5), situation_bars(findings)):
        root = ET.fromstring(figure.svg)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags <= {"svg", "path", "rect", "circle", "polygon", "text"}
        assert len(figure.svg) < 40_000


def test_short_hostile_text_is_shown_in_full():
    canvas = Canvas(20)
    canvas.label(0, 10, r"A$AP <b> & $\frac{$", 300, anchor="start")
    assert ET.fromstring(canvas.svg())[0].text == r"A$AP <b> & $\frac{$"


def test_text_is_wrapped_then_cut_with_an_ellipsis():
    assert wrap("one", 100, 10) == ["one"]
    lines = wrap("x" * 5000, 100, 10)
    assert len(lines) == 1
    assert lines[0].endswith("…")
    assert text_width(lines[0], 10) <= 100


def test_values_outside_the_scale_stay_on_the_sheet():
    scale = Scale(1, 5, 100, 300)
    assert (scale.at(0), scale.at(9)) == (100, 300)


def test_a_figure_takes_a_few_milliseconds():
    scores = profile().scores
    dot_plot(scores, 1, 5)
    times = []
    for _ in range(30):
        start = time.process_time()
        dot_plot(scores, 1, 5)
        times.append(time.process_time() - start)
    assert statistics.median(times) < 0.01
