"""Turns requests into specs: resolves and validates all choices and settings."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from advisor.catalog.systems import find_system
from advisor.documents.model import hint_for, shown
from advisor.errors import InputError, Problem
from advisor.knowledge.versions import (
    STABLE,
    STORE_SINCE,
    SUPERVISOR_SINCE,
    TARGETS,
    Version,
    installed_airflow,
    parse_version,
)
from advisor.naming import Name, name_for_job, parse_name
from advisor.scaffold.manifest import Setting, TemplateManifest, Value
from advisor.scaffold.model import Overrides, ScaffoldRequest, ScaffoldSpec

AIRFLOW_OPTION = "--airflow-version"
DEFAULT_SYSTEM = "http"
GENERAL = frozenset((DEFAULT_SYSTEM, "custom"))
"""Systems that stand for any other."""
FAIL = "fail"
AUTO, CANCEL, LEAVE = "auto", "cancel", "leave"
SET_OPTION = "--set"
SAMPLES = 3
"""The number of jobs in the record, as many as a drilled operator needs."""
LONGEST_TEXT = 70
"""Maximum number of characters of a setting, so that generated lines are not too long."""


def make_specs(
    requests: Sequence[ScaffoldRequest], overrides: Overrides, manifest: TemplateManifest
) -> list[ScaffoldSpec]:
    """Return the specs for requests.

    Raises InputError if one is invalid, or if two have the same package name.
    """
    specs = [
        _spec(request, name, overrides, manifest)
        for request, name in zip(requests, _names(requests), strict=True)
    ]
    first: dict[str, str] = {}
    problems = []
    for request, spec in zip(requests, specs, strict=True):
        package = spec.name.package
        if package in first:
            one, two = first[package], request.name
            message = f"{shown(one)} and {shown(two)} both become package '{package}'"
            if one == two:
                message = f"two jobs are named {shown(one)}"
            problems.append(Problem(request.where, message, "rename one of them"))
        first.setdefault(package, request.name)
    if problems:
        raise InputError(problems)
    return specs


def notes_on_requests(
    requests: Sequence[ScaffoldRequest], overrides: Overrides, manifest: TemplateManifest
) -> list[str]:
    """Return a note for each name that was replaced and each system without templates."""
    names = [
        f"{shown(request.name)} cannot be used as a name; using {name.stem}"
        for request, name in zip(requests, _names(requests), strict=True)
        if _is_replaced(request)
    ]
    used = {each.system: _system(each, overrides, manifest) for each in requests if each.system}
    return names + [
        f"there are no templates for {shown(system)} yet; using {instead} "
        f"(--system: {', '.join(manifest.systems)})"
        for system, instead in used.items()
        if overrides.system is None and system not in manifest.systems and instead in GENERAL
    ]


def _spec(
    request: ScaffoldRequest, name: Name, overrides: Overrides, manifest: TemplateManifest
) -> ScaffoldSpec:
    where = request.where
    pattern = manifest.patterns[check_pattern(request.pattern, manifest, where)]
    target = _target(request, overrides)
    if target < pattern.since:
        message = f"{pattern.id} needs Airflow {pattern.since} or newer, found {target}"
        raise InputError.of(where or "PATTERN", message, pattern.refusal)
    system = _system(request, overrides, manifest)
    return ScaffoldSpec(
        pattern=pattern.id,
        name=name,
        system=system,
        airflow=str(target),
        on_kill=_on_kill(target, overrides.on_kill),
        on_missing=overrides.on_missing or FAIL,
        settings=resolve_settings(manifest.systems[system].settings, overrides.settings),
        jobs=tuple(manifest.systems[system].jobs(SAMPLES)),
    )


def check_pattern(pattern: str, manifest: TemplateManifest, where: str = "") -> str:
    """Return a pattern that has templates; raise InputError for any other."""
    return _one_of("pattern", pattern, manifest.patterns, where or "PATTERN")


def _names(requests: Sequence[ScaffoldRequest]) -> list[Name]:
    """Return the name for each request: its own, or else an unused similar one."""
    own = [
        None if _is_replaced(each) else parse_name(each.name, each.where or "NAME")
        for each in requests
    ]
    taken = {name.package for name in own if name}
    names = []
    for request, name in zip(requests, own, strict=True):
        names.append(name or _unused(name_for_job(request.name), taken))
        taken.add(names[-1].package)
    return names


def _is_replaced(request: ScaffoldRequest) -> bool:
    """Return whether the name of a request cannot be used, and may be replaced."""
    if not request.replaces_name:
        return False
    try:
        parse_name(request.name)
    except InputError:
        return True
    return False


def _unused(name: Name, taken: Collection[str]) -> Name:
    """Return a name whose package is not taken: this name, or this name with a number."""
    unused, number = name, 2
    while unused.package in taken:
        unused, number = parse_name(f"{name.stem}{number}"), number + 1
    return unused


def _target(request: ScaffoldRequest, overrides: Overrides) -> Version:
    """Return the minor release to target: the given one, or the installed one, or STABLE.

    Raises InputError for an unsupported release.
    """
    if overrides.airflow is not None:
        return _parse_target(overrides.airflow, AIRFLOW_OPTION)
    if request.airflow is not None:
        return _parse_target(request.airflow, request.where or AIRFLOW_OPTION)
    installed = installed_airflow()
    if installed is None:
        return STABLE
    return _parse_target(installed, AIRFLOW_OPTION, "the installed ")


def _parse_target(text: str, where: str, origin: str = "") -> Version:
    hint = f"accepted: {', '.join(map(str, TARGETS))}"
    try:
        version = parse_version(text)
    except ValueError as error:
        raise InputError.of(where, str(error), hint) from None
    if version._replace(patch=0) not in TARGETS:
        raise InputError.of(where, f"{origin}Airflow {version} is not supported", hint)
    return version._replace(patch=0)


def _on_kill(target: Version, given: str | None) -> str:
    """Return what to do with the job of a killed task: as given, or the safe default.

    Without a store, a stopped worker continues until the task is deferred, so it can leave the
    job. In Airflow 2 the attempt ends, and its retry would run a second job at the same time.

    Raises InputError for `auto` on a release without a task state store.
    """
    has_store = target >= STORE_SINCE
    if given == AUTO and not has_store:
        message = (
            f"auto needs Airflow {STORE_SINCE} or newer: without a task state store, a retry "
            "cannot reconnect to a job that was left running"
        )
        raise InputError.of("--on-kill", message, "use cancel or leave")
    return given or (AUTO if has_store else LEAVE if target >= SUPERVISOR_SINCE else CANCEL)


def _system(request: ScaffoldRequest, overrides: Overrides, manifest: TemplateManifest) -> str:
    """Return the first of these that has templates: the option, the request's system, `http`."""
    if overrides.system is not None:
        known = None if overrides.system in manifest.systems else find_system(overrides.system)
        named = (known and known.template) or overrides.system
        return _one_of("system", named, manifest.systems, "--system")
    requested = (request.system, request.template)
    return next((each for each in requested if each in manifest.systems), DEFAULT_SYSTEM)


def _one_of(kind: str, id_: str, accepted: Mapping[str, object], where: str) -> str:
    """Return an accepted id; raises InputError for any other."""
    if id_ not in accepted:
        raise InputError.of(where, f"unknown {kind} {shown(id_)}", hint_for(id_, accepted))
    return id_


def resolve_settings(settings: Mapping[str, Setting], given: Mapping[str, str]) -> dict[str, Value]:
    """Return all settings, each with the given value or its default.

    Raises an InputError that lists every problem: unknown ids, invalid values, and values that
    exclude each other.
    """
    problems = [
        _on_setting(each, f"unknown setting {shown(each)}", _known(each, settings))
        for each in given
        if each not in settings
    ]
    values = {
        each.id: _setting_value(each, given.get(each.id), problems) for each in settings.values()
    }
    problems += _shared_statuses(values)
    for each in settings.values():
        problems += _missing(each, values)
        problems += _alike(each, values)
    if problems:
        raise InputError(problems)
    return values


def _known(setting: str, settings: Mapping[str, Setting]) -> str:
    return hint_for(setting, settings) if settings else "this system has no settings"


def _setting_value(setting: Setting, given: str | None, problems: list[Problem]) -> Value:
    if given is None:
        return setting.default
    many = isinstance(setting.default, tuple)
    values = tuple(part.strip() for part in given.split(",")) if many else (given,)
    for each in values:
        problems += _text_problems(setting, each)
    return tuple(dict.fromkeys(values)) if many else given


def _text_problems(setting: Setting, text: str) -> Iterable[Problem]:
    if not re.fullmatch(setting.accepts, text, re.ASCII):
        message = f"invalid value {shown(text)}" if text else "value is empty"
        yield _on_setting(setting.id, message, f"accepted: {setting.says}")
    elif len(text) > LONGEST_TEXT:
        found = f"found {len(text)} in {shown(text)}"
        yield _on_setting(setting.id, f"expected at most {LONGEST_TEXT} characters, {found}")


def _shared_statuses(values: Mapping[str, Value]) -> Iterable[Problem]:
    """Yield a problem for each status that two settings have."""
    owner: dict[str, str] = {}
    for id_, statuses in values.items():
        for status in statuses if isinstance(statuses, tuple) else ():
            if owner.setdefault(status, id_) != id_:
                message = f"{shown(status)} is also in {owner[status]}"
                yield _on_setting(id_, message, "a status cannot have two meanings")


def _missing(setting: Setting, values: Mapping[str, Value]) -> Iterable[Problem]:
    """Yield a problem for each setting that this one needs and that is empty."""
    for other in setting.needs if values[setting.id] else ():
        if not values[other]:
            yield _on_setting(setting.id, f"needs a value for {other}")


def _alike(setting: Setting, values: Mapping[str, Value]) -> Iterable[Problem]:
    """Yield a problem for each setting that overlaps with this one."""
    for other in setting.unlike if values[setting.id] else ():
        one, two = _outline(values[setting.id]), _outline(values[other])
        if one.startswith(two) or two.startswith(one):
            message = f"must not overlap with {other}, {shown(str(values[other]))}"
            yield _on_setting(setting.id, message)


def _outline(value: Value) -> str:
    """Return a path without the names of its placeholders, or a field, followed by a dot."""
    return re.sub(r"\{\w+\}", "{}", str(value)) + "."


def _on_setting(id_: str, message: str, hint: str = "") -> Problem:
    return Problem(f"{SET_OPTION} {shown(id_, '')}", message, hint)
