"""The knowledge matches Airflow's own table, as in the source of its documentation."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Knowledge

TABLE = Path(__file__).parent / "documented_table.md"
HEAD, _, *ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split(" | ")]
    for line in TABLE.read_text(encoding="utf-8").splitlines()
]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def test_table_columns_are_the_titles_of_the_patterns(knowledge: Knowledge) -> None:
    assert HEAD[1:] == [pattern.title for pattern in knowledge.patterns.values()]


def test_table_rows_are_the_documented_characteristics_in_order(knowledge: Knowledge) -> None:
    rows = [row.title for row in knowledge.characteristics.values() if row.documented]
    assert rows == [row[0] for row in ROWS]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_table_cells_are_quoted_verbatim_and_cited(row: list[str], knowledge: Knowledge) -> None:
    found = next(each for each in knowledge.characteristics.values() if each.title == row[0])
    for pattern, words in zip(knowledge.patterns, row[1:], strict=True):
        for cell in found.cells[pattern]:
            assert cell.words == words
            assert cell.verbatim
            assert [source.text for source in cell.sources] == ["Resumable Tasks, Comparison"]
            assert cell.sources[0].version == "Airflow 3.3.2"
            assert cell.sources[0].url.endswith("#concepts-resumable-tasks-comparison")


def test_other_cells_are_not_marked_verbatim(knowledge: Knowledge) -> None:
    others = [row for row in knowledge.characteristics.values() if not row.documented]
    assert others
    assert not [
        cell for row in others for cells in row.cells.values() for cell in cells if cell.verbatim
    ]
