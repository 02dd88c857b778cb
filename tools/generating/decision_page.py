"""Generates docs/how-it-decides.md: the needs, the comparison and the answer space."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.decision.recommend import Advisor
from advisor.knowledge.evidence import Evidence, load_evidence
from advisor.knowledge.loader import load_disagreements, load_edition, load_knowledge
from advisor.knowledge.model import NO_PATTERN, Cell, Characteristic, Disagreement, Knowledge, Need
from advisor.knowledge.versions import say_range
from advisor.render.comparison import differences, measured_on, outcomes
from advisor.render.wording import escape, plain
from generating.markdown import Cited, any_of, code, condition, head, page, table
from generating.space import Walk

LEAD = """\
A recommendation is derived from two tables: what the answers require of a pattern (the needs) and
the properties of each pattern (the characteristics). There are no weights and no scores.

1. The answers raise needs.
2. A pattern that misses a need of strength `required` is ruled out.
3. The remaining patterns are compared by the needs of strength `preferred`, in the order below. The
   first need that one pattern meets and another misses decides between the two, whatever comes
   after it. If there is no such need, the [tie rule](#the-tie-rule) decides.
4. If no pattern remains, that is the recommendation. It names [alternatives](#alternatives) and the
   smallest changes of the answers that would make a pattern possible.

A need of strength `info` is shown as a reason or as a concession, and decides nothing. An
organisation can change strengths, order and limits with [its own policy](policy.md).
"""
SOURCES = """\
There are three kinds of sources. A documented source is a page or an issue of Airflow. A measured
source states what was run or read, and on which version; most were run once, on one deployment.
What a tool measured, and can measure again, is in [evidence/](evidence/README.md). A judgement is
ours.
"""


def decision_page() -> str:
    """Return the text of the page."""
    knowledge, cited = load_knowledge(), Cited()
    walk = Walk(Advisor(knowledge))
    edition = load_edition()
    covers = f"The knowledge is of {edition.date}: Airflow {edition.oldest} to {edition.newest}."
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
    yield from ("## The needs, in the order of the policy", "")
    yield (
        "The last column counts the [points of the answer space](#the-answer-space) whose "
        "recommendation would change without the need."
    )
    yield ""
    yield from table(
        ("Need", "Strength", "Raised when", *knowledge.patterns, "Points that change"),
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
            f"Under this policy {code(need.id)} never changes an outcome by itself: the other "
            "needs and the tie rule decide the same way without it. It is still shown as a reason "
            f"or as a concession.{_if_first(walk.moved_by_first(need))}"
        )
        yield ""


def _if_first(moved: int) -> str:
    return f" A policy that puts it first changes {moved:,} points." if moved else ""


def _need(need: Need, knowledge: Knowledge, cited: Cited) -> Iterator[str]:
    row = knowledge.characteristics[need.characteristic]
    yield from (f"### `{need.id}`", "", f"{escape(need.text)} {cited.numbers(need.sources)}", "")
    yield f"- Strength: `{need.strength}`."
    yield f"- Raised: {'when ' if need.when else ''}{condition(need.when)}."
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
        "An alternative is better than a pattern, or replaces it. A headline is part of the "
        "recommendation itself."
    )
    yield ""
    yield from table(
        ("Id", "Use", "When", "Why"),
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
        "Airflow's own table, word for word, and the outcome when each cell was run "
        "([evidence](evidence/README.md)). A cell names versions if it does not hold for all "
        "versions that have the pattern."
    )
    yield ""
    evidence = load_evidence()
    yield from _rows(knowledge, cited, evidence, documented=True)
    yield from (measured_on(evidence), "", "Differences from the table, and their reasons:", "")
    newest = knowledge.questions["airflow_version"].known[-1]
    for each in differences(evidence, knowledge, newest):
        yield f"- {escape(each.text)} {cited.numbers(each.sources)}"
    yield ""
    yield from ("What the text of the same pages states, in our words:", "")
    yield from _rows(knowledge, cited, evidence, documented=False)
    safe = [
        f"- {escape(row.title)}, {pattern}, Airflow {say_range(cell.airflow)}: {escape(cell.safe)} "
        f"{cited.numbers(cell.safe_sources)}"
        for row in knowledge.characteristics.values()
        for pattern, cells in row.cells.items()
        for cell in cells
        if cell.safe
    ]
    yield from ("What makes a conceded cell safe:", "", *safe, "")


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
                    _cells(row.cells[pattern], cited) + _measured(row.id, pattern, evidence, cited)
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


def _measured(
    characteristic: str, pattern: str, evidence: tuple[Evidence, ...], cited: Cited
) -> str:
    statements = outcomes(evidence, characteristic, pattern)
    return "".join(f"<br>{escape(each.text)} {cited.numbers(each.sources)}" for each in statements)


def _notes(notes: tuple[Disagreement, ...], cited: Cited) -> Iterator[str]:
    yield from ("## Where documentation, code and experiment differ", "")
    for note in notes:
        yield from (f'<a id="{note.id}"></a>**{escape(note.title)}** (`{note.id}`)', "")
        yield from (f"- {escape(side.text)} {cited.numbers(side.sources)}" for side in note.sides)
        yield ""


def _space(walk: Walk) -> Iterator[str]:
    questions = walk.space.questions
    yield from ("## The answer space", "")
    yield (
        "Durations fall into bands and versions into ranges within which nothing differs, so there "
        f"are {len(walk.points):,} different sets of answers. A point is one of them; how many "
        "points lead to a pattern says nothing about how often such a job occurs."
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
