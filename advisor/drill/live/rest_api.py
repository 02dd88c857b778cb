"""Asking an Airflow's REST API, and asking again while its database is busy."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from threading import Lock
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

Json: TypeAlias = Any
"""What an answer holds: only who asks knows its shape."""
PATIENCE: Final = 90.0
"""Seconds for which a question is repeated: a busy SQLite answers 500 for a while."""
TIMEOUT: Final = 30
LOWEST_SERVER_ERROR: Final = 500


class Refused(Exception):
    """Airflow's answer to a question that it will not answer otherwise later."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code


class Api:
    """The REST API of an Airflow without login."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._token = ""
        self._closed = False
        # SQLite has one writer at a time: questions that write at once time each other out.
        self._writing = Lock()
        # Loopback: whatever proxy this machine has, it is not for here.
        self._open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open

    def close(self) -> None:
        """Let every question from now on fail at once: nobody will answer it."""
        self._closed = True

    def health(self) -> dict[str, Any]:
        """Return what Airflow says of its services, asked once.

        Raises:
            OSError, http.client.HTTPException, Refused: it does not answer, or not yet.
        """
        answer: dict[str, Any] = self._once("GET", "/api/v2/monitor/health")
        return answer

    def get(self, *path: str | int, **query: str | int) -> Json:
        """Return what is at a path below /api/v2.

        Raises:
            Refused: Airflow says no (a code below 500).
            TimeoutError: it gave no answer for a minute and a half, or this is closed.
        """
        return self._ask("GET", _address(path, query))

    def post(self, *path: str | int, body: object) -> Json:
        """Send something to a path below /api/v2; errors are those of `get`."""
        with self._writing:
            return self._ask("POST", _address(path, {}), body)

    def patch(self, *path: str | int, body: object) -> Json:
        """Change what is at a path below /api/v2; errors are those of `get`."""
        with self._writing:
            return self._ask("PATCH", _address(path, {}), body)

    def _ask(self, method: str, address: str, body: object = None) -> Json:
        deadline = time.monotonic() + PATIENCE
        while True:
            if self._closed:
                raise TimeoutError(f"no answer to {method} {address}: closed")
            try:
                self._token = self._token or self._once("GET", "/auth/token")["access_token"]
                return self._once(method, address, body)
            except Refused as error:
                if error.code < LOWEST_SERVER_ERROR or time.monotonic() > deadline:
                    raise
            except (OSError, http.client.HTTPException) as error:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no answer to {method} {address}: {error}") from error
            time.sleep(0.5)

    def _once(self, method: str, address: str, body: object = None) -> Json:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        content = None if body is None else json.dumps(body).encode()
        address = self._url + address
        request = urllib.request.Request(address, content, headers, method=method)  # noqa: S310 - http
        try:
            with self._open(request, timeout=TIMEOUT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, error.read().decode("utf-8", "replace")) from None


def _address(path: tuple[str | int, ...], query: dict[str, str | int]) -> str:
    parts = "/".join(quote(str(each), safe="") for each in path)
    return f"/api/v2/{parts}" + (f"?{urlencode(query)}" if query else "")
