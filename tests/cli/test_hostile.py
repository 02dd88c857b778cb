"""Hostile files are refused with exit code 2 and one line for each problem."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.process import ANSWERS, COMPLETE, advisor, advisor_here

BOMB = "\n".join(
    ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    + ["jobs: *a11"]
)
FILES = {
    "empty": b"",
    "spaces": b" \n\t\n",
    "comments": b"# nothing\n# at all\n",
    "binary": bytes(range(256)),
    "nul": ANSWERS.encode() + b"name: a\0b\n",
    "latin-1": "name: é\n".encode("latin-1"),
    "utf-16": ANSWERS.encode("utf-16"),
    "brackets": b"[" * 100_000,
    "json brackets": b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "bomb": BOMB.encode(),
    "bomb of jobs": (BOMB + "\n").replace("jobs: *a11", "jobs: [*a11, *a10]").encode(),
    "self": b"jobs: &a [*a]\n",
    "unknown alias": b"triggerer: *nobody\n",
    "duplicate key": ANSWERS.encode() + b"triggerer: no\n",
    "unknown key": ANSWERS.encode() + b"colour: red\n",
    "python tag": b"name: !!python/object/apply:os.system [echo pwned]\n",
    "int tag": ANSWERS.encode() + b"name: !!int 3\n",
    "two documents": ANSWERS.encode() + b"---\n" + ANSWERS.encode(),
    "a list": b"- triggerer: yes\n",
    "jobs as a mapping": b"jobs: {name: a}\n",
    "job as text": b"jobs: [a, b]\n",
    "no unit": ANSWERS.replace("3h", "3").encode(),
    "negative": ANSWERS.replace("3h", "-3h").encode(),
    "zero": ANSWERS.replace("3h", "0s").encode(),
    "absurd": ANSWERS.replace("3h", "9" * 5000 + "d").encode(),
    "list of durations": ANSWERS.replace("3h", "[3h]").encode(),
    "control characters": b'"\\e[31m\\n": "\\e[2J"\n',
    "many problems": b"jobs:\n" + b"- {a: b}\n" * 3000,
}
IN_A_PROCESS = ("binary", "brackets", "bomb", "python tag", "duplicate key", "many problems")


def is_refusal(err: str) -> bool:
    lines = err.splitlines()
    return bool(lines) and all(line.startswith("error: ") and line.isprintable() for line in lines)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("suffix", [".yaml", ".json"])
def test_recommend_refuses_hostile_files(tmp_path: Path, name: str, suffix: str) -> None:
    file = tmp_path / f"answers{suffix}"
    file.write_bytes(FILES[name])
    ran = advisor_here("recommend", "--answers", str(file))
    assert (ran.code, ran.out) == (2, "")
    assert is_refusal(ran.err)
    assert all(str(file) in line for line in ran.err.splitlines())
    assert len(ran.err.splitlines()) <= 51


@pytest.mark.parametrize("name", FILES)
def test_recommend_refuses_hostile_piped_input(name: str) -> None:
    ran = advisor_here("recommend", stdin=FILES[name])
    assert (ran.code, ran.out) == (2, "")
    assert is_refusal(ran.err)


@pytest.mark.parametrize("name", IN_A_PROCESS)
def test_recommend_refuses_hostile_files_in_a_process_of_its_own(tmp_path: Path, name: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_bytes(FILES[name])
    ran = advisor("recommend", "--answers", file, folder=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert is_refusal(ran.err)
    assert ran.is_clean
    assert list(tmp_path.iterdir()) == [file]


def test_recommend_refuses_a_file_of_100_mb(tmp_path: Path) -> None:
    file = tmp_path / "answers.yaml"
    file.touch()
    os.truncate(file, 100_000_000)
    ran = advisor("recommend", "--answers", file)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: {file}: file is larger than 16 MiB (split it into several files)\n"


@pytest.mark.parametrize("option", ["--answers", "--policy"])
@pytest.mark.parametrize(
    "source", ["/", "/dev/null", "missing", "", "x" * 5000, "a\nb", "\x1b[31m"]
)
def test_recommend_refuses_sources_other_than_files(option: str, source: str) -> None:
    ran = advisor_here(*COMPLETE, option, source)
    assert (ran.code, ran.out) == (2, "")
    assert is_refusal(ran.err)
    assert len(ran.err.splitlines()) == 1


@pytest.mark.parametrize("format_", ["terminal", "json", "yaml", "markdown"])
def test_recommend_shows_names_in_any_script_in_every_format(format_: str) -> None:
    text = f"name: '<b>*é* 日本 😀 [red]x[/] | `'\n{ANSWERS}"
    ran = advisor_here("recommend", "--format", format_, stdin=text.encode())
    assert ran.code == 0
    assert ran.out
    assert ran.err == ""


def test_recommend_shows_file_names_without_control_characters(tmp_path: Path) -> None:
    file = tmp_path / "\x1b[31mred\x1b[0m.yaml"
    file.write_text(ANSWERS)
    ran = advisor_here("recommend", "--answers", str(file))
    assert ran.code == 0
    assert "\x1b" not in ran.out + ran.err
