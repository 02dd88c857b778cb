"""The next commands of a recommendation work exactly as printed."""

from __future__ import annotations

import json
import keyword
import shlex
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from advisor.answers.model import Answers
from advisor.decision.report import make_report
from advisor.naming import RESERVED
from tests.cli.process import COMPLETE, advisor_here
from tests.decision.points import ADVISOR, POINTS, spelt

ORDINARY = st.from_regex(r"[a-zA-Z][a-z0-9]{0,9}([ _-][a-zA-Z0-9]{1,9}){0,4}", fullmatch=True)
HOSTILE = st.one_of(
    st.text(max_size=30),
    st.text("aA1_- ./\\'\"$;|&\n", max_size=20),
    st.sampled_from([*keyword.kwlist, *keyword.softkwlist, *RESERVED]),
    st.sampled_from(sorted(sys.stdlib_module_names)),
    st.sampled_from([*RESERVED, "json", "import", "x"]).map("{}_operator".format),
    st.sampled_from(["operator", "-x", "--help", "$(id)", "`id`", "x; rm -rf /", "été", "2fast"]),
)
TARGETS = st.sampled_from(["2.11.2", "3.0", "3.1", "3.2", "3.3.2", "3.4.0b2"])
WORK = st.sampled_from(["job", "batches", "requests"])
YES_NO = st.sampled_from(["yes", "no"])


def next_commands(name: str, **given_: str) -> list[str]:
    """Return the next commands of a recommendation; [] if `recommend` rejects the name."""
    job = {
        "name": name,
        "triggerer": "yes",
        "duration": "3h",
        "duplicate_risk": "costly",
        "async_client": "yes",
        "airflow_version": "3.3",
        **given_,
    }
    arguments = ("recommend", "--answers", "-", "-f", "json")
    ran = advisor_here(*arguments, stdin=json.dumps(job).encode())
    assert ran.is_clean
    if ran.code == 2:
        return []
    commands: list[str] = json.loads(ran.out)["recommendations"][0]["next"]
    return commands


def assert_works(command: str) -> None:
    """Run a command as a shell would split it; `scaffold` as a dry run in an empty folder."""
    program, *arguments = shlex.split(command)
    assert program == "advisor"
    with tempfile.TemporaryDirectory() as folder:
        if arguments[0] == "scaffold":
            arguments += ["--dry-run", "--into", folder, "--dags", folder]
        ran = advisor_here(*arguments)
        assert ran.code == 0, f"{command}\n{ran.err}"
        assert not list(Path(folder).iterdir())


@given(name=ORDINARY | HOSTILE, airflow_version=TARGETS, work=WORK, triggerer=YES_NO)
@example("tests", "3.3", "job", "yes")
@example("test", "3.3", "job", "no")
@example("config", "3.2", "job", "yes")
@example("plugins", "3.3", "batches", "no")
@example("dags", "3.4", "requests", "yes")
@example("airflow", "3.3", "job", "yes")
@example("advisor", "3.3", "job", "yes")
@example("import_operator", "3.3", "job", "yes")
@settings(max_examples=60, deadline=None)
def test_next_steps_work_for_any_name(
    name: str, airflow_version: str, work: str, triggerer: str
) -> None:
    given_ = {"airflow_version": airflow_version, "work": work, "triggerer": triggerer}
    for command in next_commands(name, **given_):
        assert_works(command)


def test_next_steps_work_for_every_recommendation() -> None:
    commands = {
        command
        for at in POINTS
        for command in make_report(ADVISOR, Answers("nightly spark", spelt(at), {}), None).next
    }
    assert any("scaffold" in command for command in commands)
    for command in sorted(commands):
        assert_works(command)


@pytest.mark.parametrize("name", ["nightly_spark", "tests", "import_operator", "été", "-x"])
def test_next_steps_name_pattern_name_and_version(name: str) -> None:
    [command] = next_commands(name)
    words = command.split()
    assert words[:3] == ["advisor", "scaffold", "deferrable"]
    assert words[4:] == ["--airflow-version", "3.3"]


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("nightly_spark", "NightlySpark"),
        ("email", "EmailJob"),
        ("tests", "TestsJob"),
        ("import_operator", "ImportJob"),
        ("job", "MyJob"),
        ("a/b", "MyJob"),
    ],
)
def test_next_steps_name_the_operator_after_the_job(name: str, stem: str) -> None:
    assert next_commands(name) == [f"advisor scaffold deferrable {stem} --airflow-version 3.3"]


@pytest.mark.parametrize("version", ["2.10", "3.5"])
def test_next_steps_explain_the_pattern_if_it_cannot_be_scaffolded(version: str) -> None:
    ran = advisor_here(*COMPLETE, "--airflow-version", version, "-f", "json")
    assert json.loads(ran.out)["recommendations"][0]["next"] == ["advisor explain deferrable"]
