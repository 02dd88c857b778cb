"""What a drill found is shown as a picture of the source, as tables and as JSON."""

from __future__ import annotations

from pathlib import Path

from advisor.drill.model import Drilled, Signal
from advisor.view.drilled import (
    again,
    by_phase,
    markdown_drilled,
    run_lines,
    source_lines,
    summary,
)
from advisor.view.drilled_shape import shape_drilled
from tests.drill.events import (
    CLEARED,
    SUCCEEDS,
    drilled_in,
    ended,
    judged,
    polled,
    pushed,
    sent,
    submitted,
)

SURVIVED = judged([submitted("job-1"), sent(), CLEARED, *SUCCEEDS, pushed("r")])
TWICE = judged(
    [
        submitted("job-1"),
        sent(Signal.TERM),
        ended("killed"),
        CLEARED,
        submitted("job-2"),
        polled("job-2"),
        polled("job-2"),
        polled("job-2", "succeeded"),
        pushed("r"),
    ],
    signal=Signal.TERM,
)


def result_in(folder: Path) -> Drilled:
    return drilled_in(folder, SURVIVED, TWICE)


def test_each_line_has_the_worst_that_happened_there(tmp_path: Path) -> None:
    marks = [line.mark for line in source_lines(result_in(tmp_path), "operators.py")]
    assert marks == ["", "duplicate", "not reached"]


def test_phases_count_outcomes(tmp_path: Path) -> None:
    ((where, stage, counts),) = by_phase(result_in(tmp_path))
    assert (where, stage, dict(counts)) == (
        "worker",
        "nothing submitted",
        {"survived": 1, "duplicate": 1},
    )


def test_the_totals_say_what_was_sent_and_found(tmp_path: Path) -> None:
    assert summary(result_in(tmp_path)) == [
        "1 points reached, 2 signals to send, 2 sent",
        "2 scenarios in 1.0 s, 500 ms each, task SDK 1.3.2",
        "0 restarted a job that had failed, was cancelled or lost",
        "found: 1 duplicate, 1 orphan",
    ]


def test_a_violation_names_the_command_that_repeats_it(tmp_path: Path) -> None:
    drilled = result_in(tmp_path)
    assert again(drilled, TWICE) == "advisor drill plugins/report --only 'TERM:operators.py:2#1'"
    elsewhere = drilled._replace(target=drilled.target._replace(python="py"))
    assert "--python py" in again(elsewhere, TWICE)


def test_a_run_is_told_step_by_step() -> None:
    assert list(run_lines(TWICE)) == [
        "TERM:operators.py:2#1: success, 2 submitted, duplicate, orphan",
        "    submitted job job-1, spec {'drill': 1}",
        "  >>> TERM at operators.py:2#1 (worker)",
        "  worker, try 1 ended killed",
        "    cleared",
        "    submitted job job-2, spec {'drill': 1}",
        "    polled job job-2, said running (2 times)",
        "    polled job job-2, said succeeded",
        "    pushed key return_value, value r",
    ]


def test_json_names_every_outcome(tmp_path: Path) -> None:
    shape = shape_drilled(result_in(tmp_path))
    assert [each["findings"] for each in shape["outcomes"]] == [[], ["duplicate", "orphan"]]
    assert shape["files"] == [
        {
            "name": "operators.py",
            "lines": [{"line": 2, "mark": "duplicate"}, {"line": 3, "mark": "not reached"}],
        }
    ]


def test_markdown_has_the_picture(tmp_path: Path) -> None:
    text = "".join(markdown_drilled(result_in(tmp_path)))
    assert "D    2     job = submit()\n-    3     return job\n" in text
