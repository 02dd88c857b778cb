"""The hooks under test, which are called as their pattern calls them.

These modules run in an environment with Airflow: test_hooks.py writes the hooks to the folder
HOOKS and starts pytest there.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

Call: TypeAlias = Callable[["Caller"], Any]


@dataclass(frozen=True)
class Subject:
    """A rendered hook: its file, its pattern, its system and its settings."""

    path: Path
    pattern: str
    system: str
    settings: dict[str, Any]

    def load(self) -> ModuleType:
        """Import the file as a module of its own."""
        spec = spec_from_file_location(self.path.stem, self.path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def subjects(system: str) -> list[Subject]:
    """Return the hooks of a system."""
    folder = Path(os.environ["HOOKS"])
    listed = json.loads((folder / "subjects.json").read_text(encoding="utf-8"))
    return [
        Subject(folder / each["file"], each["pattern"], each["system"], each["settings"])
        for each in listed
        if each["system"] == system
    ]


def name(value: object) -> str | None:
    """Return the id of a subject in the names of tests."""
    return value.path.stem if isinstance(value, Subject) else None


class Caller:
    """Calls a hook: `async` awaits every call, `deferrable` that of the status."""

    def __init__(self, subject: Subject) -> None:
        module = subject.load()
        self.pattern = subject.pattern
        self.JobStatus = module.JobStatus
        self.Lookup = module.Lookup
        self.SubmissionRejected = module.SubmissionRejected
        self.UnknownStatus = module.UnknownStatus
        self.hook = module.NightlyReportHook()

    def submit(self, spec: dict[str, Any] | None = None, key: str = "a-key") -> str:
        spec = {"seconds": 60} if spec is None else spec
        if self.pattern == "async":
            return self.connected(lambda: self.hook.asubmit(spec, key))  # type: ignore[no-any-return]
        return self.hook.submit(spec, key)  # type: ignore[no-any-return]

    def find(self, key: str = "a-key", spec: dict[str, Any] | None = None) -> Any:
        spec = {"seconds": 60} if spec is None else spec
        if self.pattern == "async":
            return self.connected(lambda: self.hook.afind(spec, key))
        return self.hook.find(spec, key)

    def status(self, job_id: str = "job-1") -> Any:
        if self.pattern == "async":
            return self.connected(lambda: self.hook.astatus(job_id))
        if self.pattern == "deferrable":
            return asyncio.run(self.hook.astatus(job_id))
        return self.hook.status(job_id)

    def result(self, job_id: str = "job-1") -> Any:
        if self.pattern == "async":
            return self.connected(lambda: self.hook.aresult(job_id))
        return self.hook.result(job_id)

    def cancel(self, job_id: str = "job-1") -> None:
        self.hook.cancel(job_id)

    def connected(self, call: Callable[[], Awaitable[Any]]) -> Any:
        """Return the result of an asynchronous call, on the open connections of `async`."""

        async def result() -> Any:
            if self.pattern != "async":
                return await call()
            async with self.hook.connected():
                return await call()

        return asyncio.run(result())
