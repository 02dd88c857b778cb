"""The exact output of recommend, compare, explain and schema in each format."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from syrupy.assertion import SnapshotAssertion

from advisor.cli.output import indented
from advisor.decision.report import JobReport
from advisor.documents.yaml_text import to_yaml
from advisor.knowledge.evidence import load_evidence
from advisor.knowledge.loader import load_disagreements
from advisor.knowledge.model import Knowledge
from advisor.knowledge.topics import topics
from advisor.knowledge.versions import parse_version
from advisor.render.comparison import Comparison, markdown_comparison, print_comparison
from advisor.render.recommendation_json import (
    job_per_line,
    recommendation_schema,
    recommendations_document,
)
from advisor.render.recommendation_markdown import markdown_document
from advisor.render.recommendation_terminal import print_batch, print_report
from advisor.render.schemas import answers_schema
from advisor.render.topic import markdown_topic, print_topic, print_topics
from tests.render.conftest import EXAMPLES, printed, screen

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

RANDOM_ID_OF_LINK = re.compile(r"(?<=\x1b]8;)id=\d+")

ReportsOf = Callable[[str], list[JobReport]]


@pytest.mark.parametrize("name", SINGLE)
def test_terminal(
    name: str, reports_of: ReportsOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    console = screen(100)
    print_report(console, reports_of(name)[0], knowledge)
    assert printed(console) == snapshot


@pytest.mark.parametrize("width", [20, 60])
def test_narrow_terminal(
    width: int, reports_of: ReportsOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    console = screen(width)
    print_report(console, reports_of("nightly_spark")[0], knowledge)
    assert printed(console) == snapshot


def test_coloured_terminal(
    reports_of: ReportsOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    console = screen(100, colour=True)
    print_report(console, reports_of("bigquery_load")[0], knowledge)
    assert RANDOM_ID_OF_LINK.sub("", printed(console)) == snapshot


@pytest.mark.parametrize("name", SINGLE)
def test_markdown(
    name: str, reports_of: ReportsOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    text = "".join(markdown_document(reports_of(name), knowledge, many=False))
    assert text == snapshot


def test_json(reports_of: ReportsOf, snapshot: SnapshotAssertion) -> None:
    assert indented(recommendations_document(reports_of("emr_step"))) == snapshot


def test_yaml(reports_of: ReportsOf, snapshot: SnapshotAssertion) -> None:
    assert to_yaml(recommendations_document(reports_of("paginated_api"))) == snapshot


@pytest.mark.parametrize("width", [100, 40])
def test_batch_in_a_terminal(
    width: int, reports_of: ReportsOf, snapshot: SnapshotAssertion
) -> None:
    console = screen(width)
    print_batch(console, reports_of("team_jobs"))
    assert printed(console) == snapshot


def test_batch_in_markdown(
    reports_of: ReportsOf, knowledge: Knowledge, snapshot: SnapshotAssertion
) -> None:
    text = "".join(markdown_document(reports_of("team_jobs"), knowledge, many=True))
    assert text.split("<details>")[0] == snapshot
    assert text.count("<details>") == text.count("</details>") == 4


def test_batch_in_json_has_one_job_per_line(reports_of: ReportsOf) -> None:
    batch = recommendations_document(reports_of("team_jobs"))
    text = job_per_line(batch)
    assert json.loads(text) == batch
    assert len(text.splitlines()) == len(batch["recommendations"]) + 2


def comparison(knowledge: Knowledge, version: str) -> Comparison:
    return Comparison(knowledge, load_disagreements(), load_evidence(), parse_version(version))


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
    one_topic = topics(knowledge, load_disagreements(), load_evidence())[topic]
    print_topic(console, one_topic)
    assert printed(console) == snapshot
    assert "".join(markdown_topic(one_topic)) == snapshot(name="markdown")


def test_list_of_topics(knowledge: Knowledge, snapshot: SnapshotAssertion) -> None:
    console = screen(100)
    print_topics(console, topics(knowledge, load_disagreements(), load_evidence()).values())
    assert printed(console) == snapshot


def test_schemas(knowledge: Knowledge, snapshot: SnapshotAssertion) -> None:
    assert answers_schema(knowledge) == snapshot(name="answers")
    assert recommendation_schema(knowledge) == snapshot(name="recommendation")
