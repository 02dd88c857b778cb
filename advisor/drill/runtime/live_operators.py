"""The operators under drill as the processes of a live Airflow import them, wired to the ledger."""

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
"""The environment variable with the path of the ledger."""
KEYS: Final = "ADVISOR_DRILL_KEYS"
"""The variable for whether keys are honoured: `yes`, `no`, or "" for what the hook says."""
RETRY_DELAY: Final = timedelta(seconds=1)


def wire_hooks(namespace: dict[str, Any], written: ModuleType, hook: str) -> None:
    """Give a module the contents of a scaffold's hooks.py, with its hook wired to the job service.

    Args:
        namespace: of the module.
        written: hooks.py as it was written.
        hook: the name of the class.
    """
    own = getattr(written, hook)
    honours, lag = bool(own.KEY_CLOSES_WINDOW), float(own.LISTING_LAG)
    words = words_of(own, written.NOT_FOUND)
    service = _service(words, honours_keys=honours, finds_keys=honours or bool(lag))
    namespace.update({name: value for name, value in vars(written).items() if name[:2] != "__"})
    namespace[hook] = wired(own, service)


def scaffold_task(package: str, stem: str) -> Any:
    """Return the operator of a scaffold whose hook is wired; call it inside a Dag."""
    operator = getattr(importlib.import_module(package), f"{stem}Operator")
    return operator(
        task_id="drilled", retries=RETRIES, retry_delay=RETRY_DELAY, **arguments_of(operator)
    )


def load_factory(file: str, name: str) -> Any:
    """Import the file of a factory, wire it, and return its operator.

    A trigger reaches the service through what the factory has set, so it is called in each process
    that imports the file.
    """
    operator = factory_in(Path(file), name)(_service(Words(), honours_keys=True, finds_keys=True))
    operator.retries = max(operator.retries or 0, RETRIES)
    operator.retry_delay = RETRY_DELAY
    return operator


def _service(words: Words, *, honours_keys: bool, finds_keys: bool) -> SharedService:
    option = os.environ[KEYS]
    honours_keys = option == "yes" if option else honours_keys
    behaving = behaviour(honours_keys=honours_keys, finds_keys=finds_keys and option != "no")
    return SharedService(Path(os.environ[LEDGER]), behaving, words)


def main() -> None:
    """Import the modules that are named, and write the errors of those that fail as JSON."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what Airflow or the operator prints must not mix with the answer
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
