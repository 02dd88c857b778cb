"""The hand-checked list of operators that already exist, read as plain text."""

from __future__ import annotations

import ast
import re
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

FILE = Path(__file__).parents[2] / "advisor" / "catalog" / "operators.yaml"
TEXT = FILE.read_text(encoding="utf-8")
SYSTEMS: list[dict[str, Any]] = yaml.load(TEXT, Loader=yaml.BaseLoader)["systems"]

# Nothing else in the listed packages acts on durable=. Two more classes look as if they did:
# common.ai's AgentOperator replays its own steps and waits for no external job, and
# SparkKubernetesOperator inherits the parameter, but runs past the store without touching it.
ACTING_ON_DURABLE = {
    "BigQueryInsertJobOperator",
    "DatabricksRunNowOperator",
    "DatabricksSubmitRunOperator",
    "EksPodOperator",
    "GKEStartPodOperator",
    "GlueJobOperator",
    "KubernetesPodOperator",
    "LivyOperator",
    "RedshiftDataOperator",
    "SnowflakeNotebookOperator",
    "SnowflakeSqlApiOperator",
    "SparkSubmitOperator",
}
EXPECTED_SYSTEMS = {
    "airbyte",
    "athena",
    "batch",
    "bigquery",
    "data-factory",
    "databricks",
    "dataflow",
    "dataproc",
    "dbt-cloud",
    "ecs",
    "emr-cluster",
    "emr-eks",
    "emr-serverless",
    "emr-steps",
    "glue",
    "kubernetes",
    "livy",
    "redshift-data",
    "sagemaker",
    "snowflake",
    "spark",
    "step-functions",
}
SYSTEM_KEYS = {
    "id",
    "title",
    "aliases",
    "async_client",
    "async_client_name",
    "submission_key",
    "key_note",
    "source",
    "operators",
}
OPERATOR_KEYS = {"name", "module", "package", "modes", "source"}
MODE_KEYS = {"pattern", "line", "airflow", "note"}
FLAG = {"resumable": "durable", "deferrable": "deferrable"}
WORD = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
RANGE = re.compile(r">=\d+(\.\d+){1,2}(, <\d+(\.\d+){1,2})?")


class Mode(NamedTuple):
    """A mode of an operator, with its position in the file."""

    system: dict[str, Any]
    operator: dict[str, Any]
    fields: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.operator['name']}-{self.fields['pattern']}"


OPERATORS = [operator for system in SYSTEMS for operator in system["operators"]]
MODES = [
    Mode(system, operator, mode)
    for system in SYSTEMS
    for operator in system["operators"]
    for mode in operator["modes"]
]
RESUMABLE = [mode for mode in MODES if mode.fields["pattern"] == "resumable"]
DEFERRABLE = [mode for mode in MODES if mode.fields["pattern"] == "deferrable"]
SOURCES = [holder["source"] for holder in chain(SYSTEMS, OPERATORS)]

each_system = pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system["id"])
each_operator = pytest.mark.parametrize("operator", OPERATORS, ids=lambda found: found["name"])
each_mode = pytest.mark.parametrize("mode", MODES, ids=str)


def call_of(mode: Mode) -> ast.Call:
    """Return the call that a mode's line consists of."""
    call = ast.parse(mode.fields["line"], mode="eval").body
    assert isinstance(call, ast.Call)
    return call


def literal_keywords(mode: Mode) -> dict[str, Any]:
    """Return the keyword arguments in a mode's line that are literals."""
    return {str(each.arg): ast.literal_eval(each.value) for each in call_of(mode).keywords}


def words_for(system: dict[str, Any]) -> list[str]:
    return [system["id"], *system["aliases"]]


def repeated(names: list[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


class TestFile:
    def test_file_lists_the_expected_systems(self) -> None:
        assert {system["id"] for system in SYSTEMS} == EXPECTED_SYSTEMS

    def test_ids_and_aliases_are_unique(self) -> None:
        assert repeated([word for system in SYSTEMS for word in words_for(system)]) == []

    def test_operators_are_unique(self) -> None:
        assert repeated([operator["name"] for operator in OPERATORS]) == []

    def test_resumable_operators_are_those_that_act_on_durable(self) -> None:
        assert {mode.operator["name"] for mode in RESUMABLE} == ACTING_ON_DURABLE

    def test_file_uses_no_anchors_aliases_or_tags(self) -> None:
        marks = (yaml.AnchorToken, yaml.AliasToken, yaml.TagToken, yaml.DocumentStartToken)
        assert [mark for mark in yaml.scan(TEXT) if isinstance(mark, marks)] == []

    def test_lines_have_at_most_120_columns(self) -> None:
        assert [line for line in TEXT.splitlines() if len(line) > 120] == []


@each_system
class TestSystem:
    def test_has_exactly_the_known_fields(self, system: dict[str, Any]) -> None:
        assert set(system) == SYSTEM_KEYS

    def test_ids_and_aliases_are_lower_case(self, system: dict[str, Any]) -> None:
        assert [word for word in words_for(system) if not WORD.fullmatch(word)] == []

    def test_async_client_is_named_if_it_exists(self, system: dict[str, Any]) -> None:
        assert system["async_client"] in {"yes", "no", "unknown"}
        assert (system["async_client_name"] != "none") == (system["async_client"] == "yes")

    def test_submission_key_has_a_note_of_one_sentence(self, system: dict[str, Any]) -> None:
        assert system["submission_key"] in {"yes", "no", "lookup"}
        assert re.fullmatch(r"[A-Z].{30,250}\.", system["key_note"])

    def test_has_at_least_one_operator(self, system: dict[str, Any]) -> None:
        assert system["operators"]


@each_operator
class TestOperator:
    def test_has_exactly_the_known_fields(self, operator: dict[str, Any]) -> None:
        assert set(operator) == OPERATOR_KEYS

    def test_module_is_in_its_package(self, operator: dict[str, Any]) -> None:
        provider = operator["package"].removeprefix("apache-airflow-providers-")
        assert operator["module"].startswith(f"airflow.providers.{provider.replace('-', '.')}.")

    def test_has_at_most_one_mode_of_each_pattern(self, operator: dict[str, Any]) -> None:
        patterns = [mode["pattern"] for mode in operator["modes"]]
        assert patterns
        assert repeated(patterns) == []
        assert set(patterns) <= set(FLAG)


@each_mode
class TestMode:
    def test_has_the_known_fields(self, mode: Mode) -> None:
        assert set(mode.fields) - {"provider", "always"} == MODE_KEYS

    def test_line_is_a_single_call_of_the_operator(self, mode: Mode) -> None:
        assert "\n" not in mode.fields["line"]
        called = call_of(mode)
        assert isinstance(called.func, ast.Name)
        assert called.func.id == mode.operator["name"]
        assert called.args == []

    def test_line_passes_only_literals(self, mode: Mode) -> None:
        values = [each.value for each in ast.walk(call_of(mode)) if isinstance(each, ast.Constant)]
        assert literal_keywords(mode)
        assert ... not in values

    def test_line_has_a_task_id(self, mode: Mode) -> None:
        task_id = literal_keywords(mode)["task_id"]
        assert re.fullmatch(r"[a-z][a-z0-9_]*", task_id)

    def test_line_sets_only_the_flag_of_its_pattern(self, mode: Mode) -> None:
        pattern = mode.fields["pattern"]
        passed = literal_keywords(mode)
        expected = {} if mode.fields.get("always") == "yes" else {FLAG[pattern]: True}
        assert {flag: passed[flag] for flag in FLAG.values() if flag in passed} == expected

    def test_versions_are_ranges(self, mode: Mode) -> None:
        assert RANGE.fullmatch(mode.fields["airflow"])
        assert RANGE.fullmatch(mode.fields.get("provider", ">=1.0"))

    def test_note_is_short(self, mode: Mode) -> None:
        assert 0 < len(mode.fields["note"]) <= 140


@pytest.mark.parametrize("mode", RESUMABLE, ids=str)
def test_resumable_mode_requires_airflow_3_3(mode: Mode) -> None:
    assert mode.fields["airflow"] == ">=3.3"


@pytest.mark.parametrize("mode", DEFERRABLE, ids=str)
def test_deferrable_mode_has_a_note_on_on_kill(mode: Mode) -> None:
    assert "on_kill" in mode.fields["note"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: next(iter(source.values()))[:60])
def test_source_has_one_kind_and_a_url_if_documented(source: dict[str, str]) -> None:
    kinds = {"documented", "measured", "judgement"} & set(source)
    assert len(kinds) == 1
    assert source[kinds.pop()]
    assert ("url" in source) == ("documented" in source)
    assert source.get("url", "https://").startswith("https://")
