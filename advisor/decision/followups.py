"""Whether a question still matters: does any answer to it change what the user would read?"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import TypeAlias

from advisor.decision.decide import Decider
from advisor.decision.space import Point

Read: TypeAlias = "tuple[object, ...]"


def can_matter(decider: Decider, question_id: str, given: Mapping[str, str]) -> bool:
    """Return whether an answer to a question could change the recommendation or its warnings.

    `given` are canonical answers. Every way to answer the other open questions is tried, which are
    few: those that are always asked come first.
    """
    space = decider.space
    at = space.position[question_id]
    columns = [
        [space.class_of(q, given[q.id])] if q.id in given else space.classes[q.id]
        for q in space.questions
    ]
    answers, columns[at] = columns[at], columns[at][:1]
    for point in product(*columns):
        variants = (_with(point, at, answer) for answer in answers)
        if len({_read(decider, variant) for variant in variants}) > 1:
            return True
    return False


def _with(point: Point, at: int, answer: str) -> Point:
    return (*point[:at], answer, *point[at + 1 :])


def _read(decider: Decider, point: Point) -> Read:
    """Return what tells two recommendations apart for a reader."""
    warnings = tuple(each.id for each in decider.warnings(point))
    alternatives = tuple(each.id for each in decider.alternatives(point))
    return decider.outcome_key(point), warnings, alternatives
