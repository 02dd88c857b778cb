"""The list of topics: one line for each, with the whole id and as much of the title as fits."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.documents.read import read_document
from advisor.knowledge.evidence import load_evidence
from advisor.knowledge.loader import load_disagreements, load_knowledge
from advisor.knowledge.policy import with_policy
from advisor.knowledge.topics import Topic, topics
from advisor.render.topic import print_topics, shortened
from tests.render.conftest import printed, screen

POLICY = """\
needs:
  - id: {id}
    strength: preferred
    text: >-
      Our team wants each wait to free its worker slot, however short it is, because workers are
      scarce.
    characteristic: worker-slot
    accepts: [freed]
    source: {{judgement: Workers are scarce.}}
"""


def all_topics(policy: Path | None = None) -> list[Topic]:
    knowledge = load_knowledge()
    if policy:
        knowledge = with_policy(knowledge, read_document(str(policy)))
    return list(topics(knowledge, load_disagreements(), load_evidence()).values())


def lines(listed: list[Topic], width: int = 80) -> list[str]:
    console = screen(width)
    print_topics(console, listed)
    return printed(console).splitlines()


@pytest.mark.parametrize("width", [80, 100, 200])
def test_list_of_topics_has_one_line_of_80_columns_for_each(width: int) -> None:
    topics_ = all_topics()
    rows = [line.split() for line in lines(topics_, width) if line.startswith("  ")]
    assert [row[0] for row in rows] == [topic.id for topic in topics_]
    assert all(len(row) > 1 for row in rows)
    assert max(map(len, lines(topics_, width))) <= 80


@pytest.mark.parametrize("id_", ["our-slots", "a-need-with-a-long-name-" * 3, "n" * 90])
def test_list_of_topics_keeps_the_whole_id_of_a_need_in_a_policy(id_: str, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(POLICY.format(id=id_), encoding="utf-8")
    listed = lines(all_topics(file))
    assert [line.split()[0] for line in listed if id_ in line] == [id_]
    ids = [topic.id for topic in all_topics(file)]
    assert [line.split()[0] for line in listed if line.startswith("  ")] == ids
    assert all(len(line) <= 80 for line in listed if id_ not in line or len(id_) < 76)


def test_list_of_topics_has_plural_headings_in_order() -> None:
    headings = [line for line in lines(all_topics()) if line and not line.startswith((" ", "Run"))]
    assert headings == [
        "Patterns",
        "Characteristics",
        "Questions",
        "Needs",
        "Alternatives",
        "Warnings",
        "Disagreements",
    ]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("a wait of hours", 15, "a wait of hours"),
        ("a wait of hours", 14, "a wait of..."),
        ("a wait of hours", 12, "a wait of..."),
        ("a wait of hours", 11, "a wait..."),
        ("a wait, of hours", 12, "a wait..."),
        ("wait", 3, ""),
        ("wait of hours", 5, ""),
        ("wait", -2, ""),
    ],
)
def test_shortened_cuts_a_text_after_a_word(text: str, width: int, expected: str) -> None:
    assert shortened(text, width) == expected
