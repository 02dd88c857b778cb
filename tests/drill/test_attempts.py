"""The attempts of a task run in the order in which Airflow would start them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from advisor.drill.runtime.attempts import (
    BROKEN,
    DETECTION,
    EXHAUSTED,
    FIRED,
    KILLED,
    MOST_ROUNDS,
    NO_EVENT,
    STOPPED,
    STUCK,
    Attempt,
    AttemptSequence,
    ProcessEnd,
)
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import (
    Event,
    JobsEnded,
    Journal,
    Point,
    SignalSent,
    Submitted,
    XComCleared,
)
from advisor.drill.runtime.service import Behaviour, RunContext

DEFERRAL = {"classpath": "ours.Trigger"}
DEFERRED = ProcessEnd("deferred", deferral=DEFERRAL)
END_SIGNAL = SignalSent("END", Point("execute", "operators.py:2", 1))

Step = ProcessEnd | tuple[ProcessEnd, Event]
"""The end of a process, or its end and an event that it writes before."""


class FakeProcesses:
    """Processes that end with given steps, and record how they were started."""

    def __init__(self, journal: Journal, steps: list[Step]) -> None:
        self.journal = journal
        self.steps = steps
        self.started: list[Any] = []

    def run_attempt(self, attempt: Attempt) -> ProcessEnd:
        self.started.append(attempt)
        return self._end()

    def run_trigger(self, deferral: dict[str, Any], attempt: Attempt) -> ProcessEnd:
        self.started.append(("trigger", attempt.try_number, deferral))
        return self._end()

    def resume_with(self, deferral: dict[str, Any], event: object) -> dict[str, Any]:
        return {"method": deferral["classpath"], "event": event}

    def fail_with(self, error: str) -> dict[str, Any]:
        return {"method": "__fail__", "error": error}

    def _end(self) -> ProcessEnd:
        step = self.steps.pop(0)
        if isinstance(step, ProcessEnd):
            return step
        end, event = step
        self.journal.write(event)
        return end


class Sequence:
    """A finished sequence of attempts over fake processes."""

    def __init__(
        self,
        folder: Path,
        steps: list[Step],
        behaviour: Behaviour,
        retries: int,
        delays: list[float],
    ) -> None:
        self.journal = Journal(folder / "journal")
        self.clock = Clock()
        before = self.clock.time()
        self.processes = FakeProcesses(self.journal, steps)
        context = RunContext(self.journal, behaviour, lambda _: None)
        attempts = AttemptSequence(self.processes, context, self.clock, retries, delays)
        self.state = attempts.run()
        self.seconds = round(self.clock.time() - before, 3)

    @property
    def started(self) -> list[Any]:
        return self.processes.started


Run = Callable[..., Sequence]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run(
        *steps: Step,
        behaviour: Behaviour | None = None,
        retries: int = 2,
        delays: list[float] | None = None,
    ) -> Sequence:
        return Sequence(tmp_path, [*steps], behaviour or Behaviour(), retries, delays or [0.0])

    return run


@pytest.mark.parametrize("state", ["success", "failed", "skipped", STUCK])
def test_final_state_ends_the_run(run: Run, state: str) -> None:
    sequence = run(ProcessEnd(state))
    assert (sequence.state, sequence.started) == (state, [Attempt(1, 2)])
    assert sequence.journal.read() == []


@pytest.mark.parametrize(("state", "seconds"), [(KILLED, DETECTION), ("up_for_retry", 0.0)])
def test_lost_or_failed_attempt_is_retried_without_its_xcoms(
    run: Run, state: str, seconds: float
) -> None:
    sequence = run(ProcessEnd(state), ProcessEnd("success"))
    assert sequence.state == "success"
    assert sequence.started == [Attempt(1, 2), Attempt(2, 2)]
    assert sequence.journal.read() == [XComCleared()]
    assert sequence.seconds == seconds


@pytest.mark.parametrize("state", [KILLED, BROKEN, "up_for_retry"])
def test_task_without_retries_left_fails(run: Run, state: str) -> None:
    sequence = run(*[ProcessEnd(state)] * 3, retries=2)
    assert sequence.state == "failed"
    assert [each.try_number for each in sequence.started] == [1, 2, 3]


def test_deferred_task_resumes_with_the_event_of_its_trigger(run: Run) -> None:
    sequence = run(DEFERRED, ProcessEnd(FIRED, event="done"), ProcessEnd("success"))
    resume = {"method": "ours.Trigger", "event": "done"}
    assert sequence.state == "success"
    assert sequence.started == [Attempt(1, 2), ("trigger", 1, DEFERRAL), Attempt(1, 2, resume)]
    assert [each.phase for each in sequence.started[::2]] == ["execute", "resume"]
    assert sequence.journal.read() == []


def test_resumed_task_can_defer_again(run: Run) -> None:
    again = ProcessEnd("deferred", deferral={"classpath": "ours.Other"})
    fired = ProcessEnd(FIRED)
    sequence = run(DEFERRED, fired, again, fired, ProcessEnd("success"))
    assert sequence.state == "success"
    assert [each[2] for each in sequence.started if isinstance(each, tuple)] == [
        DEFERRAL,
        {"classpath": "ours.Other"},
    ]


@pytest.mark.parametrize("state", [STOPPED, KILLED])
def test_stopped_or_lost_trigger_is_started_again(run: Run, state: str) -> None:
    sequence = run(DEFERRED, ProcessEnd(state), ProcessEnd(FIRED), ProcessEnd("success"))
    assert sequence.state == "success"
    assert sequence.started[1:3] == [("trigger", 1, DEFERRAL)] * 2
    assert sequence.journal.read() == []


def test_trigger_that_raises_fails_its_deferral(run: Run) -> None:
    broken = ProcessEnd(BROKEN, error="ValueError: no")
    sequence = run(DEFERRED, broken, ProcessEnd("up_for_retry"), ProcessEnd("success"))
    failing = Attempt(1, 2, {"method": "__fail__", "error": "ValueError: no"})
    assert sequence.state == "success"
    assert sequence.started == [Attempt(1, 2), ("trigger", 1, DEFERRAL), failing, Attempt(2, 2)]


def test_trigger_without_an_event_fails_its_deferral(run: Run) -> None:
    sequence = run(DEFERRED, ProcessEnd(EXHAUSTED), ProcessEnd("failed"))
    assert sequence.started[-1].resume == {"method": "__fail__", "error": NO_EVENT}


def test_retry_waits_for_the_retry_delay(run: Run) -> None:
    failed = ProcessEnd("up_for_retry")
    sequence = run(failed, failed, failed, ProcessEnd("success"), retries=3, delays=[60.0, 120.0])
    assert (sequence.state, sequence.seconds) == ("success", 60.0 + 120.0 + 120.0)


def test_lost_worker_is_detected_before_the_retry_delay(run: Run) -> None:
    sequence = run(ProcessEnd(KILLED), ProcessEnd("success"), delays=[60.0])
    assert sequence.seconds == DETECTION + 60.0


def test_stuck_trigger_ends_the_run(run: Run) -> None:
    assert run(DEFERRED, ProcessEnd(STUCK)).state == STUCK


def test_lost_attempt_after_a_deferral_is_retried_from_the_start(run: Run) -> None:
    sequence = run(DEFERRED, ProcessEnd(FIRED), ProcessEnd(KILLED), ProcessEnd("success"))
    assert sequence.state == "success"
    assert sequence.started[-1] == Attempt(2, 2)


def test_rescheduled_task_waits_and_repeats_the_same_attempt(run: Run) -> None:
    sequence = run(ProcessEnd("up_for_reschedule", seconds=60.0), ProcessEnd("success"))
    assert sequence.state == "success"
    assert sequence.started == [Attempt(1, 2), Attempt(1, 2)]
    assert sequence.journal.read() == [XComCleared()]
    assert sequence.seconds == 60.0


@pytest.mark.parametrize("state", ["success", "up_for_retry", KILLED])
def test_task_ended_by_a_user_fails_despite_its_report(run: Run, state: str) -> None:
    sequence = run((ProcessEnd(state), END_SIGNAL))
    assert (sequence.state, len(sequence.started)) == ("failed", 1)


def test_task_ended_by_a_user_is_stuck_if_it_hangs(run: Run) -> None:
    assert run((ProcessEnd(STUCK), END_SIGNAL)).state == STUCK


@pytest.mark.parametrize("state", [STOPPED, FIRED, KILLED])
def test_deferred_task_ended_by_a_user_fails(run: Run, state: str) -> None:
    sequence = run(DEFERRED, (ProcessEnd(state), END_SIGNAL))
    assert (sequence.state, len(sequence.started)) == ("failed", 2)


def test_task_that_always_defers_is_endless(run: Run) -> None:
    steps = [DEFERRED, ProcessEnd(FIRED)] * MOST_ROUNDS
    assert run(*steps).state == "endless"


def test_jobs_end_between_attempts_if_the_behaviour_is_unseen(run: Run) -> None:
    job = Submitted("job-1", None, {})
    steps = [(ProcessEnd(KILLED), job), ProcessEnd("success")]
    assert JobsEnded(["job-1"]) not in run(*steps).journal.read()
    sequence = run(*steps, behaviour=Behaviour(unseen=True))
    assert sequence.journal.read()[-2:] == [XComCleared(), JobsEnded(["job-1", "job-1"])]
