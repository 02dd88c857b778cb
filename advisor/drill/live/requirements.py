"""Whether a drill on a real Airflow is possible here, and with which Airflow."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from advisor.documents.model import printable
from advisor.drill.live.project import module_of
from advisor.drill.model import Target
from advisor.errors import InputError
from advisor.knowledge.versions import parse_version

OLDEST: Final = parse_version("3.2")
"""Whose workers name themselves as the drill looks for them."""
ASK: Final = "from importlib.metadata import version; print(version('apache-airflow-core'))"
TIP: Final = "--python names the interpreter of an environment with Airflow 3.2 or newer"


def airflow_of(python: Path) -> str:
    """Return the version of the Airflow that an interpreter has.

    Raises InputError where it has none that will do, or this is not Linux.
    """
    if sys.platform != "linux":
        raise InputError.of("--real", "needs Linux, whose /proc tells which process runs a task")
    try:
        asked = subprocess.run(  # noqa: S603 - the user's own interpreter
            [python, "-c", ASK], capture_output=True, text=True, check=False
        )
    except OSError as error:
        message = f"{printable(str(python))}: {error.strerror}"
        raise InputError.of("--python", message, TIP) from None
    found = asked.stdout.strip()
    if asked.returncode or parse_version(found) < OLDEST:
        message = f"Airflow {found} is too old" if found else "no Airflow 3 is installed there"
        raise InputError.of(printable(str(python)), message, TIP)
    return found


def refuse_namesakes(targets: Sequence[Target]) -> None:
    """Refuse targets that Python would import by one name: one would hide the other."""
    names = Counter(map(module_of, targets))
    for target in targets:
        if names[module_of(target)] > 1:
            message = "is not the only target of this name; drill them one after the other"
            raise InputError.of(printable(target.text), message)
