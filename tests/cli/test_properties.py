"""Any input ends with exit code 0, 1 or 2, and never with a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.process import COMPLETE, Ran, advisor_here
from tests.cli.strategies import (
    FORMATS,
    Dump,
    Job,
    command_lines,
    dump_json,
    dumped,
    dumps,
    files,
    jobs,
    policies,
    trees,
)

often = settings(max_examples=100)
seldom = settings(max_examples=40)


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run in a temporary folder, because some options write files."""
    working = tmp_path_factory.mktemp("properties")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(working)
        yield working


def is_documented(ran: Ran) -> bool:
    is_error = ran.err.startswith(("error: ", "note: ")) and ran.out == ""
    return ran.is_clean and (ran.code != 2 or is_error)


@often
@given(files, st.sampled_from(FORMATS))
def test_any_file_ends_as_documented(content: bytes, format_: str) -> None:
    assert is_documented(advisor_here("recommend", "--format", format_, stdin=content))


@often
@given(command_lines, st.just(b"") | files)
def test_any_command_line_ends_as_documented(arguments: list[str], content: bytes) -> None:
    assert is_documented(advisor_here(*arguments, stdin=content))


@often
@given(dumped(policies), jobs)
def test_any_policy_is_followed_or_refused(folder: Path, policy: bytes, job: Job) -> None:
    file = folder / "policy.yaml"
    file.write_bytes(policy)
    assert is_documented(advisor_here("recommend", "--policy", str(file), stdin=dump_json(job)))


@seldom
@given(st.binary(max_size=40) | dumped(trees))
def test_any_file_as_a_policy_is_followed_or_refused(folder: Path, content: bytes) -> None:
    file = folder / "policy.yaml"
    file.write_bytes(content)
    assert is_documented(advisor_here(*COMPLETE, "--policy", str(file)))


@often
@given(jobs, dumps)
def test_valid_answers_are_always_answered(job: Job, dump: Dump) -> None:
    ran = advisor_here("recommend", "--format", "json", stdin=dump(job))
    (job_result,) = json.loads(ran.out)["recommendations"]
    assert ran.err == "" or ran.err.startswith("note: ")
    assert job_result["met"] is _is_met(job, job_result)
    nothing_fits = not any(job_result[each] for each in ("pattern", "operator", "alternatives"))
    says_no = nothing_fits if job_result["met"] is None else not job_result["met"]
    assert ran.code == (1 if says_no else 0)


def _is_met(job: Job, result: Mapping[str, Any]) -> bool | None:
    """Return whether the expectations of a job are met, None if it has none."""
    operator = (result["operator"] or {}).get("operator")
    duplicates = {"yes": ["never"], "window": ["never", "window"]}
    met = []
    if "expect" in job:
        met.append(job["expect"] in {result["pattern"] or "none", operator})
    if "safe" in job:
        met.append(result["retry_duplicates"] in duplicates[job["safe"]])
    return all(met) if met else None


@seldom
@given(st.lists(jobs, min_size=1, max_size=5), st.sampled_from(FORMATS), st.booleans())
def test_valid_jobs_are_answered_in_every_format(
    batch: list[Job], format_: str, details: bool
) -> None:
    more = ["--details"] if details else []
    ran = advisor_here("recommend", "-f", format_, *more, stdin=dump_json({"jobs": batch}))
    assert ran.code in {0, 1}
    assert ran.out
    if format_ == "json":
        assert len(json.loads(ran.out)["recommendations"]) == len(batch)
    if format_ == "yaml":
        assert len(yaml.safe_load(ran.out)["recommendations"]) == len(batch)


@seldom
@given(jobs)
def test_saved_answers_are_answered_the_same(folder: Path, job: Job) -> None:
    saved = folder / "answers.yaml"
    job = {"name": "a", **job}
    save = ("--save", str(saved), "--force")
    first = advisor_here("recommend", "--format", "json", *save, stdin=dump_json(job))
    again = advisor_here("recommend", "--format", "json", "--answers", str(saved))
    assert (again.code, again.out) == (first.code, first.out)
