"""The measured values of the comparison, in words and as mappings, and their page in a terminal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.knowledge.evidence import Agreement, Evidence, Measurement, load_evidence
from advisor.knowledge.loader import load_disagreements
from advisor.knowledge.model import Knowledge, Source
from advisor.knowledge.versions import Version, parse_version
from advisor.render.comparison import (
    Comparison,
    MeasuredValue,
    markdown_comparison,
    measured_documents,
    measured_on,
    measured_value,
    print_comparison,
)
from tests.render.conftest import printed, screen

REASON = "the moon was full"
WHY = "It was a full moon."


def measured(
    agrees: Agreement, *, row: str = "crash-recovery", pattern: str = "resumable"
) -> Evidence:
    reason, why = ("", "") if agrees == "yes" else (REASON, WHY)
    measurement = Measurement(
        row, pattern, "yes", "It ran.", "yes", "it came out", agrees, reason, why
    )
    return Evidence("comparison-3.3.2", Version(3, 3, 2), "2026-11-26", 2, (measurement,))


SOURCE = Source("measured", "evidence/comparison-3.3.2.json, 2026-11-26", "Airflow 3.3.2")
OLDER = replace(
    measured("yes"), id="comparison-3.2.2", airflow=Version(3, 2, 2), date="2026-11-25", times=1
)
OTHER = replace(OLDER, measurements=(replace(OLDER.measurements[0], value="no"),))


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ([measured("yes")], "measured: yes"),
        ([measured("in part")], f"measured: yes ({REASON})"),
        ([measured("no")], f"measured: yes ({REASON})"),
        ([measured("yes"), OLDER], "measured: yes"),
        ([measured("yes"), OTHER], "measured: yes on 3.3.2, no on 3.2.2"),
        ([measured("no"), OTHER], f"measured: yes on 3.3.2, no on 3.2.2 ({REASON})"),
    ],
)
def test_measured_value_is_short_and_names_releases_that_differ(
    evidence: list[Evidence], expected: str
) -> None:
    value = measured_value(evidence, "crash-recovery", "resumable")
    assert value is not None
    assert value.text == expected


def test_measured_value_is_none_if_the_cell_was_not_measured() -> None:
    assert measured_value([measured("yes")], "crash-recovery", "async") is None


@pytest.mark.parametrize(("version", "exists"), [("3.2", False), ("3.3", True)])
def test_comparison_has_measured_values_for_patterns_of_the_version(
    version: str, exists: bool, knowledge: Knowledge
) -> None:
    comparison = Comparison(knowledge, (), (measured("no"),), parse_version(version))
    row = knowledge.characteristics["crash-recovery"]
    value = comparison.measured(row, "resumable")
    assert value == (MeasuredValue("yes", REASON) if exists else None)


def shipped(knowledge: Knowledge, version: str = "3.3.2") -> Comparison:
    return Comparison(knowledge, load_disagreements(), load_evidence(), parse_version(version))


@pytest.mark.parametrize("version", ["2.10", "3.2", "3.3.2", "3.4"])
def test_comparison_fits_two_screens(version: str, knowledge: Knowledge) -> None:
    console = screen(100)
    print_comparison(console, shipped(knowledge, version))
    assert len(printed(console).splitlines()) <= 80


@pytest.mark.parametrize("width", [60, 79, 80, 100, 200])
def test_comparison_fits_the_width_and_names_each_row_by_its_id(
    width: int, knowledge: Knowledge
) -> None:
    console = screen(width)
    print_comparison(console, shipped(knowledge))
    text = printed(console)
    assert all(len(line) <= width for line in text.splitlines())
    assert all(f"({row})" in text for row in knowledge.characteristics)


def test_comparison_shows_each_reason_in_a_list_and_in_markdown(knowledge: Knowledge) -> None:
    console = screen(79)
    print_comparison(console, shipped(knowledge))
    pages = [printed(console), "".join(markdown_comparison(shipped(knowledge)))]
    reasons = [each.reason for one in load_evidence() for each in one.measurements if each.reason]
    assert len(reasons) == 5
    for page in pages:
        words = " ".join(page.split())
        assert all(reason in words for reason in reasons)


def test_measured_on_names_dates_and_repetitions() -> None:
    assert measured_on([measured("yes"), OLDER, replace(OLDER, times=3)]) == (
        "Measured on Airflow 3.3.2 (2026-11-26, twice) and 3.2.2 (2026-11-25, once) "
        "and 3.2.2 (2026-11-25, 3 times). Older releases were not measured."
    )


@pytest.mark.parametrize(("agrees", "reason", "why"), [("yes", None, None), ("no", REASON, WHY)])
def test_measured_documents_have_each_field(
    agrees: Agreement, reason: str | None, why: str | None
) -> None:
    assert measured_documents([measured(agrees)], "crash-recovery", "resumable") == [
        {
            "airflow": "3.3.2",
            "date": "2026-11-26",
            "times": 2,
            "ran": "It ran.",
            "value": "yes",
            "outcome": "it came out",
            "agrees": agrees,
            "reason": reason,
            "why": why,
            "source": [
                {"kind": "measured", "text": SOURCE.text, "version": SOURCE.version},
            ],
        }
    ]
