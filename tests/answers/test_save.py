"""A saved file reads back as the same answers, and is written atomically."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers.batch import Draft
from advisor.answers.save import answers_file, command_line, save
from advisor.catalog.entries import providers
from advisor.errors import ConflictError, OutputError, Problem
from advisor.knowledge.versions import Version
from tests.answers.reading import KNOWLEDGE, only

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")
OLD, NEW = "triggerer: no\n", "triggerer: yes\n"

printable = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30)
spellings = {
    question.id: st.sampled_from([choice.id for choice in question.choices])
    for question in KNOWLEDGE.questions.values()
    if question.kind == "choice"
}
answers = st.fixed_dictionaries(
    {},
    optional={
        **spellings,
        "duration": st.sampled_from(["45s", "1h30m", "2d"]),
        "airflow_version": st.sampled_from(["2.10", "3.3", "3.4.0b2", "3.3+astro.1"]),
        "system": printable
        | st.sampled_from(["no", "3.10", "~", "- a", "a: b", "a #b", "'", '"\\']),
    },
)
drafts = st.builds(
    Draft,
    name=printable,
    path=st.just(()),
    given=answers,
    missing=st.just(()),
    expect=st.sampled_from([None, "deferrable", "resumable", "async", "none", "GlueJobOperator"]),
    safe=st.sampled_from([None, "yes", "window"]),
    releases=st.dictionaries(
        st.sampled_from(providers()), st.builds(Version, *[st.integers(0, 9999)] * 3)
    ),
)


def draft_of(given_: dict[str, str], expect: str | None = None) -> Draft:
    return Draft("no", (), given_, (), expect)


@given(drafts)
def test_answers_file_reads_back_as_the_same_answers(draft: Draft) -> None:
    text = answers_file(draft, KNOWLEDGE.questions)
    again = only(text)
    assert replace(again, missing=()) == draft
    assert answers_file(again, KNOWLEDGE.questions) == text


def test_answers_file_has_each_answer_under_its_question() -> None:
    given_ = {"triggerer": "no", "airflow_version": "3.10", "system": "a: b"}
    draft = replace(draft_of(given_, "none"), safe="window", releases={"amazon": Version(9, 24)})
    assert answers_file(draft, KNOWLEDGE.questions) == textwrap.dedent(
        """\
        name: no

        # Does a Triggerer run in your Airflow deployment?
        triggerer: no

        # Which Airflow version do you run?
        airflow_version: 3.10

        # Which system, operator or sensor does the task use?
        system: "a: b"

        # The releases of your providers.
        provider_versions:
          amazon: 9.24

        # advisor exits with 1 unless it recommends this pattern or operator.
        expect: none

        # advisor exits with 1 unless a retry is this safe.
        safe: window
        """
    )


@pytest.mark.parametrize(
    ("given_", "expect", "command"),
    [
        ({}, None, "advisor recommend"),
        (
            {
                "triggerer": "no",
                "async_client": "yes",
                "duration": "3h",
                "duplicate_risk": "costly",
            },
            None,
            "advisor recommend --no-triggerer --async-client --duration 3h --duplicate-risk costly",
        ),
        (
            {"work": "job", "job_id": "no", "system": "it's $HOME", "airflow_version": "3.3"},
            "none",
            "advisor recommend --work job --set job_id=no --system 'it'\"'\"'s $HOME' "
            "--airflow-version 3.3 --expect none",
        ),
    ],
)
def test_command_line_repeats_the_answers(
    given_: dict[str, str], expect: str | None, command: str
) -> None:
    assert command_line(draft_of(given_, expect)) == command


def test_command_line_repeats_releases_and_expectations() -> None:
    draft = replace(draft_of({}), safe="window", releases={"amazon": Version(9, 24, 1)})
    assert command_line(replace(draft, expect="GlueJobOperator")) == (
        "advisor recommend --set provider_versions.amazon=9.24.1 --expect GlueJobOperator "
        "--set safe=window"
    )


def test_save_writes_a_new_file(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    save(file, NEW, force=False)
    assert file.read_text() == NEW


@pytest.mark.parametrize("force", [True, False])
def test_save_does_not_touch_a_file_with_the_same_text(tmp_path: Path, force: bool) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(NEW)
    before = file.stat()
    save(file, NEW, force=force)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("old", [OLD.encode(), b"", b"\xff\0", NEW.replace("\n", "\r\n").encode()])
def test_save_keeps_another_text_unless_forced(tmp_path: Path, old: bytes) -> None:
    file = tmp_path / "answers.yaml"
    file.write_bytes(old)
    with pytest.raises(ConflictError) as refused:
        save(file, NEW, force=False)
    assert refused.value.problems == [
        Problem(str(file), "already exists with different content", "use --force to overwrite it")
    ]
    assert file.read_bytes() == old
    save(file, NEW, force=True)
    assert file.read_bytes() == NEW.encode()
    assert list(tmp_path.iterdir()) == [file]


def test_save_follows_links(tmp_path: Path) -> None:
    file, link = tmp_path / "answers.yaml", tmp_path / "link.yaml"
    file.write_text(OLD)
    link.symlink_to(file.name)
    save(link, NEW, force=True)
    assert link.is_symlink()
    assert file.read_text() == NEW


def refusal(path: Path, *, force: bool = True) -> str:
    with pytest.raises(OutputError) as refused:
        save(path, NEW, force=force)
    (problem,) = refused.value.problems
    assert problem.line().isprintable()
    return problem.message


@POSIX
@pytest.mark.parametrize("force", [True, False])
def test_save_refuses_other_kinds_of_files(tmp_path: Path, force: bool) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    message = "cannot be written: not a regular file"
    assert refusal(pipe, force=force) == message
    assert refusal(Path("/dev/null"), force=force) == message
    assert refusal(tmp_path, force=force) == message
    assert pipe.is_fifo()
    assert Path("/dev/null").is_char_device()


@POSIX
def test_save_reports_why_it_cannot_write(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text(OLD)
    assert (
        refusal(tmp_path / "missing" / "a.yaml") == "cannot be written: No such file or directory"
    )
    assert refusal(file / "a.yaml") == "cannot be written: Not a directory"
    assert refusal(tmp_path / ("x" * 300)) == "cannot be written: File name too long"
    assert refusal(tmp_path / "\0").startswith("cannot be written: ")
    assert refusal(tmp_path / "missing\x1b[31m\n" / "a").startswith("cannot be written: ")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc")
def test_save_refuses_folders_that_take_no_files() -> None:
    assert refusal(Path("/proc/self/answers.yaml")).startswith("cannot be written: ")


def test_save_refuses_or_replaces_a_loop_of_links(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    try:
        save(loop, NEW, force=False)
    except OutputError:
        assert loop.is_symlink()
    else:
        assert loop.read_text() == NEW


@POSIX
@pytest.mark.parametrize(("umask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_save_applies_the_umask_to_a_new_file(tmp_path: Path, umask: int, mode: int) -> None:
    before = os.umask(umask)
    try:
        save(tmp_path / "answers.yaml", NEW, force=False)
        assert os.umask(umask) == umask
    finally:
        os.umask(before)
    assert (tmp_path / "answers.yaml").stat().st_mode & 0o777 == mode


@POSIX
def test_save_keeps_the_mode_of_the_file_that_it_replaces(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(OLD)
    file.chmod(0o600)
    save(file, NEW, force=True)
    assert file.stat().st_mode & 0o777 == 0o600


DIES = """
import os, signal, sys
from pathlib import Path
from advisor.answers.save import save

def die(event, arguments):
    if event == "os.rename":
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
save(Path(sys.argv[1]), "new\\n" * 100_000, force=True)
"""


@POSIX
def test_save_leaves_the_old_file_if_it_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(OLD)
    died = subprocess.run([sys.executable, "-c", DIES, str(file)], check=False)
    assert died.returncode == -signal.SIGKILL
    assert file.read_text() == OLD


def test_save_leaves_nothing_behind_on_an_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(OLD)

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(file, NEW, force=True)
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text() == OLD
