"""Phrases about existing operators, and their lines of code."""

from __future__ import annotations

import pytest

from advisor.render.operators import code_lines


@pytest.mark.parametrize(
    ("line", "width", "shown"),
    [
        ('A(task_id="a", durable=True)', 40, ['A(task_id="a", durable=True)']),
        (
            'A(task_id="a", x={"b": [1]}, durable=True)',
            40,
            ['A(task_id="a", x={...}, durable=True)'],
        ),
        ('A(task_id="a", steps=[{"b": 1}], z=1)', 35, ['A(task_id="a", steps=[...], z=1)']),
        (
            'A(task_id="a", name="bbbbbb", durable=True)',
            35,
            ['A(task_id="a", name="bbbbbb",', "  durable=True)"],
        ),
        (
            'A(task_id="a", name="bbbbbb", durable=True)',
            22,
            ['A(task_id="a", ...,', "  durable=True)"],
        ),
        ("A(..., durable=True)", 40, ["A(..., durable=True)"]),
    ],
)
def test_long_code_is_shortened_but_for_what_matters(
    line: str, width: int, shown: list[str]
) -> None:
    assert code_lines(line, ["durable"], width) == shown
