"""The measurements of the comparison, in words and as mappings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from advisor.knowledge.evidence import Agreement, Evidence, Measurement
from advisor.knowledge.model import Knowledge, Source, Statement
from advisor.knowledge.versions import Version, parse_version
from advisor.render.comparison import (
    differences,
    measured_documents,
    measured_on,
    outcomes,
)

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
    ("agrees", "expected"),
    [
        ("yes", "measured on 3.3.2: it came out"),
        ("in part", "measured on 3.3.2, agrees in part: it came out"),
        ("no", "measured on 3.3.2, does not agree: it came out"),
    ],
)
def test_outcomes_name_the_release_and_any_difference(agrees: Agreement, expected: str) -> None:
    [statement] = outcomes([measured(agrees)], "crash-recovery", "resumable")
    assert statement == Statement(expected, (SOURCE,))


def test_outcomes_have_one_sentence_per_release() -> None:
    statements = outcomes([measured("yes"), OLDER], "crash-recovery", "resumable")
    assert [each.text for each in statements] == [
        "measured on 3.3.2: it came out",
        "measured on 3.2.2: it came out",
    ]
    assert not [*outcomes([measured("yes")], "crash-recovery", "async")]


def test_measured_on_names_dates_and_repetitions() -> None:
    assert measured_on([measured("yes"), OLDER]) == (
        "Measured on Airflow 3.3.2 (2026-11-26, 2 times) and 3.2.2 (2026-11-25, once). "
        "Older releases were not run."
    )


@pytest.mark.parametrize(
    ("agrees", "version", "expected"),
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
def test_differences_give_reasons_for_patterns_of_the_version(
    agrees: Agreement, version: str, expected: list[str], knowledge: Knowledge
) -> None:
    statements = differences((measured(agrees),), knowledge, parse_version(version))
    assert [each.text for each in statements] == expected


@pytest.mark.parametrize(("agrees", "why"), [("yes", None), ("no", WHY)])
def test_measured_documents_have_each_field(agrees: Agreement, why: str | None) -> None:
    assert measured_documents([measured(agrees)], "crash-recovery", "resumable") == [
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
