"""Generates docs/how-it-decides.md: the needs, the comparison and the answer space."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.decision.recommend import Advisor
from advisor.knowledge.evidence import Evidence, load_evidence
from advisor.knowledge.loader import load_disagreements, load_edition, load_knowledge
from advisor.knowledge.model import NO_PATTERN, Cell, Characteristic, Disagreement, Knowledge, Need
from advisor.knowledge.versions import say_range
from advisor.render.comparison import measured_on, measured_value
from advisor.render.wording import escape, plain
from generating.markdown import Cited, any_of, code, condition, head, page, table
from generating.space import Walk

LEAD = """\
`advisor` derives a recommendation from two tables: the needs, which your answers raise, and the
characteristics of each pattern. There are no weights and no scores.

1. Your answers raise needs.
2. A pattern that misses a `required` need is ruled out.
3. `preferred` needs rank the remaining patterns, in the order below. Between two patterns, the
   first need that one meets and the other misses decides, whatever follows. If there is no such
   need, the [tie rule](#the-tie-rule) decides.
4. If no pattern remains, the recommendation is `none`. It lists [alternatives](#alternatives) and
   the smallest changes of your answers that would make a pattern possible.

An `info` need is shown and decides nothing. Your [policy](policy.md) can change strengths, order
and limits.
"""
SOURCES = """\
There are three kinds of sources. A documented source is a page or an issue of Airflow. A measured
source names what was run or read, and on which version; most were run once, on one deployment. The
measurements that a tool can repeat are in [evidence/](evidence/README.md). A judgement is our own.
"""


def decision_page() -> str:
    """Return the text of the page."""
    knowledge, cited = load_knowledge(), Cited()
    walk = Walk(Advisor(knowledge))
    edition = load_edition()
    covers = f"Last checked on {edition.date}, for Airflow {edition.oldest} to {edition.newest}."
    return page(
        [
            *head("How it decides"),
            LEAD,
            covers,
            "",
            *_needs(knowledge, walk, cited),
            *_tie_rule(knowledge, cited),
            *_alternatives(knowledge, cited),
            *_comparison(knowledge, cited),
            *_notes(load_disagreements(), cited),
            *_space(walk),
            "## Sources",
            "",
            SOURCES,
            *cited.listed(),
        ]
    )


def _needs(knowledge: Knowledge, walk: Walk, cited: Cited) -> Iterator[str]:
    moved = {need.id: walk.moved_without(need) for need in knowledge.needs}
    yield from ("## Needs, in order of importance", "")
    yield (
        "The last column counts the [points of the answer space](#the-answer-space) that get "
        "another recommendation without the need."
    )
    yield ""
    yield from table(
        ("Need", "Strength", "Raised if", *knowledge.patterns, "Points that change"),
        (
            (
                f"[{code(need.id)}](#{need.id})",
                need.strength,
                condition(need.when),
                *(_verdict(need, pattern, knowledge) for pattern in knowledge.patterns),
                f"{moved[need.id]:,}",
            )
            for need in knowledge.needs
        ),
    )
    yield from _redundant(knowledge, walk, moved)
    for need in knowledge.needs:
        yield from _need(need, knowledge, cited)


def _redundant(knowledge: Knowledge, walk: Walk, moved: dict[str, int]) -> Iterator[str]:
    """Yield a note on each need that could decide something but never does on its own."""
    for need in knowledge.needs:
        if need.strength == "info" or moved[need.id]:
            continue
        yield (
            f"{code(need.id)} never changes an outcome by itself: without it, the other needs and "
            "the tie rule decide the same way. It is shown "
            f"anyway.{_if_first(walk.moved_by_first(need))}"
        )
        yield ""


def _if_first(moved: int) -> str:
    return f" If a policy puts it first, {moved:,} points change." if moved else ""


def _need(need: Need, knowledge: Knowledge, cited: Cited) -> Iterator[str]:
    row = knowledge.characteristics[need.characteristic]
    yield from (f"### `{need.id}`", "", f"{escape(need.text)} {cited.numbers(need.sources)}", "")
    yield f"- Strength: `{need.strength}`."
    yield f"- Raised: {'if ' if need.when else ''}{condition(need.when)}."
    title = f"[{escape(row.title)}](#{_anchor(row)})"
    yield f"- Met if {title} is {any_of(need.accepts)}."
    yield ""
    yield from table(
        ("Pattern", "Airflow", row.title, "Value", "Result"),
        (
            (pattern, say_range(cell.airflow), _words(cell), code(cell.value), _met(need, cell))
            for pattern, cells in row.cells.items()
            for cell in cells
        ),
    )


def _verdict(need: Need, pattern: str, knowledge: Knowledge) -> str:
    """Return whether a pattern meets a need, for each range of versions if they differ."""
    cells = knowledge.characteristics[need.characteristic].cells[pattern]
    verdicts = {_met(need, cell) for cell in cells}
    if len(verdicts) == 1:
        return verdicts.pop()
    return ", ".join(f"{_met(need, cell)} ({say_range(cell.airflow)})" for cell in cells)


def _met(need: Need, cell: Cell) -> str:
    return "meets" if cell.value in need.accepts else "misses"


def _words(cell: Cell) -> str:
    words = escape(plain(cell.words))
    return f'"{words}"' if cell.verbatim else words


def _anchor(row: Characteristic) -> str:
    return f"characteristic-{row.id}"


def _tie_rule(knowledge: Knowledge, cited: Cited) -> Iterator[str]:
    order = knowledge.order
    yield from ("## The tie rule", "", f"{escape(order.text)} {cited.numbers(order.sources)}", "")


def _alternatives(knowledge: Knowledge, cited: Cited) -> Iterator[str]:
    yield from ("## Alternatives", "")
    yield (
        "An alternative replaces a pattern or improves on it. A headline alternative is part of "
        "the recommendation itself."
    )
    yield ""
    yield from table(
        ("Id", "Alternative", "Shown if", "Reason"),
        (
            (
                code(each.id) + (" (headline)" if each.headline else ""),
                escape(each.title),
                condition(each.when),
                f"{escape(each.text)} {cited.numbers(each.sources)}",
            )
            for each in knowledge.alternatives
        ),
    )


def _comparison(knowledge: Knowledge, cited: Cited) -> Iterator[str]:
    yield from ("## The comparison", "")
    yield (
        "Airflow's own table, word for word, with the measured value of each cell "
        "([evidence](evidence/README.md)). A cell names versions if it does not hold for all "
        "versions that have the pattern."
    )
    yield ""
    evidence = load_evidence()
    yield from _rows(knowledge, cited, evidence, documented=True)
    yield from (measured_on(evidence), "", "Measurements that differ from the table:", "")
    yield from _differences(knowledge, cited, evidence)
    yield ""
    yield from ("Other characteristics from the documentation, in our words:", "")
    yield from _rows(knowledge, cited, evidence, documented=False)
    safe = [
        f"- {escape(row.title)}, {pattern}, Airflow {say_range(cell.airflow)}: {escape(cell.safe)} "
        f"{cited.numbers(cell.safe_sources)}"
        for row in knowledge.characteristics.values()
        for pattern, cells in row.cells.items()
        for cell in cells
        if cell.safe
    ]
    yield from ("How to make a disadvantage safe:", "", *safe, "")


def _differences(
    knowledge: Knowledge, cited: Cited, evidence: tuple[Evidence, ...]
) -> Iterator[str]:
    for row in knowledge.characteristics.values():
        for pattern in knowledge.patterns:
            for each in evidence:
                if (measured := each.of(row.id, pattern)) and measured.why:
                    text = f"{row.title}, {pattern} on {each.airflow}: {measured.outcome}."
                    yield f"- {escape(text)} {escape(measured.why)} {cited.numbers((each.source,))}"


def _rows(
    knowledge: Knowledge, cited: Cited, evidence: tuple[Evidence, ...], *, documented: bool
) -> list[str]:
    rows = [row for row in knowledge.characteristics.values() if row.documented is documented]
    titles = [pattern.title for pattern in knowledge.patterns.values()]
    return table(
        ("Characteristic", *titles),
        (
            (
                f'<a id="{_anchor(row)}"></a>{escape(row.title)}',
                *(
                    _cells(row.cells[pattern], cited) + _measured(row.id, pattern, evidence)
                    for pattern in knowledge.patterns
                ),
            )
            for row in rows
        ),
    )


def _cells(cells: tuple[Cell, ...], cited: Cited) -> str:
    """Return the cells of a pattern, merging those with the same words."""
    by_words: dict[str, list[Cell]] = {}
    for cell in cells:
        by_words.setdefault(escape(plain(cell.words)), []).append(cell)
    parts = []
    for words, same in by_words.items():
        versions = " or ".join(say_range(cell.airflow) for cell in same)
        where = f"Airflow {versions}: " if len(by_words) > 1 else ""
        sources = tuple(dict.fromkeys(source for cell in same for source in cell.sources))
        notes = [f"[note](#{note})" for note in dict.fromkeys(cell.note for cell in same) if note]
        parts.append(" ".join([f"{where}{words}", cited.numbers(sources), *notes]))
    return "; ".join(parts)


def _measured(characteristic: str, pattern: str, evidence: tuple[Evidence, ...]) -> str:
    measured = measured_value(evidence, characteristic, pattern)
    return f"<br>{escape(measured.text)}" if measured else ""


def _notes(notes: tuple[Disagreement, ...], cited: Cited) -> Iterator[str]:
    yield from ("## Disagreements between documentation, code and experiment", "")
    for note in notes:
        yield from (f'<a id="{note.id}"></a>**{escape(note.title)}** (`{note.id}`)', "")
        yield from (f"- {escape(side.text)} {cited.numbers(side.sources)}" for side in note.sides)
        yield ""


def _space(walk: Walk) -> Iterator[str]:
    questions = walk.space.questions
    yield from ("## The answer space", "")
    yield (
        "Within a band of durations or a range of versions, the recommendation never differs. That "
        f"leaves {len(walk.points):,} different sets of answers, the points. The number of points "
        "that lead to a pattern does not show how often such jobs occur."
    )
    yield ""
    yield from table(
        ("Question", "Classes"),
        ((code(q.id), ", ".join(map(code, walk.space.classes[q.id]))) for q in questions),
    )
    versions = walk.space.classes["airflow_version"]
    outcomes = walk.outcomes()
    patterns = [*walk.knowledge.patterns, NO_PATTERN]
    yield from table(
        ("Recommended", *(f"From {version}" for version in versions), "Points"),
        (
            (
                pattern,
                *(f"{outcomes[pattern, version]:,}" for version in versions),
                f"{sum(outcomes[pattern, version] for version in versions):,}",
            )
            for pattern in patterns
        ),
    )
