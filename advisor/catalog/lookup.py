"""Finds what the answer `system` names: a system, a class, or a word in the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path

from advisor.catalog.derived import derive_operator
from advisor.catalog.entries import FOLDER, load_operators, providers
from advisor.catalog.installed import NOTHING, Installed
from advisor.catalog.model import OperatorFacts
from advisor.catalog.snapshot import load_snapshot
from advisor.catalog.systems import find_system, load_systems, plain
from advisor.documents.model import LONGEST_COMPARED
from advisor.knowledge.operators import Candidate, Operator, System, Target
from advisor.knowledge.versions import Version

NO_RELEASES: Mapping[str, Version] = {}
ASYNC = "Async"
PREFIX, PROVIDERS = "apache-airflow-providers-", "airflow.providers."


class Ambiguous(Exception):
    """Two providers have a class of the same name. `names` are the full names."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(names)
        super().__init__(", ".join(self.names))


def find_target(
    name: str,
    airflow: Version,
    releases: Mapping[str, Version] = NO_RELEASES,
    installed: Installed = NOTHING,
) -> Target | None:
    """Return the system or class that a name stands for, None if nothing is known.

    Args:
        name: a system, its title or alias, a class, also with its module, or a module or provider
            with operators that are not listed by hand.
        airflow: the version of Airflow, which limits the releases of providers.
        releases: the user's releases, by the short name of the provider.
        installed: what is installed where the job runs.

    Raises:
        Ambiguous: two providers have a class of this name.
    """
    return find_targets(name, airflow, tuple(sorted(releases.items())), installed)


# A file of jobs has few systems.
@lru_cache(maxsize=1024)
def find_targets(
    name: str, airflow: Version, releases: tuple[tuple[str, Version], ...], installed: Installed
) -> Target | None:
    """Do what find_target does, from arguments that can be hashed."""
    system = find_system(name)
    operators = _of_system(system) if system else _of_class(name)
    given = {**installed.releases, **dict(releases)}
    candidates = [_candidate(each, airflow, given, installed) for each in operators]
    if not operators:
        candidates = list(_derived(name, airflow, given, installed))
    if not candidates:
        return Target(name, system) if system else None
    return Target(
        name,
        system or find_system(candidates[0].operator.system),
        tuple(each for each in candidates if each.operator.kind == "operator"),
        tuple(each for each in candidates if each.operator.kind == "sensor"),
    )


def known_names() -> list[str]:
    """Return the systems and classes that `system` accepts, for hints."""
    return [*(each.id for each in load_systems()), *known_classes()]


def known_classes() -> list[str]:
    """Return the names of the operators and sensors in the catalogue."""
    read = (each.name for each in load_snapshot().operators)
    return sorted({*(each.name for each in all_operators()), *read})


def all_operators() -> Iterator[Operator]:
    """Yield the operators and sensors of all providers; reads all files, which takes 0.2 s."""
    for provider in providers(FOLDER):
        yield from load_operators(provider, FOLDER)


def class_named(name: str) -> str:
    """Return the class in the catalogue with a name, ignoring case and punctuation, or ""."""
    return next((each.name for each in _classes(name)), "")


def similar_names(name: str, known: Iterable[str], most: int = 1) -> list[str]:
    """Return the known names most similar to a name, the best first; ignores case and modules."""
    from difflib import get_close_matches  # only names that are wrong need it

    by_spelling = {plain(each): each for each in known}
    spelling = plain(name.strip().rpartition(".")[2])[:LONGEST_COMPARED]
    return [by_spelling[each] for each in get_close_matches(spelling, by_spelling, most)]


def _of_system(system: System) -> list[Operator]:
    """Return the operators of a system, those of its own provider first."""
    found = _mentioning(f"system: {system.id}")
    ordered = sorted(found, key=lambda provider: provider != system.provider)
    operators = [each for provider in ordered for each in load_operators(provider, FOLDER)]
    own = [each for each in operators if each.system == system.id]
    return own + [operator for name in system.operators for operator in _of_class(name)]


def _of_class(name: str) -> list[Operator]:
    """Return the operator or sensor with a class name, also given with its module.

    DateTimeSensorAsync and the like are followed by the class that needs no Triggerer.
    """
    found = list(_classes(name))
    if len(found) > 1:
        raise Ambiguous(f"{each.module}.{each.name}" for each in found)
    for each in found[:1]:
        if each.name.endswith(ASYNC):
            found += _classes(f"{each.module}.{each.name.removesuffix(ASYNC)}")
    return found


def _classes(name: str) -> Iterator[Operator]:
    """Yield the operators and sensors with a class name, also given with its module."""
    module, _, class_name = name.strip().rpartition(".")
    spelling = plain(class_name)
    for provider in _mentioning(f"name: {spelling}") if spelling else ():
        for each in load_operators(provider, FOLDER):
            if plain(each.name) == spelling and module.lower() in ("", each.module.lower()):
                yield each


def _mentioning(text: str) -> list[str]:
    """Return the providers whose file contains a text; parsing all files would take 0.2 s."""
    return [each for each in providers(FOLDER) if text.lower() in _text_of(each, FOLDER)]


@cache
def _text_of(provider: str, folder: Path) -> str:
    return (folder / f"{provider}.yaml").read_text(encoding="utf-8").lower()


def _candidate(
    operator: Operator, airflow: Version, given: Mapping[str, Version], installed: Installed
) -> Candidate:
    snapshot, provider = load_snapshot(), operator.provider
    facts = _facts_of(f"{operator.module}.{operator.name}", installed)
    return Candidate(
        operator,
        release=given.get(provider) or snapshot.newest_for(provider, airflow),
        given=provider in given,
        newest=snapshot.newest(provider),
        timeout_while_deferred=facts.timeout_while_deferred if facts else "unknown",
        requires=snapshot.airflow_steps(provider),
    )


def _facts_of(full_name: str, installed: Installed) -> OperatorFacts | None:
    """Return what was read from source about a class, in the environment or in the snapshot."""
    return installed.facts.get(full_name) or next(iter(load_snapshot().find(full_name)), None)


def _derived(
    name: str, airflow: Version, given: Mapping[str, Version], installed: Installed
) -> Iterator[Candidate]:
    """Yield the operators without hand-written facts that a class, module or provider names."""
    found = list(_read_from_source(name, installed))
    classes = [each for each in found if plain(each.name) == plain(name.rpartition(".")[2])]
    if len({(each.module, each.name) for each in classes}) > 1:
        raise Ambiguous(f"{each.module}.{each.name}" for each in classes)
    for facts in classes or found:
        read = installed.releases.get(facts.provider) or load_snapshot().newest(facts.provider)
        release = given.get(facts.provider) or load_snapshot().newest_for(facts.provider, airflow)
        package = (
            f"{PREFIX}{facts.provider}" if facts.module.startswith(PROVIDERS) else facts.provider
        )
        yield Candidate(
            derive_operator(facts, package, is_known=release in (None, read)),
            release=release,
            given=facts.provider in given,
            newest=read,
            timeout_while_deferred=facts.timeout_while_deferred,
        )


def _read_from_source(name: str, installed: Installed) -> Iterator[OperatorFacts]:
    """Yield the operators whose class, module or provider has a name, installed ones first."""
    spelling, module = plain(name.rpartition(".")[2]), name.rpartition(".")[0].lower()
    if not spelling:
        return
    read = [*installed.facts.values()]
    names = {(each.module, each.name) for each in read}
    read += [e for e in load_snapshot().operators if (e.module, e.name) not in names]
    for each in read:
        words = {plain(each.name), plain(each.module.rpartition(".")[2]), plain(each.provider)}
        if spelling in words and (not module or each.module.lower() == module):
            yield each
