"""Creates, selects and describes points of the answer space."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from advisor.catalog.lookup import find_target
from advisor.decision.recommend import Advisor
from advisor.decision.space import Point
from advisor.knowledge.durations import parse_duration
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import NO_PATTERN, Cell, Clause, Condition
from advisor.knowledge.operators import Target
from advisor.knowledge.versions import parse_range, parse_version

KNOWLEDGE: Final = load_knowledge()
ADVISOR: Final = Advisor(KNOWLEDGE)
"""Shared by all modules, because it caches its decisions."""
DECIDER: Final = ADVISOR.decider
SPACE: Final = ADVISOR.space
POINTS: Final = tuple(SPACE.points())

DURATIONS: Final = {"short": "45s", "medium": "5m", "long": "3h", "long>=30d": "40d"}
"""A duration of each class."""

USUAL: Final = {
    "triggerer": "yes",
    "duration": "3h",
    "duplicate_risk": "costly",
    "async_client": "yes",
    "work": "job",
    "job_id": "yes",
    "idempotency_key": "unknown",
    "airflow_version": "3.3",
}
"""The answers of a typical job; tests change some of them."""


def point(**changed: str) -> Point:
    """Return the point of USUAL with some answers changed."""
    return SPACE.point({**USUAL, **changed})


def answers(at: Point) -> dict[str, str]:
    """Return the class of answers that a point has for each question."""
    return dict(zip((q.id for q in SPACE.questions), at, strict=True))


def spelt(at: Point) -> dict[str, str]:
    """Return answers that a user could give, with which a point is reached."""
    values = answers(at)
    return {**values, "duration": DURATIONS[values["duration"]]}


def where(**accepted: str) -> list[Point]:
    """Return the points in which each question has one of the accepted classes (`a|b`)."""
    tests = [(SPACE.position[question], text.split("|")) for question, text in accepted.items()]
    return [at for at in POINTS if all(at[place] in classes for place, classes in tests)]


def moved(at: Point, **changed: str) -> Point:
    """Return a point with the classes of some questions changed."""
    return tuple({**answers(at), **changed}.values())


def cell_at(at: Point, characteristic: str, pattern: str) -> Cell | None:
    """Return the cell of the comparison for a pattern, in the Airflow version of a point."""
    version = parse_version(answers(at)["airflow_version"])
    return KNOWLEDGE.characteristics[characteristic].cell(pattern, version)


def says(condition: Condition, at: Point) -> bool:
    """Return whether a condition holds, evaluated without the code under test."""
    outcome = DECIDER.outcome(at)
    facts = {
        **answers(at),
        "pattern": outcome.pattern or NO_PATTERN,
        "variant": outcome.variant or NO_PATTERN,
    }
    return all(_clause_holds(clause, facts[clause.question]) for clause in condition)


def _clause_holds(clause: Clause, given: str) -> bool:
    if clause.question == "airflow_version":
        return parse_version(given) in parse_range(clause.accepts[0])
    band, _, cut = given.partition(">=")
    if clause.question == "duration" and cut:
        cuts = [parse_duration(text[2:]) for text in clause.accepts if text.startswith(">=")]
        return band in clause.accepts or any(parse_duration(cut) >= each for each in cuts)
    return given in clause.accepts


def in_words(at: Point) -> str:
    """Return a point as one line of text."""
    return ", ".join(f"{question} {answer}" for question, answer in answers(at).items())


def first(wrong: Mapping[Point, object] | list[Point]) -> str:
    """Return the number of wrong points and the first five, for a failure message."""
    failures = dict(wrong) if isinstance(wrong, Mapping) else dict.fromkeys(wrong, "")
    lines = [f"{in_words(at)}: {message}" for at, message in list(failures.items())[:5]]
    return "\n".join([f"{len(failures)} of {len(POINTS)} points", *lines])


def target_of(values: Mapping[str, str]) -> Target | None:
    """Return what the answer `system` names, None if there is none or nothing is known."""
    system = values.get("system", "")
    return find_target(system, parse_version(values["airflow_version"])) if system else None
