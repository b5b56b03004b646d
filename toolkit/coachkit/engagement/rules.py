"""Reads the thresholds of the situations and the catalogue of interventions, and checks them against the engine."""

from __future__ import annotations

from pathlib import Path

from coachkit.analysis.catalogue import Catalogue, check_catalogue
from coachkit.analysis.situations import SituationRules, check_rules
from coachkit.engagement.resources import template_path
from coachkit.engagement.yaml_reader import load_yaml


def load_situation_rules(path: str | Path | None = None) -> SituationRules:
    """Load the thresholds of the five situations.

    Parameters
    ----------
    path : str or Path, optional
        A client's own file; the shipped ``templates/situations.yaml`` by default.

    Raises
    ------
    SettingsError
        If the file cannot be read as rules, or lacks or adds a name the engine knows nothing of.

    Examples
    --------
    >>> rules = load_situation_rules()
    >>> rules.situations["new_manager"].title
    'New to managing people'
    """
    rules = load_yaml(Path(path) if path is not None else template_path("situations.yaml"), SituationRules)
    check_rules(rules)
    return rules


def load_catalogue(path: str | Path | None = None) -> Catalogue:
    """Load the catalogue of interventions and what is offered in which situation.

    Parameters
    ----------
    path : str or Path, optional
        A client's own file; the shipped ``templates/interventions.yaml`` by default.

    Raises
    ------
    SettingsError
        If the file cannot be read as a catalogue, or an offer is missing or names an unknown intervention.

    Examples
    --------
    >>> load_catalogue().interventions["mentoring"].label
    'Mentoring'
    """
    catalogue = load_yaml(Path(path) if path is not None else template_path("interventions.yaml"), Catalogue)
    check_catalogue(catalogue)
    return catalogue
