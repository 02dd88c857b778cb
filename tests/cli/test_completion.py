"""Names are completed from any part of them, whatever the case and punctuation."""

from __future__ import annotations

import pytest

from advisor.cli.completion import Entry, load_entries, matching

ENTRIES = [
    Entry("glue", "AWS Glue", ("glue", "awsglue", "gluejob")),
    Entry("emr-steps", "Amazon EMR steps", ("emrsteps", "amazonemrsteps")),
    Entry("GlueJobOperator", "operator, amazon", ("gluejoboperator",)),
    Entry("EmrAddStepsOperator", "operator, amazon", ("emraddstepsoperator",)),
]


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("", ["glue", "emr-steps", "GlueJobOperator", "EmrAddStepsOperator"]),
        ("glue", ["glue", "GlueJobOperator"]),
        ("Glue Job", ["glue", "GlueJobOperator"]),
        ("aws", ["glue"]),
        ("steps", ["emr-steps", "EmrAddStepsOperator"]),
        ("operator", ["GlueJobOperator", "EmrAddStepsOperator"]),
        ("zzz", []),
    ],
)
def test_matching_finds_a_text_anywhere_in_a_name(typed: str, names: list[str]) -> None:
    assert [each.name for each in matching(ENTRIES, typed)] == names


def test_matching_lists_names_that_begin_with_the_text_first() -> None:
    entries = [Entry("aglue", "", ("aglue",)), Entry("glue", "", ("glue",))]
    assert [each.name for each in matching(entries, "glue")] == ["glue", "aglue"]


def test_entries_are_the_systems_and_classes_of_the_catalogue() -> None:
    texts = {each.name: each.text for each in load_entries()}
    assert texts["glue"] == "AWS Glue"
    assert texts["GlueJobOperator"] == "operator, amazon"
    assert texts["GlueJobSensor"] == "sensor, amazon"
