"""Finds out what the drill must know of an operator before it runs it."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from advisor.drill.runtime import sdk
from advisor.drill.runtime.loader import Subject, files_of
from advisor.drill.runtime.service import JobService

LONGEST_DURATION: Final = 7 * 86400.0
MOST_RETRIES: Final = 10
"""Maximum number of retries whose delays are computed; later ones have the last delay."""


@dataclass(frozen=True)
class OperatorFacts:
    """An operator's files, retries and job duration; all fields are JSON values."""

    files: dict[str, str]
    """The files whose lines are crash points: their names in points, by path."""
    lines: dict[str, list[tuple[int, int]]]
    """The first and last lines of the watched parts of a file, by path; other files are whole."""
    own: list[str]
    """The names of the operator's own files; the others belong to Airflow or its providers."""
    retries: int
    retry_delays: list[float]
    """The seconds before each retry; the last one holds for all others."""
    duration: float | None
    """The simulated seconds that a job runs, if the factory sets them."""


def facts_of(task: Any, subject: Subject, service: JobService) -> OperatorFacts:
    """Return the facts of an operator.

    Args:
        task: the operator, as the subject has made it.
        subject: where the operator comes from.
        service: the service that the operator submits to.
    """
    files = {**files_of(task), **subject.files, **sdk.mixin_file(task)}
    retries = int(task.retries or 0)
    return OperatorFacts(
        files=files,
        lines=_class_lines(task, subject.adapter),
        own=[*subject.files.values()] or _own(task),
        retries=retries,
        retry_delays=sdk.retry_delays(task, min(retries, MOST_RETRIES)),
        duration=_duration(service.duration),
    )


def _duration(seconds: Any) -> float | None:
    if seconds is None or (isinstance(seconds, (int, float)) and 0 <= seconds <= LONGEST_DURATION):
        return seconds
    raise ValueError(f"service.duration is {seconds!r}, expected seconds (at most 7 days)")


def _own(task: Any) -> list[str]:
    """Return the names of the files of the classes that are not part of Airflow."""
    classes = [each for each in type(task).__mro__ if each.__module__.split(".")[0] != "airflow"]
    paths = {inspect.getsourcefile(each) for each in classes if each is not object}
    return [name for path, name in files_of(task).items() if path in paths]


def _class_lines(task: Any, adapter: str) -> dict[str, list[tuple[int, int]]]:
    """Return the lines of the operators and triggers in the file of a factory.

    The file can contain a stand-in for the system too, whose lines are not crash points.
    """
    if not adapter:
        return {}
    return {adapter: sorted({_lines(each) for each in _classes(task, adapter)})}


def _classes(task: Any, adapter: str) -> Iterator[type]:
    """Yield the operators and triggers that are defined in a file."""
    modules = [each for each in sys.modules.values() if getattr(each, "__file__", "") == adapter]
    members = [value for module in modules for value in vars(module).values()]
    for each in [*type(task).__mro__, *filter(sdk.is_operator_or_trigger, members)]:
        if each.__module__ in {module.__name__ for module in modules}:
            yield each


def _lines(of: type) -> tuple[int, int]:
    lines, first = inspect.getsourcelines(of)
    return first, first + len(lines) - 1
