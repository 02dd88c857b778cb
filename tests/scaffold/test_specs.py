"""A request becomes a spec with every choice made, or is refused with the alternatives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from advisor.errors import InputError
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.versions import STABLE, TARGETS, parse_version
from advisor.naming import Name
from advisor.scaffold import specs
from advisor.scaffold.model import Overrides, ScaffoldRequest, ScaffoldSpec
from advisor.scaffold.specs import make_specs, notes_on_requests
from tests.scaffold.manifests import MANIFEST

NONE = Overrides()


@pytest.fixture(autouse=True)
def no_airflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specs, "installed_airflow", lambda: None)


def spec(pattern: str = "resumable", name: str = "MyJob", **overrides: Any) -> ScaffoldSpec:  # noqa: ANN401
    [only] = make_specs([ScaffoldRequest(pattern, name)], Overrides(**overrides), MANIFEST)
    return only


def problem(pattern: str = "resumable", name: str = "MyJob", **overrides: Any) -> str:  # noqa: ANN401
    with pytest.raises(InputError) as caught:
        spec(pattern, name, **overrides)
    return caught.value.problems[0].line()


def test_make_specs_uses_defaults() -> None:
    name = Name("MyJob", "my_job")
    jobs = tuple(MANIFEST.systems["http"].jobs(3))
    assert spec() == ScaffoldSpec("resumable", name, "http", "3.4", "auto", "fail", {}, jobs)


def test_stable_release_is_the_one_that_the_questions_assume() -> None:
    question = load_knowledge().questions["airflow_version"]
    assert parse_version(question.stable)._replace(patch=0) == STABLE
    assert TARGETS[-1] == question.known[-1]


@pytest.mark.parametrize(
    ("given", "target"), [("3.2", "3.2"), ("3.3.2", "3.3"), ("v3.4.0b2", "3.4"), (" 3.3 ", "3.3")]
)
def test_make_specs_takes_the_minor_release_of_a_version(given: str, target: str) -> None:
    assert spec("deferrable", airflow=given).airflow == target


def test_make_specs_targets_the_installed_airflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specs, "installed_airflow", lambda: "3.4.1")
    assert spec().airflow == "3.4"
    assert spec(airflow="3.3").airflow == "3.3"
    monkeypatch.setattr(specs, "installed_airflow", lambda: "2.10.5")
    assert problem() == (
        "--airflow-version: the installed Airflow 2.10.5 is not supported "
        "(accepted: 2.11, 3.0, 3.1, 3.2, 3.3, 3.4)"
    )


@pytest.mark.parametrize("version", ["1.10", "2.10", "3.5", "4.0"])
def test_make_specs_refuses_other_versions_and_names_the_possible_ones(version: str) -> None:
    assert problem(airflow=version) == (
        f"--airflow-version: Airflow {version} is not supported "
        "(accepted: 2.11, 3.0, 3.1, 3.2, 3.3, 3.4)"
    )


@pytest.mark.parametrize("text", ["new", "", "9999999.1"])
def test_make_specs_refuses_texts_that_are_not_versions(text: str) -> None:
    assert problem(airflow=text) == (
        f"--airflow-version: expected a version such as 3.3, found '{text}' "
        "(accepted: 2.11, 3.0, 3.1, 3.2, 3.3, 3.4)"
    )


@pytest.mark.parametrize(
    ("pattern", "since", "target"),
    [
        ("resumable", "3.3", "3.2"),
        ("checkpoint", "3.3", "3.1"),
        ("async", "3.2", "3.0"),
        ("resumable", "3.3", "2.11"),
    ],
)
def test_make_specs_refuses_patterns_that_the_target_lacks(
    pattern: str, since: str, target: str
) -> None:
    message = f"PATTERN: {pattern} needs Airflow {since} or newer, found {target}"
    refusal = MANIFEST.patterns[pattern].refusal
    assert refusal
    assert problem(pattern, airflow=target) == f"{message} ({refusal})"


@pytest.mark.parametrize("target", ["2.11", "3.0", "3.1"])
def test_make_specs_offers_deferrable_for_older_releases(target: str) -> None:
    assert spec("deferrable", airflow=target).airflow == target


def test_make_specs_cancels_by_default_if_a_signal_ends_the_attempt() -> None:
    assert spec("deferrable", airflow="2.11").on_kill == "cancel"
    assert spec("deferrable", airflow="3.0").on_kill == "leave"


def test_make_specs_chooses_auto_on_kill_with_a_store_and_leave_without() -> None:
    assert spec("deferrable", airflow="3.3").on_kill == "auto"
    assert spec("deferrable", airflow="3.2").on_kill == "leave"
    assert spec("deferrable", airflow="3.2", on_kill="cancel").on_kill == "cancel"
    assert spec("deferrable", airflow="3.4", on_kill="leave").on_kill == "leave"
    assert problem("deferrable", airflow="3.2", on_kill="auto") == (
        "--on-kill: auto needs Airflow 3.3 or newer: without a task state store, a retry cannot "
        "reconnect to a job that was left running (use cancel or leave)"
    )


@pytest.mark.parametrize(
    ("pattern", "name", "overrides", "message"),
    [
        ("resumeable", "A", {}, "PATTERN: unknown pattern 'resumeable' ("),
        ("resumeable", "A", {}, "did you mean 'resumable'?"),
        ("resumable", "a b/c", {}, "NAME: invalid character '/' in 'a b/c' ("),
        (
            "resumable",
            "A",
            {"system": "htpp"},
            "--system: unknown system 'htpp' (did you mean 'http'? accepted: http, custom)",
        ),
        (
            "resumable",
            "A",
            {"settings": {"x": "1"}},
            "--set x: unknown setting 'x' (this system has no settings)",
        ),
    ],
)
def test_make_specs_refuses_unknown_ids(
    pattern: str, name: str, overrides: dict[str, object], message: str
) -> None:
    assert message in problem(pattern, name, **overrides)


def test_make_specs_takes_the_settings_of_the_system() -> None:
    custom = spec(system="custom", settings={"path": "/x"})
    assert custom.settings == {"path": "/x"}
    assert spec(system="custom").settings == {"path": "/jobs"}


def test_make_specs_refuses_two_names_for_one_package() -> None:
    requests = [
        ScaffoldRequest("resumable", each, where="x.json") for each in ("a-job", "b", "AJob")
    ]
    with pytest.raises(InputError, match="'a-job' and 'AJob' both become package 'a_job'") as error:
        make_specs(requests, NONE, MANIFEST)
    assert len(error.value.problems) == 1


def test_make_specs_refuses_two_jobs_with_one_name() -> None:
    requests = [ScaffoldRequest("resumable", "a", where="x.json: a")] * 2
    with pytest.raises(InputError, match=r"x\.json: a: two jobs are named 'a'"):
        make_specs(requests, NONE, MANIFEST)


def test_make_specs_uses_the_named_system_if_it_has_templates() -> None:
    requests = [
        ScaffoldRequest("resumable", "a", system="custom"),
        ScaffoldRequest("resumable", "b", system="spark"),
        ScaffoldRequest("resumable", "c", system="glue", template="custom"),
        ScaffoldRequest("resumable", "d", system="custom", template="http"),
    ]
    systems = [each.system for each in make_specs(requests, NONE, MANIFEST)]
    assert systems == ["custom", "http", "custom", "custom"]
    assert notes_on_requests([*requests, *requests], NONE, MANIFEST) == [
        "there are no templates for 'spark' yet; using http (--system: http, custom)",
        "there are no templates for 'glue' yet; using custom (--system: http, custom)",
    ]
    chosen = replace(NONE, system="http")
    assert notes_on_requests(requests, chosen, MANIFEST) == []
    assert {each.system for each in make_specs(requests, chosen, MANIFEST)} == {"http"}


def test_make_specs_prefers_the_chosen_version_to_that_of_a_job() -> None:
    requests = [ScaffoldRequest("resumable", "a", airflow="3.3", where="x.json: a")]
    assert make_specs(requests, NONE, MANIFEST)[0].airflow == "3.3"
    assert make_specs(requests, replace(NONE, airflow="3.4"), MANIFEST)[0].airflow == "3.4"
    old = [replace(requests[0], airflow="2.10")]
    with pytest.raises(InputError, match=r"x.json: a: Airflow 2.10 is not supported"):
        make_specs(old, NONE, MANIFEST)


def test_specs_give_replaced_names_a_number_if_another_job_has_them() -> None:
    jobs = ("json", "json_job", "jöb", "a/b")
    requests = [ScaffoldRequest("resumable", name, replaces_name=True) for name in jobs]
    made = make_specs(requests, NONE, MANIFEST)
    assert [each.name.stem for each in made] == ["JsonJob2", "JsonJob", "MyJob", "MyJob2"]
