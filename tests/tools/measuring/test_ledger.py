"""The job service of the measurements: what it answers, holds back, and has on record."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from advisor.drill.live.waiting import until
from measuring.ledger import Ledger, Request, answer, most_at_once
from measuring.serving import served

LONG = 3600


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def address(ledger: Ledger) -> Iterator[str]:
    with served(ledger) as url:
        yield url


def ask(address: str, call: str, **question: object) -> object:
    body = json.dumps(question).encode()
    request = urllib.request.Request(f"{address}/{call}", body, method="POST")
    with urllib.request.urlopen(request) as told:
        found: object = json.load(told)
    return found


def test_a_job_that_is_submitted_twice_runs_twice(ledger: Ledger, address: str) -> None:
    submitted = [ask(address, "submit", name="run", seconds=LONG) for _ in range(2)]
    assert submitted == ["job-1", "job-2"] == [job.id for job in ledger.jobs("run")]
    assert ledger.jobs("another run") == []


def test_a_job_runs_until_its_run_is_told_to_finish(ledger: Ledger, address: str) -> None:
    job = ask(address, "submit", name="run", seconds=LONG)
    other = ask(address, "submit", name="another run", seconds=LONG)
    assert ask(address, "status", job=job) == "running"
    ledger.finish("run", 0)
    assert ask(address, "status", job=job) == "succeeded"
    assert ask(address, "status", job=other) == "running"
    assert ask(address, "result", job=job) == {"result_of": "job-1"}


def test_every_question_is_on_record_with_its_time(ledger: Ledger, address: str) -> None:
    job = ask(address, "submit", name="run", seconds=LONG)
    ask(address, "status", job=job)
    [first] = ledger.calls("run")
    ask(address, "result", job=job)
    later = ledger.calls("run", since=first.at + 1e-9)
    assert [(each.call, each.job.id) for each in later] == [("result", "job-1")]


@pytest.mark.parametrize("call", ["submit", "status", "result"])
def test_the_first_answer_of_the_kind_that_a_spec_names_is_held_back(
    call: str, ledger: Ledger, address: str
) -> None:
    def work() -> list[object]:
        job = ask(address, "submit", name="run", seconds=LONG, hold=call)
        return [ask(address, "status", job=job), ask(address, "result", job=job)]

    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(work)
        until(lambda: ledger.holds("run"), 30, lambda: "nothing is held")
        assert not working.done()
        assert work() == ["running", {"result_of": "job-2"}]
        ledger.release("run")
        assert working.result() == ["running", {"result_of": "job-1"}]
    assert not ledger.holds("run")


def test_requests_that_overlap_are_counted(ledger: Ledger) -> None:
    together = Barrier(3)

    def ask_for_one(_: int) -> str:
        together.wait()
        return ledger.request(name="run", seconds=0.2, requests=3)

    with ThreadPoolExecutor(3) as threads:
        assert {*threads.map(ask_for_one, range(3))} == {"answer-1", "answer-2", "answer-3"}
    assert most_at_once(ledger.requests("run")) == 3


@pytest.mark.parametrize(
    ("times", "most"),
    [
        ([], 0),
        ([(0, 2)], 1),
        ([(0, 2), (2, 4)], 1),
        ([(0, 2), (1, 3), (2, 4)], 2),
        ([(0, 9), (1, 2), (3, 4)], 2),
        ([(0, 9), (1, 9), (2, 9)], 3),
    ],
)
def test_one_that_begins_as_another_ends_is_not_beside_it(
    times: list[tuple[float, float]], most: int
) -> None:
    assert most_at_once([Request("run", *each) for each in times]) == most


def test_nothing_else_can_be_called(ledger: Ledger) -> None:
    with pytest.raises(LookupError, match="finish"):
        answer(ledger, "finish", {"run": "run", "seconds": 0})
