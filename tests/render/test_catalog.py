"""The catalogue in a terminal, as Markdown, and as a document that fits its schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from advisor.catalog.listing import Listing, snapshot_listing
from advisor.catalog.model import OperatorFacts
from advisor.catalog.upgrade import Change, ChangeKind, Upgrade
from advisor.knowledge.model import Source
from advisor.knowledge.operators import Mode, Operator, OperatorFact, Split, WaitLimit
from advisor.knowledge.versions import ALL_VERSIONS, Version, parse_range
from advisor.render.catalog import print_operator, print_operators, print_providers
from advisor.render.catalog_document import (
    CatalogPage,
    catalog_document,
    catalog_page,
    catalog_schema,
    class_page,
    provider_rows,
)
from advisor.render.catalog_markdown import (
    markdown_operator,
    markdown_operators,
    markdown_providers,
)
from advisor.render.catalog_wording import call_lines, say_limit
from tests.catalog.made import OPERATORS, facts, snapshot
from tests.render.conftest import printed, screen

SOURCES = (
    Source("documented", "apache/airflow#123", "", "https://github.com/apache/airflow/issues/123"),
    Source("measured", "read in amazon 9.39.0, operators/glue.py:1"),
)
RETRY = "reconnects to the stored run"
WRITTEN = Operator(
    name="GlueJobOperator",
    module="airflow.providers.amazon.aws.operators.glue",
    provider="amazon",
    package="apache-airflow-providers-amazon",
    system="glue",
    kind="operator",
    line='GlueJobOperator(task_id="transform", job_name="nightly-transform")',
    modes=(
        Mode(
            pattern="resumable",
            arguments={"durable": "True"},
            provider=parse_range(">=9.35.0"),
            airflow=parse_range(">=3.3"),
            retry_duplicates="window",
            reruns_failed=False,
            finds_running=False,
            retry=RETRY,
            kill="leaves the run running",
            sources=SOURCES[1:],
        ),
        Mode(
            pattern="plain",
            arguments={},
            provider=parse_range("<9.35.0"),
            airflow=ALL_VERSIONS,
            retry_duplicates="yes",
            reruns_failed=True,
            finds_running=False,
            retry="starts a second run",
            kill="leaves the run running",
            sources=SOURCES[1:],
        ),
    ),
    waits=(
        WaitLimit(("plain",), ALL_VERSIONS, 4500, ("waiter_delay", "60"), None, None, SOURCES[1:]),
    ),
    split=Split({"wait_for_completion": "False"}, "GlueJobSensor"),
    facts=(
        OperatorFact(
            kind="sound-from",
            patterns=("plain",),
            provider=parse_range(">=9.24.0"),
            airflow=parse_range(">=2.11"),
            text="finding the run",
            before="XCom is cleared",
            issues=("123",),
            sources=SOURCES,
        ),
        OperatorFact(
            kind="defect",
            patterns=(),
            provider=parse_range(">=9.35.0"),
            airflow=ALL_VERSIONS,
            text="it polls forever",
            before="",
            issues=("123",),
            sources=SOURCES,
        ),
    ),
)


def no_history(_: OperatorFacts) -> Mapping[str, Version]:
    return {}


def listed(*operators: OperatorFacts, airflow: Version | None = None) -> Listing:
    return snapshot_listing(snapshot(*operators), airflow)


def page_of(*operators: OperatorFacts, airflow: Version | None = None) -> CatalogPage:
    return catalog_page(listed(*operators, airflow=airflow), no_history)


def full(written: Operator | None = WRITTEN, airflow: Version | None = None) -> CatalogPage:
    listing = listed(airflow=airflow)
    return class_page(
        listing.of(listing.operators[:1]), lambda _: {"acts": Version(9, 35)}, written
    )


def upgraded(*changes: Change, recorded: bool = True) -> CatalogPage:
    upgrade = Upgrade(Version(9, 17), Version(9, 39), recorded, changes)
    listing = listed()
    return class_page(listing.of(listing.operators[:1]), no_history, WRITTEN, (), upgrade)


def terminal(page: CatalogPage, width: int = 100) -> str:
    console = screen(width)
    print_operator(console, page)
    return printed(console)


PAGES = [
    page_of(),
    page_of(airflow=Version(2, 10)),
    page_of(facts(acts="unknown", wait_limit_s="unknown", trigger_on_kill="")),
    full(),
    full(None),
    upgraded(Change(Version(9, 24), "requires", "Airflow", ">=2.10", ">=2.11", SOURCES)),
]


@pytest.mark.parametrize("page", PAGES)
def test_document_fits_the_schema(page: CatalogPage) -> None:
    Draft202012Validator(catalog_schema()).validate(catalog_document(page))


def test_schema_is_valid_and_rejects_unknown_keys() -> None:
    Draft202012Validator.check_schema(catalog_schema())
    document = catalog_document(page_of())
    document["operators"][0]["colour"] = "red"
    assert list(Draft202012Validator(catalog_schema()).iter_errors(document))


def test_document_has_booleans_and_null() -> None:
    glue, s3, trigger = catalog_document(page_of())["operators"]
    assert (glue["class"], glue["durable"], glue["acts"], glue["on_kill"]) == (
        *("GlueJobOperator", True, True),
        True,
    )
    assert (glue["deferrable"], glue["wait_limit_s"], s3["kind"]) == ("parameter", 4500, "sensor")
    assert (trigger["wait_limit_s"], trigger["idempotency_parameter"]) == (None, "trigger_run_id")
    assert (glue["release"], glue["requires_airflow"]) == ("9.39.0", "2.11")


def test_document_says_unknown_as_text() -> None:
    made = facts(acts="unknown", wait_limit_s="unknown", deferrable="never", trigger_on_kill="")
    (row,) = catalog_document(page_of(made))["operators"]
    assert (row["acts"], row["wait_limit_s"], row["trigger_on_kill"]) == (
        "unknown",
        "unknown",
        None,
    )


def test_document_of_a_list_has_no_hand_written_part() -> None:
    assert "modes" not in catalog_document(page_of())["operators"][0]


def test_document_of_a_class_has_modes_and_facts() -> None:
    (row,) = catalog_document(full())["operators"]
    resumable, plain = row["modes"]
    assert (resumable["applies"], plain["applies"]) == (True, False)
    assert resumable["line"].endswith("durable=True)")
    assert resumable["provider"] == ">=9.35.0"
    assert row["facts"][0]["issues"] == ["123"]
    assert row["since"] == {"acts": "9.35.0"}
    assert row["import"].endswith("import GlueJobOperator")


def test_modes_apply_if_the_airflow_version_has_them() -> None:
    (row,) = catalog_document(full(airflow=Version(2, 10)))["operators"]
    assert [each["applies"] for each in row["modes"]] == [False, True]
    assert [each["applies"] for each in row["facts"]] == [False, False]


def test_providers_count_their_operators() -> None:
    amazon, standard = provider_rows(page_of())
    assert (amazon.operators, amazon.sensors, amazon.deferrable) == (1, 1, 2)
    assert (amazon.durable, amazon.acts, standard.durable) == (1, 1, 0)


def test_list_fits_the_width() -> None:
    page = page_of(*OPERATORS, facts("AnOperatorWithAnExceptionallyLongNameForItsClassOperator"))
    for width in (80, 100):
        console = screen(width)
        print_operators(console, page)
        assert max(map(len, printed(console).splitlines())) <= width


def test_list_shows_each_operator_under_its_provider() -> None:
    console = screen(100)
    print_operators(console, page_of())
    lines = printed(console).splitlines()
    assert lines[0] == "amazon 9.39.0, Airflow 2.11 or newer"
    assert lines[2].split() == [
        *("GlueJobOperator", "yes", "yes", "stored", "id", "yes", "no", "75", "min")
    ]
    assert lines[3].split() == ["S3KeySensor", "yes", "-", "-", "-", "no", "7", "d"]


def test_list_marks_facts_of_another_release() -> None:
    console = screen(100)
    print_operators(console, page_of(airflow=Version(2, 10)))
    lines = printed(console).splitlines()
    assert lines[0].endswith("; * facts of 9.39.0")
    assert lines[2].startswith("GlueJobOperator  ")
    assert lines[3].startswith("S3KeySensor *")


def test_providers_are_a_table() -> None:
    console = screen(80)
    print_providers(console, page_of())
    assert "amazon    9.39.0   >=2.11   1          1        2           1        1" in printed(
        console
    )


@pytest.mark.parametrize("width", [80, 100])
def test_operator_in_full_shows_both_parts(width: int) -> None:
    text = terminal(full(), width)
    assert max(map(len, text.splitlines())) <= width
    for part in (
        "GlueJobOperator - operator for AWS Glue",
        "accepted and used, since 9.35.0",
        "75 min (waiter_delay=60, waiter_max_attempts=75)",
        "> resumable: amazon >=9.35.0, Airflow >=3.3 [1]",
        "Modes of other releases",
        "- amazon >=9.24.0, Airflow >=2.11: finding the run [plain]; before, XCom is cleared",
        "- it polls forever (#123)",
    ):
        assert " ".join(part.split()) in " ".join(text.split())


def test_fact_of_a_later_release_says_from_when() -> None:
    listing = listed(facts(durable="no", acts="no"))
    page = class_page(listing, lambda _: {"acts": Version(9, 40)}, None)
    assert "Durable            no; from 9.40.0 on\n" in terminal(page)


def test_release_in_another_spelling_is_not_compared() -> None:
    listing = listed(facts(durable="no", acts="no"))
    odd = replace(listing.providers["amazon"], text="9.39.0.1", release=None)
    page = class_page(
        replace(listing, providers={"amazon": odd}), lambda _: {"acts": Version(9, 40)}, None
    )
    assert "Durable            no\n" in terminal(page)


def test_durable_without_a_store_says_which_airflow_it_needs() -> None:
    page = class_page(
        listed(facts(), airflow=Version(2, 11)), lambda _: {"acts": Version(9, 35)}, None
    )
    assert "accepted, but has no effect before Airflow 3.3\n" in terminal(page)


def test_operator_in_full_names_issues_once() -> None:
    assert "issues/123" not in terminal(full())


def test_operator_without_hand_written_facts_says_so() -> None:
    assert "No hand-written facts about this operator." in terminal(full(None))


def test_defects_of_other_releases_are_left_out() -> None:
    assert "polls forever" not in terminal(full(airflow=Version(2, 10)))


def test_upgrade_lists_changes_instead_of_facts() -> None:
    change = Change(Version(9, 35), "source", "acts", "no", "yes", ())
    text = terminal(upgraded(change, recorded=False))
    assert "amazon 9.17.0 to 9.39.0" in text
    assert "  9.35.0\n    - acts: yes; before, no\n" in text
    assert "No recorded history of the facts in source." in text
    assert "Read from source" not in text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("requires", "Airflow", ">=2.10", ">=2.11"), "requires Airflow >=2.11; before, >=2.10"),
        (("source", "acts", "no", "yes"), "acts: yes; before, no"),
        (("source", "parameter x", "", "yes"), "new: parameter x: yes"),
        (("mode", "plain, retry", "submits again", ""), "plain, retry: no longer; before, submits"),
        (("sound-from", "the flag", "ignored", "works"), "the flag works; before, ignored"),
        (("defect", "defect", "", "it hangs"), "new defect: it hangs"),
        (("defect", "defect", "it hangs", ""), "fixed defect: it hangs"),
    ],
)
def test_change_says_what_is_new_and_what_was_before(
    change: tuple[ChangeKind, str, str, str], expected: str
) -> None:
    page = upgraded(Change(Version(9, 24), *change, SOURCES))
    assert f"- {expected}" in terminal(page)
    assert "(#123)" in terminal(page)
    assert "**9.24.0**" in "".join(markdown_operator(page))


def test_upgrade_without_changes_says_so() -> None:
    assert "No recorded fact changes." in terminal(upgraded())


def test_markdown_has_the_same_facts() -> None:
    text = "".join(markdown_operator(full()))
    assert text.startswith("### GlueJobOperator (operator for AWS Glue)")
    assert 'job_name="nightly-transform", durable=True)\n```' in text
    assert r"[apache/airflow\#123](https://github.com/apache/airflow/issues/123)" in text
    assert "| GlueJobOperator | yes | yes | stored id |" in "".join(markdown_operators(page_of()))
    assert "| amazon | 9.39.0 |" in "".join(markdown_providers(page_of()))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        *((None, "no limit"), ("unknown", "unknown"), (0, "0 s"), (0.4, "0 s"), (45.0, "45 s")),
        *((4500, "75 min"), (90, "1 min 30 s"), (7200, "2 h"), (604800.0, "7 d")),
    ],
)
def test_limit_is_said_in_the_usual_units(seconds: Any, expected: str) -> None:  # noqa: ANN401
    assert say_limit(seconds) == expected


def test_call_is_split_at_its_arguments() -> None:
    line = 'Own(..., task_id="a, b", retries=0)'
    assert call_lines(line, 80) == [line]
    assert call_lines(line, 20) == [
        "Own(",
        "    ...,",
        '    task_id="a, b",',
        "    retries=0,",
        ")",
    ]


def test_facts_about_the_provider_are_added_if_they_concern_a_mode() -> None:
    concerned = replace(WRITTEN.facts[0], patterns=("resumable",), text="a general fact")
    other = replace(concerned, patterns=("reschedule",), text="a fact about sensors")
    elsewhere = replace(concerned, operators=("OtherOperator",), text="a fact about others")
    general = (concerned, other, elsewhere)
    listing = listed()
    page = class_page(listing.of(listing.operators[:1]), no_history, WRITTEN, general)
    texts = [each.text for each in page.operators[0].facts or ()]
    assert "a general fact" in texts
    assert "a fact about sensors" not in texts
    assert "a fact about others" not in texts


def test_modes_of_a_release_that_is_newer_than_known_are_not_certain() -> None:
    listing = listed()
    newer = replace(listing.providers["amazon"], text="10.0.0", release=Version(10, 0))
    listing = replace(listing, providers={"amazon": newer}, source="environment")
    page = class_page(listing.of(listing.operators[:1]), no_history, WRITTEN)
    document = catalog_document(page)
    assert [each["applies"] for each in document["operators"][0]["modes"]] == ["unknown", False]
    assert document["notes"][0].startswith("amazon 10.0.0 is newer than the catalogue (9.39.0)")
    assert "Modes of the newest known release" in terminal(page)
    assert "Note: amazon 10.0.0 is newer" in "".join(markdown_operator(page))
    assert not list(Draft202012Validator(catalog_schema()).iter_errors(document))
