"""Import statements for names that Airflow has moved, by release."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from advisor.knowledge.versions import Version

ANY, TASK_SDK = Version(2, 2), Version(3, 0)
MOVED: Final[Mapping[str, Sequence[tuple[Version, str]]]] = {
    "BaseHook": ((ANY, "airflow.hooks.base"), (Version(3, 1), "airflow.sdk")),
    "BaseOperator": ((ANY, "airflow.models"), (TASK_SDK, "airflow.sdk")),
    "Connection": ((ANY, "airflow.models.connection"), (Version(3, 1), "airflow.sdk")),
    "Context": ((ANY, "airflow.utils.context"), (TASK_SDK, "airflow.sdk")),
    "DAG": ((ANY, "airflow"), (TASK_SDK, "airflow.sdk")),
    "timezone": ((ANY, "airflow.utils"), (Version(3, 1), "airflow.sdk")),
}
"""The modules of a name, each with the first release in which generated code uses it."""
EXCEPTIONS: Final = ((ANY, "airflow.exceptions"), (Version(3, 2), "airflow.sdk.exceptions"))
"""The modules of all other names. Source: the modules of 2.11.2, 3.0.6, 3.1.8 and 3.2.2."""


def module_of(name: str, release: Version) -> str:
    """Return the module from which code for a release imports a name of Airflow."""
    return [module for since, module in MOVED.get(name, EXCEPTIONS) if since <= release][-1]


def by_module(
    names: Sequence[str], others: Mapping[str, Sequence[str]], release: Version
) -> dict[str, list[str]]:
    """Return the names to import from each module, sorted by module.

    `others` has the names from modules that do not depend on the release.
    """
    modules = defaultdict(list, {module: [*each] for module, each in others.items()})
    for name in names:
        modules[module_of(name, release)].append(name)
    return {module: modules[module] for module in sorted(modules)}
