"""What releases require is found without reading every release."""

from __future__ import annotations

import pytest

from catalog.index import Requirement
from catalog.requirements import History, search

RELEASES = [f"1.{minor}.0" for minor in range(40)]


def searched(airflow: list[str]) -> tuple[History, int]:
    """Search releases that require these versions of Airflow; return how many were read."""
    history = History(RELEASES[: len(airflow)])
    required = dict(zip(history.releases, airflow, strict=True))
    search_, read = search(history), 0
    try:
        asked = next(search_)
        while True:
            read += 1
            asked = search_.send(Requirement(required[asked], ">=3.10"))
    except StopIteration:
        return history, read


def test_search_finds_every_release_that_raises_the_requirement() -> None:
    history, _ = searched(["2.9.0"] * 7 + ["2.10.0"] * 20 + ["2.11.0"] * 13)
    assert history.airflow == [("1.0.0", "2.9.0"), ("1.7.0", "2.10.0"), ("1.27.0", "2.11.0")]
    assert history.python == [("1.0.0", ">=3.10")]


def test_search_reads_two_releases_if_nothing_changes() -> None:
    history, read = searched(["2.11.0"] * 40)
    assert history.airflow == [("1.0.0", "2.11.0")]
    assert read == 2


def test_search_reads_few_releases_per_change() -> None:
    _, read = searched(["2.10.0"] * 11 + ["2.11.0"] * 29)
    assert read <= 8


@pytest.mark.parametrize("count", [1, 2, 3])
def test_search_of_few_releases_reads_each_once(count: int) -> None:
    history, read = searched(["2.9.0", "2.10.0", "2.11.0"][:count])
    assert len(history.airflow) == read == count
