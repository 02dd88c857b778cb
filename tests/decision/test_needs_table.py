"""The table of needs agrees with the decision, at every point of the answer space."""

from __future__ import annotations

from advisor.decision.needs_table import need_rows, standings
from tests.decision.points import DECIDER, KNOWLEDGE, POINTS, first, point

STRENGTHS = ["required", "preferred", "info"]


def test_pattern_is_ruled_out_exactly_if_a_required_row_is_not_satisfied() -> None:
    wrong = []
    for at in POINTS:
        outcome = DECIDER.outcome(at)
        rows = [row for row in need_rows(outcome) if row.strength == "required"]
        for pattern, standing in standings(outcome).items():
            cells = [row.cells[pattern] for row in rows]
            misses = any(cell is not None and not cell.satisfied for cell in cells)
            if misses != (standing == "ruled out"):
                wrong.append(at)
    assert wrong == [], first(wrong)


def test_rows_name_every_raised_need_once_and_the_strongest_come_first() -> None:
    for at in POINTS:
        outcome = DECIDER.outcome(at)
        rows = need_rows(outcome)
        named = [need for row in rows for need in row.needs]
        assert sorted(named) == sorted(need.id for need in outcome.raised)
        ranks = [STRENGTHS.index(row.strength) for row in rows]
        assert ranks == sorted(ranks)
        assert len({row.characteristic for row in rows}) == len(rows)


def test_standings_follow_the_ranking() -> None:
    for at in POINTS:
        outcome = DECIDER.outcome(at)
        places = dict(zip(outcome.candidates, ("chosen", "second", "third"), strict=False))
        expected = {pattern: places.get(pattern, "ruled out") for pattern in KNOWLEDGE.patterns}
        assert standings(outcome) == expected


def test_rows_of_a_usual_job() -> None:
    rows = need_rows(DECIDER.outcome(point()))
    assert [row.label for row in rows] == [
        "exists in your version",
        "suits long waits",
        "frees the worker slot",
        "prevents duplicates on its own",
        "recovers from a crash",
    ]
