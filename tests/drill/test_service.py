"""The job service has members for stand-ins that leave no trace in a run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor.drill.jobs import submissions
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import (
    EXECUTE,
    RESUME,
    Cancelled,
    Journal,
    Kept,
    Started,
    Submitted,
    UnknownCancelled,
)
from advisor.drill.runtime.service import (
    Behaviour,
    Job,
    JobService,
    RunContext,
    Status,
    Statuses,
)


class Run:
    """A run with a service, whose crash points are recorded."""

    def __init__(self, folder: Path, behaviour: Behaviour) -> None:
        self.clock = Clock()
        self.reached: list[str] = []
        self.journal = Journal(folder / "journal", self.clock.time)
        self.context = RunContext(self.journal, behaviour, self.reached.append)
        self.service = JobService(self.context, self.clock, Statuses())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path, Behaviour(duration=60.0))


def test_factory_is_given_the_same_job_in_each_process_without_a_crash_point(run: Run) -> None:
    run.context.in_factory = True
    given = [run.service.submit({"table": ("a",)}) for _ in range(2)]
    other = run.service.submit({"table": "b"})
    run.context.in_factory = False
    assert (given, other) == (["job-1", "job-1"], "job-2")
    assert run.reached == []
    assert run.service.submit({"table": ["a"]}) == "job-3"
    assert [each.job for each in submissions(run.journal.read())] == ["job-3"]


def test_peek_returns_the_status_without_a_crash_point_or_an_event(run: Run) -> None:
    job = run.service.submit({})
    events, reached = [*run.journal.read()], [*run.reached]
    assert run.service.peek(job) is Status.RUNNING
    run.clock.sleep(60.0)
    assert run.service.peek(job) is Status.SUCCEEDED
    assert run.service.peek("job-9") is Status.NOT_FOUND
    assert (run.journal.read(), run.reached) == (events, reached)


def test_service_forgets_a_job_after_the_attempt_that_polled_its_end(tmp_path: Path) -> None:
    run = Run(tmp_path, Behaviour(duration=0.0, forgets=True))
    run.journal.write(Started(EXECUTE, 1))
    job = run.service.submit({})
    run.service.status(job)
    run.journal.write(Started(RESUME, 1))
    assert (run.service.status(job), run.service.peek(job)) == ("SUCCEEDED", "SUCCEEDED")
    run.journal.write(Started(EXECUTE, 1))  # after a reschedule
    assert (run.service.status(job), run.service.peek(job)) == ("SUCCEEDED", "SUCCEEDED")
    run.journal.write(Started(EXECUTE, 2))
    assert (run.service.status(job), run.service.peek(job)) == ("NOT_FOUND", "NOT_FOUND")


def test_service_remembers_a_job_whose_end_no_attempt_has_polled(tmp_path: Path) -> None:
    run = Run(tmp_path, Behaviour(duration=0.0, forgets=True))
    job = run.service.submit({})
    run.journal.write(Started(EXECUTE, 2))
    assert run.service.peek(job) == "SUCCEEDED"


def test_jobs_have_ids_specs_and_keys_in_order(run: Run) -> None:
    run.service.submit({"a": 1}, "k")
    start = run.clock.time()
    run.clock.sleep(5.0)
    run.service.submit({"b": 2})
    assert run.service.jobs == [
        Job("job-1", {"a": 1}, "k", start),
        Job("job-2", {"b": 2}, None, start + 5.0),
    ]


def test_kept_value_survives_the_process(run: Run) -> None:
    child = os.fork()
    if child == 0:
        run.service.keep("labels", {"a": [1]})
        os._exit(0)
    os.waitpid(child, 0)
    assert run.service.kept("labels") == {"a": [1]}
    assert run.service.kept("other") is None
    assert [type(event) for event in run.journal.read()] == [Kept]
    assert run.reached == []


def test_kept_returns_the_last_value(run: Run) -> None:
    run.service.keep("k", 1)
    run.service.keep("k", 2)
    assert run.service.kept("k") == 2


def test_numeric_ids_are_found_as_numbers_and_as_text(run: Run) -> None:
    run.service.numeric_ids = True
    job = run.service.submit({})
    assert (job, run.service.submit({})) == (1000001, 1000002)
    assert [run.service.status(job), run.service.status("1000001")] == ["RUNNING", "RUNNING"]
    run.service.cancel("1000001")
    assert run.service.status(job) == "CANCELLED"


@pytest.mark.parametrize("job", [None, "job-9", 7])
def test_cancelling_a_job_that_never_existed_is_noted(run: Run, job: object) -> None:
    run.service.cancel(job)
    assert [UnknownCancelled(job, at=run.clock.time())] == run.journal.read()


def test_cancelling_a_job_that_has_ended_does_not_change_it(run: Run) -> None:
    job = run.service.submit({})
    run.clock.sleep(60.0)
    run.service.cancel(job)
    assert run.service.status(job) == "SUCCEEDED"
    assert Cancelled in {type(event) for event in run.journal.read()}


def test_submit_as_starts_a_job_with_the_id_of_the_caller(run: Run) -> None:
    run.service.submit_as("run", {"a": 1}, "k")
    assert [event.job for event in run.journal.of(Submitted)] == ["run"]
    assert run.reached == ["submit:before", "submit:after"]


def test_statuses_are_equal_to_their_texts() -> None:
    numbers: dict[str, int] = {Status.RUNNING: 1}
    assert numbers["RUNNING"] == 1
    assert f"{Status.RUNNING}" == str(Status.RUNNING) == "RUNNING"
