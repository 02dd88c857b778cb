"""Files and flags become drafts: defaults, jobs and flags are laid over each other."""

from __future__ import annotations

import pytest

from tests.answers.reading import GIVEN, REQUIRED, only, read

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
    assert (draft.path, draft.missing, batch.notices, batch.many) == ((), (), (), False)


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


def test_a_version_beyond_the_known_ones_is_noticed_once() -> None:
    batch = read(f"{REQUIRED}airflow_version: 3.5\njobs: [{{}}, {{}}, {{airflow_version: 3.3}}]")
    assert batch.notices == ("Airflow 3.5 is newer than the latest known version; using 3.4",)
    assert batch.drafts[0].given["airflow_version"] == "3.5"


def test_ten_thousand_jobs_are_read() -> None:
    text = "jobs:\n" + "".join(f"  - name: job {n}\n" for n in range(10_000))
    assert len(read(text, GIVEN).drafts) == 10_000
