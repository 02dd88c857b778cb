"""One function for each type of the knowledge: from the fields of a mapping to the type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias, cast, get_args

from advisor.documents.model import Node, shown
from advisor.knowledge.durations import parse_duration
from advisor.knowledge.fields import Fields
from advisor.knowledge.model import (
    NO_PATTERN,
    Advice,
    Asked,
    Band,
    Cell,
    Characteristic,
    Choice,
    Clause,
    Condition,
    Need,
    Note,
    Pattern,
    Question,
    QuestionKind,
    Side,
    Source,
    Sources,
    Strength,
    Variant,
)
from advisor.knowledge.versions import parse_range, parse_version

ISSUE_URL = "https://github.com/apache/airflow/issues/{}"
EVIDENCE = "evidence/"
"""Begins the text of a source that is a file of docs/evidence/."""
ANY_VERSION = ">=0.0"
YES_NO = ("yes", "no")


Pages: TypeAlias = "Mapping[str, tuple[Source, Mapping[str, Node]]]"
"""For each page that can be cited: the page itself as a source, and the anchors of its sections."""
Questions: TypeAlias = Mapping[str, Question]


def build_page(fields: Fields) -> tuple[str, tuple[Source, Mapping[str, Node]]]:
    """Return the id of a page and what it takes to cite a section of it."""
    version = _release(fields.text("version", ""))
    page = Source("documented", fields.text("title"), version, fields.text("url"))
    sections = fields.node_of("sections")
    fields.node_of("read")
    return fields.text("id"), (page, sections if isinstance(sections, dict) else {})


def build_sources(fields: Fields, pages: Pages, key: str = "source") -> Sources:
    """Return the sources in a field, which is one mapping or a list of them."""
    node = fields.node_of(key)
    if isinstance(node, list):
        return tuple(_source(each, pages) for each in fields.each(key))
    if not node:
        fields.flaw(f"{key}: is missing; a fact has a source")
        return ()
    return (_source(fields.inner(key), pages),)


def _source(fields: Fields, pages: Pages) -> Source:
    if fields.has("page"):
        return _citation(fields, pages)
    if fields.has("issue"):
        number = fields.text("issue")
        return Source("documented", f"apache/airflow#{number}", "", ISSUE_URL.format(number))
    if fields.has("evidence"):
        cell = fields.text("characteristic"), fields.text("pattern")
        return evidence_source(fields.text("evidence"), *cell)
    if fields.has("measured"):
        return Source("measured", fields.text("measured"), _release(fields.text("airflow", "")))
    if fields.has("documented"):
        return Source("documented", fields.text("documented"), "", fields.text("url", ""))
    return Source("judgement", fields.text("judgement"))


def evidence_source(evidence: str, characteristic: str, pattern: str) -> Source:
    """Return the source that is a cell of the evidence, whose id ends with the release."""
    text = f"{EVIDENCE}{evidence}.json, {characteristic} of {pattern}"
    return Source("measured", text, _release(evidence.rpartition("-")[2]))


def _citation(fields: Fields, pages: Pages) -> Source:
    page_id, section = fields.choice("page", pages), fields.text("section")
    if page_id not in pages:
        return Source("documented", section)
    page, anchors = pages[page_id]
    if section not in anchors:
        fields.flaw(f"section: the page {page_id} has no section {shown(section)}", "section")
    anchor = anchors.get(section)
    url = f"{page.url}#{anchor}" if anchor else page.url
    text = page.text if section == page.text else f"{page.text}, {section}"
    return page._replace(text=text, url=url)


def _release(version: str) -> str:
    """Return `Airflow 3.3.2` for a bare version; what names its package stays as it is."""
    return f"Airflow {version}" if version[:1].isdigit() else version


def build_question(fields: Fields) -> Question:
    """Return a question with its choices or bands."""
    choices = tuple(_choice(each) for each in fields.each("choices"))
    bands = tuple(_band(each) for each in fields.each("bands"))
    known = tuple(parse_version(text) for text in fields.texts("known"))
    return Question(
        id=fields.text("id"),
        kind=cast("QuestionKind", fields.choice("kind", get_args(QuestionKind))),
        asked=cast("Asked", fields.choice("asked", get_args(Asked))),
        changes=fields.choice("changes", ("deployment", "system", "job")),
        text=fields.text("text"),
        help=fields.text("help"),
        default=fields.text("default", ""),
        choices=choices,
        bands=bands,
        known=known,
        stable=fields.text("stable", ""),
        sources=build_sources(fields, {}) if fields.has("source") else (),
    )


def _choice(fields: Fields) -> Choice:
    return Choice(fields.text("id"), fields.text("text"), fields.text("if"), fields.text("help"))


def _band(fields: Fields) -> Band:
    below = fields.parsed("below", parse_duration, "1s") if fields.has("below") else None
    return Band(fields.text("id"), below, fields.text("text"))


def build_pattern(fields: Fields, pages: Pages, questions: Questions) -> Pattern:
    """Return a pattern with its variants."""
    variants = tuple(_variant(each, pages, questions) for each in fields.each("variants"))
    return Pattern(
        fields.text("id"),
        fields.text("title"),
        fields.text("text"),
        variants,
        build_sources(fields, pages),
    )


def _variant(fields: Fields, pages: Pages, questions: Questions) -> Variant:
    return Variant(
        fields.text("id"),
        fields.text("title"),
        fields.text("text"),
        build_condition(fields, questions),
        build_sources(fields, pages),
    )


def build_characteristic(fields: Fields, pages: Pages, patterns: list[str]) -> Characteristic:
    """Return a row of the comparison, with cells for each pattern."""
    documented = fields.choice("table", YES_NO) == "yes"
    cells = fields.inner("cells")
    row = {
        pattern: tuple(_cell(each, pages, documented) for each in cells.each(pattern))
        for pattern in patterns
    }
    return Characteristic(fields.text("id"), fields.text("title"), documented, row)


def _cell(fields: Fields, pages: Pages, documented: bool) -> Cell:
    safe = fields.text("safe", "")
    return Cell(
        value=fields.text("value"),
        words=fields.text("words"),
        verbatim=documented,
        airflow=fields.parsed("airflow", parse_range, ANY_VERSION),
        sources=build_sources(fields, pages),
        note=fields.text("note", ""),
        safe=safe,
        safe_sources=build_sources(fields, pages, "safe_source") if safe else (),
    )


def build_need(
    fields: Fields,
    pages: Pages,
    questions: Questions,
    characteristics: Mapping[str, Characteristic],
) -> Need:
    """Return a need; what it accepts are values that its characteristic has."""
    characteristic = fields.choice("characteristic", characteristics)
    need = Need(
        id=fields.text("id"),
        strength=cast("Strength", fields.choice("strength", get_args(Strength))),
        text=fields.text("text"),
        when=build_condition(fields, questions),
        characteristic=characteristic,
        accepts=fields.texts("accepts"),
        sources=build_sources(fields, pages),
    )
    if characteristic in characteristics:
        check_accepts(fields, need.accepts, characteristics[characteristic])
    return need


def check_accepts(fields: Fields, accepts: tuple[str, ...], row: Characteristic) -> None:
    """Record a flaw for each accepted value that no cell of the characteristic has."""
    values = sorted({cell.value for cells in row.cells.values() for cell in cells})
    for value in accepts:
        if value not in values:
            fields.flaw(
                f"accepts: found {shown(value)}, {row.id} has {', '.join(values)}", "accepts"
            )
    if not accepts:
        fields.flaw(f"accepts: is missing; {row.id} has {', '.join(values)}")


def build_advice(fields: Fields, pages: Pages, questions: Questions, patterns: list[str]) -> Advice:
    """Return a warning, an instead or a cost."""
    title = fields.text("says" if fields.has("says") else "title", "")
    headline = fields.choice("headline", YES_NO, "no") == "yes"
    when = build_condition(fields, questions, patterns)
    return Advice(
        fields.text("id"), title, fields.text("text"), when, headline, build_sources(fields, pages)
    )


def build_note(fields: Fields, pages: Pages) -> Note:
    """Return a disagreement with its sides."""
    about = fields.inner("about")
    sides = tuple(
        Side(side.text("text"), build_sources(side, pages)) for side in fields.each("sides")
    )
    return Note(
        fields.text("id"),
        fields.text("title"),
        about.text("characteristic", ""),
        about.text("pattern", ""),
        sides,
    )


def build_condition(
    fields: Fields, questions: Questions, patterns: list[str] | None = None
) -> Condition:
    """Return the condition in the field `when`.

    It speaks of the questions and, where `patterns` are given, of the outcome: `pattern` and
    `variant`, each of which may be `none`.
    """
    when = fields.inner("when")
    outcome = (
        {"pattern": [*patterns, NO_PATTERN], "variant": ["checkpoint", NO_PATTERN]}
        if patterns
        else {}
    )
    clauses = []
    for key in when.node:
        clause = Clause(key, when.texts(key))
        clauses.append(clause)
        if key in outcome:
            _check_known(when, clause, outcome[key])
        elif key in questions:
            _check_clause(when, clause, questions[key])
        else:
            accepted = ", ".join([*questions, *outcome])
            when.flaw(f"the key {shown(key)} is no question; accepted are {accepted}", key)
    return tuple(clauses)


def _check_clause(when: Fields, clause: Clause, question: Question) -> None:
    if question.kind == "choice":
        _check_known(when, clause, [choice.id for choice in question.choices])
    elif question.kind == "version":
        when.parsed(clause.question, parse_range, ANY_VERSION)
    elif question.kind == "duration":
        _check_durations(when, clause, [band.id for band in question.bands])
    else:
        when.flaw(f"{clause.question}: nothing can depend on free text", clause.question)


def _check_known(when: Fields, clause: Clause, known: list[str]) -> None:
    for text in clause.accepts:
        if text not in known:
            accepted = ", ".join(known)
            when.flaw(
                f"{clause.question}: found {shown(text)}, accepted are {accepted}", clause.question
            )
    if not clause.accepts:
        when.flaw(f"{clause.question}: accepts nothing", clause.question)


def _check_durations(when: Fields, clause: Clause, bands: list[str]) -> None:
    for text in clause.accepts:
        if text in bands:
            continue
        try:
            parse_duration(text.removeprefix(">="))
        except ValueError as error:
            accepted = ", ".join(bands)
            said = f"{clause.question}: {error}; accepted are {accepted}, or >= and a time"
            when.flaw(said, clause.question)
