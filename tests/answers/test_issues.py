"""All issues are reported in one error: where, what was found, and what is accepted."""

from __future__ import annotations

from inspect import cleandoc
from pathlib import Path

import pytest

from advisor.answers.batch import Reader
from advisor.errors import InputError
from tests.answers.reading import (
    CLASSES,
    GIVEN,
    KNOWLEDGE,
    REQUIRED,
    lines,
    problems,
    with_two_providers,
)

SETTABLE = (
    "system, triggerer, duration, duplicate_risk, async_client, work, job_id, idempotency_key, "
    "airflow_version, executor, name, expect"
)
KEYS = f"{SETTABLE} and 3 more"
EXPECTABLE = "deferrable, resumable, async, none, or the class of an operator"
TIMES = "such as 45s, 20m, 1h30m or 2d"
MAPPING = "expected a mapping of questions to answers"
TEXT = "1 to 100 printable characters"


def test_issues_of_the_file_and_the_flags_are_in_one_error() -> None:
    text = cleandoc(
        """
        trigerer: yes
        duration: 20
        expect: deferable
        jobs:
          - name: a
            duplicate_risk: costy
            work: [job]
          - nonsense
          - {async_client: perhaps, wrok: job}
        """
    )
    flags = {"airflow_version": "1.10", "job_id": "2", "colour": "red"}
    assert lines(text, flags) == [
        "--airflow-version: Airflow 1.10 is not supported (accepted: 2.2 to 3.4)",
        "--set job_id: expected yes or no, found '2'",
        f"--set colour: unknown key 'colour' (accepted: {SETTABLE} and 1 more)",
        "a.yaml:1:1: unknown key 'trigerer' (did you mean 'triggerer'?)",
        "a.yaml:2:1: duration: no unit in '20' (write 20s, 20m, 20h or 20d)",
        "a.yaml:3:1: expect: unknown pattern or operator 'deferable' (did you mean 'deferrable'? "
        f"accepted: {EXPECTABLE})",
        "a.yaml:6:5: duplicate_risk: unknown value 'costy' (did you mean 'costly'? "
        "accepted: harmless, costly, unacceptable)",
        "a.yaml:7:5: work: expected text, found a list (accepted: job, batches, requests, event)",
        f"a.yaml:8:5: {MAPPING}, found 'nonsense'",
        "a.yaml:9:6: async_client: expected yes or no, found 'perhaps'",
        "a.yaml:9:29: unknown key 'wrok' (did you mean 'work'?)",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("- triggerer: yes", "a list"),
        ("[]", "a list"),
        ("hello", "'hello'"),
        ("# nothing", "nothing"),
        ("x" * 5000, f"'{'x' * 37}...'"),
    ],
)
def test_file_that_is_not_a_mapping_is_one_problem(text: str, found: str) -> None:
    assert lines(text, refuse_missing=True) == [f"a.yaml: {MAPPING}, found {found}"]


@pytest.mark.parametrize(
    ("jobs", "problem"),
    [
        ("", "expected a list of jobs, found nothing"),
        ("[]", "list is empty"),
        ("{name: a}", "expected a list of jobs, found a mapping"),
        ("a", "expected a list of jobs, found 'a'"),
        ("~", "expected a list of jobs, found '~'"),
    ],
)
def test_jobs_that_are_not_a_list_are_one_problem(jobs: str, problem: str) -> None:
    assert lines(f"jobs: {jobs}", refuse_missing=True) == [f"a.yaml:1:1: jobs: {problem}"]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("triggerer", "[yes]", "triggerer: expected yes or no, found a list"),
        ("job_id", "{a: b}", "job_id: expected yes or no, found a mapping"),
        (
            "expect",
            "x",
            f"expect: unknown pattern or operator 'x' (accepted: {EXPECTABLE})",
        ),
        (
            "duration",
            "{h: 3}",
            f"duration: expected text, found a mapping (accepted: a duration {TIMES})",
        ),
        ("name", "[a]", f"name: expected text, found a list (accepted: {TEXT})"),
        (
            "expect",
            "{}",
            f"expect: expected text, found a mapping (accepted: {EXPECTABLE})",
        ),
        ("system", "", f"system: value is empty (accepted: {TEXT.replace('100', '150')})"),
        (
            "expect",
            "GlueJobOpertor",
            "expect: unknown operator 'GlueJobOpertor' (did you mean 'GlueJobOperator'?)",
        ),
        ("safe", "no", "safe: unknown value 'no' (accepted: yes, window)"),
        (
            "safe",
            "windw",
            "safe: unknown value 'windw' (did you mean 'window'? accepted: yes, window)",
        ),
        ("safe", "[]", "safe: expected text, found a list (accepted: yes, window)"),
        (
            "provider_versions",
            "[amazon]",
            "provider_versions: expected a mapping of providers to versions, found a list",
        ),
        (
            "provider_versions",
            "9.24",
            "provider_versions: expected a mapping of providers to versions, found '9.24'",
        ),
        (
            "provider_version",
            "{}",
            "unknown key 'provider_version' (did you mean 'provider_versions'?)",
        ),
        ("colour", "red", f"unknown key 'colour' (accepted: {KEYS})"),
        ("job", "[{name: a}]", "unknown key 'job' (did you mean 'jobs'?)"),
        ("Duration", "3h", "unknown key 'Duration' (did you mean 'duration'?)"),
        (
            "duplicate-risk",
            "costly",
            "unknown key 'duplicate-risk' (did you mean 'duplicate_risk'?)",
        ),
        ('"\\e[31m\\n"', "x", f"unknown key '\ufffd[31m\ufffd' (accepted: {KEYS})"),
        ("x" * 500, "x", f"unknown key '{'x' * 37}...' (accepted: {KEYS})"),
    ],
)
def test_invalid_answer_is_one_problem(key: str, value: str, message: str) -> None:
    assert lines(f"{key}: {value}", GIVEN) == [f"a.yaml:1:1: {message}"]


@pytest.mark.parametrize("value", ["*base", "[*base, *base]"])
def test_merge_key_is_rejected_with_the_alternative(value: str) -> None:
    text = f"jobs:\n  - &base {{name: a}}\n  - <<: {value}\n    name: b\n"
    assert lines(text) == [
        "a.yaml:3:5: unknown key '<<' (merge keys are not supported; "
        "a key at the top of the file is a default for all jobs)"
    ]


def test_jobs_inside_a_job_are_rejected() -> None:
    assert lines("jobs: [{jobs: [{}]}]") == ["a.yaml:1:9: 'jobs' is not allowed inside a job"]
    assert lines(None, {"jobs": "x"}) == ["--set: 'jobs' cannot be set"]


def test_accepted_keys_of_a_job_do_not_include_jobs() -> None:
    assert lines("jobs: [{colour: red}]", GIVEN) == [
        f"a.yaml:1:9: unknown key 'colour' (accepted: {SETTABLE} and 2 more)"
    ]


def test_setting_with_an_own_option_is_named_as_it_was_given() -> None:
    flags = {"duration": "3", "work": "joob"}
    with pytest.raises(InputError) as refused:
        Reader(KNOWLEDGE).read(None, flags, refuse_missing=False, settings={"duration"})
    assert [each.where for each in refused.value.problems] == ["--set duration", "--work"]


def test_issues_of_provider_versions_are_at_the_provider() -> None:
    text = """
jobs:
  - name: a
    provider_versions:
      amazn: 9.24.0
      amazon: 9
      apache-airflow-providers-amazon: latest
"""
    assert lines(text) == [
        "a.yaml:5:7: unknown provider 'amazn' (did you mean 'amazon'?)",
        "a.yaml:6:7: amazon: expected a version such as 9.24.0, found '9'",
        "a.yaml:7:7: apache-airflow-providers-amazon: "
        "expected a version such as 9.24.0, found 'latest'",
    ]


def test_release_of_a_provider_is_given_once() -> None:
    text = "provider_versions: {amazon: 9.24.0, apache-airflow-providers-amazon: 9.24.0}"
    assert lines(text) == ["a.yaml:1:37: provider 'amazon' is given twice"]


def test_issues_of_provider_versions_in_options_name_the_setting() -> None:
    flags = {"provider_versions.amazon": "new", "provider_versions": "9.24.0"}
    assert lines(None, flags) == [
        "--set provider_versions: expected provider_versions.PROVIDER=VERSION",
        "--set provider_versions.amazon: expected a version such as 9.24.0, found 'new'",
    ]


def test_class_of_two_providers_is_an_issue_that_lists_the_full_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_two_providers(tmp_path, monkeypatch)
    text = "triggerer: yes\nduration: 3h\nduplicate_risk: costly\nsystem: GlueJobOperator"
    message = f"several providers have 'GlueJobOperator' (accepted: {', '.join(CLASSES)})"
    assert lines(text, refuse_missing=True) == [f"a.yaml:4:1: system: {message}"]
    assert lines(None, {**GIVEN, "system": "GlueJobOperator"}, refuse_missing=True) == [
        f"--system: {message}"
    ]


def test_missing_answers_are_listed_together_with_accepted_values() -> None:
    assert lines(None, {"work": "job"}, refuse_missing=True) == [
        f"missing answers: triggerer (yes|no), duration ({TIMES}), "
        "duplicate_risk (harmless|costly|unacceptable), async_client (yes|no) "
        "(advisor asks only at a terminal; pass them as options or with --answers FILE)"
    ]


def test_missing_answers_are_listed_per_job_with_its_position() -> None:
    text = "async_client: no\nduration: 3h\njobs:\n  - name: a\n    triggerer: no\n  - work: job\n"
    assert lines(text, refuse_missing=True) == [
        "a.yaml:4:5: a: missing answers: duplicate_risk (harmless|costly|unacceptable)",
        "a.yaml:6:5: job-2: missing answers: triggerer (yes|no), "
        "duplicate_risk (harmless|costly|unacceptable)",
    ]


def test_invalid_answer_is_not_also_missing() -> None:
    text = REQUIRED.replace("3h", "3")
    assert len(problems(f"name: ''\n{text}", refuse_missing=True)) == 2


def test_flag_does_not_hide_an_issue_in_the_file() -> None:
    assert len(problems("duration: 3", GIVEN)) == 1


@pytest.mark.parametrize(
    ("count", "rest"),
    [
        (50, None),
        (51, "1 more issue"),
        (999, "949 more issues"),
        (20_000, "19950 more issues"),
    ],
)
def test_error_shows_fifty_problems_and_counts_the_rest(count: int, rest: str | None) -> None:
    found = problems("jobs:\n" + "- x\n" * count, GIVEN)
    shown = found[:50]
    assert [problem.where for problem in shown] == [f"a.yaml:{n}:3" for n in range(2, 52)]
    assert [(problem.where, problem.message) for problem in found[50:]] == (
        [("a.yaml", rest)] if rest else []
    )
