"""The exact output of every view: a change of a word shows here, and is meant or not."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from advisor.decision.case import Case
from advisor.knowledge.evidence import load_evidence
from advisor.knowledge.load import load_notes
from advisor.knowledge.model import Knowledge
from advisor.knowledge.topics import topics
from advisor.knowledge.versions import parse_version
from advisor.view.as_json import document, json_document
from advisor.view.as_yaml import yaml_document
from advisor.view.batch_table import print_batch
from advisor.view.comparison import Comparison, markdown_comparison, print_comparison
from advisor.view.markdown import markdown_document
from advisor.view.schemas import answers_schema, recommendation_schema
from advisor.view.terminal import print_case
from advisor.view.topic import markdown_topic, print_topic, print_topics
from tests.view.conftest import EXAMPLES, printed, screen

SINGLE = sorted(file.stem for file in EXAMPLES.glob("*.yaml") if file.stem != "team_jobs")
ONE_OF_EACH_KIND = (
    "resumable",
    "checkpoint",
    "prevents-duplicates",
    "no-triggerer",
    "documented-order",
    "submit-persist-window",
    "sensor-reschedule",
    "duration",
    "result-on-reconnect",
)

CasesOf = Callable[[str], list[Case]]


@pytest.mark.parametrize("name", SINGLE)
def test_terminal(
    name: str, cases_of: CasesOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    console = screen(100)
    print_case(console, cases_of(name)[0], knowledge)
    assert printed(console) == snapshot


@pytest.mark.parametrize("width", [20, 60])
def test_narrow_terminal(
    width: int, cases_of: CasesOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    console = screen(width)
    print_case(console, cases_of("nightly_spark")[0], knowledge)
    assert printed(console) == snapshot


def test_coloured_terminal(
    cases_of: CasesOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    console = screen(100, colour=True)
    print_case(console, cases_of("bigquery_load")[0], knowledge)
    assert printed(console) == snapshot


@pytest.mark.parametrize("name", SINGLE)
def test_markdown(
    name: str, cases_of: CasesOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    text = "".join(markdown_document(cases_of(name), knowledge, many=False))
    assert text == snapshot


def test_json(cases_of: CasesOf, snapshot: SnapshotAssertion) -> None:
    assert "".join(json_document(cases_of("emr_step"), "2.10", many=False)) == snapshot


def test_yaml(cases_of: CasesOf, snapshot: SnapshotAssertion) -> None:
    assert "".join(yaml_document(cases_of("paginated_api"), "3.3")) == snapshot


@pytest.mark.parametrize("width", [100, 40])
def test_batch_in_a_terminal(width: int, cases_of: CasesOf, snapshot: SnapshotAssertion) -> None:
    console = screen(width)
    print_batch(console, cases_of("team_jobs"))
    assert printed(console) == snapshot


def test_batch_in_markdown(
    cases_of: CasesOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    text = "".join(markdown_document(cases_of("team_jobs"), knowledge, many=True))
    assert text.split("<details>")[0] == snapshot
    assert text.count("<details>") == text.count("</details>") == 4


def test_a_batch_in_json_is_written_in_pieces_that_make_the_whole(cases_of: CasesOf) -> None:
    cases = cases_of("team_jobs")
    text = "".join(json_document(cases, None, many=True))
    assert json.loads(text) == document(cases, None)
    assert len(text.splitlines()) == len(cases) + 2


def comparison(knowledge: Knowledge, version: str) -> Comparison:
    return Comparison(knowledge, load_notes(), load_evidence(), parse_version(version))


@pytest.mark.parametrize("version", ["2.10", "3.3"])
@pytest.mark.parametrize("width", [100, 40])
def test_comparison(
    version: str, width: int, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    console = screen(width)
    print_comparison(console, comparison(knowledge, version))
    assert printed(console) == snapshot


def test_comparison_in_markdown(knowledge: Knowledge, snapshot: SnapshotAssertion) -> None:
    assert "".join(markdown_comparison(comparison(knowledge, "3.3"))) == snapshot


@pytest.mark.parametrize("topic", ONE_OF_EACH_KIND)
def test_topic(topic: str, knowledge: Knowledge, snapshot: SnapshotAssertion) -> None:
    console = screen(100)
    found = topics(knowledge, load_notes())[topic]
    print_topic(console, found)
    assert printed(console) == snapshot
    assert "".join(markdown_topic(found)) == snapshot(name="markdown")


def test_list_of_topics(knowledge: Knowledge, snapshot: SnapshotAssertion) -> None:
    console = screen(100)
    print_topics(console, topics(knowledge, load_notes()).values())
    assert printed(console) == snapshot


def test_schemas(knowledge: Knowledge, snapshot: SnapshotAssertion) -> None:
    assert answers_schema(knowledge) == snapshot(name="answers")
    assert recommendation_schema(knowledge) == snapshot(name="recommendation")
