"""The journal, the job service, the retry cache and the clock of a run."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from advisor.drill.runtime.attempts import ProcessEnd
from advisor.drill.runtime.clock import Clock
from advisor.drill.runtime.events import EXECUTE, Journal, Polled, Started, Stored, Submitted
from advisor.drill.runtime.retry_cache import RetryCache, start_state
from advisor.drill.runtime.service import Behaviour, JobService, RunContext, Statuses
from advisor.drill.session import calibrated_duration

KEY, OTHER_KEY = "a" * 20, "b" * 20


def service_in(folder: Path, behaviour: Behaviour, clock: Clock | None = None) -> JobService:
    clock = clock or Clock()
    context = RunContext(Journal(folder / "journal", clock.time), behaviour, lambda _: None)
    return JobService(context, clock, Statuses())


def test_journal_keeps_the_events_of_a_killed_process(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    child = os.fork()
    if child == 0:
        journal.write(Stored("k", [1]))
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    assert journal.read() == [Stored("k", [1])]


def test_journal_reads_past_long_lines(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    events = [Stored("k", "x" * length) for length in (1, 200_000, 65_535, 1)]
    journal.extend(events)
    assert journal.read() == events


def test_submit_with_the_same_key_returns_the_first_job(tmp_path: Path) -> None:
    service = service_in(tmp_path, Behaviour())
    assert [service.submit({}, "k"), service.submit({}, "k"), service.submit({}, "l")] == [
        "job-1",
        "job-1",
        "job-2",
    ]


def test_service_ignores_keys_if_it_does_not_honour_them(tmp_path: Path) -> None:
    service = service_in(tmp_path, Behaviour(honours_keys=False, finds_keys=False))
    assert [service.submit({}, "k"), service.submit({}, "k")] == ["job-1", "job-2"]
    assert service.find("k") is None


def test_job_ends_after_its_duration_however_often_it_is_polled(tmp_path: Path) -> None:
    clock = Clock()
    service = service_in(tmp_path, Behaviour(duration=60.0, first_ends="failed"), clock)
    first, second = service.submit({}), service.submit({})
    clock.sleep(59.0)
    assert [service.status(first) for _ in range(9)] == ["RUNNING"] * 9
    clock.sleep(1.0)
    assert [service.status(first), service.status(second)] == ["FAILED", "SUCCEEDED"]
    assert service.status("job-9") == "NOT_FOUND"


def test_calibrated_duration_is_two_moves_of_the_clock(tmp_path: Path) -> None:
    clock = Clock()
    service = service_in(tmp_path, Behaviour(calibrates=True), clock)
    clock.sleep(5.0)
    job = service.submit({})
    statuses = [service.status(job)]
    for _ in range(2):
        clock.sleep(30.0)
        statuses += [service.status(job), service.status(job)]
    assert statuses == ["RUNNING", "RUNNING", "RUNNING", "SUCCEEDED", "SUCCEEDED"]
    assert calibrated_duration(Journal(tmp_path / "journal").read()) == 60.0


def test_calibrated_duration_has_a_default_for_jobs_that_are_not_polled() -> None:
    assert calibrated_duration([Submitted("job-1", None, {}, at=5.0)]) == Behaviour().duration


def test_journal_records_the_simulated_time_of_each_event(tmp_path: Path) -> None:
    clock = Clock()
    journal, start = Journal(tmp_path / "journal", clock.time), clock.time()
    journal.write(Stored("k", 1))
    clock.sleep(60.0)
    journal.write(Stored("k", 2))
    journal.write(Stored("k", 3, at=start + 1.0))
    assert [event.at for event in journal.read()] == [start, start + 60.0, start + 1.0]


def test_cancelled_job_stays_cancelled(tmp_path: Path) -> None:
    service = service_in(tmp_path, Behaviour())
    job = service.submit({})
    service.cancel(job)
    assert service.status(job) == "CANCELLED"


def test_cache_repeats_a_process_with_the_keys_of_the_run(tmp_path: Path) -> None:
    cache, done = RetryCache(), []
    for key in (KEY, OTHER_KEY):
        journal = Journal(tmp_path / key)
        journal.write(Stored("job", key))

        def work(journal: Journal = journal, key: str = key) -> ProcessEnd:
            done.append(key)
            journal.write(Submitted("job-1", key, None))
            return ProcessEnd("success", key)

        assert cache.repeated(start_state(["execute"], journal), journal, work) == ProcessEnd(
            "success", key
        )
        assert journal.read()[-1] == Submitted("job-1", key, None)
    assert done == [KEY]


def test_start_state_ignores_random_texts(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / name) for name in "abc"]
    for journal, key in zip(journals, (KEY, OTHER_KEY, "short"), strict=True):
        journal.write(Stored("job", key))
    one, other, another = (start_state("execute", journal).digest for journal in journals)
    assert one == other
    assert one != another


def test_start_state_ignores_polls_of_a_running_job(tmp_path: Path) -> None:
    journals = [Journal(tmp_path / name) for name in "abc"]
    for journal, status in zip(journals, ("", "running", "succeeded"), strict=True):
        journal.extend([Polled("job-1", status)] if status else [])
    unpolled, polled, seen_to_end = (start_state("execute", each).digest for each in journals)
    assert unpolled == polled != seen_to_end


def test_cache_runs_a_process_with_a_new_start_state(tmp_path: Path) -> None:
    cache, journal = RetryCache(), Journal(tmp_path / "journal")
    ends = [
        cache.repeated(start_state(phase, journal), journal, lambda phase=phase: ProcessEnd(phase))  # type: ignore[misc]
        for phase in ("execute", "resume", "execute")
    ]
    assert [end.state for end in ends] == ["execute", "resume", "execute"]


def test_clock_moves_by_the_time_slept() -> None:
    clock = Clock()
    before = clock.time()
    clock.sleep(60.0)
    assert clock.time() == before + 60.0


def test_clock_kills_a_process_that_sleeps_too_long() -> None:
    clock = Clock()
    child = os.fork()
    if child == 0:
        clock.kill_after(5.0)
        clock.sleep(4.0)
        clock.sleep(4.0)
        os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def test_service_that_forgets_jobs_keeps_their_results(tmp_path: Path) -> None:
    clock = Clock()
    service = service_in(tmp_path, Behaviour(forgets=True), clock)
    job = service.submit({}, "k")
    clock.sleep(2.0)
    assert service.status(job) == "SUCCEEDED"
    service._context.journal.write(Started(EXECUTE, 2))
    assert service.status(job) == "NOT_FOUND"
    assert service.result(job) == {"result_of": {}}
