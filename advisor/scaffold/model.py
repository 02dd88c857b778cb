"""The values of scaffolding: requests, overrides, specs and rendered files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import PurePosixPath
from typing import Any

from advisor.naming import Name


@dataclass(frozen=True)
class ScaffoldRequest:
    """One operator to scaffold, as requested by the user or by a recommendation."""

    pattern: str
    name: str
    airflow: str | None = None
    """The Airflow version to target; None for the default."""
    system: str = ""
    """The system that runs the job; "" if not given."""
    where: str = ""
    """The position of the request in its file, for errors; "" for the command line."""
    replaces_name: bool = False
    """Whether to use a similar name if `name` cannot be used; otherwise that is an error."""
    template: str = ""
    """The system to scaffold for if the templates have none named `system`; "" for `http`."""


@dataclass(frozen=True)
class Overrides:
    """The options that apply to all operators of a run; None for the default."""

    system: str | None = None
    airflow: str | None = None
    on_kill: str | None = None
    on_missing: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ScaffoldSpec:
    """One operator to scaffold, with everything that its files depend on."""

    pattern: str
    name: Name
    system: str
    airflow: str
    """The minor release of the target, such as `3.3`."""
    on_kill: str
    on_missing: str
    settings: Mapping[str, str | tuple[str, ...]]
    """The settings of the system by id, each with a value."""
    jobs: tuple[Mapping[str, Any], ...] = ()
    """Samples of jobs, for the drill."""


class Folder(str, Enum):
    """The folders that files are written to."""

    package = "package"
    """The package of the operator, inside `--into`."""
    dags = "dags"
    """The folder of Dags, `--dags`."""


@dataclass(frozen=True)
class RenderedFile:
    """A rendered file; Python files have been compiled as a check."""

    folder: Folder
    path: PurePosixPath
    """Relative to the folder: `tests/test_operator.py`."""
    text: str
