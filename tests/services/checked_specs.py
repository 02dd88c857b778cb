"""Runs in an environment with Airflow: do operators check their jobs, and when?

Arguments: the folder of the packages, and a JSON list of [package, operator, argument, jobs].
Prints the packages whose operator accepts an invalid job, or refuses a valid one.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import sys
from importlib import import_module
from typing import Any


def main(folder: str, listed: str) -> None:
    sys.path[0] = folder  # not the folder of this file, whose modules have the names of clients
    wrong = [case[0] for case in json.loads(listed) if not checks(*case)]
    print(json.dumps(wrong))


def checks(package: str, operator: str, argument: str, jobs: list[dict[str, Any]]) -> bool:
    """Return whether an operator refuses an empty job at construction and in `execute`."""
    of_package = getattr(import_module(package), operator)
    invalid: Any = {} if argument == "spec" else [{}]
    valid: Any = jobs[0] if argument == "spec" else jobs

    def make(value: object) -> Any:  # noqa: ANN401 - an operator
        return of_package(task_id="task", **{argument: value})

    def execute_invalid() -> None:
        made = make(valid)
        setattr(made, argument, invalid)  # as a template could render
        fakes = import_module(f"{package}.tests.fakes")
        made.hook = fake = fakes.FakeHook(fakes.Clock())
        fake.check_spec = super(fakes.FakeHook, fake).check_spec  # that of the hook
        context = {"ti": fakes.FakeTaskInstance(), "task_state_store": fakes.FakeStore()}
        if inspect.iscoroutinefunction(getattr(made, "aexecute", None)):
            asyncio.run(made.aexecute(context))
        else:
            made.execute(context)

    make(valid)
    make("{{ a template that renders to the whole value }}")
    if argument != "spec":
        make(["{{ a template that renders to a job }}"])
    return is_refused(lambda: make(invalid)) and is_refused(execute_invalid)


def is_refused(call: Any) -> bool:  # noqa: ANN401 - a function
    try:
        call()
    except Exception as error:  # noqa: BLE001 - `async` raises one error for all requests
        return isinstance(error, ValueError) or "1 of 1 failed" in str(error)
    return False


if __name__ == "__main__":
    main(*sys.argv[1:])
