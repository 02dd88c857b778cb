"""Points of the answer space, made from answers and said in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from advisor.decision.recommend import Advisor
from advisor.decision.space import Point, Space
from advisor.knowledge.load import load_knowledge

ADVISOR: Final = Advisor(load_knowledge())
"""Shared, because it remembers what it has decided."""
SPACE: Final = ADVISOR.space
DECIDER: Final = ADVISOR.decider
POINTS: Final = tuple(SPACE.points())

AS_SAID: Final = {
    "triggerer": "yes",
    "duration": "3h",
    "duplicate_risk": "costly",
    "async_client": "yes",
    "work": "job",
    "job_id": "yes",
    "idempotency_key": "unknown",
    "airflow_version": "3.3",
}
"""The answers that the issue's table changes one by one."""


def point(**changed: str) -> Point:
    """Return the point of AS_SAID with some answers changed."""
    return SPACE.point({**AS_SAID, **changed})


def answers(at: Point, space: Space = SPACE) -> dict[str, str]:
    """Return the class of each question's answers."""
    return dict(zip((q.id for q in space.questions), at, strict=True))


def where(**accepted: str) -> list[Point]:
    """Return the points at which each question has the class named, or one of `a|b`."""
    tests = [(SPACE.position[question], text.split("|")) for question, text in accepted.items()]
    return [at for at in POINTS if all(at[position] in classes for position, classes in tests)]


def in_words(at: Point) -> str:
    return ", ".join(f"{question} {answer}" for question, answer in answers(at).items())


def first(wrong: Mapping[Point, object] | list[Point]) -> str:
    """Return the first five points of those that are wrong, in words, for a failure message."""
    shown = [f"{in_words(at)}" + _what(wrong, at) for at in list(wrong)[:5]]
    return "\n".join([f"{len(wrong)} of {len(POINTS)} points", *shown])


def _what(wrong: Mapping[Point, object] | list[Point], at: Point) -> str:
    return f": {wrong[at]}" if isinstance(wrong, Mapping) else ""
