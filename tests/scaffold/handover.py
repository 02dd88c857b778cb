"""Starts tasks with one version of generated operators, or finishes them with another.

Run by the Python of an environment with Airflow: `handover.py start PLUGINS` prints what outlives
the workers (the task state stores, the jobs and the serialised triggers) as JSON, and
`handover.py finish PLUGINS` continues from it, read from standard input, and prints the outcomes.
The packages are named deployed_PATTERN. Jobs end only in the second run.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

from airflow.sdk.exceptions import TaskDeferred

SPECS = [{"part": 1}, {"part": 2}, {"part": 3}]
PARAMETERS: dict[str, dict[str, Any]] = {
    "resumable": {"spec": SPECS[0]},
    "deferrable": {"spec": SPECS[0]},
    "checkpoint": {"batches": SPECS},
    "async": {"requests": SPECS},
}
TASKS = {
    "resumable": "resumable",
    "resumable, unanswered": "resumable",
    "deferrable": "deferrable",
    "deferrable, worker lost": "deferrable",
    "checkpoint": "checkpoint",
    "async": "async",
}
"""The pattern of each task."""
PACE = {"poll_interval": 0.1, "max_poll_interval": 0.2}
POLLS = 30
"""The number of polls before the worker dies, which take async long enough to store its jobs."""


class WorkerDied(BaseException):
    """Ends an attempt like SIGKILL."""


class State:
    """What outlives the worker of one task."""

    def __init__(self, name: str, state: dict[str, Any], *, is_first: bool) -> None:
        self.name = name
        self.entries: dict[str, Any] = state.get("entries", {})
        self.jobs: dict[str, str] = state.get("jobs", {})
        """The key of each job by its id."""
        self.trigger: Any = state.get("trigger")
        self.is_first = is_first
        self.polls = 0

    def as_json(self) -> dict[str, Any]:
        return {"entries": self.entries, "jobs": self.jobs, "trigger": self.trigger}

    # The task state store.

    def get(self, key: str, default: Any = None) -> Any:
        return self.entries.get(key, default)

    def set(self, key: str, value: Any, *, retention: object = None) -> None:
        self.entries[key] = json.loads(json.dumps(value))

    def delete(self, key: str) -> None:
        self.entries.pop(key, None)


class TaskInstance:
    """The part of a task instance that operators use."""

    dag_id, task_id, run_id, map_index = "dag", "task", "run", -1
    stats_tags: dict[str, str] = {}  # noqa: RUF012 - a real one has a dictionary

    def xcom_push(self, key: str, value: Any) -> None:
        """Ignore an XCom."""

    def get_task_states(self, **_: Any) -> dict[str, Any]:
        return {}


def hook_of(package: str, state: State) -> Any:
    """Return the package's hook with its calls replaced by a system in memory."""
    hooks = import_module(f"{package}.hooks")
    (hook,) = (each for name, each in vars(hooks).items() if name.startswith("Deployed"))
    spelled = getattr(hooks, "JobStatus", str)

    class FakeHook(hook):  # type: ignore[misc, valid-type]
        def submit(self, spec: dict[str, Any], key: str) -> str:
            known = [each for each in state.jobs if state.jobs[each] == key]
            job_id = known[0] if known else f"job-{len(state.jobs) + 1}"
            state.jobs[job_id] = key
            if state.is_first and "unanswered" in state.name:
                raise WorkerDied
            return job_id

        def find(self, *_: object) -> None:
            return None

        def status(self, job_id: str) -> Any:
            state.polls += 1
            if state.is_first and state.polls > POLLS:
                raise WorkerDied
            return spelled("RUNNING" if state.is_first else "SUCCEEDED")

        def result(self, job_id: str) -> Any:
            return {"result_of": job_id}

        def cancel(self, job_id: str) -> None:
            raise AssertionError(job_id)

        @contextlib.asynccontextmanager
        async def connected(self) -> Any:
            yield

    for call in ("submit", "find", "status", "result"):
        setattr(FakeHook, f"a{call}", _in_a_loop(getattr(FakeHook, call)))
    return FakeHook()


def _in_a_loop(call: Callable[..., Any]) -> Callable[..., Any]:
    async def called(*args: Any) -> Any:
        await asyncio.sleep(0)
        return call(*args)

    return called


def operator_of(pattern: str, state: State) -> Any:
    package = f"deployed_{pattern}"
    (operator,) = (getattr(import_module(package), name) for name in import_module(package).__all__)
    made = operator(task_id="task", **PACE, **PARAMETERS[pattern])
    made.hook = hook_of(package, state)
    return made


def attempt(pattern: str, state: State) -> Any:
    """Run one attempt of a task until it ends, defers or loses its worker."""
    operator = operator_of(pattern, state)
    context = {"ti": TaskInstance(), "run_id": "run", "task_state_store": state}
    try:
        if pattern == "async":
            return asyncio.run(operator.aexecute(context))
        return operator.execute(context)
    except TaskDeferred as deferral:
        state.trigger = json.loads(json.dumps(deferral.trigger.serialize()))
        return resumed(operator, state, context) if not state.is_first else None
    except WorkerDied:
        return None


def resumed(operator: Any, state: State, context: Any) -> Any:
    """Run the stored trigger until its event, and resume the task with it."""
    path, arguments = state.trigger
    module, _, name = path.rpartition(".")
    trigger = getattr(import_module(module), name)(**arguments)
    trigger.hook = operator.hook
    event = asyncio.run(anext(trigger.run()))
    return operator.execute_complete(context, json.loads(json.dumps(event.payload)))


def continued(pattern: str, state: State) -> Any:
    """Resume a task whose trigger was stored, and retry any other one."""
    if state.trigger is None or "lost" in state.name:
        return attempt(pattern, state)
    context = {"ti": TaskInstance(), "run_id": "run", "task_state_store": state}
    return resumed(operator_of(pattern, state), state, context)


def main(step: str, plugins: str) -> None:
    """Run all tasks."""
    sys.path.insert(0, plugins)
    stored = {} if step == "start" else json.load(sys.stdin)
    output = {}
    for name, pattern in TASKS.items():
        state = State(name, stored.get(name, {}), is_first=step == "start")
        result = attempt(pattern, state) if step == "start" else continued(pattern, state)
        output[name] = {**state.as_json(), "result": result}
    print(json.dumps(output))


if __name__ == "__main__":
    main(*sys.argv[1:])
