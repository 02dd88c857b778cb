"""Every point of the answer space has the outcome of the reviewed decision table."""

from __future__ import annotations

from collections import Counter
from itertools import product

from advisor.decision.space import Point
from tests.decision.expected import WHOLE_DOMAIN, Row, in_words, inputs_of, read_rows
from tests.decision.points import DECIDER, POINTS, answers, first

ROWS = read_rows()
COMBINATIONS = [
    dict(zip(WHOLE_DOMAIN, each, strict=True)) for each in product(*WHOLE_DOMAIN.values())
]


def rows_at(inputs: dict[str, str]) -> list[Row]:
    return [row for row in ROWS if row.matches(inputs)]


def expected_at(point: Point) -> Row:
    [row] = rows_at(inputs_of(answers(point)))
    return row


def test_table_has_a_row_for_every_combination_of_answers() -> None:
    gaps = [inputs for inputs in COMBINATIONS if not rows_at(inputs)]
    assert not gaps, gaps[:5]


def test_rows_of_the_table_do_not_overlap() -> None:
    overlaps = [
        (inputs, [row.number for row in rows_at(inputs)])
        for inputs in COMBINATIONS
        if len(rows_at(inputs)) > 1
    ]
    assert not overlaps, overlaps[:5]


def test_every_row_applies_to_some_point() -> None:
    used = Counter(expected_at(point).number for point in POINTS)
    assert [row.number for row in ROWS if not used[row.number]] == []


def test_rows_name_only_existing_inputs_and_classes() -> None:
    unknown = [
        (row.number, name, each)
        for row in ROWS
        for name, accepted in row.when.items()
        for each in accepted
        if each not in WHOLE_DOMAIN.get(name, [])
    ]
    assert unknown == []


def test_space_has_exactly_the_inputs_of_the_table() -> None:
    offered = {tuple(inputs_of(answers(point)).values()) for point in POINTS}
    assert offered == set(product(*WHOLE_DOMAIN.values()))


def test_every_point_has_the_expected_outcome() -> None:
    wrong = {}
    for point in POINTS:
        row, found = expected_at(point), DECIDER.outcome_key(point)
        if found != row.then:
            wrong[point] = f"{in_words(found)}, but row {row.number} says {in_words(row.then)}"
    assert not wrong, first(wrong)


def test_outcome_key_matches_the_outcome() -> None:
    wrong = [
        point
        for point in POINTS
        if (DECIDER.outcome(point).pattern, DECIDER.outcome(point).variant)
        != DECIDER.outcome_key(point)[:2]
    ]
    assert not wrong, first(wrong)
