"""The pages are right about commands: each example runs, and each option exists."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest
from typer.main import get_command

from advisor import errors
from advisor.cli.app import build_app
from tests.docs.conftest import Workspace
from tests.docs.pages import PAGES, ROOT, Command, commands, name, prose, spans

REFERENCE = ROOT / "docs" / "commands.md"
OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z][a-z-]*")
HELP = {"-h", "--help"}
SECONDS = 60
APP: Any = get_command(build_app())


@pytest.mark.parametrize("page", [page for page in PAGES if list(commands(page))], ids=name)
def test_commands_in_pages_have_the_documented_output(page: Path, workspace: Workspace) -> None:
    for command in commands(page):
        where = f"{name(page)}:{command.line}"
        if command.asks:
            assert_asks(command, workspace)
            continue
        done = subprocess.run(
            ["sh", "-c", command.text],
            cwd=workspace.folder,
            env=workspace.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == command.exit_code, f"{where}\n{done.stdout}"
        assert not missing(command, done.stdout), f"{where}\n{done.stdout}"


def assert_asks(command: Command, workspace: Workspace) -> None:
    """Run a command at a terminal up to its first question, then stop it."""
    terminal = pexpect.spawn(
        "sh",
        ["-c", f"exec {command.text}"],
        cwd=str(workspace.folder),
        env={**workspace.variables, "TERM": "dumb"},
        timeout=SECONDS,
    )
    terminal.expect_exact("Which system, operator or sensor")
    terminal.sendintr()
    terminal.expect(pexpect.EOF)
    assert terminal.wait() == errors.INTERRUPTED


def missing(command: Command, output: str) -> list[str]:
    """Return the lines of the page that are not in the output, or not in the same order."""
    lines = iter(output.splitlines())
    return [message for message in command.output if not any(fits(message, line) for line in lines)]


def fits(message: str, line: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in message.strip().split("..."))
    return re.fullmatch(pattern, line.strip()) is not None


def options(name_: str) -> set[str]:
    """Return the options of a command (or of advisor itself for ""), including --no- options."""
    command = APP.commands[name_] if name_ else APP
    found = [param for param in command.params if param.param_type_name == "option"]
    return {option for param in found for option in (*param.opts, *param.secondary_opts)}


def sections() -> Iterator[tuple[str, str]]:
    """Yield the heading and the text of each section of the reference."""
    for part in re.split(r"^## ", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        heading, _, text = part.partition("\n")
        yield heading, text


def test_reference_has_a_section_for_each_command() -> None:
    assert {f"advisor {each}" for each in APP.commands} == {
        heading for heading, _ in sections() if heading.startswith("advisor ")
    }


@pytest.mark.parametrize("command", ["", *APP.commands])
def test_help_describes_each_option_and_argument(command: str) -> None:
    params = (APP.commands[command] if command else APP).params
    assert [param.name for param in params if not (param.help or "").strip()] == []


def test_reference_names_only_options_of_the_command() -> None:
    texts = {heading: text for heading, text in sections() if heading.startswith("advisor ")}
    for heading, text in texts.items():
        named = {option for span in spans(text) for option in OPTION.findall(span)}
        assert named <= options(heading.removeprefix("advisor ")), heading


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_pages_mention_only_existing_commands_and_options(page: Path) -> None:
    known = HELP.union(*map(options, ["", *APP.commands]))
    ours = [each for each in spans(prose(page)) if re.match(r"--[a-z]|advisor ", each)]
    assert {option for span in ours for option in OPTION.findall(span)} <= known
    named = [re.match(r"advisor ([a-z][a-z-]*)", span) for span in ours]
    assert {match[1] for match in named if match} <= set(APP.commands)


def test_reference_lists_each_exit_code() -> None:
    text = dict(sections())["Exit codes"]
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", text, re.MULTILINE)}
    assert codes == {getattr(errors, each) for each in dir(errors) if each.isupper()}


def test_reference_lists_each_environment_variable() -> None:
    read = [
        variable
        for file in (ROOT / "advisor").rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if "environ" in line
        for variable in re.findall(r'"([A-Z_]+)"', line)
    ]
    assert set(read) <= set(spans(dict(sections())["Environment variables"]))
