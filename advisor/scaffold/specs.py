"""From requests to specs: every choice made, and each of them possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from advisor.answers.parse import nearest
from advisor.documents.model import shown
from advisor.errors import InputError, Problem
from advisor.knowledge.versions import (
    STABLE,
    STORE_SINCE,
    TARGETS,
    Version,
    installed_airflow,
    parse_version,
)
from advisor.naming import Name, name_for_job, parse_name
from advisor.scaffold.manifest import PatternTemplate, TemplateManifest
from advisor.scaffold.model import Overrides, ScaffoldRequest, ScaffoldSpec
from advisor.scaffold.settings import resolve_settings

AIRFLOW_OPTION = "--airflow-version"
DEFAULT_SYSTEM = "http"
FAIL = "fail"
AUTO, LEAVE = "auto", "leave"


def make_specs(
    requests: Iterable[ScaffoldRequest], overrides: Overrides, manifest: TemplateManifest
) -> list[ScaffoldSpec]:
    """Return the specs of requests.

    Raises InputError if one is impossible, or if two would be the same package.
    """
    pairs = [(each, _spec(each, overrides, manifest)) for each in requests]
    first: dict[str, str] = {}
    problems = []
    for request, spec in pairs:
        package = spec.name.package
        if package in first:
            names = f"{shown(first[package])} and {shown(request.name)}"
            message = f"{names} both make the package {package}"
            problems.append(Problem(request.where, message, "give one of them another name"))
        first.setdefault(package, request.name)
    if problems:
        raise InputError(problems)
    return [spec for _, spec in pairs]


def notes_on_requests(
    requests: Sequence[ScaffoldRequest], overrides: Overrides, manifest: TemplateManifest
) -> list[str]:
    """Return a note for each name that is replaced, and one for each system without templates."""
    replaced = [(each.name, _replacement(each)) for each in requests]
    names = [
        f"{shown(name)} cannot be used as a name; scaffolded as {other.stem}"
        for name, other in replaced
        if other
    ]
    systems = dict.fromkeys(each.system for each in requests if each.system)
    return names + [
        f"there are no templates for {shown(system)} yet; taken as {DEFAULT_SYSTEM}"
        for system in systems
        if overrides.system is None and system not in manifest.systems
    ]


def _spec(
    request: ScaffoldRequest, overrides: Overrides, manifest: TemplateManifest
) -> ScaffoldSpec:
    where = request.where
    pattern = manifest.patterns[_one_of(request.pattern, manifest.patterns, where or "PATTERN")]
    name = _replacement(request) or parse_name(request.name, where or "NAME")
    target = _target(request, overrides)
    _check_pattern(pattern, target, where or "PATTERN")
    system = _system(request, overrides, manifest)
    return ScaffoldSpec(
        pattern=pattern.id,
        name=name,
        system=system,
        airflow=str(target),
        on_kill=_on_kill(target, overrides.on_kill),
        on_missing=overrides.on_missing or FAIL,
        settings=resolve_settings(manifest.systems[system].settings, overrides.settings),
    )


def _replacement(request: ScaffoldRequest) -> Name | None:
    """Return the name to use in place of one that cannot be used, None if there is no need."""
    if not request.replaces_name:
        return None
    try:
        parse_name(request.name)
    except InputError:
        return name_for_job(request.name)
    return None


def _target(request: ScaffoldRequest, overrides: Overrides) -> Version:
    """Return the minor release to write for: as given, else the installed one, else the stable.

    Raises InputError for a release that nothing is scaffolded for.
    """
    if overrides.airflow is not None:
        return _parse_target(overrides.airflow, AIRFLOW_OPTION)
    if request.airflow is not None:
        return _parse_target(request.airflow, request.where or AIRFLOW_OPTION)
    installed = installed_airflow()
    if installed is None:
        return STABLE
    hint = f"is installed here; {AIRFLOW_OPTION} names another one"
    return _parse_target(installed, AIRFLOW_OPTION, hint)


def _parse_target(text: str, where: str, hint: str = "") -> Version:
    try:
        version = parse_version(text)
    except ValueError:
        version = None
    if version is None or version._replace(patch=0) not in TARGETS:
        *others, last = map(str, TARGETS)
        accepted = f"{', '.join(others)} and {last}"
        message = f"found {shown(text)}, operators are written for Airflow {accepted}"
        raise InputError.of(where, message, hint)
    return version._replace(patch=0)


def _check_pattern(pattern: PatternTemplate, target: Version, where: str) -> None:
    """Raise InputError if a release does not have a pattern."""
    if target < pattern.since:
        message = f"{pattern.id} needs Airflow {pattern.since}, and the target is {target}"
        raise InputError.of(where, message, pattern.refusal)


def _on_kill(target: Version, given: str | None) -> str:
    """Return the policy for killed tasks: as given, else the one that is safe on that release.

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


def _system(request: ScaffoldRequest, overrides: Overrides, manifest: TemplateManifest) -> str:
    """Return the system: as chosen, else as named if there are templates for it, else http."""
    if overrides.system is not None:
        return _one_of(overrides.system, manifest.systems, "--system")
    return request.system if request.system in manifest.systems else DEFAULT_SYSTEM


def _one_of(id_: str, accepted: Mapping[str, object], where: str) -> str:
    """Return an id that is one of those accepted; raises InputError for any other."""
    if id_ not in accepted:
        message = f"found {shown(id_)}, accepted are {', '.join(accepted)}"
        raise InputError.of(where, message, nearest(id_, accepted))
    return id_
