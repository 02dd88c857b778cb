"""From what somebody wants to an order: every choice made, and each of them possible."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from advisor.answers.parse import nearest
from advisor.documents.model import shown
from advisor.errors import InputError, Problem
from advisor.knowledge.versions import Version
from advisor.naming import parse_name
from advisor.scaffold.manifest import TemplateManifest, resolve_settings
from advisor.scaffold.model import ScaffoldSpec
from advisor.scaffold.targets import check_pattern, on_kill_for, target_of

DEFAULT_SYSTEM = "http"
FAIL = "fail"


class ScaffoldRequest(NamedTuple):
    """One operator that somebody wants, in their words.

    `where` is where they said so, for errors; "" for the command line. Without `airflow` the
    release is assumed; `system` is "" where they said none.
    """

    pattern: str
    name: str
    airflow: str | None = None
    system: str = ""
    where: str = ""


class Overrides(NamedTuple):
    """What applies to every operator of a run; None where the default will do."""

    system: str | None
    airflow: str | None
    on_kill: str | None
    on_missing: str | None
    settings: Mapping[str, str]


def make_specs(
    requests: Iterable[ScaffoldRequest], overrides: Overrides, manifest: TemplateManifest
) -> list[ScaffoldSpec]:
    """Return the orders for what is wanted.

    Raises InputError where one is impossible, or where two would be the same package.
    """
    specs = [(each, _spec(each, overrides, manifest)) for each in requests]
    seen: dict[str, str] = {}
    problems = []
    for each, spec in specs:
        package = spec.name.package
        if package in seen:
            message = (
                f"{shown(seen[package])} and {shown(each.name)} both make the package {package}"
            )
            problems.append(Problem(each.where, message, "give one of them another name"))
        seen.setdefault(package, each.name)
    if problems:
        raise InputError(problems)
    return [spec for _, spec in specs]


def _spec(
    requests: ScaffoldRequest, overrides: Overrides, manifest: TemplateManifest
) -> ScaffoldSpec:
    where = requests.where
    pattern = manifest.patterns[known(requests.pattern, manifest.patterns, where or "PATTERN")]
    name = parse_name(requests.name, where or "NAME")
    target = _target(requests, overrides)
    check_pattern(pattern, target, where or "PATTERN")
    system = _system(requests, overrides, manifest)
    return ScaffoldSpec(
        pattern=pattern.id,
        name=name,
        system=system,
        airflow=str(target),
        on_kill=on_kill_for(target, overrides.on_kill),
        on_missing=overrides.on_missing or FAIL,
        settings=resolve_settings(manifest, system, overrides.settings),
    )


def _target(requests: ScaffoldRequest, overrides: Overrides) -> Version:
    if overrides.airflow is not None or requests.airflow is None:
        return target_of(overrides.airflow)
    return target_of(requests.airflow, requests.where)


def _system(requests: ScaffoldRequest, overrides: Overrides, manifest: TemplateManifest) -> str:
    """Return the system: as chosen, else as named if there are templates for it, else http."""
    if overrides.system is not None:
        return known(overrides.system, manifest.systems, "--system")
    return requests.system if requests.system in manifest.systems else DEFAULT_SYSTEM


def notes_on_systems(
    requests: Iterable[ScaffoldRequest], overrides: Overrides, manifest: TemplateManifest
) -> list[str]:
    """Return a note, once, for each system that was named and that there are no templates for."""
    named = dict.fromkeys(each.system for each in requests if each.system)
    return [
        f"there are no templates for {shown(system)} yet; taken as {DEFAULT_SYSTEM}"
        for system in named
        if overrides.system is None and system not in manifest.systems
    ]


def known(id_: str, accepted: Iterable[str], where: str) -> str:
    """Return an id that is one of those accepted; raises InputError for any other."""
    ids = list(accepted)
    if id_ not in ids:
        message = f"found {shown(id_)}, accepted are {', '.join(ids)}"
        raise InputError.of(where, message, nearest(id_, ids))
    return id_
