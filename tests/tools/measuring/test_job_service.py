"""The job service of the measurements: its answers, held answers and records."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from advisor.drill.live.services import wait_until
from measuring.job_service import JobService, Request, dispatch, most_at_once, serving

LONG = 3600


@pytest.fixture
def service() -> JobService:
    return JobService()


@pytest.fixture
def url(service: JobService) -> Iterator[str]:
    with serving(service) as url:
        yield url


def post(url: str, call: str, **arguments: object) -> object:
    body = json.dumps(arguments).encode()
    request = urllib.request.Request(f"{url}/{call}", body, method="POST")
    with urllib.request.urlopen(request) as response:
        answer: object = json.load(response)
    return answer


def test_submit_starts_another_job_for_the_same_spec(service: JobService, url: str) -> None:
    submitted = [post(url, "submit", name="run", seconds=LONG) for _ in range(2)]
    assert submitted == ["job-1", "job-2"] == [job.id for job in service.jobs("run")]
    assert service.jobs("another run") == []


def test_finish_ends_the_jobs_of_one_run(service: JobService, url: str) -> None:
    job = post(url, "submit", name="run", seconds=LONG)
    other = post(url, "submit", name="another run", seconds=LONG)
    assert post(url, "status", job=job) == "running"
    service.finish("run", 0)
    assert post(url, "status", job=job) == "succeeded"
    assert post(url, "status", job=other) == "running"
    assert post(url, "result", job=job) == {"result_of": "job-1"}


def test_calls_are_recorded_with_their_time(service: JobService, url: str) -> None:
    job = post(url, "submit", name="run", seconds=LONG)
    post(url, "status", job=job)
    [first] = service.calls("run")
    post(url, "result", job=job)
    later = service.calls("run", since=first.at + 1e-9)
    assert [(each.call, each.job.id) for each in later] == [("result", "job-1")]


@pytest.mark.parametrize("call", ["submit", "status", "result"])
def test_hold_keeps_the_first_answer_to_a_call_until_it_is_released(
    call: str, service: JobService, url: str
) -> None:
    def work() -> list[object]:
        job = post(url, "submit", name="run", seconds=LONG, hold=call)
        return [post(url, "status", job=job), post(url, "result", job=job)]

    with ThreadPoolExecutor(1) as threads:
        working = threads.submit(work)
        wait_until(lambda: service.holds("run"), 30, lambda: "no call is held")
        assert not working.done()
        assert work() == ["running", {"result_of": "job-2"}]
        service.release("run")
        assert working.result() == ["running", {"result_of": "job-1"}]
    assert not service.holds("run")


def test_most_at_once_counts_concurrent_requests(service: JobService) -> None:
    together = Barrier(3)

    def request(_: int) -> str:
        together.wait()
        return service.request(name="run", seconds=0.2, requests=3)

    with ThreadPoolExecutor(3) as threads:
        assert {*threads.map(request, range(3))} == {"answer-1", "answer-2", "answer-3"}
    assert most_at_once(service.requests("run")) == 3


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
def test_most_at_once_counts_overlapping_times(times: list[tuple[float, float]], most: int) -> None:
    assert most_at_once([Request("run", *each) for each in times]) == most


def test_dispatch_rejects_other_methods(service: JobService) -> None:
    with pytest.raises(LookupError, match="finish"):
        dispatch(service, "finish", {"run": "run", "seconds": 0})
