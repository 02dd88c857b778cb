"""The operators under drill as the processes of a real Airflow import them, wired to the ledger."""

from __future__ import annotations

import importlib
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from advisor.drill.runtime.ledger import SharedService, behaviour
from advisor.drill.runtime.loader import (
    RETRIES,
    arguments_of,
    factory_in,
    wired,
    words_of,
)
from advisor.drill.runtime.service import Words

LEDGER: Final = "ADVISOR_DRILL_LEDGER"
"""The variable that names the file."""
KEYS: Final = "ADVISOR_DRILL_KEYS"
"""The variable that says whether keys are honoured: `yes`, `no`, or "" for as the hook says."""
RETRY_DELAY: Final = timedelta(seconds=1)


def wire_hooks(namespace: dict[str, Any], written: ModuleType, hook: str) -> None:
    """Give a module what a scaffold's hooks.py has, with its hook wired to the job service.

    Args:
        namespace: of the module.
        written: hooks.py as it was written.
        hook: the name of the class.
    """
    own = getattr(written, hook)
    closes, lag = bool(own.KEY_CLOSES_WINDOW), float(own.LISTING_LAG)
    service = _service(words_of(own, written.NOT_FOUND), closes=closes, finds=closes or bool(lag))
    namespace.update({name: value for name, value in vars(written).items() if name[:2] != "__"})
    namespace[hook] = wired(own, service)


def scaffold_task(package: str, stem: str) -> Any:
    """Return the operator of a scaffold whose hook is wired, to be called inside a Dag."""
    operator = getattr(importlib.import_module(package), f"{stem}Operator")
    return operator(
        task_id="drilled", retries=RETRIES, retry_delay=RETRY_DELAY, **arguments_of(operator)
    )


def load_factory(file: str, name: str) -> Any:
    """Import the file of a factory in place of the module that asks; wire it, return its operator.

    A trigger reaches the service through what the factory has set, so it is called wherever the
    file is imported.
    """
    operator = factory_in(Path(file), name)(_service(Words(), closes=True, finds=True))
    operator.retries = max(operator.retries or 0, RETRIES)
    operator.retry_delay = RETRY_DELAY
    return operator


def _service(words: Words, *, closes: bool, finds: bool) -> SharedService:
    said = os.environ[KEYS]
    closes = closes if not said else said == "yes"
    behaving = behaviour(honours_keys=closes, finds_keys=finds and said != "no")
    return SharedService(Path(os.environ[LEDGER]), behaving, words)


def main() -> None:
    """Import the modules that are named; write the error of each that cannot be, as JSON."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Airflow or the operator prints is no answer
    errors = {}
    for name in sys.argv[1:]:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - the target is the user's, and may raise anything
            errors[name] = f"{type(error).__name__}: {error}"
    with answers:
        json.dump(errors, answers)


if __name__ == "__main__":
    main()
