"""The topics that `advisor explain` shows, each with cited statements under headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from advisor.knowledge.model import (
    DOCUMENTED_ORDER,
    Cell,
    Characteristic,
    Condition,
    Disagreement,
    Knowledge,
    Need,
    Pattern,
    Question,
    Statement,
    Variant,
)
from advisor.knowledge.versions import say_range


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
    for variants in _variants(knowledge).values():
        titled = [Statement(f"{each.title}: {each.text}", each.sources) for each in variants]
        yield _topic(variants[0].id, "variant", variants[0].title, ("", titled))
    for row in knowledge.characteristics.values():
        yield _characteristic(row, knowledge, notes)
    for need in knowledge.needs:
        yield _need(need, knowledge)
    order = Statement(knowledge.order.text, knowledge.order.sources)
    yield _topic(DOCUMENTED_ORDER, "policy", "The order that decides a tie", ("", [order]))
    for kind, advice in (("warning", knowledge.warnings), ("alternative", knowledge.alternatives)):
        for each in advice:
            text, shown = Statement(each.text, each.sources), Statement(_condition(each.when), ())
            yield _topic(each.id, kind, each.title, ("", [text]), ("Shown", [shown]))
    for question in knowledge.questions.values():
        yield _question(question)
    for note in notes:
        yield _topic(note.id, "disagreement", note.title, ("", note.sides))


def _topic(id_: str, kind: str, title: str, *sections: tuple[str, Iterable[Statement]]) -> Topic:
    """Return a topic, leaving out sections that have no statements."""
    filled = [(heading, tuple(statements)) for heading, statements in sections]
    return Topic(id_, kind, title, tuple(section for section in filled if section[1]))


def _pattern(pattern: Pattern, knowledge: Knowledge, notes: tuple[Disagreement, ...]) -> Topic:
    cells = [
        Statement(f"{row.title}: {_words(cell)}", cell.sources)
        for row in knowledge.characteristics.values()
        for cell in row.cells[pattern.id]
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
        ("What it is", cells),
        ("Watch out", warnings),
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
    row: Characteristic, knowledge: Knowledge, notes: tuple[Disagreement, ...]
) -> Topic:
    cells = [(name, cell) for name, cells in row.cells.items() for cell in cells]
    needs = [
        Statement(f"{need.text} ({need.id}, {need.strength})", need.sources)
        for need in knowledge.needs
        if need.characteristic == row.id
    ]
    origin = (
        "a row of Airflow's own table" if row.documented else "stated in the text, in our words"
    )
    return _topic(
        row.id,
        "characteristic",
        row.title,
        (origin, [Statement(f"{name}: {_words(cell)}", cell.sources) for name, cell in cells]),
        (
            "What makes it safe",
            [Statement(cell.safe, cell.safe_sources) for _, cell in cells if cell.safe],
        ),
        ("Needs that ask for it", needs),
        *_sections(note for note in notes if note.characteristic == row.id),
    )


def _need(need: Need, knowledge: Knowledge) -> Topic:
    row = knowledge.characteristics[need.characteristic]
    accepts = Statement(f"{row.title} ({row.id}) is {' or '.join(need.accepts)}.", need.sources)
    raised = Statement(_condition(need.when), ())
    sections = (("", [raised]), ("Satisfied where", [accepts]))
    return _topic(need.id, f"need ({need.strength})", need.text, *sections)


def _question(question: Question) -> Topic:
    choices = [Statement(f"{each.id}: {each.text}, {each.help}", ()) for each in question.choices]
    bands = [Statement(f"{each.id}: {each.text}", question.sources) for each in question.bands]
    lead = ("", [Statement(question.help, ())])
    return _topic(question.id, "question", question.text, lead, ("Answers", choices or bands))


def _sections(notes: Iterable[Disagreement]) -> Iterator[tuple[str, tuple[Statement, ...]]]:
    return ((f"{note.title} ({note.id})", note.sides) for note in notes)


def _words(cell: Cell) -> str:
    words = cell.words.replace("``", "")
    quoted = f'"{words}"' if cell.verbatim else words
    return f"{quoted} (Airflow {say_range(cell.airflow)})"


def _condition(when: Condition) -> str:
    clauses = [f"{clause.question} is {' or '.join(clause.accepts)}" for clause in when]
    return f"When {' and '.join(clauses)}." if clauses else "Always."
