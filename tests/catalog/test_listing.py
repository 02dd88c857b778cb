"""Lists of operators with the releases of their providers."""

from __future__ import annotations

import pytest

from advisor.catalog.environment import Environment
from advisor.catalog.listing import (
    Filters,
    environment_listing,
    facts_in,
    newer_than_known,
    snapshot_listing,
)
from advisor.catalog.search import full_name
from advisor.knowledge.versions import STORE_SINCE, Version
from tests.catalog.made import GLUE, facts, sensor, snapshot


def test_listing_of_the_snapshot_has_the_releases_that_were_read() -> None:
    listing = snapshot_listing(snapshot())
    amazon = listing.providers["amazon"]
    assert (amazon.text, amazon.requires_airflow) == ("9.39.0", Version(2, 11))
    assert (listing.source, listing.date) == ("snapshot", "2026-11-24")


def test_listing_for_an_airflow_version_has_the_newest_installable_releases() -> None:
    listing = snapshot_listing(snapshot(), Version(2, 10, 5))
    releases = {name: each.text for name, each in listing.providers.items()}
    assert releases == {"amazon": "9.17.0", "standard": "1.0.0"}


def test_listing_for_an_airflow_version_leaves_out_providers_that_need_a_newer_one() -> None:
    assert set(snapshot_listing(snapshot(), Version(2, 8)).providers) == {"amazon"}


def test_listing_for_an_airflow_version_follows_the_recorded_history() -> None:
    listing = snapshot_listing(snapshot(), Version(2, 10))
    glue = listing.operators[0]
    assert (glue.durable, glue.acts, glue.retry_finds_job_by) == ("no", "no", "nothing")
    assert listing.followed == {GLUE}


def test_durable_does_not_act_without_a_task_state_store() -> None:
    glue = snapshot_listing(snapshot(), Version(2, 11)).operators[0]
    assert (glue.durable, glue.acts, glue.retry_finds_job_by) == ("yes", "no", "unknown")


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (Version(8, 2), ("never", None)),
        (Version(9, 9), ("parameter", None)),
        (Version(9, 10), ("parameter", 4500.0)),
        (Version(8, 1), ("parameter", 4500.0)),
    ],
)
def test_facts_in_an_older_release_are_those_of_the_history(
    release: Version, expected: tuple[str, float | None]
) -> None:
    found = facts_in(facts(), release, snapshot())
    assert found is not None
    assert (found.deferrable, found.wait_limit_s) == expected


def test_facts_in_a_release_without_the_operator_are_none() -> None:
    history = {GLUE: [["8.2.0", {"exists": "no"}], ["9.0.0", {"exists": "yes"}]]}
    assert facts_in(facts(), Version(8, 3), snapshot(history=history)) is None


def test_filters_accept_what_defers_or_acts() -> None:
    never, always = facts(deferrable="never"), facts(deferrable="always")
    unknown = facts(deferrable="unknown", acts="unknown")
    deferring, acting = Filters(deferrable=True), Filters(durable=True)
    assert [deferring.accept(each) for each in (never, always, unknown)] == [False, True, False]
    assert [acting.accept(each) for each in (never, sensor(), unknown)] == [True, False, False]
    assert Filters().accept(unknown)


def installed(release: str, airflow: Version = STORE_SINCE) -> Environment:
    own = facts("OwnOperator", module="plugins.own", provider="own-package")
    major, minor, patch = map(int, release.split("."))
    return Environment(
        airflow=airflow,
        releases={"amazon": Version(major, minor, patch)},
        distributions={"amazon": release, "own-package": "2026.1"},
        facts={full_name(each): each for each in (facts(), own)},
        notes=(),
    )


def test_listing_of_an_environment_has_home_made_operators() -> None:
    listing = environment_listing(installed("9.35.0"), snapshot())
    assert {name: each.text for name, each in listing.providers.items()} == {
        "amazon": "9.35.0",
        "own-package": "2026.1",
    }
    assert listing.operators[0].acts == "yes"
    assert newer_than_known(listing) == ()


def test_listing_of_an_environment_with_an_old_airflow_has_no_store() -> None:
    listing = environment_listing(installed("9.35.0", Version(2, 11)), snapshot())
    assert listing.operators[0].acts == "no"


def test_release_that_is_newer_than_the_snapshot_is_noted() -> None:
    listing = environment_listing(installed("10.0.0"), snapshot())
    (note,) = newer_than_known(listing)
    assert note.startswith("amazon 10.0.0 is newer than the catalogue (9.39.0)")


def test_providers_of_an_environment_are_sorted() -> None:
    rows = {f"{name}.A": facts(provider=name, module=name) for name in "edcba"}
    environment = Environment(None, {}, {}, rows, ())
    assert list(environment_listing(environment, snapshot()).providers) == list("abcde")
