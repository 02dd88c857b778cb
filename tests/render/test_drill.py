"""Line drills and single runs are rendered for the terminal, as Markdown and as JSON."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from advisor.drill.command_line import repeat_command
from advisor.drill.model import DrillResult, Finding, Outcome, PairSummary, Signal, Stage
from advisor.drill.runtime.events import (
    Cancelled,
    Ended,
    Event,
    Forgotten,
    FoundByKey,
    Held,
    HoldRequested,
    JobsEnded,
    Kept,
    LookedUp,
    Point,
    Refused,
    ResultFetched,
    Started,
    Stored,
    Submitted,
    UnknownCancelled,
)
from advisor.render.drill import markdown_drill, markdown_run, print_drill, print_run
from advisor.render.drill_json import drill_document, drill_schema, run_document
from advisor.render.drill_source import lines_near_marks, marked_files
from advisor.render.drill_steps import run_lines, step_lines
from advisor.render.drill_summary import (
    counts_text,
    duplicate_window,
    phases_of,
)
from advisor.render.drill_verdict import (
    group_text,
    groups_of,
    hints_of,
    signal_rows,
    signal_text,
    verdict,
)
from tests.drill.events import (
    CLEARED,
    SUCCEEDS,
    drilled_in,
    ended,
    judged,
    judged_pair,
    polled,
    pushed,
    sent,
    stored,
    submitted,
)
from tests.render.conftest import printed, screen

CALL = Point("execute", "submit:before", 1)
AGAIN = [polled("job-2"), polled("job-2"), polled("job-2", "succeeded"), pushed("r")]
TWICE_EVENTS = [submitted("job-1"), sent(Signal.TERM), ended("killed"), CLEARED]

SURVIVED = judged([submitted("job-1"), sent(), CLEARED, *SUCCEEDS, pushed("r")])
TWICE = judged([*TWICE_EVENTS, submitted("job-2"), *AGAIN], signal=Signal.TERM)
LOST = judged([submitted("job-1"), stored(), *SUCCEEDS, sent(), CLEARED])
AT_CALL = judged([sent(point=CALL), CLEARED, submitted("job-1"), *SUCCEEDS, pushed("r")], at=CALL)
LATE = judged([submitted("job-1"), stored(), *SUCCEEDS, sent(), submitted("job-2"), *AGAIN])
WORK_LOST = judged(
    [
        *(submitted("job-1"), stored(), polled("job-1"), sent(Signal.TERM)),
        *(Cancelled("job-1"), CLEARED, submitted("job-2"), *AGAIN),
    ],
    signal=Signal.TERM,
)
VANISHED = judged([submitted("job-1"), *SUCCEEDS, pushed("r")], signal=None)
FAULTY = replace(VANISHED, scenario=replace(VANISHED.scenario, service_fault="the job fails"))
PAIR = judged_pair([submitted("job-1"), sent(), CLEARED, sent(point=CALL), *SUCCEEDS, pushed("r")])


def result_in(folder: Path, *outcomes: Outcome) -> DrillResult:
    return drilled_in(folder, *(outcomes or (SURVIVED, TWICE, LOST, AT_CALL, FAULTY)))


def with_pairs(folder: Path) -> DrillResult:
    result = result_in(folder, SURVIVED, PAIR)
    return replace(result, pair_summary=PairSummary(480, 1, 4), honours_keys=False)


@pytest.mark.parametrize("width", [80, 120])
def test_print_drill_shows_all_sections(
    width: int, tmp_path: Path, snapshot: SnapshotAssertion
) -> None:
    console = screen(width)
    print_drill(console, result_in(tmp_path))
    assert printed(console) == snapshot


def test_print_drill_colours_outcomes(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    console = screen(80, colour=True)
    print_drill(console, result_in(tmp_path))
    assert printed(console) == snapshot


def test_print_drill_shows_pairs_that_survived(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    console = screen(100)
    print_drill(console, with_pairs(tmp_path))
    assert printed(console) == snapshot


def test_print_run_shows_each_step(snapshot: SnapshotAssertion) -> None:
    console = screen(100)
    print_run(console, TWICE)
    assert printed(console) == snapshot


def test_markdown_drill_has_all_sections(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert "".join(markdown_drill(result_in(tmp_path))) == snapshot


def test_markdown_run_has_each_step(snapshot: SnapshotAssertion) -> None:
    assert "".join(markdown_run(TWICE)) == snapshot


def test_drill_document_has_all_fields(tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    assert json.dumps(drill_document(result_in(tmp_path)), indent=2) == snapshot


def test_run_document_has_the_events(snapshot: SnapshotAssertion) -> None:
    assert json.dumps(run_document(TWICE), indent=2) == snapshot


def test_documents_match_the_schema(tmp_path: Path) -> None:
    schema = Draft202012Validator(drill_schema())
    for shape in (
        drill_document(result_in(tmp_path)),
        drill_document(with_pairs(tmp_path)),
        run_document(PAIR),
    ):
        assert [error.message for error in schema.iter_errors(shape)] == []
        del shape["schema_version"]
        assert not schema.is_valid(shape)


def test_marked_files_show_the_worst_outcome_of_each_line(tmp_path: Path) -> None:
    (lines,) = marked_files(result_in(tmp_path, SURVIVED, TWICE, LOST)).values()
    assert [line.mark for line in lines] == ["", "duplicate", "no crash point"]


def test_marked_files_show_only_violations_in_files_of_airflow(tmp_path: Path) -> None:
    result = replace(result_in(tmp_path, SURVIVED), own=[])
    assert marked_files(result) == {}
    (lines,) = marked_files(replace(result_in(tmp_path, SURVIVED, TWICE), own=[])).values()
    assert [line.mark for line in lines] == ["", "duplicate", ""]
    assert lines_near_marks(lines) == [*lines[:2], None]


def test_phases_count_outcomes_by_the_progress_of_the_task(tmp_path: Path) -> None:
    phases = phases_of(result_in(tmp_path))
    assert [(phase.moments, dict(phase.counts)) for phase in phases] == [
        ((("worker", Stage.before),), {"survived": 1}),
        ((("worker", Stage.submitting),), {"survived": 1, "duplicate": 1}),
        ((("worker", Stage.after),), {"result lost": 1}),
    ]


def test_counts_text_lists_the_worst_first() -> None:
    assert counts_text({"survived": 3, "duplicate": 2, "stuck": 0, "failed": 1}) == (
        "2 duplicates, 1 failed, 3 survived"
    )


def test_verdict_counts_violations_and_warnings(tmp_path: Path) -> None:
    survives = result_in(tmp_path, SURVIVED, WORK_LOST)
    assert verdict(result_in(tmp_path, SURVIVED)) == "plugins/report survives all 1 scenario"
    assert verdict(survives) == (
        "plugins/report survives all 2 scenarios; warnings: 1 work lost on shutdown"
    )
    assert verdict(result_in(tmp_path, SURVIVED, WORK_LOST, TWICE)) == (
        "plugins/report does not survive: 1 duplicate, 1 orphan; warnings: 1 work lost on shutdown"
    )


def test_warning_is_a_violation_only_on_request(tmp_path: Path) -> None:
    result = result_in(tmp_path, SURVIVED, WORK_LOST)
    assert (result.violations, result.noteworthy) == ([], [WORK_LOST])
    assert replace(result, fail_on=frozenset(Finding)).violations == [WORK_LOST]
    (lines,) = marked_files(result).values()
    assert lines[1].mark == "work lost on shutdown"


def test_signal_rows_count_each_finding_of_a_run(tmp_path: Path) -> None:
    rows = signal_rows(result_in(tmp_path, SURVIVED, TWICE, WORK_LOST, FAULTY))
    assert [(row.label, signal_text(row)) for row in rows] == [
        ("KILL (worker lost)", "1 run: 1 survived"),
        ("TERM (worker stopped)", "2 runs: 1 duplicate, 1 orphan, 1 work lost on shutdown"),
        ("Service faults", "1 run: 1 survived"),
    ]


def test_group_has_its_cause_and_its_width(tmp_path: Path) -> None:
    groups = groups_of(result_in(tmp_path, SURVIVED, TWICE, LOST, WORK_LOST))
    assert [group_text(each) for each in groups] == [
        "duplicate, orphan (left while submitting): TERM while submitting (worker); 1 crash point",
        "result lost (return_value): KILL after the end (worker); 1 crash point",
        "work lost on shutdown: TERM while polling (worker); 1 crash point",
    ]


def test_width_has_the_calls_and_the_waiting_between_the_crash_points(tmp_path: Path) -> None:
    calls = [Point("execute", f"xcom:{side}", 1) for side in ("before", "after")]
    outcomes = [
        judged([submitted("job-1"), replace(sent(Signal.END, each), at=at)], "failed", Signal.END)
        for each, at in zip(calls, (0.0, 1.5), strict=True)
    ]
    (group,) = groups_of(result_in(tmp_path, *outcomes))
    assert group_text(group).endswith(
        "; 2 crash points with 1 xcom call and 2 s of waiting between them"
    )


def test_orphan_before_submission_is_explained(tmp_path: Path) -> None:
    early = judged([sent(Signal.END), submitted("job-1")], "failed", Signal.END)
    (hint,) = hints_of(groups_of(result_in(tmp_path, early, early)))
    assert hint.startswith("On SIGTERM, Airflow calls on_kill and lets the task continue ")
    assert [*hints_of(groups_of(result_in(tmp_path, TWICE)))] == []


def test_duplicate_window_names_its_lines(tmp_path: Path) -> None:
    assert duplicate_window(result_in(tmp_path, SURVIVED)) == ""
    assert duplicate_window(result_in(tmp_path, SURVIVED, TWICE)) == (
        "Every kill that caused a duplicate was sent between submitting the job and the next "
        "write to the task state store: operators.py:2. Only an idempotency key, or a lookup of "
        "the job by its key, prevents these duplicates."
    )


def test_duplicate_window_counts_kills_outside_it(tmp_path: Path) -> None:
    assert duplicate_window(result_in(tmp_path, TWICE, LATE)) == (
        "1 of 2 kills that caused a duplicate were not sent between submitting the job and the "
        "next write to the task state store."
    )


def test_duplicate_window_reports_an_operator_that_stores_nothing(tmp_path: Path) -> None:
    forgetful = replace(result_in(tmp_path, TWICE), baseline=VANISHED)
    assert duplicate_window(forgetful).startswith("The operator stores nothing, so ")


def test_repeat_command_repeats_a_violation(tmp_path: Path) -> None:
    result = result_in(tmp_path)
    assert (
        repeat_command(result, TWICE)
        == "advisor drill plugins/report --point 'TERM:operators.py:2#1'"
    )
    elsewhere = replace(result, target=replace(result.target, python="py"), honours_keys=False)
    assert repeat_command(elsewhere, PAIR) == (
        "advisor drill plugins/report --python py --no-keys --point 'KILL:operators.py:2#1' "
        "--point 'KILL:submit:before#1'"
    )


def test_run_lines_describe_a_whole_run() -> None:
    assert list(run_lines(TWICE)) == [
        "TERM:operators.py:2#1: task succeeded, 2 jobs submitted, duplicate, orphan",
        "    submitted job-1 (spec {'drill': 1})",
        "  >>> TERM at operators.py:2#1 (worker)",
        "  worker, try 1: killed",
        "    Airflow deleted the XComs of the task",
        "    submitted job-2 (spec {'drill': 1})",
        "    polled job-2: running (2 times)",
        "    polled job-2: succeeded",
        "    pushed XCom return_value = r",
    ]


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (Started("resume", 2), "worker, resumed, try 2: started"),
        (Ended("execute", 1, "failed", "E: no"), "worker, try 1: failed: E: no"),
        (Submitted("job-1", "k", {}), "  submitted job-1 (key k, spec {})"),
        (FoundByKey("job-1", "k"), "  submitted key k again, which returned job-1"),
        (LookedUp("k", None), "  looked up key k: no job"),
        (LookedUp("k", "job-1"), "  looked up key k: job-1"),
        (Cancelled("job-1"), "  cancelled job-1"),
        (UnknownCancelled(None), "  cancelled None, which never existed"),
        (Kept("k", 1), "  the stand-in of the system kept k = 1"),
        (ResultFetched("job-1"), "  fetched the result of job-1"),
        (Stored("k", {"a": "{0}"}), "  stored k = {'a': '{0}'}"),
        (Forgotten("k"), "  deleted k from the store"),
        (Forgotten(None), "  deleted everything from the store"),
        (Refused("status"), "  the service did not answer the first status call"),
        (JobsEnded(["job-1", "job-2"]), "  ended on the service: job-1, job-2"),
        (HoldRequested(), "  the drill asked the service to hold back its next answer"),
        (Held(), "  the service holds back the answer to the submission"),
    ],
)
def test_step_lines_describe_each_kind_of_event(event: Event, text: str) -> None:
    assert list(step_lines(replace(TWICE, events=[event]))) == [f"  {text}"]
