"""Notes on standard error, in addition to a result that they do not change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.process import advisor_here

RUN = ("recommend", "--triggerer", "--duration", "3h", "--duplicate-risk", "costly")


@pytest.mark.parametrize(
    ("arguments", "note"),
    [
        (
            ("--async-client", "--system", "sprak"),
            "note: unknown system or operator 'sprak', so none is suggested "
            "(did you mean 'spark'?)\n",
        ),
        (
            ("--async-client", "--system", "gluejobopertor"),
            "note: unknown system or operator 'gluejobopertor', so none is suggested "
            "(did you mean 'GlueJobOperator'?)\n",
        ),
        (
            ("--async-client", "--system", "zzz"),
            "note: unknown system or operator 'zzz', so none is suggested "
            "(`advisor catalog` lists the known ones)\n",
        ),
        (
            ("--no-async-client", "--system", "emr"),
            "note: async_client is no, but Amazon EMR steps has an async client (aiobotocore)\n",
        ),
        (
            ("--async-client", "--airflow-version", "3.9"),
            "note: Airflow 3.9 is newer than the latest known version; using 3.4\n",
        ),
        (("--async-client", "--system", "emr"), ""),
        (("--no-async-client", "--system", "spark"), ""),
    ],
    ids=str,
)
def test_recommend_notes_what_differs_from_the_knowledge(
    arguments: tuple[str, ...], note: str
) -> None:
    ran = advisor_here(*RUN, *arguments)
    assert (ran.code, ran.err) == (0, note)


def test_recommend_notes_an_overlooked_key() -> None:
    ran = advisor_here(*RUN, "--async-client", "--system", "bq", "--set", "idempotency_key=no")
    assert ran.code == 0
    assert ran.err.startswith("note: idempotency_key is no, but Google BigQuery accepts a key. ")


def test_notes_are_part_of_the_result_in_json_and_markdown() -> None:
    note = "Airflow 3.9 is newer than the latest known version; using 3.4"
    run = (*RUN, "--async-client", "--airflow-version", "3.9", "--format")
    [job] = json.loads(advisor_here(*run, "json").out)["recommendations"]
    assert job["notes"] == [note]
    assert f"> Note: {note}\n" in advisor_here(*run, "markdown").out


def test_a_note_on_several_jobs_is_written_once(tmp_path: Path) -> None:
    file = tmp_path / "jobs.yaml"
    file.write_text("airflow_version: 3.9\njobs: [{name: a}, {name: b}]\n")
    ran = advisor_here(*RUN, "--async-client", "--answers", str(file))
    assert ran.err.count("note:") == 1
