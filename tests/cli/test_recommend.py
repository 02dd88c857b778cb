"""What `advisor recommend` prints: links and marks on a terminal, one job of many, details."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.process import advisor
from tests.cli.terminal import Terminal

EXAMPLE = ("recommend", "--example", "nightly_spark")
LINK = "\x1b]8;"


def shown(folder: Path, **environment: str) -> str:
    with Terminal(*EXAMPLE, folder=folder, environment=environment) as terminal:
        assert terminal.ends() == 0
    return terminal.seen


def test_rows_link_to_their_source_on_a_terminal(tmp_path: Path) -> None:
    row = next(line for line in shown(tmp_path).splitlines() if "works without a Triggerer" in line)
    assert row.count("resumable-tasks.html#concepts-resumable-tasks-comparison") == 3


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_no_links_and_colours_if_they_are_turned_off(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    text = shown(tmp_path, **environment)
    assert LINK not in text
    assert "\x1b[3" not in text


def test_marks_are_check_marks_on_a_utf8_terminal_and_words_elsewhere(tmp_path: Path) -> None:
    assert "needs none ✓" in shown(tmp_path, PYTHONIOENCODING="utf-8", NO_COLOR="1")
    assert "needs none [ok]" in shown(tmp_path, PYTHONIOENCODING="ascii", NO_COLOR="1")
    assert "needs none [ok]" in advisor(*EXAMPLE, folder=tmp_path).out


def test_job_option_shows_one_job_like_a_single_one(tmp_path: Path) -> None:
    ran = advisor("recommend", "--example", "team_jobs", "--job", "fetch_prices", folder=tmp_path)
    assert ran.code == 0
    assert ran.out.startswith("fetch_prices: async task (Airflow 3.3), as expected\n")
    assert "What you need" in ran.out


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ("[{name: a}, {name: b}]", "error: --job: unknown job 'c'"),
        ("[{name: c}, {name: c}]", "error: --job: 2 jobs are called 'c'"),
    ],
)
def test_job_option_must_name_exactly_one_job(tmp_path: Path, jobs: str, message: str) -> None:
    text = "{triggerer: yes, duration: 3h, duplicate_risk: costly, async_client: yes}"
    (tmp_path / "jobs.yaml").write_text(f"{text[:-1]}, jobs: {jobs}}}\n")
    ran = advisor("recommend", "--answers", "jobs.yaml", "--job", "c", folder=tmp_path)
    assert (ran.code, ran.err.startswith(message)) == (2, True)


def test_details_add_reasons_warnings_and_sources_to_the_screen(tmp_path: Path) -> None:
    brief = advisor(*EXAMPLE, folder=tmp_path).out
    details = advisor(*EXAMPLE, "--details", folder=tmp_path).out
    assert details.startswith(brief)
    for heading in ("Answers", "Reasons", "Trade-offs", "Not recommended", "Warnings to act on"):
        assert f"\n{heading}\n" in details.removeprefix(brief)
    assert "handled by the scaffold" in details
    assert "\nSources\n" in details
