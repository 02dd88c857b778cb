"""Finds the Airflow and Python that each release of a provider requires, by bisection."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field

from advisor.knowledge.versions import parse_version
from catalog.index import Index, Requirement

Steps = list[tuple[str, str]]
"""Pairs of a release and what holds from it on, the oldest first."""


@dataclass
class History:
    """What the releases of a provider require. Releases are sorted, the oldest first."""

    releases: list[str]
    airflow: Steps = field(default_factory=list)
    python: Steps = field(default_factory=list)


def read_histories(
    index: Index, providers: Iterable[str], newest: Mapping[str, str]
) -> dict[str, History]:
    """Return what all releases of these providers require, up to the `newest` of each.

    A requirement changes rarely, and never back: between two releases with the same requirement,
    none is read. All providers advance together, because one call of pip reads many of them.
    """
    histories = {each: History(_releases(index, each, newest[each])) for each in providers}
    searches = {name: search(history) for name, history in histories.items() if history.releases}
    asked = {name: next(search) for name, search in searches.items()}
    while asked:
        answers = index.requirements(asked)
        asked = _advance(searches, answers)
    return histories


def _releases(index: Index, provider: str, newest: str) -> list[str]:
    last = parse_version(newest)
    return [each for each in index.releases(provider) if parse_version(each) <= last]


def _advance(
    searches: Mapping[str, Generator[str, Requirement, None]], answers: Mapping[str, Requirement]
) -> dict[str, str]:
    """Return the next release to read of each provider whose search continues."""
    asked = {}
    for name, answer in answers.items():
        try:
            asked[name] = searches[name].send(answer)
        except StopIteration:
            continue
    return asked


def search(history: History) -> Generator[str, Requirement, None]:
    """Yield the releases to read, receive what they require, and fill in the history."""
    known: dict[int, Requirement] = {}
    for position in {0, len(history.releases) - 1}:
        known[position] = yield history.releases[position]
    open_ = [(0, len(history.releases) - 1)]
    while open_:
        low, high = open_.pop()
        if high - low > 1 and known[low] != known[high]:
            middle = (low + high) // 2
            known[middle] = yield history.releases[middle]
            open_ += [(middle, high), (low, middle)]
    for position in sorted(known):
        release, requirement = history.releases[position], known[position]
        _add(history.airflow, release, requirement.airflow)
        _add(history.python, release, requirement.python)


def _add(steps: Steps, release: str, value: str) -> None:
    if not steps or steps[-1][1] != value:
        steps.append((release, value))
