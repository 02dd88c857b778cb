"""Removing any cell of the comparison causes a problem or changes the advice."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

from advisor.decision.decide import Decider
from advisor.decision.recommend import concessions, reasons, ruled_out
from advisor.decision.space import Point
from advisor.errors import KnowledgeError
from advisor.knowledge.loader import FOLDER, load_knowledge
from tests.decision.points import DECIDER, POINTS
from tests.knowledge.version_gaps import version_gaps

ROWS: list[dict[str, Any]] = yaml.load(
    (FOLDER / "characteristics.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader
)["characteristics"]


class Cell(NamedTuple):
    """A cell of the comparison, by its position in the file."""

    row: str
    pattern: str
    at: int
    airflow: str

    def __str__(self) -> str:
        return f"{self.row}, {self.pattern} {self.airflow}"


CELLS = [
    Cell(row["id"], pattern, at, cell["airflow"])
    for row in ROWS
    for pattern, cells in row["cells"].items()
    for at, cell in enumerate(cells)
]
SAYS_THAT_IT_IS_NOT_THERE = [
    cell for cell in CELLS if cell.row == "available-from" and cell.airflow.startswith("<")
]
SAYS_WHAT_IT_IS = [cell for cell in CELLS if cell not in SAYS_THAT_IT_IS_NOT_THERE]


def folder_without(cell: Cell, folder: Path) -> Path:
    """Return a copy of the knowledge without one cell, as JSON, which is also YAML."""
    for file in FOLDER.glob("*.yaml"):
        shutil.copy(file, folder)
    rows = json.loads(json.dumps(ROWS))
    [row] = [row for row in rows if row["id"] == cell.row]
    del row["cells"][cell.pattern][cell.at]
    text = json.dumps({"characteristics": rows})
    (folder / "characteristics.yaml").write_text(text, encoding="utf-8")
    return folder


def advice(decider: Decider, at: Point) -> tuple[object, ...]:
    outcome, knowledge = decider.outcome(at), decider.knowledge
    return (
        decider.outcome_key(at),
        reasons(knowledge, outcome),
        concessions(knowledge, outcome),
        ruled_out(knowledge, outcome),
    )


def problems(folder: Path) -> list[str]:
    """Return the problems of the knowledge in a folder."""
    try:
        return list(version_gaps(load_knowledge(folder)))
    except KnowledgeError as error:
        return str(error).splitlines()


@pytest.mark.parametrize("cell", SAYS_WHAT_IT_IS, ids=str)
def test_removing_a_cell_of_an_available_pattern_is_a_problem(cell: Cell, tmp_path: Path) -> None:
    assert any(cell.row in each for each in problems(folder_without(cell, tmp_path)))


@pytest.mark.parametrize("cell", SAYS_THAT_IT_IS_NOT_THERE, ids=str)
def test_removing_any_other_cell_is_a_problem_or_changes_the_advice(
    cell: Cell, tmp_path: Path
) -> None:
    folder = folder_without(cell, tmp_path)
    if problems(folder):
        return
    without = Decider(load_knowledge(folder))
    assert any(advice(without, at) != advice(DECIDER, at) for at in POINTS)
