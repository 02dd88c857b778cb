"""What was measured, in words and as mappings: with its release, and why where it differs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.knowledge.evidence import Agreement, Evidence, Measurement
from advisor.knowledge.model import Knowledge, Source
from advisor.knowledge.versions import Version, parse_version
from advisor.render.measured import differences, measured_on, outcomes, shape_measured

WHY = "It was a full moon."


def measured(
    agrees: Agreement, *, row: str = "crash-recovery", pattern: str = "resumable"
) -> Evidence:
    why = "" if agrees == "yes" else WHY
    measurement = Measurement(row, pattern, "yes", "It ran.", "yes", "it came out", agrees, why)
    return Evidence("comparison-3.3.2", Version(3, 3, 2), "2026-11-26", 2, (measurement,))


SOURCE = Source("measured", "evidence/comparison-3.3.2.json, 2026-11-26", "Airflow 3.3.2")
OLDER = replace(
    measured("yes"), id="comparison-3.2.2", airflow=Version(3, 2, 2), date="2026-11-25", times=1
)


@pytest.mark.parametrize(
    ("agrees", "message"),
    [
        ("yes", "measured on 3.3.2: it came out"),
        ("in part", "measured on 3.3.2, agrees in part: it came out"),
        ("no", "measured on 3.3.2, does not agree: it came out"),
    ],
)
def test_an_outcome_names_its_release_and_that_it_differs(agrees: Agreement, message: str) -> None:
    [found] = outcomes([measured(agrees)], "crash-recovery", "resumable")
    assert found == (message, (SOURCE,))


def test_each_release_has_its_say() -> None:
    message = outcomes([measured("yes"), OLDER], "crash-recovery", "resumable")
    assert [each.text for each in message] == [
        "measured on 3.3.2: it came out",
        "measured on 3.2.2: it came out",
    ]
    assert not [*outcomes([measured("yes")], "crash-recovery", "async")]


def test_the_dates_and_how_often_are_said_once() -> None:
    assert measured_on([measured("yes"), OLDER]) == (
        "Measured on Airflow 3.3.2 (2026-11-26, 2 times) and 3.2.2 (2026-11-25, once). "
        "Older releases were not run."
    )


@pytest.mark.parametrize(
    ("agrees", "version", "message"),
    [
        ("yes", "3.3", []),
        ("in part", "3.2", []),
        (
            "in part",
            "3.3",
            [
                "Handles crash recovery, resumable: "
                f'"Yes (via task state store checkpoint)" agrees in part. {WHY}'
            ],
        ),
    ],
)
def test_why_is_told_where_it_differs_and_the_version_has_the_pattern(
    agrees: Agreement, version: str, message: list[str], knowledge: Knowledge
) -> None:
    found = differences((measured(agrees),), knowledge, parse_version(version))
    assert [each.text for each in found] == message


@pytest.mark.parametrize(("agrees", "why"), [("yes", None), ("no", WHY)])
def test_the_shape_of_what_was_measured(agrees: Agreement, why: str | None) -> None:
    assert shape_measured([measured(agrees)], "crash-recovery", "resumable") == [
        {
            "airflow": "3.3.2",
            "date": "2026-11-26",
            "times": 2,
            "ran": "It ran.",
            "value": "yes",
            "outcome": "it came out",
            "agrees": agrees,
            "why": why,
            "source": [
                {"kind": "measured", "text": SOURCE.text, "version": SOURCE.version},
            ],
        }
    ]
