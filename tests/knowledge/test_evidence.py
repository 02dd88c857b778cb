"""The evidence and the comparison hold each other: neither says what the other does not know."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import KnowledgeError
from advisor.knowledge.evidence import Evidence, check_evidence, load_evidence
from advisor.knowledge.loader import load_disagreements, load_knowledge
from advisor.knowledge.model import Disagreement, Knowledge, Source
from advisor.render.comparison import Comparison, shape_comparison
from advisor.resources import resource_folder

EVIDENCE = load_evidence()
NEWEST = "comparison-3.3.2.json"
SHIPPED = resource_folder("evidence")

CELLS = [
    (each.id, measured.characteristic, measured.pattern)
    for each in EVIDENCE
    for measured in each.measurements
]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="module")
def notes() -> tuple[Disagreement, ...]:
    return load_disagreements()


@pytest.fixture
def changed(tmp_path: Path) -> Callable[[Callable[[dict[str, Any]], object]], Path]:
    """Return a function that copies the evidence, and changes the newest file of the copy."""

    def change(how: Callable[[dict[str, Any]], object]) -> Path:
        folder = tmp_path / "evidence"
        shutil.copytree(SHIPPED, folder)
        content = json.loads((folder / NEWEST).read_text(encoding="utf-8"))
        how(content)
        (folder / NEWEST).write_text(json.dumps(content), encoding="utf-8")
        return folder

    return change


def without(evidence: str, characteristic: str, pattern: str) -> tuple[Evidence, ...]:
    return tuple(
        each
        if each.id != evidence
        else replace(
            each,
            measurements=tuple(
                measured
                for measured in each.measurements
                if (measured.characteristic, measured.pattern) != (characteristic, pattern)
            ),
        )
        for each in EVIDENCE
    )


def test_every_documented_cell_was_measured_and_nothing_else(
    knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    check_evidence(EVIDENCE, knowledge, notes)
    documented = [
        (row.id, pattern)
        for row in knowledge.characteristics.values()
        if row.documented
        for pattern in knowledge.patterns
    ]
    [newest, *_] = EVIDENCE
    assert [(each.characteristic, each.pattern) for each in newest.measurements] == documented


def test_the_newest_release_comes_first() -> None:
    assert [str(each.airflow) for each in EVIDENCE] == ["3.3.2", "3.2.2"]


@pytest.mark.parametrize("cell", CELLS, ids=" ".join)
def test_without_a_cell_the_check_refuses_or_the_output_is_another(
    cell: tuple[str, str, str], knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    lacking = without(*cell)
    try:
        check_evidence(lacking, knowledge, notes)
    except KnowledgeError:
        return
    version = knowledge.questions["airflow_version"].known[-1]
    shapes = [
        shape_comparison(Comparison(knowledge, notes, evidence, version))
        for evidence in (EVIDENCE, lacking)
    ]
    assert shapes[0] != shapes[1]


def test_a_cell_that_was_not_measured_is_named(
    knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    lacking = without("comparison-3.3.2", "fan-out", "async")
    with pytest.raises(KnowledgeError, match=r"^fan-out of async is documented and was"):
        check_evidence(lacking, knowledge, notes)


def test_a_citation_of_what_is_not_there_is_named(
    knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    nowhere = Source("measured", "evidence/comparison-3.3.2.json, fan-out of nobody", "")
    [note, *others] = notes
    citing = replace(note, sides=(replace(note.sides[0], sources=(nowhere,)),))
    with pytest.raises(KnowledgeError, match=r"fan-out of nobody is cited and not there$"):
        check_evidence(EVIDENCE, knowledge, (citing, *others))


def test_check_evidence_finds_a_citation_in_a_cell_of_the_knowledge(
    knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    missing = Source("measured", "evidence/comparison-3.3.2.json, fan-out of nothing", "")
    row = knowledge.characteristics["fan-out"]
    [cell, *others] = row.cells["async"]
    changed = replace(
        row, cells={**row.cells, "async": (replace(cell, sources=(missing,)), *others)}
    )
    citing = replace(knowledge, characteristics={**knowledge.characteristics, changed.id: changed})
    with pytest.raises(KnowledgeError, match=r"fan-out of nothing is cited and not there$"):
        check_evidence(EVIDENCE, citing, notes)


def test_a_cell_that_was_measured_against_another_value_is_named(
    changed: Callable[[Callable[[dict[str, Any]], object]], Path],
    knowledge: Knowledge,
    notes: tuple[Disagreement, ...],
) -> None:
    folder = changed(lambda content: content["cells"][0].update(documented="held"))
    message = "^comparison-3.3.2: worker-slot of deferrable was held, the knowledge says freed$"
    with pytest.raises(KnowledgeError, match=message):
        check_evidence(load_evidence(folder), knowledge, notes)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (lambda content: content.update(misspelt="x"), "the key 'misspelt' is not known here"),
        (
            lambda content: content.update(id="comparison-3.3.3"),
            "id: found 'comparison-3.3.3', accepted",
        ),
        (lambda content: content.pop("date"), "date: is missing"),
        (lambda content: content["cells"][0].pop("ran"), "cells.0: ran: is missing"),
        (
            lambda content: content["cells"][0].update(agrees="maybe"),
            "cells.0.agrees: agrees: found 'maybe', accepted are yes, in part, no",
        ),
        (lambda content: content["cells"][0].update(agrees="no"), "cells.0.why: why: is missing"),
    ],
)
def test_a_file_that_is_not_as_the_tool_writes_it_is_refused_with_the_place(
    how: Callable[[dict[str, Any]], object],
    message: str,
    changed: Callable[[Callable[[dict[str, Any]], object]], Path],
) -> None:
    with pytest.raises(KnowledgeError, match=f"{NEWEST}.*{message}"):
        load_evidence(changed(how))


def test_a_file_that_is_no_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / NEWEST).write_text("{", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="not valid JSON"):
        load_evidence(tmp_path)
