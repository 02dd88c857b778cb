"""The classes of the answer space distinguish all answers that conditions distinguish."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import prod

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from advisor.decision.space import Space, holds
from advisor.knowledge.builders import CONTEXT
from advisor.knowledge.durations import LONGEST, parse_duration, spell_duration
from advisor.knowledge.model import Advice, Clause, Condition, Knowledge
from advisor.knowledge.versions import Version, parse_range
from tests.decision.points import KNOWLEDGE, POINTS, SPACE, USUAL, cell_at, point

DURATION = KNOWLEDGE.questions["duration"]
VERSION = KNOWLEDGE.questions["airflow_version"]
SECONDS = st.one_of(st.integers(1, 900), st.integers(1, LONGEST))
VERSIONS = st.builds(
    lambda known, patch: known._replace(patch=patch),
    st.sampled_from(VERSION.known),
    st.integers(0, 9),
)


def conditions() -> Iterator[Condition]:
    yield from (need.when for need in KNOWLEDGE.needs)
    yield from (v.when for pattern in KNOWLEDGE.patterns.values() for v in pattern.variants)
    for advice in (KNOWLEDGE.warnings, KNOWLEDGE.alternatives, KNOWLEDGE.costs):
        yield from (each.when for each in advice)


CLAUSES = sorted({clause for condition in conditions() for clause in condition}, key=str)


def band_of(seconds: int) -> str:
    if seconds < 60:
        return "short"
    return "medium" if seconds < 600 else "long"


def with_clauses(*clauses: Clause) -> Knowledge:
    """Return the knowledge with a cost for each clause."""
    costs = (Advice(str(each), "", (each,), ()) for each in clauses)
    return replace(KNOWLEDGE, costs=(*KNOWLEDGE.costs, *costs))


def cut_at(*times: str) -> Knowledge:
    """Return the knowledge with a condition for each time, which applies to waits from there."""
    return with_clauses(*(Clause("duration", (f">={time}",)) for time in times))


def test_points_are_all_combinations_of_classes() -> None:
    assert len(set(POINTS)) == len(POINTS) == prod(map(len, SPACE.classes.values()))


def test_warnings_can_test_each_answer_about_the_context() -> None:
    context = [q for q in KNOWLEDGE.questions.values() if q.asked == "context"]
    assert context
    for question in context:
        assert {choice.id for choice in question.choices} == set(CONTEXT[question.id])


def test_free_text_and_the_context_are_not_dimensions_of_the_space() -> None:
    assert [q.id for q in SPACE.questions] == list(USUAL)


def test_classes_are_choices_bands_and_limits_in_conditions() -> None:
    assert SPACE.classes["idempotency_key"] == ["yes", "no", "unknown"]
    assert SPACE.classes["duration"] == ["short", "medium", "long", "long>=30d"]
    assert SPACE.classes["airflow_version"] == ["2.2", "3.0", "3.2", "3.3", "3.4"]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("1s", "short"),
        ("59s", "short"),
        ("1m", "medium"),
        ("9m59s", "medium"),
        ("10m", "long"),
        ("29d23h", "long"),
        ("30d", "long>=30d"),
        ("365d", "long>=30d"),
    ],
)
def test_limit_between_bands_belongs_to_the_longer_band(text: str, label: str) -> None:
    assert SPACE.class_of(DURATION, text) == label


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2.2", "2.2"),
        ("2.10", "2.2"),
        ("2.11.2", "2.2"),
        ("3.1", "3.0"),
        ("3.2.1", "3.2"),
        ("3.3.2", "3.3"),
        ("3.4.0b2", "3.4"),
    ],
)
def test_version_belongs_to_the_last_class_that_begins_before_it(text: str, label: str) -> None:
    assert SPACE.class_of(VERSION, text) == label


@given(SECONDS)
def test_class_of_a_duration_is_in_its_band(seconds: int) -> None:
    assert SPACE.class_of(DURATION, spell_duration(seconds)).partition(">=")[0] == band_of(seconds)


@pytest.mark.parametrize("clause", [c for c in CLAUSES if c.question == "duration"], ids=str)
@given(seconds=SECONDS)
def test_class_of_a_duration_meets_the_same_clauses(clause: Clause, seconds: int) -> None:
    cuts = [parse_duration(text[2:]) for text in clause.accepts if text.startswith(">=")]
    itself = band_of(seconds) in clause.accepts or any(seconds >= cut for cut in cuts)
    assert holds(SPACE.compile((clause,)), point(duration=spell_duration(seconds))) == itself


@pytest.mark.parametrize("clause", [c for c in CLAUSES if c.question == "airflow_version"], ids=str)
@given(version=VERSIONS)
def test_class_of_a_version_meets_the_same_clauses(clause: Clause, version: Version) -> None:
    itself = version in parse_range(clause.accepts[0])
    assert holds(SPACE.compile((clause,)), point(airflow_version=str(version))) == itself


@given(VERSIONS)
def test_class_of_a_version_has_the_same_cells(version: Version) -> None:
    at = point(airflow_version=str(version))
    for row in KNOWLEDGE.characteristics.values():
        for pattern in KNOWLEDGE.patterns:
            assert cell_at(at, row.id, pattern) == row.cell(pattern, version)


@pytest.mark.parametrize("versions", [">=2.7", "<2.7", ">=2.2, <2.7", ">=2.7, <3.0"])
def test_limits_of_ranges_begin_classes_of_versions(versions: str) -> None:
    space = Space(with_clauses(Clause("airflow_version", (versions,))))
    assert space.classes["airflow_version"] == ["2.2", "2.7", "3.0", "3.2", "3.3", "3.4"]


def test_condition_without_clauses_always_holds() -> None:
    assert all(holds(SPACE.compile(()), at) for at in POINTS)


@given(st.lists(SECONDS, min_size=1, max_size=4), SECONDS)
@example(cuts=[90], wait=31 * 86400)
def test_times_that_divide_bands_keep_durations_in_their_bands(cuts: list[int], wait: int) -> None:
    space = Space(cut_at(*map(spell_duration, cuts)))
    assert {low: band for low, band, _ in space.durations if band != band_of(low)} == {}
    assert space.class_of(DURATION, spell_duration(wait)).partition(">=")[0] == band_of(wait)


CUTS = [("2h",), ("2h", "2h"), ("2h", "120m"), ("10m",)]


@pytest.mark.parametrize("cuts", CUTS, ids=" and ".join)
def test_classes_of_durations_are_not_empty(cuts: tuple[str, ...]) -> None:
    space = Space(cut_at(*cuts))
    lows = [max(low, 1) for low, _, _ in space.durations]
    found = {space.class_of(DURATION, spell_duration(low)) for low in lows}
    assert found == set(space.classes["duration"])
