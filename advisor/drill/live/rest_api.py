"""A client of Airflow's REST API, and a poller of the states of all task instances."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

Json: TypeAlias = Any
"""The body of a response; only the caller knows its shape."""
RETRY_TIMEOUT: Final = 90.0
"""Seconds for which a request is retried, because Airflow returns 500 while SQLite is busy."""
REQUEST_TIMEOUT: Final = 30
RETRY_DELAY: Final = 0.5
LOWEST_SERVER_ERROR: Final = 500
MAX_STATE_AGE: Final = 0.4
"""Seconds for which task states are cached, so that many runs do not overload the database."""
PAGE_SIZE: Final = 100
"""Number of task instances in one response of the API."""


class ApiError(Exception):
    """An error response of Airflow; `code` is the HTTP status."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


class Api:
    """The REST API of an Airflow without login; retries while the database is busy."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._token = ""
        self._closed = False
        # SQLite allows one writer at a time, so concurrent writes could time out.
        self._write_lock = Lock()
        # Ignore configured proxies, because the address is on loopback.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def close(self) -> None:
        """Make all later requests and retries fail."""
        self._closed = True

    def health(self) -> dict[str, Any]:
        """Return the health of Airflow's services, without retries.

        Raises:
            OSError, http.client.HTTPException, ApiError: Airflow does not answer.
        """
        health: dict[str, Any] = self._request("GET", "/api/v2/monitor/health")
        return health

    def get(self, *path: str | int, **query: str | int) -> Json:
        """Return the resource at a path below /api/v2.

        Raises:
            ApiError: Airflow rejects the request (a status below 500), or fails until the timeout.
            TimeoutError: Airflow does not answer in time, or the client is closed.
        """
        return self._retry("GET", _address(path, query))

    def post(self, *path: str | int, body: object) -> Json:
        """Send a POST request to a path below /api/v2; raises the same errors as `get`."""
        with self._write_lock:
            return self._retry("POST", _address(path, {}), body)

    def patch(self, *path: str | int, body: object) -> Json:
        """Send a PATCH request to a path below /api/v2; raises the same errors as `get`."""
        with self._write_lock:
            return self._retry("PATCH", _address(path, {}), body)

    def _retry(self, method: str, address: str, body: object = None) -> Json:
        deadline = time.monotonic() + RETRY_TIMEOUT
        while True:
            if self._closed:
                raise TimeoutError(f"no answer to {method} {address}: closed")
            try:
                self._token = self._token or self._request("GET", "/auth/token")["access_token"]
                return self._request(method, address, body)
            except ApiError as error:
                if error.code < LOWEST_SERVER_ERROR or time.monotonic() > deadline:
                    raise
            except (OSError, http.client.HTTPException) as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no answer to {method} {address}: {error}") from error
            time.sleep(RETRY_DELAY)

    def _request(self, method: str, address: str, body: object = None) -> Json:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        content = None if body is None else json.dumps(body).encode()
        url = self._url + address
        request = urllib.request.Request(url, content, headers, method=method)  # noqa: S310 - http
        try:
            with self._open(request, timeout=REQUEST_TIMEOUT) as response:
                return json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                raise ApiError(error.code, error.read().decode("utf-8", "replace")) from None


@dataclass(frozen=True)
class TaskState:
    """The state of a task instance."""

    state: str
    """Airflow's name for it; "" before the task is scheduled."""
    try_number: int


class TaskStatePoller:
    """Polls the states of all task instances at once, on behalf of all runs.

    Args:
        api: the client of the Airflow.
        check_services: raises ServiceEnded if a service has ended by itself.
    """

    def __init__(self, api: Api, check_services: Callable[[], None]) -> None:
        self._api = api
        self._check_services = check_services
        self._lock = Lock()
        self._polled_at = 0.0
        self._states: dict[str, TaskState] = {}

    def state_of(self, run: str) -> TaskState:
        """Return the state of the only task of a run.

        Raises:
            ServiceEnded: a service has ended by itself, so no state will change any more.
        """
        with self._lock:
            if time.monotonic() - self._polled_at > MAX_STATE_AGE:
                self._states = self._poll()
                self._polled_at = time.monotonic()
            return self._states.get(run, TaskState("", 0))

    def _poll(self) -> dict[str, TaskState]:
        self._check_services()
        path = ("dags", "~", "dagRuns", "~", "taskInstances")
        states: dict[str, TaskState] = {}
        offset, total = 0, 1
        while offset < total:
            page = self._api.get(*path, limit=PAGE_SIZE, offset=offset)
            instances = page["task_instances"]
            for each in instances:
                states[each["dag_run_id"]] = TaskState(each["state"] or "", each["try_number"])
            offset += len(instances)
            total = page["total_entries"] if instances else 0
        return states


def _address(path: tuple[str | int, ...], query: dict[str, str | int]) -> str:
    parts = "/".join(quote(str(each), safe="") for each in path)
    return f"/api/v2/{parts}" + (f"?{urlencode(query)}" if query else "")
