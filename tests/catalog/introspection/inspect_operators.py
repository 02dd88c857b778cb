"""Prints what Python itself says about operators: run in an environment with their providers.

    python inspect_operators.py PROVIDER...      writes JSON to standard output

A provider is named by its package below airflow.providers, such as `cncf.kubernetes`.
"""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import sys
import warnings
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

MISSING = "missing"


class FromConfig(int):
    """A default that was read from the configuration."""


def mark_configured_defaults() -> None:
    """Make `conf.getboolean("operators", "default_deferrable")` return a FromConfig.

    Otherwise a default of False and one from the configuration look the same.
    """
    from airflow.configuration import AirflowConfigParser, conf
    from airflow.sdk.configuration import conf as sdk_conf

    for parser in {type(conf), type(sdk_conf), AirflowConfigParser}:
        parser.getboolean = marking(parser.getboolean)


def marking(original: Callable[..., object]) -> Callable[..., object]:
    """Return `getboolean` with a marked result for one option."""

    def getboolean(self: object, section: str, key: str, **options: object) -> object:
        if (section, key) == ("operators", "default_deferrable"):
            return FromConfig(0)
        return original(self, section, key, **options)

    return getboolean


def modules_of(provider: str) -> Iterator[ModuleType]:
    """Import every module of a provider and yield it; names the modules that fail on stderr."""
    package = importlib.import_module(f"airflow.providers.{provider}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.", onerror=ignore):
        if ".tests." in found.name or ".example_dags." in found.name:
            continue
        try:
            yield importlib.import_module(found.name)
        except Exception as error:  # noqa: BLE001 - a module can raise anything
            print(f"{found.name}: {error!r}"[:300], file=sys.stderr)


def ignore(_name: str) -> None:
    """Ignore a package that cannot be imported; modules_of reports it."""


def parameter(cls: type, name: str) -> object:
    """Return the default of a parameter that the constructor accepts, or MISSING.

    Follows **kwargs from one class of the MRO to the next. Airflow's metaclass wraps constructors,
    which inspect.signature looks through.
    """
    for each in cls.__mro__:
        if "__init__" not in vars(each):
            continue
        accepted = inspect.signature(vars(each)["__init__"]).parameters
        if name in accepted:
            return accepted[name].default
        if not any(one.kind is one.VAR_KEYWORD for one in accepted.values()):
            return MISSING
    return MISSING


def facts(cls: Any, base: Any) -> dict[str, Any]:  # noqa: ANN401 - Airflow's classes
    """Return the facts about a class that introspection shows."""
    return {
        "deferrable": described(parameter(cls, "deferrable")),
        "durable": described(parameter(cls, "durable")),
        "on_kill": cls.on_kill is not base.on_kill,
        "abstract": inspect.isabstract(cls) or cls.execute is base.execute,
    }


def described(default: object) -> str:
    """Return a default as `config`, `True`, `False`, `None`, `missing` or `required`."""
    if isinstance(default, FromConfig):
        return "config"
    return "required" if default is inspect.Parameter.empty else str(default)


def main(providers: list[str]) -> None:
    """Print a JSON object with the facts of each operator, by its full name."""
    warnings.simplefilter("ignore")
    mark_configured_defaults()
    from airflow.sdk import BaseOperator

    found: dict[str, Any] = {}
    for provider in providers:
        for module in modules_of(provider):
            for cls in vars(module).values():
                if not (inspect.isclass(cls) and issubclass(cls, BaseOperator)):
                    continue
                if cls.__module__ == module.__name__:
                    found[f"{cls.__module__}.{cls.__qualname__}"] = facts(cls, BaseOperator)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
