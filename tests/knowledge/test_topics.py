"""Topics: every id that users see can be explained."""

from __future__ import annotations

from itertools import groupby

import pytest

from advisor.knowledge.evidence import load_evidence
from advisor.knowledge.loader import load_disagreements, load_knowledge
from advisor.knowledge.topics import Topic, topics

KNOWLEDGE = load_knowledge()
NOTES = load_disagreements()
EVIDENCE = load_evidence()
TOPICS = topics(KNOWLEDGE, NOTES, EVIDENCE)


def test_every_id_in_the_output_is_a_topic() -> None:
    shown = {
        *KNOWLEDGE.patterns,
        *KNOWLEDGE.characteristics,
        *KNOWLEDGE.questions,
        *(need.id for need in KNOWLEDGE.needs),
        *(each.id for each in (*KNOWLEDGE.warnings, *KNOWLEDGE.alternatives)),
        *(note.id for note in NOTES),
        *(variant.id for p in KNOWLEDGE.patterns.values() for variant in p.variants),
        "documented-order",
    }
    assert set(TOPICS) == shown


def test_topic_ids_are_unique() -> None:
    ids = [
        *KNOWLEDGE.patterns,
        "checkpoint",
        *KNOWLEDGE.characteristics,
        *KNOWLEDGE.questions,
        *(need.id for need in KNOWLEDGE.needs),
        *(each.id for each in (*KNOWLEDGE.warnings, *KNOWLEDGE.alternatives)),
        *(note.id for note in NOTES),
    ]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("topic", TOPICS.values(), ids=TOPICS)
def test_topics_are_not_empty(topic: Topic) -> None:
    statements = [each for _, section in topic.sections for each in section]
    assert topic.title
    assert statements
    assert all(each.text for each in statements)


@pytest.mark.parametrize("row", KNOWLEDGE.characteristics)
def test_characteristic_shows_all_its_measurements_with_their_reasons(row: str) -> None:
    text = " ".join(each.text for _, section in TOPICS[row].sections for each in section)
    measured = [each for one in EVIDENCE for each in one.measurements if each.characteristic == row]
    for each in measured:
        assert each.value in text
        assert each.outcome in text
        assert each.ran in text
        assert each.why in text
    assert ("Measured" in dict(TOPICS[row].sections)) is bool(measured)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("available-from", 'resumable: "Airflow 3.3"'),
        (
            "prevents-duplicates",
            'deferrable: "Depends on operator implementation" (Airflow 2.2 or newer)',
        ),
    ],
)
def test_characteristic_merges_cells_with_the_same_words(row: str, expected: str) -> None:
    _, statements = TOPICS[row].sections[0]
    pattern = expected.partition(":")[0]
    assert [each.text for each in statements if each.text.startswith(pattern)] == [expected]


def test_topics_of_a_kind_are_listed_together() -> None:
    kinds = [each.kind.split()[0] for each in TOPICS.values()]
    assert [kind for kind, _ in groupby(kinds)] == list(dict.fromkeys(kinds))


def test_notes_named_by_cells_exist() -> None:
    named = {
        cell.note
        for row in KNOWLEDGE.characteristics.values()
        for cells in row.cells.values()
        for cell in cells
        if cell.note
    }
    assert named
    assert named <= {note.id for note in NOTES}


def test_every_disagreement_has_two_sides_with_sources() -> None:
    assert all(len(note.sides) >= 2 for note in NOTES)
    assert all(side.sources for note in NOTES for side in note.sides)
