"""One recommendation fits on one screen, for every answer and system."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from textwrap import wrap

import pytest
from rich.cells import cell_len

from advisor.answers.model import Answers
from advisor.catalog.entries import load_core_facts
from advisor.catalog.lookup import all_operators
from advisor.catalog.systems import load_systems
from advisor.decision.recommend import Advisor
from advisor.decision.report import JobReport, make_report
from advisor.decision.space import Point
from advisor.render.operators import needs
from advisor.render.recommendation_screen import LINES
from advisor.render.recommendation_terminal import print_report
from tests.decision.points import ADVISOR, KNOWLEDGE, POINTS, answers, point, target_of
from tests.render.conftest import printed, screen

WIDTH = 100
SAMPLE = 400
FIVE_SYSTEMS = ("spark", "bigquery", "emr-steps", "kubernetes", "")
DURATIONS = {"short": "45s", "medium": "9m30s", "long": "23h59m", "long>=30d": "31d12h"}
INDENT, LINES_OF_A_FACT = 6, 2
VERSIONS = {"3.3": "3.3.2", "3.4": "3.4.0b2"}
QUOTAS = {
    "verdict": 6,
    "use": 14,
    "needs": 12,
    "cost": 2,
    "alternatives": 4,
    "warnings": 5,
    "changes": 4,
    "next": 3,
}
FIRST_WORDS = {
    "Use this": "use",
    "No existing operator": "use",
    "What you need": "needs",
    "Cost:": "cost",
    "Alternative:": "alternatives",
    r"Watch out: |  \d+ (warnings? )?appl": "warnings",
    "What would change": "changes",
    "Next": "next",
}


def report(at: Point, system: str = "", **changed: str) -> JobReport:
    """Return the report for a point, with all answers given but the follow-up questions."""
    values = answers(at)
    values["duration"] = DURATIONS[values["duration"]]
    values["airflow_version"] = VERSIONS.get(values["airflow_version"], values["airflow_version"])
    values |= {"system": system} if system else {}
    assumed = dict.fromkeys(("work", "job_id", "idempotency_key"), "default")
    assumed["airflow_version"] = "latest known stable release"
    complete = Answers(changed.get("name", "nightly_aggregation"), values, assumed)
    return make_report(ADVISOR, complete, target_of(values), core_facts=load_core_facts())


def shown(job: JobReport, width: int = WIDTH) -> str:
    console = screen(width)
    print_report(console, job, KNOWLEDGE)
    return printed(console)


def blocks(text: str) -> dict[str, list[str]]:
    """Return the lines of each block by the name of the block."""
    verdict, *others = text.rstrip("\n").split("\n\n")
    named = {"verdict": verdict.split("\n")}
    for block in others:
        name = next(name for begins, name in FIRST_WORDS.items() if re.match(begins, block))
        assert name not in named
        named[name] = block.split("\n")
    return named


def faults(job: JobReport) -> Iterator[str]:
    """Yield what is wrong with the screen of a report."""
    text = shown(job)
    lines = text.splitlines()
    if len(lines) > LINES:
        yield f"{len(lines)} lines"
    if max(map(len, lines)) > WIDTH:
        yield f"a line of {max(map(len, lines))} characters"
    if not text.isascii():
        yield "a character that is not ASCII"
    named = blocks(text)
    if list(named) != [name for name in QUOTAS if name in named]:
        yield f"order of blocks: {', '.join(named)}"
    for name, block in named.items():
        if len(block) > QUOTAS[name]:
            yield f"{len(block)} lines of {name}"
        # Only code is abbreviated; our own texts are written to fit.
        cut = [line for line in block if line.endswith("...") and "(" not in line]
        if cut:
            yield f"a cut text: {cut[0]}"
    if not {"needs", "changes", "next"} <= named.keys():
        yield "a missing block"


def assert_no_faults(jobs: Iterator[tuple[Point, str]]) -> None:
    wrong = (
        f"{answers(at)}, system {system or 'none'}: {fault}"
        for at, system in jobs
        for fault in faults(report(at, system))
    )
    assert list(islice(wrong, 5)) == []


def test_screen_fits_for_a_sample_of_answers_and_systems() -> None:
    chosen = random.Random(20261128)
    systems = [*(each.id for each in load_systems()), "unknown", ""]
    assert_no_faults((chosen.choice(POINTS), chosen.choice(systems)) for _ in range(SAMPLE))


def test_every_warning_and_alternative_fits_a_line() -> None:
    warnings = [f"Watch out: {each.title}. {each.remedy}." for each in KNOWLEDGE.warnings]
    alternatives = [f"Alternative: {e.title} ({e.summary})" for e in KNOWLEDGE.alternatives]
    assert [line for line in (*warnings, *alternatives) if len(line) > WIDTH] == []


def test_every_fact_fits_two_lines() -> None:
    texts = [
        f"Upgrade: {fact.text} {needs(fact, each.provider)}; before, {fact.before}"
        for each in all_operators()
        for fact in each.facts
        if fact.kind == "sound-from"
    ]
    assert [text for text in texts if len(wrap(text, WIDTH - INDENT)) > LINES_OF_A_FACT] == []


@pytest.mark.airflow
@pytest.mark.parametrize("system", FIVE_SYSTEMS)
def test_screen_fits_for_all_answers(system: str) -> None:
    assert_no_faults((at, system) for at in POINTS)


def test_faults_are_found() -> None:
    job = report(point())
    long_text = replace(job.act_on[0], title="x " * 100)
    found = list(faults(replace(job, act_on=(long_text,) * 3)))
    assert any(fault.endswith("lines of warnings") for fault in found)


def test_shortening_starts_with_the_changes_and_then_counts_the_weakest_needs() -> None:
    job = report(point(), "bigquery")
    rows = tuple(
        replace(job.recommendation.needs[-1], characteristic=str(number), label=f"need {number}")
        for number in range(25)
    )
    text = shown(replace(job, recommendation=replace(job.recommendation, needs=rows)))
    named = blocks(text)
    assert len(text.splitlines()) <= LINES
    [only] = named["changes"]
    assert re.fullmatch(r"What would change this \(\d more; --details\)", only)
    kept = len(named["needs"]) - 2
    assert f"{25 - kept} more; --details" in named["needs"][0]
    assert named["needs"][kept].startswith(f"  need {kept - 1} ")


def test_needs_on_one_characteristic_share_a_row_with_the_strongest_strength() -> None:
    rows = report(point(duplicate_risk="unacceptable")).recommendation.needs
    [row] = [row for row in rows if row.characteristic == "prevents-duplicates"]
    assert (row.strength, row.needs) == ("required", ("no-duplicate-allowed", "no-duplicates"))
    assert {p: c and (c.value, c.satisfied) for p, c in row.cells.items()} == {
        "deferrable": ("depends", True),
        "resumable": ("yes", True),
        "async": ("not applicable", False),
    }


def test_last_row_states_the_result_for_each_pattern() -> None:
    last = blocks(shown(report(point())))["needs"][-1]
    assert re.split(r"\s{2,}", last.strip()) == ["chosen", "second", "ruled out"]


def test_tie_is_stated_in_the_last_row() -> None:
    tied = report(point(duplicate_risk="harmless", work="job", duration="20s", triggerer="no"))
    assert "tie, decided by the order of patterns" in shown(tied)


def test_patterns_without_a_cell_in_this_version_have_a_dash() -> None:
    text = shown(report(point(airflow_version="2.10")))
    assert re.search(r"frees the worker slot +preferred +freed \[ok\] +- +-\n", text)


@pytest.mark.parametrize("width", [20, 40, 60, 80])
def test_narrow_screen_lists_the_needs_and_cuts_nothing(width: int) -> None:
    job = report(point(triggerer="no", async_client="no", duplicate_risk="unacceptable"), "spark")
    text = shown(job, width)
    words = " ".join(text.split())
    for row in job.recommendation.needs:
        assert f"- {row.label} ({row.strength})" in words
    assert "deferrable: freed [ok]; resumable: held [no]; async: held [no]" in words
    assert "..." not in text.replace(", ..., ", "")


@pytest.mark.parametrize("width", [85, 90, 99])
def test_labels_are_wrapped_if_the_table_is_too_wide(width: int) -> None:
    job = report(point(triggerer="no", async_client="no", duplicate_risk="unacceptable"), "spark")
    text = shown(job, width)
    assert "\nWhat you need  " in text
    table = text.split("What you need")[1].split("\n\n")[0]
    words = re.sub(r" (required|preferred|info) .*", "", table).split()
    for row in job.recommendation.needs:
        assert row.label in " ".join(words)
    assert max(map(len, table.splitlines())) <= width


def test_wide_characters_in_a_name_count_twice() -> None:
    first = shown(report(point(), name="\u6570" * 60)).splitlines()[0]
    assert cell_len(first) <= WIDTH
    assert first.endswith("...: deferrable operator (Airflow 3.3.2)")


def test_cell_satisfies_a_row_only_if_it_satisfies_all_needs_of_its_strength() -> None:
    [allowed] = [need for need in KNOWLEDGE.needs if need.id == "no-duplicate-allowed"]
    strict = replace(allowed, id="strict", accepts=("yes",))
    advisor = Advisor(replace(KNOWLEDGE, needs=(*KNOWLEDGE.needs, strict)))
    recommendation = advisor.recommend(point(duplicate_risk="unacceptable"))
    [row] = [row for row in recommendation.needs if "strict" in row.needs]
    assert row.cells["deferrable"] is not None
    assert not row.cells["deferrable"].satisfied
    assert recommendation.standings["deferrable"] == "ruled out"


def test_assumed_answers_that_change_nothing_are_not_shown() -> None:
    event = report(point(work="event"))
    assert "idempotency_key" in event.answers.assumed
    assert "idempotency_key" not in shown(event)
    assert "idempotency_key=unknown" in shown(report(point()))


def test_long_job_name_is_cut_so_that_the_verdict_stays() -> None:
    first = shown(report(point(), name="job" * 60)).splitlines()[0]
    assert len(first) <= WIDTH
    assert first.endswith("...: deferrable operator (Airflow 3.3.2)")


def test_operator_of_another_pattern_is_named_with_the_reason() -> None:
    job = report(point(async_client="no", triggerer="yes", duplicate_risk="costly"), "batch")
    text = " ".join(blocks(shown(job))["verdict"])
    assert "BatchOperator" in text
