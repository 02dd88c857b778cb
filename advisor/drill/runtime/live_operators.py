"""Loads operators in the processes of a temporary Airflow, connected to the shared job service."""

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
"""The variable that holds the path of the ledger."""
KEYS: Final = "ADVISOR_DRILL_KEYS"
"""The variable for whether keys are honoured: `yes`, `no`, or "" (as the hook declares)."""
RETRY_DELAY: Final = timedelta(seconds=1)


def wire_hooks(namespace: dict[str, Any], original: ModuleType, hook: str) -> None:
    """Fill a module with the names of a scaffold's hooks.py; its hook calls the job service.

    Args:
        namespace: of the module.
        original: the scaffold's own hooks.py.
        hook: the name of the hook class.
    """
    own = getattr(original, hook)
    honours, lag = bool(own.KEY_CLOSES_WINDOW), float(own.LISTING_LAG)
    words = words_of(own, original.NOT_FOUND)
    service = _service(words, honours_keys=honours, finds_keys=honours or bool(lag))
    namespace.update({name: value for name, value in vars(original).items() if name[:2] != "__"})
    namespace[hook] = wired(own, service)


def scaffold_task(package: str, stem: str) -> Any:
    """Create the operator of a scaffold inside a Dag; its hook calls the job service."""
    operator = getattr(importlib.import_module(package), f"{stem}Operator")
    return operator(
        task_id="drilled", retries=RETRIES, retry_delay=RETRY_DELAY, **arguments_of(operator)
    )


def load_factory(file: str, name: str) -> Any:
    """Import the file of a factory instead of the calling module, and return its operator.

    Calls the factory wherever the file is imported, since a trigger reaches the job service only
    through what the factory has set.
    """
    service = _service(Words(), honours_keys=True, finds_keys=True)
    operator = factory_in(Path(file), name)(service)
    operator.retries = max(operator.retries or 0, RETRIES)
    operator.retry_delay = RETRY_DELAY
    return operator


def _service(words: Words, *, honours_keys: bool, finds_keys: bool) -> SharedService:
    """Return the job service; the options of the drill override how it treats keys."""
    option = os.environ[KEYS]
    if option:
        honours_keys, finds_keys = option == "yes", finds_keys and option != "no"
    service_behaviour = behaviour(honours_keys=honours_keys, finds_keys=finds_keys)
    return SharedService(Path(os.environ[LEDGER]), service_behaviour, words)


def main() -> None:
    """Import the modules in the arguments; write the errors by module name to stdout, as JSON."""
    output = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # keep what Airflow or the operator prints out of the output
    errors = {}
    for name in sys.argv[1:]:
        try:
            importlib.import_module(name)
        except Exception as error:  # noqa: BLE001 - the target is the user's, and may raise anything
            errors[name] = f"{type(error).__name__}: {error}"
    with output:
        json.dump(errors, output)


if __name__ == "__main__":
    main()
