"""`advisor catalog`: lists, one class in full, filters, upgrades, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from advisor.catalog.snapshot import load_snapshot
from advisor.render.catalog_document import catalog_schema
from tests.cli.process import COMPLETE, Ran, advisor, advisor_here

GLUE = "airflow.providers.amazon.aws.operators.glue"
OPERATOR = """\
from airflow.models import BaseOperator
class {name}(BaseOperator):
    def __init__(self, *, deferrable=False, waiter_delay=60, **kwargs):
        super().__init__(**kwargs)
        self.deferrable = deferrable
    def execute(self, context):
        if self.deferrable:
            self.defer(trigger=None, method_name="execute_complete")
    def execute_complete(self, context, event):
        return event
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the cache of each test apart, because it takes a provider's release for its content."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def document(*arguments: str | Path) -> Any:  # noqa: ANN401 - JSON
    ran = advisor_here("catalog", *map(str, arguments), "--format", "json")
    assert ran.code == 0, ran.err
    read = json.loads(ran.out)
    Draft202012Validator(catalog_schema()).validate(read)
    return read


def classes(read: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [each["class"] for each in read["operators"]]


def installed(folder: Path, **operators: str) -> Path:
    """Return a site-packages folder with a provider and a package that have these operators."""
    for package, name in operators.items():
        is_provider = package == "amazon"
        path = "airflow/providers/amazon/operators" if is_provider else package
        module = folder / path / "own.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(OPERATOR.format(name=name), encoding="utf-8")
    metadata(folder, "apache_airflow_providers_amazon", "99.0.0")
    metadata(folder, "apache_airflow_core", "3.3.2")
    return folder


def metadata(folder: Path, name: str, version: str) -> None:
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    text = f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: {version}\n"
    (info / "METADATA").write_text(text, encoding="utf-8")


def refused(ran: Ran, message: str) -> bool:
    return (ran.code, ran.out) == (2, "") and ran.err.startswith(f"error: {message}")


def test_catalog_without_query_lists_the_providers() -> None:
    ran = advisor_here("catalog")
    assert (ran.code, ran.err) == (0, "")
    assert {line.split()[0] for line in ran.out.splitlines() if line} >= {"amazon", "standard"}


def test_catalog_without_query_writes_all_rows_as_json() -> None:
    read = document()
    assert len(read["operators"]) == len(load_snapshot().operators)
    inputs, named = load_snapshot().inputs, {each["provider"] for each in read["operators"]}
    assert read["providers"] == {name: inputs[name] for name in named}
    assert (read["source"], read["date"]) == ("snapshot", load_snapshot().date)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("glue", "GlueJobOperator"),
        ("AWS Glue", "GlueJobSensor"),
        ("kubernetes", "KubernetesPodOperator"),
        ("amazon.aws.sensors.s3", "S3KeySensor"),
        ("triggerdag", "TriggerDagRunOperator"),
    ],
)
def test_catalog_lists_matches(query: str, expected: str) -> None:
    assert expected in classes(document(query))


@pytest.mark.parametrize("name", ["SSHOperator", "LambdaInvokeFunctionOperator"])
def test_catalog_shows_a_class_that_has_only_hand_written_facts(name: str) -> None:
    (row,) = document(name)["operators"]
    assert (row["class"], row["deferrable"], row["wait_limit_s"]) == (name, "unknown", "unknown")
    assert row["modes"]
    assert name in classes(document(row["provider"]))


@pytest.mark.parametrize("name", ["GlueJobOperator", "gluejoboperator", f"{GLUE}.GlueJobOperator"])
def test_catalog_shows_a_class_in_full(name: str) -> None:
    (row,) = document(name)["operators"]
    assert (row["class"], row["module"], row["provider"]) == ("GlueJobOperator", GLUE, "amazon")
    assert row["modes"]
    assert {"sound-from", "defect"} <= {each["kind"] for each in row["facts"]}


def test_catalog_suggests_the_nearest_spelling() -> None:
    ran = advisor_here("catalog", "TriggerDagRunOperater")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "nothing matches 'TriggerDagRunOperater' (did you mean 'TriggerDagRunOperator'?)\n"
    )


@pytest.mark.parametrize("query", ["\x1b[31m", "", "q" * 1000, "\udcff", "..."])
def test_catalog_survives_odd_queries(query: str) -> None:
    assert advisor_here("catalog", query).is_clean


def test_filters_list_operators_without_a_query() -> None:
    assert {each["deferrable"] for each in document("--deferrable")["operators"]} <= {
        "parameter",
        "always",
    }
    assert {each["acts"] for each in document("--durable")["operators"]} == {True}


def test_filters_apply_to_matches() -> None:
    assert set(classes(document("glue", "--durable"))) == {"GlueJobOperator"}
    ran = advisor_here("catalog", "S3KeySensor", "--durable")
    assert (ran.code, ran.err) == (1, "no operator that matches 'S3KeySensor' passes the filters\n")


def test_airflow_version_shows_the_newest_release_for_it() -> None:
    (row,) = document("GlueJobOperator", "--airflow-version", "2.10")["operators"]
    assert (row["release"], row["requires_airflow"], row["acts"]) == ("9.17.0", "2.10", False)
    assert not any(each["applies"] for each in row["modes"] if each["pattern"] == "resumable")


def test_class_that_an_older_release_does_not_have_is_not_shown() -> None:
    assert "HttpOperator" in classes(document("http"))
    assert "HttpOperator" not in classes(document("http", "--airflow-version", "2.2"))


@pytest.mark.parametrize("query", ["", " ", ".", "%s", "\u0130"])
def test_query_without_two_letters_matches_nothing(query: str) -> None:
    ran = advisor_here("catalog", query)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"nothing matches '{query}'")


def test_airflow_version_without_a_known_release_exits_with_1() -> None:
    ran = advisor_here("catalog", "DockerOperator", "--airflow-version", "2.10")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "the catalogue has no release with 'DockerOperator' for Airflow 2.10\n"


def test_airflow_version_that_is_too_new_is_the_latest_known_one() -> None:
    newer, latest = (
        advisor_here("catalog", "GlueJobOperator", "--airflow-version", version)
        for version in ("9.9", "3.4")
    )
    assert newer.err == "note: Airflow 9.9 is newer than the latest known version; using 3.4\n"
    assert (newer.code, newer.out) == (0, latest.out)


def test_diff_shows_what_an_upgrade_changes() -> None:
    read = document("GlueJobOperator", "--diff", "9.20.0", "9.39.0")
    changes = {(each["release"], each["about"]) for each in read["diff"]["changes"]}
    assert ("9.35.0", "acts") in changes
    assert read["diff"]["recorded"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("GlueJobOperator", "--diff", "0.0.1", "9.39.0"),
            "--diff: unknown release '0.0.1' of amazon (nearest: 1.0.0)",
        ),
        (
            ("GlueJobOperator", "--diff", "9.20.1", "9.39.0"),
            "--diff: unknown release '9.20.1' of amazon (nearest: 9.20.0 and 9.21.0)",
        ),
        (
            ("GlueJobOperator", "--diff", "9.20.0", "9.39.0", "--durable"),
            "--diff: cannot be combined with filters, --airflow-version or --python",
        ),
        (
            ("GlueJobOperator", "--diff", "9.20.0", "9.39.0", "--python", sys.executable),
            "--diff: cannot be combined with filters, --airflow-version or --python",
        ),
        (
            ("GlueJobOperator", "--diff", "9.20.0", "9.39.0rc1"),
            "--diff: unknown release '9.39.0rc1' of amazon (nearest: 9.39.0)",
        ),
        (("GlueJobOperator", "--diff", "x", "9.39.0"), "--diff: expected a version such as"),
        (
            ("GlueJobOperator", "--diff", "9.39.0", "9.20.0"),
            "--diff: '9.39.0' is not older than '9.20.0' (give OLD, then NEW)",
        ),
        (("glue", "--diff", "9.20.0", "9.39.0"), "--diff: 'glue' is not one class"),
        (("--diff", "9.20.0", "9.39.0"), "--diff: no class was given"),
        (("--airflow-version", "new"), "--airflow-version: expected a version such as 3.3"),
        (
            ("--airflow-version", "1.10"),
            "--airflow-version: Airflow 1.10 is not supported (accepted: 2.2 to 3.4)",
        ),
        (("--python", "gone"), "--python: gone does not exist"),
        (("--python", ""), "--python: empty path name"),
        (
            ("--python", sys.executable, "--airflow-version", "3.3"),
            "--airflow-version: cannot be combined with --python",
        ),
        (("--format", "xml"), "--format: unknown format 'xml'"),
    ],
)
def test_catalog_refuses_invalid_options(arguments: tuple[str, ...], message: str) -> None:
    assert refused(advisor_here("catalog", *arguments), message)


@pytest.mark.parametrize("format_", ["terminal", "markdown", "yaml", "json"])
@pytest.mark.parametrize("query", [(), ("glue",), ("GlueJobOperator",)])
def test_catalog_writes_each_format(format_: str, query: tuple[str, ...]) -> None:
    ran = advisor_here("catalog", *query, "--format", format_)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out


def test_python_reads_providers_and_own_packages(tmp_path: Path) -> None:
    folder = installed(tmp_path / "env", amazon="NewOperator", own="OwnOperator")
    read = document("--python", folder)
    assert read["source"] == "environment"
    assert {each["class"]: each["provider"] for each in read["operators"]} == {
        "NewOperator": "amazon",
        "OwnOperator": "own",
    }


def test_python_notes_a_release_that_is_newer_than_the_snapshot(tmp_path: Path) -> None:
    ran = advisor_here(
        "catalog", "NewOperator", "--python", str(installed(tmp_path / "env", amazon="NewOperator"))
    )
    assert ran.code == 0
    assert ran.err.startswith("note: amazon 99.0.0 is newer than the catalogue (")


def test_python_refuses_an_environment_without_operators(tmp_path: Path) -> None:
    metadata(tmp_path / "env", "boto3", "1.0")
    ran = advisor_here("catalog", "--python", str(tmp_path / "env"))
    assert refused(
        ran, f"--python: no Airflow providers with waiting operators in {tmp_path / 'env'}"
    )


def test_python_says_why_a_wheel_was_not_read(tmp_path: Path) -> None:
    wheel = tmp_path / "own-1.0-py3-none-any.whl"
    wheel.write_text("cut", encoding="utf-8")
    ran = advisor_here("catalog", "--python", str(wheel))
    assert ran.code == 2
    assert f"({wheel}: not read: not a zip archive" in ran.err


def test_python_asks_which_of_two_classes_of_the_same_name(tmp_path: Path) -> None:
    folder = installed(tmp_path / "env", amazon="SameOperator", own="SameOperator")
    ran = advisor_here("catalog", "SameOperator", "--python", str(folder))
    assert ran.code == 0
    assert "note: name one with its module: " in ran.err
    assert "own.own.SameOperator" in ran.err
    named = document("own.own.SameOperator", "--python", folder)
    assert [each["provider"] for each in named["operators"]] == ["own"]


def test_snapshot_is_read_without_rich_and_without_the_extraction() -> None:
    script = (
        "import sys; from advisor.cli.app import run; run(['catalog', 'glue', '-f', 'json']);"
        "print([m for m in sys.modules if m.startswith(('rich', 'advisor.catalog.source'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_catalog_ends_quietly_if_the_pipe_is_closed() -> None:
    assert advisor("catalog", redirect="| head -1").is_clean


def test_own_operator_can_be_expected(tmp_path: Path) -> None:
    folder = installed(tmp_path / "env", own="OwnOperator")
    expected = ("--system", "OwnOperator", "--expect", "own.own.OwnOperator")
    ran = advisor_here(*COMPLETE, *expected, "--python", str(folder))
    assert ran.code in (0, 1), ran.err
