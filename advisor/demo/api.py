"""The requests and responses of a job API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class JobApi:
    """The paths, fields and statuses of a job API, as in docs/job-api.md."""

    submit_path: str = "/jobs"
    status_path: str = "/jobs/{id}"
    result_path: str = "/jobs/{id}/result"
    cancel_path: str = "/jobs/{id}"
    cancel_method: str = "DELETE"
    key_header: str = "Idempotency-Key"
    """Empty if the API has no keys."""
    honours_keys: bool = True
    find_path: str = ""
    """Empty if jobs cannot be looked up by key."""
    find_field: str = "jobs"
    """Empty if the response is the list of jobs."""
    id_field: str = "id"
    status_field: str = "status"
    active: tuple[str, ...] = ("QUEUED", "PENDING", "RUNNING")
    succeeded: tuple[str, ...] = ("SUCCEEDED",)
    failed: tuple[str, ...] = ("FAILED", "CANCELLED")

    @property
    def routes(self) -> dict[str, tuple[str, str]]:
        """The method and the path of each call, by the name of the call."""
        routes = {
            "submit": ("POST", self.submit_path),
            "status": ("GET", self.status_path),
            "result": ("GET", self.result_path),
            "cancel": (self.cancel_method, self.cancel_path),
            "find": ("GET", self.find_path),
        }
        return {call: route for call, route in routes.items() if route[1]}

    def job(self, job_id: str, status: str) -> dict[str, Any]:
        """Return the representation of a job."""
        return merged(nested(self.id_field, job_id), nested(self.status_field, status))

    def listing(self, jobs: object) -> object:
        """Return the response with the jobs of a key."""
        return nested(self.find_field, jobs) if self.find_field else jobs


@dataclass
class Request:
    """A request; the names of its headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Response:
    """A response; its body is JSON, or bytes that are sent unchanged."""

    code: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


def nested(path: str, value: object) -> dict[str, Any]:
    """Return a value in nested objects: `job.id` and 1 become `{"job": {"id": 1}}`."""
    first, _, rest = path.partition(".")
    return {first: nested(rest, value) if rest else value}


def merged(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return nested objects with the fields of both; a value of `other` replaces one of `one`."""
    both = {**one, **other}
    for name in one.keys() & other.keys():
        if isinstance(one[name], dict) and isinstance(other[name], dict):
            both[name] = merged(one[name], other[name])
    return both
