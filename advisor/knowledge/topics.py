"""The topics that `advisor explain` shows, each with cited statements under headings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.knowledge.model import (
    DOCUMENTED_ORDER,
    Advice,
    Cell,
    Characteristic,
    Condition,
    Disagreement,
    Knowledge,
    Need,
    Pattern,
    Question,
    Sources,
    Variant,
)
from advisor.knowledge.versions import say_range


@dataclass(frozen=True)
class Statement:
    """A sentence or two, and their sources."""

    text: str
    sources: Sources


@dataclass(frozen=True)
class Topic:
    """A topic of `advisor explain`: sections of statements. The first section has no heading."""

    id: str
    kind: str
    title: str
    sections: tuple[tuple[str, tuple[Statement, ...]], ...]


def topics(knowledge: Knowledge, notes: tuple[Disagreement, ...]) -> dict[str, Topic]:
    """Return every topic by its id.

    The ids of the shipped topics are unique, which a test checks. If a policy adds a need with the
    id of another topic, the later of the two is kept.
    """
    return {topic.id: topic for topic in _topics(knowledge, notes)}


def _topics(knowledge: Knowledge, notes: tuple[Disagreement, ...]) -> Iterator[Topic]:
    for pattern in knowledge.patterns.values():
        yield _pattern(pattern, knowledge, notes)
    for variant_id, variants in _variants(knowledge).items():
        yield Topic(
            variant_id, "variant", variants[0].title, (("", _variant_statements(variants)),)
        )
    for row in knowledge.characteristics.values():
        yield _characteristic(row, knowledge, notes)
    for need in knowledge.needs:
        yield _need(need, knowledge)
    yield Topic(DOCUMENTED_ORDER, "policy", "The order that decides a tie", (_order(knowledge),))
    for kind, advice in (("warning", knowledge.warnings), ("alternative", knowledge.alternatives)):
        for each in advice:
            yield _advice(kind, each)
    for question in knowledge.questions.values():
        yield _question(question)
    for note in notes:
        yield Topic(note.id, "disagreement", note.title, (("", _sides(note)),))


def _pattern(pattern: Pattern, knowledge: Knowledge, notes: tuple[Disagreement, ...]) -> Topic:
    cells = [
        Statement(f"{row.title}: {_words(cell)}", cell.sources)
        for row in knowledge.characteristics.values()
        for cell in row.cells[pattern.id]
    ]
    warnings = [
        Statement(f"{each.title} ({each.id})", each.sources)
        for each in knowledge.warnings
        if pattern.id in _accepted(each.when, "pattern")
    ]
    lead = ("", (Statement(pattern.text, pattern.sources),))
    sections = [lead, ("What it is", tuple(cells)), ("Watch out", tuple(warnings))]
    sections += [_note(note) for note in notes if note.pattern == pattern.id]
    return Topic(pattern.id, "pattern", pattern.title, tuple(sections))


def _variants(knowledge: Knowledge) -> dict[str, list[Variant]]:
    """Return the variants by id; two patterns may share one."""
    variants: dict[str, list[Variant]] = {}
    for pattern in knowledge.patterns.values():
        for variant in pattern.variants:
            variants.setdefault(variant.id, []).append(variant)
    return variants


def _variant_statements(variants: list[Variant]) -> tuple[Statement, ...]:
    return tuple(Statement(f"{each.title}: {each.text}", each.sources) for each in variants)


def _characteristic(
    row: Characteristic, knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> Topic:
    cells = [
        Statement(f"{pattern}: {_words(cell)}", cell.sources)
        for pattern, pattern_cells in row.cells.items()
        for cell in pattern_cells
    ]
    safe = [
        Statement(cell.safe, cell.safe_sources)
        for pattern_cells in row.cells.values()
        for cell in pattern_cells
        if cell.safe
    ]
    needs = [
        Statement(f"{need.text} ({need.id}, {need.strength})", need.sources)
        for need in knowledge.needs
        if need.characteristic == row.id
    ]
    heading = (
        "a row of Airflow's own table" if row.documented else "stated in the text, in our words"
    )
    sections = [
        (heading, tuple(cells)),
        ("What makes it safe", tuple(safe)),
        ("Needs that ask for it", tuple(needs)),
    ]
    sections += [_note(note) for note in notes if note.characteristic == row.id]
    return Topic(row.id, "characteristic", row.title, tuple(s for s in sections if s[1]))


def _need(need: Need, knowledge: Knowledge) -> Topic:
    row = knowledge.characteristics[need.characteristic]
    accepts = Statement(f"{row.title} ({row.id}) is {' or '.join(need.accepts)}.", need.sources)
    raised = Statement(_condition(need.when), ())
    sections = (("", (raised,)), ("Satisfied where", (accepts,)))
    return Topic(need.id, f"need ({need.strength})", need.text, sections)


def _order(knowledge: Knowledge) -> tuple[str, tuple[Statement, ...]]:
    return "", (Statement(knowledge.order.text, knowledge.order.sources),)


def _advice(kind: str, advice: Advice) -> Topic:
    sections = (
        ("", (Statement(advice.text, advice.sources),)),
        ("Shown", (Statement(_condition(advice.when), ()),)),
    )
    return Topic(advice.id, kind, advice.title, sections)


def _question(question: Question) -> Topic:
    choices = [Statement(f"{each.id}: {each.text}, {each.help}", ()) for each in question.choices]
    bands = [Statement(f"{each.id}: {each.text}", question.sources) for each in question.bands]
    lead = ("", (Statement(question.help, ()),))
    sections = (lead, ("Answers", tuple(choices or bands)))
    return Topic(question.id, "question", question.text, tuple(s for s in sections if s[1]))


def _note(note: Disagreement) -> tuple[str, tuple[Statement, ...]]:
    return f"{note.title} ({note.id})", _sides(note)


def _sides(note: Disagreement) -> tuple[Statement, ...]:
    return tuple(Statement(side.text, side.sources) for side in note.sides)


def _words(cell: Cell) -> str:
    words = cell.words.replace("``", "")
    quoted = f'"{words}"' if cell.verbatim else words
    return f"{quoted} (Airflow {say_range(cell.airflow)})"


def _accepted(when: Condition, question: str) -> tuple[str, ...]:
    return next((clause.accepts for clause in when if clause.question == question), ())


def _condition(when: Condition) -> str:
    clauses = [f"{clause.question} is {' or '.join(clause.accepts)}" for clause in when]
    return f"When {' and '.join(clauses)}." if clauses else "Always."
