"""The topics that `advisor explain` shows, each with cited statements under headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from advisor.knowledge.evidence import Agreement, Evidence, Measurement
from advisor.knowledge.model import (
    DOCUMENTED_ORDER,
    Advice,
    Cell,
    Characteristic,
    Clause,
    Condition,
    Disagreement,
    Knowledge,
    Need,
    Pattern,
    PatternWarning,
    Question,
    Statement,
    Variant,
)
from advisor.knowledge.versions import ALL_VERSIONS, VersionRange, parse_range, say_range

AGREES: Final[Mapping[Agreement, str]] = {
    "yes": "agrees with the documentation",
    "in part": "agrees in part with the documentation",
    "no": "disagrees with the documentation",
}


@dataclass(frozen=True)
class Topic:
    """A topic of `advisor explain`: sections of statements. A section may have no heading."""

    id: str
    kind: str
    title: str
    sections: tuple[tuple[str, tuple[Statement, ...]], ...]


def topics(
    knowledge: Knowledge, notes: tuple[Disagreement, ...], evidence: tuple[Evidence, ...]
) -> dict[str, Topic]:
    """Return every topic by its id, by kind in the order in which a list shows them.

    The ids of the shipped topics are unique, which a test checks. If a policy adds a need with the
    id of another topic, the later of the two is kept.
    """
    return {topic.id: topic for topic in _topics(knowledge, notes, evidence)}


def _topics(
    knowledge: Knowledge, notes: tuple[Disagreement, ...], evidence: tuple[Evidence, ...]
) -> Iterator[Topic]:
    for pattern in knowledge.patterns.values():
        yield _pattern(pattern, knowledge, notes)
    for variants in _variants(knowledge).values():
        titled = [Statement(f"{each.title}: {each.text}", each.sources) for each in variants]
        yield _topic(variants[0].id, "variant", variants[0].title, ("", titled))
    for row in knowledge.characteristics.values():
        yield _characteristic(row, knowledge, notes, evidence)
    for question in knowledge.questions.values():
        yield _question(question)
    for need in knowledge.needs:
        yield _need(need, knowledge)
    order = Statement(knowledge.order.text, knowledge.order.sources)
    yield _topic(DOCUMENTED_ORDER, "policy", "The order that decides a tie", ("", [order]))
    for alternative in knowledge.alternatives:
        yield _topic(alternative.id, "alternative", alternative.title, *_advice(alternative))
    for warning in knowledge.warnings:
        remedy = ("Remedy", [Statement(f"{warning.remedy}.{_handled(warning)}", ())])
        yield _topic(warning.id, "warning", warning.title, *_advice(warning), remedy)
    for note in notes:
        yield _topic(note.id, "disagreement", note.title, ("", note.sides))


def _advice(advice: Advice) -> tuple[tuple[str, tuple[Statement, ...]], ...]:
    text, shown = Statement(advice.text, advice.sources), Statement(_condition(advice.when), ())
    return ("", (text,)), ("Applies when", (shown,))


def _handled(warning: PatternWarning) -> str:
    return " The scaffold handles this." if warning.scaffold_handles else ""


def _topic(id_: str, kind: str, title: str, *sections: tuple[str, Iterable[Statement]]) -> Topic:
    """Return a topic, leaving out sections that have no statements."""
    filled = [(heading, tuple(statements)) for heading, statements in sections]
    return Topic(id_, kind, title, tuple(section for section in filled if section[1]))


def _pattern(pattern: Pattern, knowledge: Knowledge, notes: tuple[Disagreement, ...]) -> Topic:
    cells = [
        Statement(f"{row.title}: {_words(cell)}", cell.sources)
        for row in knowledge.characteristics.values()
        for cell in _merged(row.cells[pattern.id])
    ]
    warnings = [
        Statement(f"{each.title} ({each.id})", each.sources)
        for each in knowledge.warnings
        if any(c.question == "pattern" and pattern.id in c.accepts for c in each.when)
    ]
    return _topic(
        pattern.id,
        "pattern",
        pattern.title,
        ("", [Statement(pattern.text, pattern.sources)]),
        ("Characteristics", cells),
        ("Warnings", warnings),
        *_sections(note for note in notes if note.pattern == pattern.id),
    )


def _variants(knowledge: Knowledge) -> dict[str, list[Variant]]:
    """Return the variants by id; two patterns may share one."""
    variants: dict[str, list[Variant]] = {}
    for pattern in knowledge.patterns.values():
        for variant in pattern.variants:
            variants.setdefault(variant.id, []).append(variant)
    return variants


def _characteristic(
    row: Characteristic,
    knowledge: Knowledge,
    notes: tuple[Disagreement, ...],
    evidence: tuple[Evidence, ...],
) -> Topic:
    needs = [
        Statement(f"{need.text} ({need.id}, {need.strength})", need.sources)
        for need in knowledge.needs
        if need.characteristic == row.id
    ]
    origin = "In Airflow's comparison table" if row.documented else "In our words"
    return _topic(
        row.id,
        "characteristic",
        row.title,
        (origin, _documented(row)),
        ("Measured", _measured(row, evidence)),
        ("How to make it safe", _safe(row)),
        ("Needs that depend on it", needs),
        *_sections(note for note in notes if note.characteristic == row.id),
    )


def _documented(row: Characteristic) -> Iterator[Statement]:
    for pattern, cells in row.cells.items():
        for cell in _merged(cells):
            yield Statement(f"{pattern}: {_words(cell)}", cell.sources)


def _safe(row: Characteristic) -> Iterator[Statement]:
    for pattern, cells in row.cells.items():
        for cell in cells:
            if cell.safe:
                yield Statement(f"{pattern}: {cell.safe}", cell.safe_sources)


def _measured(row: Characteristic, evidence: tuple[Evidence, ...]) -> Iterator[Statement]:
    """Yield the value, outcome and method of each measurement, and why it differs if it does."""
    for pattern in row.cells:
        for each in evidence:
            if measured := each.of(row.id, pattern):
                where = f"{pattern} on {each.airflow}"
                yield Statement(f"{where}: {_measurement(measured)}", (each.source,))
                if measured.why:
                    yield Statement(f"Why {where} differs: {measured.why}", (each.source,))


def _measurement(measured: Measurement) -> str:
    agrees = AGREES[measured.agrees]
    return f"{measured.value} ({agrees}). Outcome: {measured.outcome}. Method: {measured.ran}"


def _need(need: Need, knowledge: Knowledge) -> Topic:
    row = knowledge.characteristics[need.characteristic]
    accepts = Statement(f"{row.title} ({row.id}): {' or '.join(need.accepts)}.", need.sources)
    raised = Statement(_condition(need.when), ())
    reason = ("", [Statement(need.text, need.sources)])
    sections = (reason, ("Applies when", [raised]), ("Met by", [accepts]))
    return _topic(need.id, f"need ({need.strength})", need.label, *sections)


def _question(question: Question) -> Topic:
    choices = [Statement(f"{each.id}: {each.text} ({each.help})", ()) for each in question.choices]
    bands = [Statement(f"{each.id}: {each.text}", question.sources) for each in question.bands]
    lead = ("", [Statement(question.help, ())])
    return _topic(question.id, "question", question.text, lead, ("Answers", choices or bands))


def _sections(notes: Iterable[Disagreement]) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    return ((f"{note.title} ({note.id})", note.sides) for note in notes)


def _words(cell: Cell) -> str:
    words = cell.words.replace("``", "")
    quoted = f'"{words}"' if cell.verbatim else words
    limited = cell.airflow != ALL_VERSIONS
    return f"{quoted} (Airflow {say_range(cell.airflow)})" if limited else quoted


def _merged(cells: Iterable[Cell]) -> list[Cell]:
    """Return cells, merging those that have the same words in adjacent ranges of versions."""
    merged: list[Cell] = []
    for cell in cells:
        last = merged[-1] if merged else None
        if last and last.words == cell.words and last.airflow.high == cell.airflow.low:
            versions = VersionRange(last.airflow.low, cell.airflow.high)
            sources = tuple(dict.fromkeys(last.sources + cell.sources))
            merged[-1] = replace(last, airflow=versions, sources=sources)
        else:
            merged.append(cell)
    return merged


def _condition(when: Condition) -> str:
    clauses = [f"{clause.question} is {' or '.join(_accepted(clause))}" for clause in when]
    return f"{'; '.join(clauses)}." if clauses else "always."


def _accepted(clause: Clause) -> Iterator[str]:
    for text in clause.accepts:
        if clause.question == "airflow_version":
            yield say_range(parse_range(text))
        elif text.startswith(">="):
            yield f"{text[2:]} or longer"
        else:
            yield text
