"""Constructs operators from lines of code. Runs in the environment with the providers.

Standard input has a list of [name, module, line] as JSON; standard output gets the errors as a
mapping of names. Airflow's own messages go to standard error.
"""

import contextlib
import importlib
import json
import sys
from datetime import datetime, timedelta
from typing import Any


def main() -> None:
    lines = json.load(sys.stdin)
    with contextlib.redirect_stdout(sys.stderr):
        errors = {
            f"{name}: {line}": error
            for name, module, line in lines
            if (error := construct(module, name, line))
        }
    json.dump(errors, sys.stdout)


def construct(module: str, name: str, line: str) -> str:
    """Return what is wrong with a line, "" if it creates an operator."""
    names: dict[str, Any] = {"timedelta": timedelta, "datetime": datetime}
    try:
        names[name] = getattr(importlib.import_module(module), name)
        operator = eval(line, names)  # the lines are ours
    except Exception as error:  # noqa: BLE001 - every failure is reported
        return f"{type(error).__name__}: {error}"
    return "" if operator.task_id else "no task_id"


if __name__ == "__main__":
    main()
