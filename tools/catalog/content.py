"""Builds the content of the snapshot from releases of providers, and writes it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial

from advisor.catalog.model import OperatorFacts
from advisor.catalog.snapshot import COLUMNS
from advisor.knowledge.versions import Version, parse_version
from catalog.history import Changes, read_history
from catalog.index import Index, requirement_of
from catalog.providers import AIRFLOW, AIRFLOW_PACKAGES, recorded_providers
from catalog.readings import Releases
from catalog.requirements import History, read_histories
from catalog.tracked import tracked_operators

FORMAT = 1
OLDEST = Version(2, 4)
"""History begins with the releases that require this Airflow (May 2023)."""


def operator_rows(operators: Iterable[OperatorFacts]) -> dict[str, dict[str, list[list[object]]]]:
    """Return a compact row per operator, by provider and module."""
    rows: dict[str, dict[str, list[list[object]]]] = {}
    for each in sorted(operators, key=lambda one: (one.provider, one.module, one.name)):
        facts = asdict(each)
        row = [each.name, *(facts[column] for column in COLUMNS)]
        rows.setdefault(each.provider, {}).setdefault(each.module, []).append(row)
    return rows


def encode(content: Mapping[str, object]) -> bytes:
    """Return the content of the file, which depends on nothing but `content`."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=9, mtime=0)


def build_content(index: Index, newest: Mapping[str, str], date: str) -> dict[str, object]:
    """Return the content of the snapshot of these releases, by provider."""
    releases = Releases(index, newest, AIRFLOW_PACKAGES)
    histories = read_histories(index, recorded_providers(), newest)
    recent = {each: recent_releases(histories[each]) for each in tracked_operators()}
    # Threads would not help, because reading is all computation.
    with ProcessPoolExecutor() as pool:
        changes = pool.map(partial(_history_of, releases), recent.items())
        found = pool.map(partial(_operators_of, releases), newest.items())
        operators = [each for of_provider in found for each in of_provider]
        history = {name: steps for of_provider in changes for name, steps in of_provider.items()}
    return {
        "format": FORMAT,
        "date": date,
        "airflow": AIRFLOW,
        "inputs": dict(newest),
        "operators": operator_rows(operators),
        "history": history,
        "recorded_from": {name: names[0] for name, names in recent.items()},
        **_requirements(releases, histories, newest),
    }


def _operators_of(releases: Releases, release: tuple[str, str]) -> list[OperatorFacts]:
    return list(releases.read(*release).values())


def _history_of(releases: Releases, recent: tuple[str, list[str]]) -> dict[str, Changes]:
    provider, names = recent
    return read_history(releases, provider, names, tracked_operators()[provider])


def _requirements(
    releases: Releases, histories: Mapping[str, History], newest: Mapping[str, str]
) -> dict[str, object]:
    """Return what releases require: all of recorded providers, and the newest of the others."""
    everything = dict(histories)
    for name, release in newest.items():
        if name not in everything:
            read = requirement_of(releases.wheel(name, release))
            everything[name] = History(
                [release], [(release, read.airflow)], [(release, read.python)]
            )
    return {
        "releases": {name: each.releases for name, each in everything.items()},
        "requires": {name: each.airflow for name, each in everything.items()},
        "python": {name: each.python for name, each in everything.items()},
    }


def recent_releases(history: History) -> list[str]:
    """Return the releases that require at least the Airflow of OLDEST."""
    for release, airflow in history.airflow:
        if airflow and parse_version(airflow) >= OLDEST:
            position = history.releases.index(release)
            # With the last release before them, to see what the first one changed.
            return history.releases[max(0, position - 1) :]
    return history.releases[-1:]
