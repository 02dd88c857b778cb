"""The systems that run jobs, and the operators that exist for them."""

from dataclasses import dataclass

from advisor.knowledge.model import Sources
from advisor.knowledge.versions import VersionRange


@dataclass(frozen=True)
class ExistingOperator:
    """An existing operator in the mode that follows a pattern.

    `line` creates it in one line of Python. `provider` is the range of provider releases in which
    the operator has this mode, "" if that was not checked; `airflow` is the range of Airflow
    versions.
    """

    operator: str
    pattern: str
    line: str
    module: str
    package: str
    provider: str
    airflow: VersionRange
    note: str
    sources: Sources


@dataclass(frozen=True)
class System:
    """A system that runs jobs, and the operators for it."""

    id: str
    title: str
    aliases: tuple[str, ...]
    async_client: str
    async_client_name: str
    submission_key: str
    key_note: str
    operators: tuple[ExistingOperator, ...]
    sources: Sources
