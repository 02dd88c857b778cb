"""Live drills are rendered for the terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

from syrupy.assertion import SnapshotAssertion

from advisor.drill.live.api import LiveDrillResult, Row
from advisor.drill.live.faults import BASELINE, FAULTS
from advisor.drill.model import Signal, Target
from advisor.drill.runtime.events import JobsEnded
from advisor.render.drill import live_repeat_command, markdown_live_drill, print_live_drill
from advisor.render.drill_json import live_drill_document
from tests.drill.events import BASELINE as BASELINE_EVENTS
from tests.drill.events import (
    SUCCEEDS,
    cancelled,
    ended,
    judged,
    polled,
    pushed,
    sent,
    submitted,
)
from tests.render.conftest import printed, screen

FAULT_BY_ID = {fault.id: fault for fault in FAULTS}
REPORT = Target("plugins/nightly_report", "/plugins/nightly_report", "NightlyReport")
PLAIN = Target("plain.py:plain", "/plain.py", factory="plain", python="/airflow/bin/python")
ONCE = judged([submitted("job-1"), sent(), *SUCCEEDS, pushed("r"), ended("success")])
TWICE = judged(
    [
        submitted("job-1"),
        polled("job-1"),
        sent(),
        submitted("job-2"),
        JobsEnded(["job-1", "job-2"]),
        polled("job-2", "succeeded"),
        pushed("r"),
        ended("success"),
    ]
)
FAILED = judged(
    [submitted("job-1"), polled("job-1"), sent(Signal.END), cancelled("job-1"), ended("failed")],
    "failed",
    Signal.END,
)
RESULT = LiveDrillResult(
    [REPORT, PLAIN],
    "3.3.2",
    [
        Row(REPORT, BASELINE, judged(BASELINE_EVENTS, signal=None), 1),
        Row(REPORT, FAULT_BY_ID["worker-killed"], ONCE, 2),
        Row(REPORT, FAULT_BY_ID["failed-by-user"], FAILED, 1),
        Row(PLAIN, BASELINE, judged(BASELINE_EVENTS, signal=None), 1),
        Row(PLAIN, FAULT_BY_ID["worker-killed"], TWICE, 2),
    ],
    seconds=91.4,
)
SURVIVES = replace(RESULT, targets=[REPORT], rows=RESULT.rows[:3])


def test_print_live_drill_shows_a_table_per_target(snapshot: SnapshotAssertion) -> None:
    console = screen(100)
    print_live_drill(console, RESULT)
    assert printed(console) == snapshot


def test_print_live_drill_colours_violations_red_and_others_green() -> None:
    console = screen(100, colour=True)
    print_live_drill(console, RESULT)
    lines = printed(console).splitlines()
    assert sum(line.startswith("\x1b[1;31m  D worker killed") for line in lines) == 1
    assert sum(line.startswith("\x1b[32m  +") for line in lines) == 4


def test_print_live_drill_shows_each_step_on_request(snapshot: SnapshotAssertion) -> None:
    console = screen(100)
    print_live_drill(console, SURVIVES, steps=True)
    assert printed(console) == snapshot


def test_markdown_live_drill_has_a_table_per_target(snapshot: SnapshotAssertion) -> None:
    assert "".join(markdown_live_drill(RESULT)) == snapshot


def test_live_drill_document_has_all_fields(snapshot: SnapshotAssertion) -> None:
    shape = live_drill_document(RESULT)
    for each in shape["outcomes"]:
        assert each.pop("events")
    assert json.dumps(shape, indent=2) == snapshot


def test_live_repeat_command_includes_no_keys() -> None:
    without = replace(RESULT, honours_keys=False)
    assert live_repeat_command(without, without.rows[4]) == (
        "advisor drill plain.py:plain --live --python /airflow/bin/python --no-keys "
        "--fault worker-killed"
    )
