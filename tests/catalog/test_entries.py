"""The hand-written facts about operators: complete, consistent, and on one line each."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from advisor.catalog.entries import (
    FOLDER,
    load_core_facts,
    load_operators,
    load_provider_facts,
    providers,
)
from advisor.catalog.snapshot import load_snapshot
from advisor.catalog.systems import load_systems
from advisor.decision.operators import with_arguments
from advisor.errors import KnowledgeError
from advisor.knowledge.operators import Mode, Operator
from advisor.knowledge.versions import ALL_VERSIONS, parse_version

OPERATORS = [each for provider in providers() for each in load_operators(provider)]
MODES = [(each, mode) for each in OPERATORS for mode in each.modes]
FLAGS = {"resumable": "durable", "deferrable": "deferrable", "reschedule": "mode"}
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


def named(operator: Operator) -> str:
    return f"{operator.provider}:{operator.name}"


def named_mode(pair: tuple[Operator, Mode]) -> str:
    return f"{named(pair[0])}-{pair[1].pattern}"


def test_classes_are_listed_once() -> None:
    counts = Counter(f"{each.module}.{each.name}" for each in OPERATORS)
    assert [name for name, count in counts.items() if count > 1] == []


def test_systems_of_operators_are_listed() -> None:
    known = {each.id for each in load_systems()}
    assert {each.system for each in OPERATORS} - known == set()


def test_every_system_has_an_operator() -> None:
    others = {each.id for each in load_systems() if not each.operators}
    assert others - {each.system for each in OPERATORS} == set()


def test_every_operator_that_acts_on_durable_has_a_resumable_mode() -> None:
    resumable = {each.name for each, mode in MODES if mode.pattern == "resumable"}
    assert ACTING_ON_DURABLE - resumable == set()


def test_provider_and_file_have_the_same_name() -> None:
    for provider in providers():
        text = (FOLDER / f"{provider}.yaml").read_text(encoding="utf-8")
        assert re.search(f"^provider: {provider}$", text, re.MULTILINE), provider
        load_provider_facts(provider)


def test_fact_about_some_operators_of_a_provider_names_operators_with_such_a_mode() -> None:
    for provider in providers():
        modes = {
            each.name: {mode.pattern for mode in each.modes} for each in load_operators(provider)
        }
        for fact in load_provider_facts(provider):
            wrong = [
                each for each in fact.operators if not fact.concerns(each, modes.get(each, ()))
            ]
            assert wrong == [], fact.text


@pytest.mark.parametrize("pair", MODES, ids=named_mode)
def test_line_creates_the_operator_in_its_mode(pair: tuple[Operator, Mode]) -> None:
    operator, mode = pair
    call = ast.parse(with_arguments(operator.line, mode.arguments), mode="eval").body
    assert isinstance(call, ast.Call)
    assert ast.unparse(call.func) == operator.name
    assert "task_id" in {each.arg for each in call.keywords}
    assert "retries" not in {each.arg for each in call.keywords}


@pytest.mark.parametrize("pair", MODES, ids=named_mode)
def test_texts_of_a_mode_complete_a_sentence(pair: tuple[Operator, Mode]) -> None:
    for text in (pair[1].retry, pair[1].kill):
        assert not text.endswith(".")
        assert "\n" not in text


def test_modes_of_one_pattern_do_not_contradict_each_other() -> None:
    """Two modes with the same arguments must not cover the same releases."""
    for operator in OPERATORS:
        for number, first in enumerate(operator.modes):
            for second in operator.modes[number + 1 :]:
                if first.pattern == second.pattern and first.arguments == second.arguments:
                    apart = (
                        first.provider.high <= second.provider.low
                        or second.provider.high <= first.provider.low
                        or first.airflow.high <= second.airflow.low
                        or second.airflow.high <= first.airflow.low
                    )
                    assert apart, (named(operator), first.pattern)


def test_sensors_submit_nothing() -> None:
    for operator, mode in MODES:
        if operator.kind == "sensor":
            assert mode.retry_duplicates == "never", named(operator)
            assert mode.pattern in ("deferrable", "reschedule", "poke"), named(operator)


def test_sensor_of_two_tasks_is_listed_for_the_same_system() -> None:
    for operator in OPERATORS:
        if operator.split:
            sensors = [each for each in OPERATORS if each.name == operator.split.sensor]
            assert [(each.kind, each.system) for each in sensors] == [("sensor", operator.system)]


def test_limit_is_the_product_of_its_parameters() -> None:
    for operator in OPERATORS:
        for wait in operator.waits:
            if wait.interval and wait.attempts and wait.seconds:
                product = float(wait.interval[1]) * float(wait.attempts[1])
                assert wait.seconds == product, named(operator)


def test_facts_about_airflow_itself_say_what_happened_before() -> None:
    assert load_core_facts()
    for fact in load_core_facts():
        assert fact.text
        assert fact.before or fact.kind != "sound-from"


def test_invalid_entry_is_rejected(tmp_path: object) -> None:
    assert isinstance(tmp_path, type(FOLDER))
    text = (FOLDER / "http.yaml").read_text(encoding="utf-8")
    (tmp_path / "http.yaml").write_text(text.replace("retry: ", "retry: x" + "y" * 95, 1), "utf-8")
    with pytest.raises(KnowledgeError, match="at most 95 fit"):
        load_operators("http", tmp_path)


OF_EVERY_SENSOR = {"mode", "timeout", "poke_interval"}
"""Parameters that OperatorFacts leaves out, because BaseSensorOperator has them."""


NO_WAIT_SEEN = {"LambdaInvokeFunctionOperator", "FlinkKubernetesOperator", "SSHOperator"}
"""They wait inside a single call, or only submit: the reading leaves them out."""


def is_in_snapshot(mode: Mode, operator: Operator) -> bool:
    newest = load_snapshot().newest(operator.provider)
    return newest is not None and mode.provider.low <= newest


@pytest.mark.parametrize("operator", OPERATORS, ids=named)
def test_operator_and_its_parameters_are_in_the_snapshot(operator: Operator) -> None:
    found = load_snapshot().find(f"{operator.module}.{operator.name}")
    if operator.name in NO_WAIT_SEEN:
        assert not found
        return
    assert found, f"{named(operator)} is not in the snapshot"
    accepted = {*found[0].parameters, *OF_EVERY_SENSOR}
    for mode in operator.modes:
        if mode.provider.high == ALL_VERSIONS.high and is_in_snapshot(mode, operator):
            assert set(mode.arguments) <= accepted, mode.arguments
    for wait in operator.waits:
        named_ = [each[0] for each in (wait.interval, wait.attempts, wait.timeout) if each]
        assert set(named_) <= accepted, named_


def test_history_is_recorded_for_each_operator_and_provider() -> None:
    snapshot = load_snapshot()
    read = [each for each in OPERATORS if each.name not in NO_WAIT_SEEN]
    missing = [named(e) for e in read if not snapshot.has_history(f"{e.module}.{e.name}")]
    assert missing == []
    # An older Airflow leads to an older release, not to none.
    old = parse_version("2.10")
    assert [p for p in {e.provider for e in read} if snapshot.newest_for(p, old) is None] == []
