"""Pairs of kills are built from groups of first kills, and sampled with a seed."""

from __future__ import annotations

from advisor.drill.command_line import text_of
from advisor.drill.model import Scenario, Signal
from advisor.drill.runtime.events import Point
from advisor.drill.runtime.service import Behaviour
from advisor.drill.scenarios import KillGroup, Sample, grouped, sampled_pairs

PLACES = [Point("execute", f"operators.py:{line}", 1) for line in range(1, 8)]
FIRSTS = [Scenario(((point, Signal.KILL),), Behaviour()) for point in PLACES]
BOTH = (Signal.KILL, Signal.TERM)
EARLY = KillGroup((FIRSTS[0], FIRSTS[1]), (PLACES[0], PLACES[1], PLACES[2]))
LATE = KillGroup((FIRSTS[2],), (PLACES[6],))
WITHOUT_END = KillGroup((FIRSTS[3],), ())


def sampled(groups: list[KillGroup], sample: Sample) -> tuple[int, list[str]]:
    count, scenarios = sampled_pairs(groups, BOTH, sample, Behaviour())
    return count, [text_of(each) for each in scenarios]


def test_kills_are_grouped_by_the_state_that_they_leave_behind() -> None:
    left = dict(zip(FIRSTS, ("a", "b", "a", "", "b", "c", ""), strict=True))
    assert [group.scenarios for group in grouped(FIRSTS, left)] == [
        (FIRSTS[0], FIRSTS[2]),
        (FIRSTS[1], FIRSTS[4]),
        (FIRSTS[5],),
    ]


def test_pairs_combine_first_kills_with_signals_and_later_points() -> None:
    count, texts = sampled([EARLY, WITHOUT_END, LATE], Sample(budget=100))
    assert count == 2 * 3 * 2 + 1 * 1 * 2
    assert texts == [
        *(
            f"KILL:operators.py:{first}#1 {signal}:operators.py:{second}#1"
            for first in (1, 2)
            for signal in ("KILL", "TERM")
            for second in (1, 2, 3)
        ),
        "KILL:operators.py:3#1 KILL:operators.py:7#1",
        "KILL:operators.py:3#1 TERM:operators.py:7#1",
    ]


def test_sample_is_a_subset_selected_by_the_seed() -> None:
    groups = [EARLY, LATE]
    count, every = sampled(groups, Sample(budget=100))
    assert sampled(groups, Sample(budget=count)) == (count, every)
    count_of_drawn, drawn = sampled(groups, Sample(budget=5, seed=1))
    assert (count_of_drawn, len(drawn)) == (count, 5)
    assert drawn == [each for each in every if each in drawn]
    assert (count, drawn) == sampled(groups, Sample(budget=5, seed=1))
    assert (count, drawn) != sampled(groups, Sample(budget=5, seed=2))


def test_kills_without_later_points_have_no_pairs() -> None:
    assert sampled([WITHOUT_END], Sample()) == (0, [])
