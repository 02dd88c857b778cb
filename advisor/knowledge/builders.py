"""Builds each type of the knowledge from the fields of a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias, cast, get_args

from advisor.documents.model import hint_for, shown
from advisor.documents.validation import Fields
from advisor.knowledge.durations import parse_duration
from advisor.knowledge.model import (
    NO_PATTERN,
    PLAIN,
    Advice,
    Alternative,
    AppliesTo,
    Asked,
    Band,
    Cell,
    Characteristic,
    Choice,
    Clause,
    Condition,
    Disagreement,
    Need,
    Pattern,
    PatternWarning,
    Question,
    QuestionKind,
    Statement,
    Strength,
    Variant,
)
from advisor.knowledge.sources import Pages, build_sources
from advisor.knowledge.versions import parse_range, parse_version

ANY_VERSION = ">=0.0"
YES_NO = ("yes", "no")
CONTEXT: Mapping[str, tuple[str, ...]] = {
    "executor": ("unknown", "local", "celery", "kubernetes", "other"),
    "retry": ("safe", "unsafe", "unknown", "useless"),
    "stores": ("yes", "no"),
    "redelivered": ("yes", "no"),
    "needs_logical_date": ("yes", "no"),
    "timeout_while_deferred": ("yes", "no", "unknown"),
    "service": ("spark", "other"),
}
"""What the field `given` of a warning can test, and the values."""
EARLIER_STRENGTHS: Mapping[str, Strength] = {
    "must": "required",
    "prefer": "preferred",
    "mention": "info",
}

Questions: TypeAlias = Mapping[str, Question]


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
    value = fields.text("value")
    return Cell(
        value=value,
        short=fields.text("short", value.replace("-", " ")),
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
    """Return a need, after checking that its characteristic has the values that it accepts."""
    characteristic = fields.choice("characteristic", characteristics)
    need = Need(
        id=fields.text("id"),
        strength=build_strength(fields),
        label=build_label(fields, _title_of(characteristic, characteristics)),
        missed=fields.text("missed", ""),
        text=fields.text("text"),
        when=build_condition(fields, questions),
        characteristic=characteristic,
        accepts=fields.texts("accepts"),
        sources=build_sources(fields, pages),
    )
    if characteristic in characteristics:
        check_accepts(fields, need.accepts, characteristics[characteristic])
    return need


def build_label(fields: Fields, default: str) -> str:
    """Return the label of a need, on one line."""
    return " ".join(fields.text("label", default).split())


def _title_of(id_: str, characteristics: Mapping[str, Characteristic]) -> str:
    return characteristics[id_].title if id_ in characteristics else ""


def build_strength(fields: Fields) -> Strength:
    """Return the strength of a need; policy files may still use the earlier names."""
    name = fields.node_of("strength")
    if isinstance(name, str) and name in EARLIER_STRENGTHS:
        return EARLIER_STRENGTHS[name]
    return cast("Strength", fields.choice("strength", get_args(Strength)))


def check_accepts(fields: Fields, accepts: tuple[str, ...], row: Characteristic) -> None:
    """Record an issue for each accepted value that no cell of the characteristic has."""
    values = sorted({cell.value for cells in row.cells.values() for cell in cells})
    for value in accepts:
        if value not in values:
            message = f"accepts: unknown value {shown(value)} of {row.id}"
            fields.add_issue(message, "accepts", hint=hint_for(value, values))
    if not fields.node_of("accepts"):
        fields.add_issue("missing key 'accepts'", hint=f"accepted: {', '.join(values)}")


def build_advice(fields: Fields, pages: Pages, questions: Questions, patterns: list[str]) -> Advice:
    """Return a cost, or what every kind of advice has."""
    when = build_condition(fields, questions, patterns)
    return Advice(fields.text("id"), fields.text("text"), when, build_sources(fields, pages))


def build_alternative(
    fields: Fields, pages: Pages, questions: Questions, patterns: list[str]
) -> Alternative:
    """Return an alternative."""
    return Alternative(
        **vars(build_advice(fields, pages, questions, patterns)),
        title=fields.text("title"),
        summary=fields.text("summary"),
        headline=fields.choice("headline", YES_NO, "no") == "yes",
        retry_duplicates=cast(
            "Literal['never', 'yes', 'unknown']",
            fields.choice("retry_duplicates", ("never", "yes", "unknown")),
        ),
        given=_given(fields.inner("given")),
    )


def build_warning(
    fields: Fields, pages: Pages, questions: Questions, patterns: list[str]
) -> PatternWarning:
    """Return a warning."""
    return PatternWarning(
        **vars(build_advice(fields, pages, questions, patterns)),
        title=fields.text("title"),
        remedy=fields.text("remedy"),
        applies_to=cast("AppliesTo", fields.choice("applies_to", get_args(AppliesTo))),
        scaffold_handles=fields.choice("scaffold_handles", YES_NO) == "yes",
        given=_given(fields.inner("given")),
    )


def _given(fields: Fields) -> Mapping[str, tuple[str, ...]]:
    """Return a condition on what the decision does not depend on."""
    for key in fields.node:
        if key not in CONTEXT:
            fields.add_issue(f"unknown key {shown(key)}", key, hint=hint_for(key, CONTEXT))
        for text in fields.texts(key):
            if text not in CONTEXT.get(key, ()):
                message = f"{key}: unknown value {shown(text)}"
                fields.add_issue(message, key, hint=hint_for(text, CONTEXT.get(key, ())))
    return {key: fields.texts(key) for key in fields.node}


def build_disagreement(fields: Fields, pages: Pages) -> Disagreement:
    """Return a disagreement with its sides."""
    about = fields.inner("about")
    sides = tuple(
        Statement(side.text("text"), build_sources(side, pages)) for side in fields.each("sides")
    )
    return Disagreement(
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

    Its clauses name questions. If `patterns` are given, they may also name the outcome: `pattern`
    and `variant`, each of which may be `none`.
    """
    when = fields.inner("when")
    outcome = (
        {"pattern": [*patterns, NO_PATTERN, PLAIN], "variant": ["checkpoint", NO_PATTERN]}
        if patterns
        else {}
    )
    clauses = []
    for key in when.node:
        clause = Clause(key, when.texts(key))
        clauses.append(clause)
        if key in outcome:
            _check_accepted(when, clause, outcome[key])
        elif key in questions:
            _check_clause(when, clause, questions[key])
        else:
            hint = hint_for(key, [*questions, *outcome])
            when.add_issue(f"unknown question {shown(key)}", key, hint=hint)
    return tuple(clauses)


def _check_clause(when: Fields, clause: Clause, question: Question) -> None:
    if question.asked == "context":
        when.add_issue(f"{clause.question}: test it with 'given', not 'when'", clause.question)
    elif question.kind == "choice":
        _check_accepted(when, clause, [choice.id for choice in question.choices])
    elif question.kind == "version":
        when.parsed(clause.question, parse_range, ANY_VERSION)
    elif question.kind == "duration":
        _check_durations(when, clause, [band.id for band in question.bands])
    else:
        when.add_issue(f"{clause.question}: a condition cannot test free text", clause.question)


def _check_accepted(when: Fields, clause: Clause, accepted: list[str]) -> None:
    for text in clause.accepts:
        if text not in accepted:
            message = f"{clause.question}: unknown value {shown(text)}"
            when.add_issue(message, clause.question, hint=hint_for(text, accepted))
    if not when.node_of(clause.question):
        when.add_issue(f"{clause.question}: expected at least one value", clause.question)


def _check_durations(when: Fields, clause: Clause, bands: list[str]) -> None:
    for text in clause.accepts:
        if text in bands:
            continue
        try:
            parse_duration(text.removeprefix(">="))
        except ValueError as error:
            hint = f"accepted: {', '.join(bands)}, or a duration after >="
            when.add_issue(f"{clause.question}: {error}", clause.question, hint=hint)
