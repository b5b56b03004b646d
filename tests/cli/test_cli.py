"""The command line: help that reads well, exit codes that mean something, never a traceback."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from coachkit import __version__
from coachkit.cli import main


@pytest.fixture
def cli():
    runner = CliRunner()
    return lambda *arguments: runner.invoke(main, [str(argument) for argument in arguments])


def test_help_lists_the_commands_in_the_order_of_the_work(cli):
    text = cli("--help").stdout
    commands = ["demo", "init", "simulate", "check", "run", "status", "approve", "lab"]
    listing = text[text.index("Commands:") :]
    assert [listing.index(f"\n  {name} ") for name in commands] == sorted(
        listing.index(f"\n  {name} ") for name in commands
    )


@pytest.mark.parametrize("command", ["demo", "init", "simulate", "check", "run", "status", "approve", "lab"])
def test_every_command_explains_itself(cli, command):
    result = cli(command, "--help")
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()[2].strip()) > 20


def test_the_help_fits_a_terminal_and_cuts_nothing(cli):
    text = cli("--help").stdout
    assert "  coachkit demo  " in text
    assert not [
        line
        for line in text.splitlines()
        if len(line) > 80 or (line.endswith("...") and "Usage" not in line) or "\\b" in line
    ]


def test_the_version_is_the_packages(cli):
    assert cli("--version").stdout.strip() == f"coachkit, version {__version__}"


def test_an_engagement_that_is_not_there_is_refused_with_a_fix(cli, tmp_path):
    result = cli("run", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "coachkit init" in result.stderr
    assert "Traceback" not in result.output


def test_an_unfilled_engagement_lists_what_is_missing(cli, tmp_path):
    assert cli("init", tmp_path / "client").exit_code == 0
    result = cli("check", tmp_path / "client")
    assert result.exit_code == 2
    assert "roster" in result.output
    assert "Fix: " in result.output


def test_check_speaks_json_and_csv(cli, tmp_path):
    cli("init", tmp_path / "client")
    problems = json.loads(cli("check", tmp_path / "client", "--format", "json").stdout)
    rows = cli("check", tmp_path / "client", "--format", "csv").stdout.splitlines()
    assert problems
    assert len(rows) >= len(problems)


def test_an_unknown_format_is_refused_with_the_known_ones(cli, tmp_path):
    result = cli("run", tmp_path, "--formats", "html,pfd")
    assert result.exit_code == 2
    assert "unknown format 'pfd'" in result.stderr


def test_status_before_any_run_says_what_to_do(cli, tmp_path):
    result = cli("status", tmp_path)
    assert result.exit_code == 2
    assert "coachkit run" in result.stderr


def test_a_simulated_engagement_checks_clean(cli, tmp_path):
    assert cli("simulate", tmp_path / "made", "--managers", "24", "--seed", "5").exit_code == 0
    assert cli("check", tmp_path / "made", "--quiet").exit_code in {0, 1}


def test_an_unknown_manager_is_refused_with_the_nearest(cli, tmp_path):
    cli("simulate", tmp_path / "made", "--managers", "24", "--seed", "5")
    result = cli("run", tmp_path / "made", "--only", "M0O3", "--quiet")
    assert result.exit_code == 2
    assert "unknown manager 'M0O3'" in result.stderr
