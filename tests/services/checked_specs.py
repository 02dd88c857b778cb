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
    sys.path.insert(0, folder)
    wrong = [case[0] for case in json.loads(listed) if not checks(*case)]
    print(json.dumps(wrong))


def checks(package: str, operator: str, argument: str, jobs: list[dict[str, Any]]) -> bool:
    """Return whether an operator refuses an empty job at construction and in `execute`."""
    of_package = getattr(import_module(package), operator)
    invalid: Any = {} if argument == "spec" else [jobs[0], {}]
    valid: Any = jobs[0] if argument == "spec" else jobs

    def make(value: object) -> Any:  # noqa: ANN401 - an operator
        return of_package(task_id="task", **{argument: value})

    def execute_invalid() -> None:
        made = make(valid)
        setattr(made, argument, invalid)  # as a template could render
        if inspect.iscoroutinefunction(getattr(made, "aexecute", None)):
            asyncio.run(made.aexecute({}))
        else:
            made.execute({})

    make(valid)
    make("{{ a template that renders to the whole value }}")
    return is_refused(lambda: make(invalid)) and is_refused(execute_invalid)


def is_refused(call: Any) -> bool:  # noqa: ANN401 - a function
    try:
        call()
    except ValueError:
        return True
    return False


if __name__ == "__main__":
    main(*sys.argv[1:])
