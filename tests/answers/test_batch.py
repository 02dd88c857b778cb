"""Files and flags become drafts: defaults, jobs and flags are laid over each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.catalog.lookup import all_operators
from advisor.knowledge.versions import Version
from tests.answers.reading import CLASSES, GIVEN, REQUIRED, only, read, with_two_providers

JOBS = """
triggerer: yes
async_client: no
expect: resumable
jobs:
  - {name: spark, duration: 3h, duplicate_risk: unacceptable}
  - {duration: 20m, duplicate_risk: costly, async_client: yes, expect: none}
  - {name: last, duration: 5s, duplicate_risk: harmless, triggerer: no}
"""


def test_a_file_of_one_job_is_one_draft() -> None:
    batch = read(f"name: nightly\nexpect: Deferrable\n{REQUIRED}")
    (draft,) = batch.drafts
    assert (draft.name, draft.given, draft.expect) == ("nightly", GIVEN, "deferrable")
    assert (draft.path, draft.missing, batch.many) == ((), (), False)


def test_system_in_the_catalogue_needs_no_async_client() -> None:
    (draft,) = read("system: glue\ntriggerer: yes\nduration: 3h\nduplicate_risk: costly").drafts
    assert draft.missing == ()
    assert "async_client" not in draft.given


@pytest.mark.parametrize("system", ["my-cluster", "GlueJobOperator2"])
def test_unknown_system_leaves_the_async_client_missing(system: str) -> None:
    given = {key: text for key, text in GIVEN.items() if key != "async_client"}
    assert only(None, {**given, "system": system}).missing == ("async_client",)


@pytest.mark.parametrize(
    "name",
    [
        "GlueJobOperator",
        "gluejoboperator",
        "Glue-Job Operator",
        "airflow.providers.amazon.aws.operators.glue.GlueJobOperator",
    ],
)
def test_system_can_be_the_class_of_an_operator(name: str) -> None:
    assert "async_client" not in only(None, {"system": name}).missing


def test_every_class_of_the_catalogue_can_be_given_with_its_module() -> None:
    for each in all_operators():
        name = f"{each.module}.{each.name}"
        assert only(None, {"system": name}).given == {"system": name}


def test_class_of_two_providers_is_missing_where_it_can_be_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_two_providers(tmp_path, monkeypatch)
    assert only(None, {**GIVEN, "system": "GlueJobOperator"}).missing == ("system",)
    assert only(None, {**GIVEN, "system": CLASSES[1]}).missing == ()


def test_provider_versions_of_a_job_override_those_at_the_top_per_provider() -> None:
    text = """
provider_versions: {amazon: 9.24.0}
jobs:
  - {name: a}
  - {name: b, provider_versions: {apache-airflow-providers-amazon: '9.30'}}
"""
    assert [draft.releases for draft in read(text, GIVEN).drafts] == [
        {"amazon": Version(9, 24)},
        {"amazon": Version(9, 30)},
    ]


@pytest.mark.parametrize(
    ("text", "release"),
    [("9.24.0", "9.24"), ("9.24", "9.24"), ("v9.24.1", "9.24.1"), ("10.0.0rc2", "10.0")],
)
def test_release_of_a_provider_is_a_version(text: str, release: str) -> None:
    assert str(only(f"provider_versions: {{amazon: {text}}}").releases["amazon"]) == release


def test_provider_versions_can_be_set_as_options() -> None:
    flags = {"provider_versions.amazon": "9.30.0"}
    text = "provider_versions: {amazon: 9.24.0}"
    assert only(text, flags).releases == {"amazon": Version(9, 30)}


def test_executor_is_accepted_in_files_and_as_a_setting() -> None:
    assert only("executor: Celery").given == {"executor": "celery"}
    assert only(None, {"executor": "kubernetes"}).given == {"executor": "kubernetes"}


@pytest.mark.parametrize(("text", "safe"), [("yes", "yes"), ("on", "yes"), ("Window", "window")])
def test_safe_is_yes_or_window(text: str, safe: str) -> None:
    assert only(f"safe: {text}").safe == safe
    assert only("safe: yes", {"safe": text}).safe == safe


@pytest.mark.parametrize(
    "name",
    ["GlueJobSensor", "gluejobsensor", "airflow.providers.amazon.aws.sensors.glue.GlueJobSensor"],
)
def test_expectation_can_be_the_class_of_an_operator(name: str) -> None:
    assert only(f"expect: {name}").expect == "GlueJobSensor"


def test_flags_alone_are_one_draft() -> None:
    (draft,) = read(None, GIVEN).drafts
    assert (draft.name, draft.given, draft.expect) == ("job", GIVEN, None)


def test_the_keys_at_the_top_are_defaults_for_every_job() -> None:
    batch = read(JOBS)
    assert batch.many
    assert [(draft.given["triggerer"], draft.given["async_client"]) for draft in batch.drafts] == [
        ("yes", "no"),
        ("yes", "yes"),
        ("no", "no"),
    ]


def test_an_expectation_is_each_jobs_own_or_the_default() -> None:
    assert [draft.expect for draft in read(JOBS).drafts] == ["resumable", "none", "resumable"]
    assert [draft.expect for draft in read(JOBS, {"expect": "async"}).drafts] == ["async"] * 3


def test_a_flag_beats_every_job_of_the_file() -> None:
    batch = read(JOBS, {"triggerer": "off", "duration": "90m", "name": "x"})
    for draft in batch.drafts:
        assert (draft.given["triggerer"], draft.given["duration"], draft.name) == (
            "no",
            "1h30m",
            "x",
        )


def test_a_job_without_a_name_is_called_by_its_number() -> None:
    assert [draft.name for draft in read(JOBS).drafts] == ["spark", "job-2", "last"]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("folder/nightly_spark.yaml", "nightly_spark"),
        ("a.b.json", "a.b"),
        ("a b.yaml", "a b"),
        (".yaml", ".yaml"),
        ("<stdin>", "job"),
        (" .yaml", "job"),
        ("\ufffd.yaml", "\ufffd"),
        ("\x1b[31m.yaml", "job"),
        ("\udcff.yaml", "job"),
        ("x" * 200, "job"),
    ],
)
def test_a_file_of_one_job_gives_it_its_name_where_that_can_be_shown(file: str, name: str) -> None:
    assert only(REQUIRED, name=file).name == name


@pytest.mark.parametrize("text", ["jobs: [{name: a}]", "jobs: [{}]"])
def test_a_list_of_one_job_is_still_a_list(text: str) -> None:
    batch = read(text, GIVEN)
    assert batch.many
    assert len(batch.drafts) == 1


def test_what_a_draft_lacks_is_in_the_order_of_the_questions() -> None:
    assert only("async_client: no").missing == ("triggerer", "duration", "duplicate_risk")
    assert only(None).missing == tuple(GIVEN)


def test_answers_are_canonical_whoever_gave_them() -> None:
    draft = only("triggerer: On\nduration: 90 min\n", {"async_client": "FALSE"})
    assert draft.given == {"triggerer": "yes", "duration": "1h30m", "async_client": "no"}


def test_an_alias_serves_as_a_job() -> None:
    batch = read("jobs:\n  - &a {name: a, duration: 3h}\n  - *a\n", GIVEN)
    assert [draft.name for draft in batch.drafts] == ["a", "a"]


def test_ten_thousand_jobs_are_read() -> None:
    text = "jobs:\n" + "".join(f"  - name: job {n}\n" for n in range(10_000))
    assert len(read(text, GIVEN).drafts) == 10_000


@pytest.mark.parametrize("name", ["DockerOperator", "dockeroperator"])
def test_expectation_can_be_a_class_without_hand_written_facts(name: str) -> None:
    assert only(f"expect: {name}").expect == "DockerOperator"


@pytest.mark.parametrize("name", ["docker", "apache_airflow_providers_docker"])
def test_release_can_be_that_of_a_provider_without_hand_written_facts(name: str) -> None:
    assert only(f"provider_versions: {{{name}: 4.4.0}}").releases == {"docker": Version(4, 4)}
