"""Runs advisor in a pseudo-terminal, and presses keys in it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pexpect

ENTER = "\r"
DOWN = "\x1b[B"
CTRL_C = "\x03"
CTRL_D = "\x04"
TIMEOUT = 20
"""Seconds to wait for an output."""

# The prompts in order, each identified by words that no other prompt contains.
SYSTEM = "Which system, operator or sensor"
TRIGGERER = "Does a Triggerer run"
DURATION = "How long does one wait usually take"
DUPLICATE = "submitted twice"
CLIENT = "async client or hook"
VERSION = "Which Airflow version"
WORK = "What does the task do"
JOB_ID = "return a job id"
KEY = "carry a key that you choose"
EXECUTOR = "Which executor runs the task"
OFFER = "Scaffold it now?"


class Terminal:
    """A run of advisor in a pseudo-terminal, which is closed at the end."""

    def __init__(
        self,
        *arguments: str,
        folder: Path,
        columns: int = 100,
        environment: Mapping[str, str] | None = None,
        shell: str = "",
    ) -> None:
        inherited = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
        program = [sys.executable, "-m", "advisor", *arguments]
        if shell:
            program = ["sh", "-c", shell.replace("ADVISOR", f"{sys.executable} -m advisor")]
        self.child = pexpect.spawn(
            program[0],
            program[1:],
            cwd=str(folder),
            # Turn off cursor position requests: only a real terminal would answer them.
            env={**inherited, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **(environment or {})},
            dimensions=(50, columns),
            encoding="utf-8",
            timeout=TIMEOUT,
        )
        self.seen = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.child.close(force=True)

    def sees(self, words: str) -> None:
        """Wait for words."""
        self.child.expect_exact(words)
        self.seen += f"{self.child.before}{words}"

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.child.send(key)

    def answers(self, prompt: str, *keys: str) -> None:
        """Wait for a prompt and answer it."""
        self.sees(prompt)
        self.press(*keys)

    def answers_all(self, prompts: Iterable[tuple[str, Iterable[str]]]) -> None:
        """Wait for prompts and answer each."""
        for prompt, keys in prompts:
            self.answers(prompt, *keys)

    def ends(self) -> int:
        """Wait for the end and return the exit code."""
        self.child.expect(pexpect.EOF)
        self.seen += str(self.child.before)
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -1)
