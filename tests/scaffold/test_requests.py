"""The output of `advisor recommend` is read as requests; anything else is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from advisor.documents.model import Document
from advisor.documents.read import read_document
from advisor.errors import InputError
from advisor.scaffold.model import ScaffoldRequest
from advisor.scaffold.requests import Recommended, read_recommended
from tests.cli.process import COMPLETE, advisor_here

JSON = ("{", "[", '"')


def document(folder: Path, text: str) -> Document:
    file = folder / ("x.json" if text.startswith(JSON) else "x.yaml")
    file.write_text(text)
    return read_document(str(file))


def recommended(folder: Path, *arguments: str, everything: bool = False) -> Recommended:
    text = advisor_here(*arguments).out
    return read_recommended(document(folder, text), everything=everything)


def job(**changes: object) -> dict[str, Any]:
    return {
        "name": "a",
        "use": "scaffold",
        "pattern": "resumable",
        "variant": None,
        "operator": None,
        "alternatives": [],
        "answers": {"airflow_version": "3.3"},
        **changes,
    }


def read(folder: Path, *jobs: object, everything: bool = False) -> Recommended:
    whole = {"schema_version": 4, "recommendations": jobs}
    return read_recommended(document(folder, json.dumps(whole)), everything=everything)


def problems(folder: Path, text: str) -> str:
    with pytest.raises(InputError) as caught:
        read_recommended(document(folder, text))
    lines = "\n".join(each.line() for each in caught.value.problems)
    return lines.replace(f"{folder}/", "")


def test_read_recommended_reads_one_job(tmp_path: Path) -> None:
    [request] = recommended(
        tmp_path, "recommend", "--example", "paginated_api", "-f", "json"
    ).requests
    where = f"{tmp_path / 'x.json'}: paginated_api"
    assert request == ScaffoldRequest(
        "checkpoint", "paginated_api", "3.3", "", where, replaces_name=True
    )


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_read_recommended_takes_only_jobs_to_scaffold(tmp_path: Path, format_: str) -> None:
    result = recommended(tmp_path, "recommend", "--example", "team_jobs", "-f", format_)
    assert [(each.name, each.pattern) for each in result.requests] == [("fetch_prices", "async")]
    assert [note.split(" (")[0] for note in result.notes] == [
        "nightly_spark is not scaffolded: SparkSubmitOperator was recommended",
        "bigquery_load is not scaffolded: BigQueryInsertJobOperator was recommended",
        "partner_file is not scaffolded: a deferrable sensor was recommended",
    ]


@pytest.mark.parametrize("format_", ["json", "yaml"])
def test_read_recommended_takes_all_jobs_that_submit_if_asked_to(
    tmp_path: Path, format_: str
) -> None:
    arguments = ("recommend", "--example", "team_jobs", "-f", format_)
    result = recommended(tmp_path, *arguments, everything=True)
    requests = [(each.name, each.pattern, each.system, each.template) for each in result.requests]
    assert requests == [
        ("nightly_spark", "resumable", "spark", "custom"),
        ("bigquery_load", "deferrable", "bigquery", "bigquery"),
        ("fetch_prices", "async", "", ""),
    ]
    assert result.notes == (
        "nightly_spark: SparkSubmitOperator already exists; `advisor catalog SparkSubmitOperator` "
        "shows it",
        "bigquery_load: BigQueryInsertJobOperator already exists; `advisor catalog "
        "BigQueryInsertJobOperator` shows it",
        "partner_file is not scaffolded: a deferrable sensor was recommended",
    )


def test_read_recommended_takes_the_checkpoint_variant_as_a_pattern(tmp_path: Path) -> None:
    batches = (*COMPLETE, "--no-triggerer", "--work", "batches", "-f", "json")
    assert [each.pattern for each in recommended(tmp_path, *batches).requests] == ["checkpoint"]


def test_read_recommended_skips_jobs_only_for_headline_alternatives(tmp_path: Path) -> None:
    sensor = {"id": "s", "title": "A sensor", "headline": False}
    assert len(read(tmp_path, job(alternatives=[sensor])).requests) == 1
    enough = [sensor, {**sensor, "headline": True}]
    result = read(tmp_path, job(alternatives=enough), job(name="b"), everything=True)
    assert [each.name for each in result.requests] == ["b"]
    assert result.notes == ("a is not scaffolded: A sensor was recommended",)
    result = read(tmp_path, job(pattern=None))
    assert result.notes == ("a is not scaffolded: none of the patterns was recommended",)


def test_read_recommended_refuses_answers_with_the_command_to_run(tmp_path: Path) -> None:
    hint = "pipe `advisor recommend --answers FILE --format json` into `advisor scaffold --from -`"
    message = f"x.json: expected the output of `advisor recommend`, found an answers file ({hint})"
    assert problems(tmp_path, '{"triggerer": "yes"}') == message
    assert problems(tmp_path, '{"jobs": []}') == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "x.json: expected the output of `advisor recommend`, found a list ("),
        ('"a"', "x.json: expected the output of `advisor recommend`, found 'a' ("),
        ("{}", "x.json: expected the output of `advisor recommend`, found no 'recommendations' ("),
        ('{"recommendations": []}', "x.json: expected the output of "),
        ('{"recommendations": [{}]}', "x.json: missing key 'schema_version'"),
        (
            '{"schema_version": 1, "recommendations": [{}]}',
            "x.json:1:2: schema_version: expected 4, found '1' (run "
            "`advisor recommend --format json` again with this version of advisor)",
        ),
        (
            '{"schema_version": 4, "recommendations": {"a": "b"}}',
            "x.json:1:23: recommendations: expected a list, found a mapping",
        ),
        (
            '{"schema_version": 4, "recommendations": ["a"]}',
            "x.json:1:43: recommendations: expected a mapping, found 'a'",
        ),
        (
            '{"schema_version": 4, "recommendations": '
            '[{"name": "a", "use": "scaffold", "pattern": "async"}]}',
            "x.json:1:43: missing key 'airflow_version'",
        ),
    ],
)
def test_read_recommended_refuses_other_documents_with_positions(
    text: str, message: str, tmp_path: Path
) -> None:
    assert problems(tmp_path, text).startswith(message)
