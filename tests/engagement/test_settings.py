"""engagement.yaml: every rule fires with its line, key and fix, and stays silent on good settings."""

from __future__ import annotations

import datetime as dt

import pytest

from coachkit.core.cohort import FLOOR
from coachkit.engagement.settings import (
    BrandingSettings,
    EngagementSettings,
    FileSettings,
    MinimumSettings,
    RateSettings,
    WaveSettings,
)
from coachkit.engagement.settings_rules import check_against_instrument, check_settings

TABLES = ("roster", "context", "units", "kpis", "coaches", "responses", "responses_long")


def settings(**changes):
    good = {
        "client": "Example Ltd",
        "purpose": "Development of the managers",
        "owner": "Head of Learning",
        "recorded_on": dt.date(2026, 1, 10),
        "retention_date": dt.date(2027, 12, 31),
        "waves": (WaveSettings("w1", "First", dt.date(2026, 2, 1)),),
    }
    return EngagementSettings(**(good | changes))


def found(**changes):
    return [(problem.code, problem.column) for problem in check_settings(settings(**changes), TABLES)]


def test_good_settings_have_no_problems():
    assert found() == []


@pytest.mark.parametrize("key", ["client", "purpose", "owner"])
def test_purpose_owner_and_client_must_be_stated(key):
    assert found(**{key: "  "}) == [("E-PURPOSE", key)]


def test_purpose_that_names_a_decision_about_people_is_noted():
    assert found(purpose="Selection for promotion") == [("N-PURPOSE", "purpose")]
    assert found(purpose="Development; never used for promotion") == []


def test_missing_record_date_is_noted():
    assert found(recorded_on=None) == [("N-RECORD", "recorded_on")]


@pytest.mark.parametrize("day", [dt.date(2026, 2, 1), dt.date(2025, 1, 1), dt.date(2207, 1, 1)])
def test_retention_date_must_follow_the_engagement_and_be_believable(day):
    assert found(retention_date=day) == [("E-SETTING", "retention_date")]


def test_waves_need_distinct_ids_in_order_of_date():
    late, early = WaveSettings("w1", "", dt.date(2026, 9, 1)), WaveSettings("w1", "", dt.date(2026, 2, 1))
    assert found(waves=(late, early)) == [("E-SETTING", "waves[1].id"), ("E-SETTING", "waves")]
    assert found(waves=()) == [("E-SETTING", "waves")]
    assert found(waves=(WaveSettings("../x"),)) == [("E-SETTING", "waves[0].id")]
    assert found(wave="w9") == [("E-SETTING", "wave")]


def test_minimums_may_be_raised_noted_when_lowered_and_refused_below_the_floor():
    assert found(minimums=MinimumSettings(unit=9)) == []
    assert found(minimums=MinimumSettings(cohort=FLOOR)) == [("N-MINIMUM", "minimums.cohort")]
    assert found(minimums=MinimumSettings(items_and_comments=FLOOR - 1)) == [
        ("E-MINIMUM", "minimums.items_and_comments")
    ]


@pytest.mark.parametrize("colour", ["red", "#FFF", "#12345G", "0B3C5D", "#0B3C5D;x"])
def test_bad_colours_are_refused(colour):
    assert found(branding=BrandingSettings(colour_accent=colour)) == [("E-SETTING", "branding.colour_accent")]


@pytest.mark.parametrize("logo", ["../logo.png", "/etc/passwd", "C:\\logo.png", "https://e.org/l.png", "a/../../b.png"])
def test_logo_outside_the_folder_is_refused(logo):
    assert found(branding=BrandingSettings(logo=logo)) == [("E-SETTING", "branding.logo")]


def test_rates_need_a_currency_and_ranges_in_order():
    assert found(rates=RateSettings(coaching_hour_low=100.0)) == [("E-SETTING", "rates.currency")]
    assert found(rates=RateSettings("EUR", coaching_hour_low=200.0, coaching_hour_high=100.0)) == [
        ("E-SETTING", "rates.coaching_hour_high")
    ]
    assert found(rates=RateSettings("EUR", training_day_low=-1.0)) == [("E-SETTING", "rates.training_day_low")]


def test_files_must_be_tables_inside_the_folder():
    assert found(files={"rooster": FileSettings(path="data/a.csv")}) == [("E-SETTING", "files.rooster")]
    assert found(files={"roster": FileSettings(path="../a.csv")}) == [("E-SETTING", "files.roster.path")]
    assert found(files={"roster": FileSettings(path="")}) == [("E-SETTING", "files.roster.path")]
    assert found(files={"roster": FileSettings(path="a.csv", format="forms")}) == [("E-SETTING", "files.roster.format")]
    assert found(files={"responses_peers": FileSettings(path="a.csv", format="forms")}) == []


def test_targets_are_checked_against_the_instrument(folder):
    def against(**changes):
        problems = check_against_instrument(settings(**changes), folder.instrument)
        return [(problem.code, problem.column) for problem in problems]

    assert against(targets={"new": {"PEO": 3.0, "default": 2.0}}) == []
    assert against(targets={"newish": {"PEO": 3.0}}) == [("E-SETTING", "targets.newish")]
    assert against(targets={"new": {"PEOPLE": 3.0}}) == [("E-SETTING", "targets.new.PEOPLE")]
    assert against(targets={"new": {"PEO": 5.5}}) == [("E-RANGE", "targets.new.PEO")]


def test_group_minimums_keep_the_floor_for_confidential_groups_only(folder):
    def against(**groups):
        chosen = settings(minimums=MinimumSettings(rater_groups=groups))
        return [problem.code for problem in check_against_instrument(chosen, folder.instrument)]

    assert against(peer=FLOOR, manager=1) == []
    assert against(peer=FLOOR - 1) == ["E-MINIMUM"]
    assert against(boss=3) == ["E-SETTING"]


def test_problems_carry_line_and_key_of_the_file(folder):
    folder.settings += "branding:\n  colour_primary: red\nminimums:\n  unit: 1\n"
    sentences = [problem.sentence() for problem in folder.check()]
    assert sentences[0].startswith(
        'E-SETTING  engagement.yaml, line 10, key branding.colour_primary: "red" is not a colour'
    )
    assert sentences[1].startswith('E-MINIMUM  engagement.yaml, line 12, key minimums.unit: "1" is below 3, the floor')


def test_current_wave_is_the_last_unless_named():
    waves = (WaveSettings("w1"), WaveSettings("w2"))
    assert settings(waves=waves).current_wave == "w2"
    assert settings(waves=waves, wave="w1").current_wave == "w1"


def test_file_options_leave_out_what_is_not_about_reading():
    options = FileSettings(path="a.csv", format="long", delimiter=";", constants={"wave": "w1"}).options()
    assert options.delimiter == ";"
    assert not hasattr(options, "constants")
