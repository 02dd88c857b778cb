"""What scaffolding is about: an order, the files made from it, and what becomes of each on disk."""

from collections.abc import Mapping
from enum import Enum
from pathlib import PurePosixPath
from typing import NamedTuple

from advisor.naming import Name


class ScaffoldSpec(NamedTuple):
    """What to scaffold, complete: everything that the files depend on."""

    pattern: str
    name: Name
    system: str
    airflow: str
    """The minor release of the target, such as `3.3`."""
    on_kill: str
    on_missing: str
    settings: Mapping[str, "str | tuple[str, ...]"]
    """The system's own settings by id, each with a value."""


class Folder(str, Enum):
    """The two folders that files go to."""

    package = "package"
    """The package of the operator, inside `--into`."""
    dags = "dags"
    """The folder of Dags, `--dags`."""


class RenderedFile(NamedTuple):
    """A file as it should be: rendered, and compiled where it is Python."""

    folder: Folder
    path: PurePosixPath
    """Relative to the folder: `tests/test_operator.py`."""
    text: str
