"""Make the synthetic ratings behind the reference values: ``python tests/reference/make_data.py``.

The files are kept as they are, so that values.json stays true to them when the simulator changes.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from coachkit.analysis.simulation import simulate_engagement
from coachkit.engagement.instruments import load_instrument

SEED, N_MANAGERS = 1979, 60
ITEMS = ["BEH01", "BEH02", "BEH03", "BEH04", "TEAM01", "TEAM03"]


def draw_ratings() -> pd.DataFrame:
    """Forms of peers and direct reports on six items; an unanswered or unobserved item is empty."""
    tables = simulate_engagement(load_instrument("manager_transition"), N_MANAGERS, seed=SEED, waves=1).tables
    forms = tables["responses"].merge(tables["roster"][["manager_id", "unit_id"]], on="manager_id")
    forms = forms[forms["rater_group"].isin(["peer", "report"])]
    ratings = forms[ITEMS].apply(pd.to_numeric, errors="coerce").astype("Int64")
    return pd.concat([forms[["manager_id", "unit_id", "rater_group"]], ratings], axis=1)


def pick_judges(complete: pd.DataFrame) -> pd.DataFrame:
    """Mean rating by the first four raters of each manager, for designs of targets by judges."""
    rated = complete.assign(mean=complete[ITEMS].astype(float).mean(axis=1).round(6))
    rated["judge"] = rated.groupby("manager_id").cumcount() + 1
    wide = rated[rated["judge"] <= 4].pivot_table(index="manager_id", columns="judge", values="mean")
    return wide.dropna().add_prefix("judge_").reset_index()


def write_data(folder: Path) -> None:
    """Write ratings.csv (complete), ratings_missing.csv (as answered) and judges.csv."""
    ratings = draw_ratings()
    complete = ratings.dropna()
    complete.to_csv(folder / "ratings.csv", index=False)
    ratings.iloc[:240].to_csv(folder / "ratings_missing.csv", index=False)
    pick_judges(complete).to_csv(folder / "judges.csv", index=False)


if __name__ == "__main__":
    write_data(Path(__file__).parent)
