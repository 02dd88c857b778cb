"""Which Airflow an operator is written for, and what that one can do."""

from collections.abc import Sequence

from advisor.documents.model import shown
from advisor.errors import InputError
from advisor.knowledge.versions import (
    STABLE,
    STORE_SINCE,
    TARGETS,
    Version,
    installed_airflow,
    parse_version,
)
from advisor.scaffold.manifest import PatternTemplate

OPTION = "--airflow-version"
AUTO, CANCEL, LEAVE = "auto", "cancel", "leave"
ON_KILL = (AUTO, CANCEL, LEAVE)
ON_MISSING = ("fail", "resubmit")


def target_of(text: str | None, where: str = OPTION) -> Version:
    """Return the minor release that a version names: without one the installed, else the stable.

    Raises InputError for any that nothing is scaffolded for.
    """
    if text is not None:
        return _target(text, where, "")
    installed = installed_airflow()
    if installed is None:
        return STABLE
    return _target(installed, where, f"is installed here; {OPTION} names another one")


def check_pattern(pattern: PatternTemplate, target: Version, where: str) -> None:
    """Raise InputError where a release does not have a pattern."""
    if target < pattern.since:
        message = f"{pattern.id} needs Airflow {pattern.since}, and the target is {target}"
        raise InputError.of(where, message, pattern.refusal)


def on_kill_for(target: Version, given: str | None) -> str:
    """Return what `on_kill` does: as given, else what is safe on that release.

    Raises InputError for `auto` without a store.
    """
    has_store = target >= STORE_SINCE
    if given == AUTO and not has_store:
        message = (
            f"auto needs Airflow {STORE_SINCE}: without a task state store a retry cannot "
            "reconnect to a job that was left running"
        )
        raise InputError.of("--on-kill", message, "choose cancel or leave")
    return given or (AUTO if has_store else LEAVE)


def targets_in_words(targets: Sequence[Version] = TARGETS) -> str:
    """Return the releases that operators are written for: `3.2, 3.3 and 3.4`."""
    *others, last = map(str, targets)
    return f"{', '.join(others)} and {last}"


def _target(text: str, where: str, hint: str) -> Version:
    try:
        version = parse_version(text)
    except ValueError:
        version = None
    if version is None or version._replace(patch=0) not in TARGETS:
        message = f"found {shown(text)}, operators are written for Airflow {targets_in_words()}"
        raise InputError.of(where, message, hint)
    return version._replace(patch=0)
