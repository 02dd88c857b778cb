"""All issues are reported in one error: where, what was found, and what is accepted."""

from __future__ import annotations

from inspect import cleandoc

import pytest

from tests.answers.reading import GIVEN, REQUIRED, lines, problems

KEYS = (
    "triggerer, duration, duplicate_risk, async_client, work, job_id, idempotency_key, "
    "airflow_version, system, name, expect, jobs"
)
TIMES = "a time such as 45s, 20m, 1h30m, 3h or 2d"
MAPPING = "is a mapping of questions to answers"


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
        "--airflow-version: found '1.10', but nothing is known about Airflow before 2.2",
        "--set job_id: found '2', accepted are yes, no",
        f"--set colour: is no question; known are {KEYS}",
        "a.yaml:1:1: trigerer: is no question; did you mean triggerer?",
        f"a.yaml:2:1: duration: found '20': the unit is missing; accepted is {TIMES}; "
        "did you mean 20m?",
        "a.yaml:3:1: expect: found 'deferable', accepted are deferrable, resumable, async, none; "
        "did you mean deferrable?",
        "a.yaml:6:5: duplicate_risk: found 'costy', accepted are harmless, costly, unacceptable; "
        "did you mean costly?",
        "a.yaml:7:5: work: found a list, accepted is job, batches, requests, event",
        f"a.yaml:8:5: found 'nonsense', a job {MAPPING}",
        "a.yaml:9:6: async_client: found 'perhaps', accepted are yes, no",
        "a.yaml:9:29: wrok: is no question; did you mean work?",
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
    assert lines(text, refuse_missing=True) == [f"a.yaml: found {found}, an answers file {MAPPING}"]


@pytest.mark.parametrize(
    ("jobs", "found"),
    [("", "nothing"), ("[]", "a list"), ("{name: a}", "a mapping"), ("a", "'a'"), ("~", "'~'")],
)
def test_jobs_that_are_not_a_list_are_one_problem(jobs: str, found: str) -> None:
    assert lines(f"jobs: {jobs}", refuse_missing=True) == [
        f"a.yaml:1:1: jobs: found {found}, accepted is a list of jobs"
    ]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("triggerer", "[yes]", "triggerer: found a list, accepted is yes, no"),
        ("duration", "{h: 3}", f"duration: found a mapping, accepted is {TIMES}"),
        ("name", "[a]", "name: found a list, accepted is text"),
        ("expect", "{}", "expect: found a mapping, accepted is deferrable, resumable, async, none"),
        ("system", "", "system: found '', accepted are 1 to 100 printable characters"),
        ("colour", "red", f"colour: is no question; known are {KEYS}"),
        ("job", "[{name: a}]", "job: is no question; did you mean jobs?"),
        ("Duration", "3h", "Duration: is no question; did you mean duration?"),
        (
            "duplicate-risk",
            "costly",
            "duplicate-risk: is no question; did you mean duplicate_risk?",
        ),
        ('"\\e[31m\\n"', "x", f"\ufffd[31m\ufffd: is no question; known are {KEYS}"),
        ("x" * 500, "x", f"{'x' * 37}...: is no question; known are {KEYS}"),
    ],
)
def test_invalid_answer_is_one_problem(key: str, value: str, message: str) -> None:
    assert lines(f"{key}: {value}", GIVEN) == [f"a.yaml:1:1: {message}"]


@pytest.mark.parametrize("value", ["*base", "[*base, *base]"])
def test_merge_key_is_rejected_with_the_alternative(value: str) -> None:
    text = f"jobs:\n  - &base {{name: a}}\n  - <<: {value}\n    name: b\n"
    assert lines(text) == [
        "a.yaml:3:5: <<: is no question; merge keys are not read; "
        "a key at the top of the file is a default for all jobs"
    ]


def test_jobs_inside_a_job_are_rejected() -> None:
    at_the_top = "is no question; it stands at the top of the file, and once"
    assert lines("jobs: [{jobs: [{}]}]") == [f"a.yaml:1:9: jobs: {at_the_top}"]
    assert lines(None, {"jobs": "x"}) == [f"--set jobs: {at_the_top}"]


def test_missing_answers_are_listed_together_with_accepted_values() -> None:
    assert lines(None, {"work": "job"}, refuse_missing=True) == [
        f"job lacks triggerer (yes, no); duration ({TIMES}); "
        "duplicate_risk (harmless, costly, unacceptable); async_client (yes, no); "
        "there is no terminal to ask at: give options or --answers FILE"
    ]


def test_missing_answers_are_listed_per_job_with_its_position() -> None:
    text = "async_client: no\nduration: 3h\njobs:\n  - name: a\n    triggerer: no\n  - work: job\n"
    assert lines(text, refuse_missing=True) == [
        "a.yaml:4:5: a lacks duplicate_risk (harmless, costly, unacceptable)",
        "a.yaml:6:5: job-2 lacks triggerer (yes, no); "
        "duplicate_risk (harmless, costly, unacceptable)",
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
        (51, "1 more like these"),
        (999, "949 more like these"),
        (20_000, "19950 more like these"),
    ],
)
def test_error_shows_fifty_problems_and_counts_the_rest(count: int, rest: str | None) -> None:
    found = problems("jobs:\n" + "- x\n" * count, GIVEN)
    shown = found[:50]
    assert [problem.where for problem in shown] == [f"a.yaml:{n}:3" for n in range(2, 52)]
    assert [(problem.where, problem.message) for problem in found[50:]] == (
        [("a.yaml", rest)] if rest else []
    )
