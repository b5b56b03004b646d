"""How fast the analysis is, with common library calls beside ours on the same data in the same run."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from coachkit.analysis.benchmarks.simulated import cohort_data
from coachkit.analysis.profiles import score_cohort
from coachkit.analysis.segments.archetypes import archetype_shapes
from coachkit.analysis.segments.structure_test import test_structure as run_structure_test
from coachkit.analysis.simulation import simulate_engagement
from coachkit.analysis.situations import SituationRules, diagnose
from coachkit.core.fast_scoring import score_scales
from coachkit.core.instrument import Anchor, Instrument, ResponseFormat
from coachkit.core.reliability import cronbach_alpha

Size = Literal["quick", "full"]
FORMAT = ResponseFormat(1, 5, (Anchor(1, "low"), Anchor(5, "high")))
N_SCALES = 10
ITEMS_PER_SCALE = 5
STRUCTURE_COLUMNS = ("OPP", "CASE", "PLAN", "BEN", "IMP", "PEO", "TEAM", "OUT", "BEH", "GRO")
REPORT_SCALES = 9
COLUMNS = ["task", "size", "ours_s", "peer", "peer_s", "times_faster", "goal", "is_met"]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much each task is given."""

    forms: int
    diagnosed: int
    repeats: int


SIZES = {"quick": Sizes(200_000, 2000, 3), "full": Sizes(1_000_000, 10_000, 5)}


def speed_benchmark(instrument: Instrument, rules: SituationRules, size: Size = "quick") -> pd.DataFrame:
    """Time the analysis and common library calls on the same data.

    Parameters
    ----------
    instrument, rules
        The shipped ones, for the diagnosis of a simulated engagement.
    size : {"quick", "full"}
        The goals are stated for "full".

    Returns
    -------
    DataFrame
        ``task``, ``size``, ``ours_s`` (best of several runs, seconds), ``peer`` and ``peer_s`` (empty without one),
        ``times_faster``, ``goal``, ``is_met``.
    """
    sizes = SIZES[size]
    rows = [
        *_time_scoring(sizes),
        *_time_item_report(sizes),
        _time_bootstrap(sizes),
        _time_structure_test(sizes),
        *_time_diagnosis(sizes, instrument, rules),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def best_time(task: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of several runs."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        task()
        times.append(time.perf_counter() - started)
    return min(times)


def random_codes(n_forms: int, n_items: int, seed: int = 0) -> np.ndarray:
    """Answers 1 to 5 with five percent missing (0), items as rows."""
    rng = np.random.default_rng(seed)
    codes = rng.integers(1, 6, (n_items, n_forms), dtype=np.int8)
    codes[rng.random(codes.shape, dtype=np.float32) < 0.05] = 0
    return codes


def _time_scoring(sizes: Sizes) -> list[tuple]:
    n = sizes.forms
    codes = random_codes(n, N_SCALES * ITEMS_PER_SCALE)
    scales = [range(k * ITEMS_PER_SCALE, (k + 1) * ITEMS_PER_SCALE) for k in range(N_SCALES)]
    ours = best_time(lambda: score_scales(codes, scales, FORMAT), sizes.repeats)
    spare = np.empty_like(codes)
    one_pass = best_time(lambda: np.add(codes, 1, out=spare), sizes.repeats)
    ratings = np.where(codes == 0, np.nan, codes).astype(np.float32)
    frame = pd.DataFrame(ratings.T, columns=[f"i{k}" for k in range(len(codes))])
    names = np.repeat(np.arange(N_SCALES), ITEMS_PER_SCALE)
    what = f"{n:,} forms x {len(codes)} items, {N_SCALES} scales"

    def with_nanmean() -> list[np.ndarray]:
        import warnings

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # a form without answers to a scale
            return [np.nanmean(ratings[list(rows)], axis=0) for rows in scales]

    def with_groupby() -> pd.DataFrame:
        return frame.T.groupby(names).mean()

    goal = f"at most 6 passes over the int8 data ({6 * one_pass:.3f} s)"
    task = f"score scales: {ours / one_pass:.1f} passes"
    return [
        _row(task, what, ours, "numpy nanmean", best_time(with_nanmean, 2), goal, is_met=ours <= 6 * one_pass),
        _row("score scales", what, ours, "pandas groupby mean", best_time(with_groupby, 1), "", is_met=None),
    ]


def _correlated_ratings(n: int, n_scales: int, per_scale: int) -> np.ndarray:
    rng = np.random.default_rng(1)
    common = np.repeat(rng.standard_normal((n, n_scales)), per_scale, axis=1)
    return np.clip(np.rint(3.5 + 0.7 * common + 0.7 * rng.standard_normal(common.shape)), 1, 5)


def _time_item_report(sizes: Sizes) -> list[tuple]:
    ratings = _correlated_ratings(1000, REPORT_SCALES, 4)
    frames = [pd.DataFrame(ratings[:, 4 * k : 4 * k + 4]) for k in range(REPORT_SCALES)]

    def with_pandas() -> list[pd.Series]:
        """Item-rest correlations alone, one by one."""
        return [pd.Series([f[i].corr(f.drop(columns=i).sum(axis=1)) for i in f.columns]) for f in frames]

    ours = best_time(lambda: [cronbach_alpha(frame) for frame in frames], 5 * sizes.repeats)
    peer = best_time(with_pandas, sizes.repeats)
    what = f"1,000 rows, {REPORT_SCALES} scales of 4"
    goal = "at most .0028 s, a fiftieth of R psych's .142 s"
    return [_row("item report", what, ours, "pandas, item-rest only", peer, goal, is_met=ours <= 0.142 / 50)]


def _time_bootstrap(sizes: Sizes) -> tuple:
    from coachkit.core.bootstrap_alpha import bootstrap_alpha

    ratings = _correlated_ratings(1000, REPORT_SCALES, 4)
    scales = [range(4 * k, 4 * k + 4) for k in range(REPORT_SCALES)]

    def resample() -> None:
        """Ten resamples the usual way."""
        rng = np.random.default_rng(0)
        for _ in range(10):
            drawn = ratings[rng.integers(0, len(ratings), len(ratings))]
            for scale in scales:
                covariance = np.cov(drawn[:, list(scale)], rowvar=False)
                np.trace(covariance) / covariance.sum()

    ours = best_time(lambda: bootstrap_alpha(ratings, scales, 1000), sizes.repeats)
    peer = 100 * best_time(resample, sizes.repeats)
    what = f"1,000 rows, {REPORT_SCALES} scales, B = 1000"
    return _row(
        "bootstrap alpha", what, ours, "numpy cov a resample (10 timed)", peer, "about .05 s", is_met=ours <= 0.06
    )


def _time_structure_test(sizes: Sizes) -> tuple:
    rng = np.random.default_rng(2)
    scores = rng.standard_normal((200, 10)) * 0.4
    shapes = scores - scores.mean(axis=1, keepdims=True)
    error = np.full(shapes.shape, 0.04)
    patterns = archetype_shapes(STRUCTURE_COLUMNS).to_numpy()

    def run() -> None:
        run_structure_test(shapes, error, range(2, 7), 99, np.random.default_rng(0), patterns)

    ours = best_time(run, min(sizes.repeats, 3))
    return _row("structure test", "200 managers, B = 99", ours, "", np.nan, "below 1 s", is_met=ours < 1)


def _time_diagnosis(sizes: Sizes, instrument: Instrument, rules: SituationRules) -> list[tuple]:
    n = sizes.diagnosed
    simulated = simulate_engagement(instrument, n, max(1, n // 20), waves=1)
    data = cohort_data(simulated, instrument)
    scoring = best_time(lambda: score_cohort(data), 1)
    profiles = score_cohort(data)
    ours = best_time(lambda: diagnose(profiles, rules, n_draws=2000), 2)
    forms = f"{n:,} managers, {len(data.responses.keys):,} forms"
    return [
        _row("score a cohort with uncertainty", forms, scoring, "", np.nan, "", is_met=None),
        _row("diagnosis", f"{n:,} managers x 2,000 draws", ours, "", np.nan, "below 5 s", is_met=ours < 5),
    ]


def _row(task: str, size: str, ours: float, peer: str, peer_s: float, goal: str, *, is_met: bool | None) -> tuple:
    return (task, size, ours, peer, peer_s, peer_s / ours, goal, "" if is_met is None else ("yes" if is_met else "no"))
