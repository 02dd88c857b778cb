"""Answers the requests of a job API from a job service."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import unquote

from advisor.demo.api import JobApi, Request, Response
from advisor.demo.jobs import (
    JobService,
    Statuses,
    SubmissionRejected,
    Unavailable,
    UnknownJob,
)


class Endpoints:
    """The calls of an API, on the jobs of a service."""

    def __init__(self, api: JobApi) -> None:
        self.api = api
        self.service = JobService(_statuses(api))
        self.service.faults.honours_keys = bool(api.key_header) and api.honours_keys

    def respond(self, request: Request) -> Response:
        """Return the response to a request; raises ResponseLost if there is none."""
        with self.service.lock:
            if self.service.faults.answers:
                return self.service.faults.answers.pop(0)
            try:
                return self._call(request)
            except UnknownJob:
                return Response(404, {"error": "no such job"})
            except SubmissionRejected as error:
                return Response(422, {"error": str(error)})
            except Unavailable:
                return Response(503, {"error": "try again"})

    def ledger(self) -> dict[str, Any]:
        """Return the submitted jobs and all calls."""
        with self.service.lock:
            jobs = [
                {"id": job.id, "key": job.key, "spec": job.spec, "running": job.is_running}
                for job in self.service.jobs.values()
            ]
            return {"jobs": jobs, "calls": self.service.calls.copy()}

    def _call(self, request: Request) -> Response:
        call, argument = self._route(request)
        if call == "submit":
            return self._submit(request)
        if call == "status":
            return Response(200, self.api.job(argument, self.service.status(argument)))
        if call == "result":
            has_ended, result = self.service.result(argument)
            running = Response(409, {"error": "the job is running"})
            return Response(200, result) if has_ended else running
        if call == "cancel":
            return Response(202 if self.service.cancel(argument) else 409, {})
        if call == "find":
            return self._find(argument)
        return Response(404, {"error": f"unknown path: {request.method} {request.path}"})

    def _route(self, request: Request) -> tuple[str, str]:
        """Return the name of the call and its argument; the name is "" if there is none."""
        # The longest path first, because /jobs/{id} also matches /jobs/1.json.
        routes = sorted(self.api.routes.items(), key=lambda route: -len(route[1][1]))
        for call, (method, path) in routes:
            match = _pattern(path).fullmatch(request.path)
            if match and method == request.method:
                return call, unquote("".join(match.groups()))
        return "", ""

    def _submit(self, request: Request) -> Response:
        if request.headers.get("content-type") != "application/json":
            return Response(415, {"error": "expected Content-Type: application/json"})
        key = request.headers.get(self.api.key_header.lower())
        before = len(self.service.jobs)
        job = self.service.submit(_json(request.body), key)
        code = 201 if len(self.service.jobs) > before else 200
        return Response(code, self.api.job(job.id, self.service.statuses.running))

    def _find(self, key: str) -> Response:
        job = self.service.find(key)
        jobs = [] if job is None else [self.api.job(job.id, self.service.statuses.running)]
        return Response(200, self.api.listing(jobs))


def _statuses(api: JobApi) -> Statuses:
    return Statuses(api.active[-1], api.succeeded[0], api.failed[0], api.failed[-1])


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        raise SubmissionRejected("the body is not JSON") from None


def _pattern(path: str) -> re.Pattern[str]:
    """Return the regular expression of a path, with a group for the part in braces."""
    start, placeholder, end = re.split(r"(\{\w+\}|$)", path, maxsplit=1)
    argument = "([^&]+)" if "?" in start else "([^/?]+)"
    return re.compile(re.escape(start) + (argument if placeholder else "") + re.escape(end))
