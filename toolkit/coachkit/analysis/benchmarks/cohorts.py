"""Cohorts with known truth for the benchmark: true scores, rater errors, and spreads that differ by cohort.

Nothing in a cohort is set to what the estimator assumes: means, spreads and rater reliabilities are drawn anew
for every cohort and competency, rater errors share a halo, and ratings may be rounded and clipped to a scale.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from coachkit.core.instrument import Anchor, Competency, Instrument, Item, RaterGroup, ResponseFormat, RoleLevel
from coachkit.core.scoring import RaterScores, on_grid

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
    item_sd : float
        Error of one item beyond the rater's error of the competency, counted within the latter.
    """

    mean: float = 3.6
    mean_sd: float = 0.25
    spread: float = 0.45
    spread_cv: float = 0.25
    general_share: float = 0.4
    reliability_sd: float = 0.35
    halo_share: float = 0.45
    item_sd: float = 0.5
    is_rated: bool = False


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
        n_managers, n_groups = n_raters.shape
        cell = np.repeat(np.arange(n_raters.size), n_raters.ravel())
        manager, group = cell // n_groups, cell % n_groups
        shape = (len(cell), self.latent.shape[1])
        share = self.world.halo_share
        error = np.sqrt(share) * rng.standard_normal((len(cell), 1)) + np.sqrt(1 - share) * rng.standard_normal(shape)
        seen = self.latent[manager] + error * self._rater_sd()[group]
        if self.world.is_rated:
            answers = seen[..., None] + self.world.item_sd * rng.standard_normal((*shape, N_ITEMS))
            seen = np.clip(np.rint(answers), 1, 5).mean(axis=-1)
        ids = np.arange(len(cell)).astype(object)
        names = tuple(f"M{number:05d}" for number in range(n_managers))
        return RaterScores(names, manager, group, ids, on_grid(seen), pd.DataFrame(index=range(len(cell))))

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
