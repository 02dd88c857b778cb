"""The evidence covers exactly the documented comparison, and its files are validated."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from advisor.errors import KnowledgeError
from advisor.knowledge.evidence import Evidence, load_evidence
from advisor.knowledge.loader import load_disagreements, load_knowledge
from advisor.knowledge.model import Disagreement, Knowledge, Source
from advisor.knowledge.sources import EVIDENCE as EVIDENCE_FOLDER
from advisor.knowledge.sources import evidence_source
from advisor.render.comparison import Comparison, comparison_document
from advisor.resources import resource_folder

EVIDENCE = load_evidence()
NEWEST = "comparison-3.3.2.json"
SHIPPED = resource_folder("evidence")
DIFFERS = next(at for at, each in enumerate(EVIDENCE[0].measurements) if each.agrees != "yes")
"""The index of a measurement that differs from the documentation."""

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


def problems(
    evidence: tuple[Evidence, ...], knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> list[str]:
    """Return the differences between the evidence and the knowledge."""
    return [
        *changed_cells(evidence, knowledge),
        *unmeasured_cells(evidence, knowledge),
        *missing_citations(evidence, cited((knowledge, notes))),
    ]


def changed_cells(evidence: tuple[Evidence, ...], knowledge: Knowledge) -> Iterator[str]:
    for each in evidence:
        for measured in each.measurements:
            row = knowledge.characteristics.get(measured.characteristic)
            exists = row and measured.pattern in row.cells
            cell = row.cell(measured.pattern, each.airflow) if row and exists else None
            if cell is None or cell.value != measured.documented:
                name = f"{measured.characteristic} of {measured.pattern}"
                value = cell.value if cell else "missing"
                yield f"{each.id}: {name} was {measured.documented}, is now {value}"


def unmeasured_cells(evidence: tuple[Evidence, ...], knowledge: Knowledge) -> Iterator[str]:
    for row in knowledge.characteristics.values():
        for pattern in row.cells if row.documented else ():
            if not any(each.of(row.id, pattern) for each in evidence):
                yield f"{row.id} of {pattern} is documented but was not measured"


def cited(value: object) -> Iterator[Source]:
    """Yield every source anywhere in a value."""
    if isinstance(value, Source):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from cited(each)
    elif isinstance(value, Mapping):
        yield from cited(tuple(value.values()))
    elif is_dataclass(value):
        yield from cited(tuple(vars(value).values()))


def missing_citations(evidence: tuple[Evidence, ...], cited: Iterable[Source]) -> Iterator[str]:
    existing = {
        evidence_source(each.id, measured.characteristic, measured.pattern)
        for each in evidence
        for measured in each.measurements
    }
    for source in dict.fromkeys(cited):
        if source.text.startswith(EVIDENCE_FOLDER) and source not in existing:
            yield f"{source.text} is cited but missing"


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


def test_evidence_covers_exactly_the_documented_cells(
    knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    assert not problems(EVIDENCE, knowledge, notes)
    documented = [
        (row.id, pattern)
        for row in knowledge.characteristics.values()
        if row.documented
        for pattern in knowledge.patterns
    ]
    [newest, *_] = EVIDENCE
    assert [(each.characteristic, each.pattern) for each in newest.measurements] == documented


@pytest.mark.parametrize("evidence", EVIDENCE, ids=lambda each: each.id)
def test_measurement_has_a_reason_exactly_if_it_differs(evidence: Evidence) -> None:
    for each in evidence.measurements:
        assert bool(each.reason) is bool(each.why) is (each.agrees != "yes")
        assert len(each.reason.split()) <= 10


def test_newest_release_comes_first() -> None:
    assert [str(each.airflow) for each in EVIDENCE] == ["3.3.2", "3.2.2"]


@pytest.mark.parametrize("cell", CELLS, ids=" ".join)
def test_removing_a_cell_is_a_problem_or_changes_the_output(
    cell: tuple[str, str, str], knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    lacking = without(*cell)
    if problems(lacking, knowledge, notes):
        return
    version = knowledge.questions["airflow_version"].known[-1]
    shapes = [
        comparison_document(Comparison(knowledge, notes, evidence, version))
        for evidence in (EVIDENCE, lacking)
    ]
    assert shapes[0] != shapes[1]


def test_unmeasured_cell_is_a_problem(
    knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    lacking = without("comparison-3.3.2", "fan-out", "async")
    assert "fan-out of async is documented but was not measured" in problems(
        lacking, knowledge, notes
    )


def test_citation_of_missing_evidence_is_a_problem(
    knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    nowhere = Source("measured", "evidence/comparison-3.3.2.json, fan-out of nobody", "")
    [note, *others] = notes
    citing = replace(note, sides=(replace(note.sides[0], sources=(nowhere,)),))
    [problem] = problems(EVIDENCE, knowledge, (citing, *others))
    assert problem.endswith("fan-out of nobody is cited but missing")


def test_citation_of_missing_evidence_in_a_cell_is_a_problem(
    knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> None:
    missing = Source("measured", "evidence/comparison-3.3.2.json, fan-out of nothing", "")
    row = knowledge.characteristics["fan-out"]
    [cell, *others] = row.cells["async"]
    changed = replace(
        row, cells={**row.cells, "async": (replace(cell, sources=(missing,)), *others)}
    )
    citing = replace(knowledge, characteristics={**knowledge.characteristics, changed.id: changed})
    [problem] = problems(EVIDENCE, citing, notes)
    assert problem.endswith("fan-out of nothing is cited but missing")


def test_cell_measured_against_another_value_is_a_problem(
    changed: Callable[[Callable[[dict[str, Any]], object]], Path],
    knowledge: Knowledge,
    notes: tuple[Disagreement, ...],
) -> None:
    folder = changed(lambda content: content["cells"][0].update(documented="held"))
    assert problems(load_evidence(folder), knowledge, notes) == [
        "comparison-3.3.2: worker-slot of deferrable was held, is now freed"
    ]


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (lambda content: content.update(misspelt="x"), "unknown key 'misspelt'"),
        (
            lambda content: content.update(id="comparison-3.3.3"),
            "id: unknown value 'comparison-3.3.3'",
        ),
        (lambda content: content.pop("date"), "missing key 'date'"),
        (lambda content: content["cells"][0].pop("ran"), "cells.0: missing key 'ran'"),
        (
            lambda content: content["cells"][0].update(agrees="maybe"),
            "cells.0.agrees: agrees: unknown value 'maybe'",
        ),
        (
            lambda content: content["cells"][0].update(agrees="no"),
            "cells.0.why: why: value is empty",
        ),
        (
            lambda content: content["cells"][0].update(agrees="no", reason="it differs"),
            "cells.0.why: why: value is empty",
        ),
        (
            lambda content: content["cells"][0].update(agrees="no", why="It differs."),
            "cells.0.reason: reason: value is empty",
        ),
        (
            lambda content: content["cells"][0].update(why="It differs."),
            "cells.0.why: why: is only for a measurement that differs",
        ),
        (
            lambda content: content["cells"][0].update(reason="it differs"),
            "cells.0.reason: reason: is only for a measurement that differs",
        ),
        (
            lambda content: content["cells"][DIFFERS].update(reason="word " * 11),
            f"cells.{DIFFERS}.reason: reason: expected at most 10 words, found 11",
        ),
    ],
)
def test_load_evidence_rejects_malformed_files_with_the_position(
    how: Callable[[dict[str, Any]], object],
    message: str,
    changed: Callable[[Callable[[dict[str, Any]], object]], Path],
) -> None:
    with pytest.raises(KnowledgeError, match=f"{NEWEST}.*{message}"):
        load_evidence(changed(how))


def test_load_evidence_rejects_files_that_are_not_json(tmp_path: Path) -> None:
    (tmp_path / NEWEST).write_text("{", encoding="utf-8")
    with pytest.raises(KnowledgeError, match="invalid JSON"):
        load_evidence(tmp_path)
