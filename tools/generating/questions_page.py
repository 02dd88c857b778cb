"""Generates docs/questions.md: each question, the accepted answers, and when it is asked."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.answers.batch import OWN_OPTIONS
from advisor.answers.parse import LONGEST_SYSTEM, NO, YES
from advisor.answers.save import YES_NO_OPTIONS
from advisor.catalog.systems import load_systems
from advisor.decision.changes import can_matter
from advisor.decision.decide import Decider
from advisor.knowledge.durations import EXAMPLES, LONGEST, say_duration
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Clause, Question
from advisor.knowledge.operators import System
from advisor.render.wording import escape, links
from generating.markdown import any_of, code, condition, head, page, table

LEAD = """\
A question has the same id in an [answers file](answers.md), as an option and in the output. At a
terminal, `advisor recommend` asks for missing answers. Elsewhere you must answer the questions that
are always asked, unless `system` answers them; the others have defaults. The output lists the
answers that were assumed.
"""
FOLLOW_UP = """\
as a follow-up, if an answer can still change the recommendation, its warnings or its
alternatives"""


def questions_page() -> str:
    """Return the text of the page."""
    knowledge = load_knowledge()
    decider = Decider(knowledge)
    sections = (_question(each, decider) for each in knowledge.questions.values())
    return page([*head("Questions"), LEAD, *(line for section in sections for line in section)])


def _question(question: Question, decider: Decider) -> Iterator[str]:
    yield from (f"## `{question.id}`", "", f"**{escape(question.text)}**", "", question.help, "")
    yield from _accepted(question)
    yield f"- Asked: {' '.join(_asked(question, decider).split())}."
    yield f"- Default: {_default(question)}."
    yield f"- Option: {_option(question)}."
    yield ""


def _accepted(question: Question) -> Iterator[str]:
    if question.kind == "choice":
        yield from table(
            ("Answer", "Meaning", "Details"),
            ((code(c.id), escape(c.text), escape(c.help)) for c in question.choices),
        )
        yield from _spellings(question)
    elif question.kind == "duration":
        yield (
            f"Accepted: a duration {EXAMPLES}, at most {say_duration(LONGEST)}. "
            "It falls into a band:"
        )
        yield ""
        yield from table(("Band", "Duration"), ((code(b.id), b.text) for b in question.bands))
        yield from (f"The limits are {links(question.sources)[1:-1]}", "")
    elif question.kind == "version":
        oldest, newest = question.known[0], question.known[-1]
        yield (
            f"Enter a version from `{oldest}` to `{newest}`, with or without a patch number. A "
            f"pre-release counts as its final release. A newer version is treated as {newest}, "
            "with a notice."
        )
        yield ""
    else:
        yield from _systems()


def _spellings(question: Question) -> Iterator[str]:
    ids = {choice.id for choice in question.choices}
    if {"yes", "no"} <= ids:
        yes, no = (any_of(sorted(words - ids)) for words in (YES, NO))
        yield from (f"`yes` can also be spelled {yes}, and `no` {no}.", "")


def _asked(question: Question, decider: Decider) -> str:
    if question.asked == "version":
        return "if Airflow is not installed in the same environment as `advisor`"
    if question.asked == "context":
        return "last, if an answer can change the warnings"
    if question.asked != "follow-up":
        return "always" if question.asked == "always" else "first, but you can skip it"
    never = [condition((clause,)) for clause in _idle(question, decider)]
    return FOLLOW_UP + (f"; never if {' or if '.join(never)}" if never else "")


def _idle(question: Question, decider: Decider) -> Iterator[Clause]:
    """Yield the answers to other questions after which a question has no effect."""
    for other in decider.space.questions:
        if other.kind != "choice" or other.id == question.id:
            continue
        idle = [
            choice.id
            for choice in other.choices
            if not can_matter(decider, question.id, {other.id: choice.id})
        ]
        if idle:
            yield Clause(other.id, tuple(idle))


def _default(question: Question) -> str:
    if question.asked == "version":
        return f"the installed Airflow, or `{question.stable}` if none is installed"
    return code(question.default) if question.default else "none"


def _option(question: Question) -> str:
    name = f"--{question.id.replace('_', '-')}"
    if question.id in YES_NO_OPTIONS:
        return f"`{name}` or `--no-{name[2:]}`"
    return code(name) if question.id in OWN_OPTIONS else f"`--set {question.id}=ANSWER`"


def _systems() -> Iterator[str]:
    yield (
        "Enter a system (id, title or another name), or the class of an operator or sensor, also "
        f"with its module; any other text of at most {LONGEST_SYSTEM} characters is accepted. What "
        "`advisor` knows answers `async_client`, `job_id`, `idempotency_key` and, for a sensor, "
        "`work`, unless you do. *lookup* means that you can look up a job by your key, but the "
        "system does not honour the key: a second submission starts a second job."
    )
    yield ""
    yield from table(
        ("System", "Id", "Other names", "Async client", "Key chosen by the caller"),
        map(_system, load_systems()),
    )


def _system(system: System) -> tuple[str, ...]:
    name = f" ({system.async_client_name})" if system.async_client == "yes" else ""
    note = f": {system.key_note}" if system.key_note else ""
    key = f"{system.submission_key}{note}"
    names = ", ".join(map(code, system.aliases))
    return (
        escape(system.title),
        code(system.id),
        names,
        escape(f"{system.async_client}{name}"),
        escape(key),
    )
