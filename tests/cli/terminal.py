"""A real pseudo-terminal with advisor in it, and the keys that a person would press."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect

ENTER = "\r"
DOWN = "\x1b[B"
CTRL_C = "\x03"
CTRL_D = "\x04"
PATIENCE = 20
"""Seconds after which something that should have come is taken not to come."""

# The prompts in the order in which they come, by words that stand in no other.
TRIGGERER = "Does a Triggerer run"
DURATION = "How long does one wait last"
DUPLICATE = "submitted twice"
CLIENT = "async client or hook"
VERSION = "Which Airflow version"
WORK = "What does the task do"
JOB_ID = "return an id"
KEY = "carry a key of your own"
SYSTEM = "Which system runs the job"
OFFER = "Scaffold it now?"


def hear_interrupts() -> None:
    """Undo what a suite in the background of a shell hands on: there SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """One run of advisor in a pseudo-terminal; stops it at the end, however the test ends."""

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
            # No cursor reports: a real terminal answers them, this one would be waited for.
            env={**inherited, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1", **(environment or {})},
            dimensions=(50, columns),
            encoding="utf-8",
            timeout=PATIENCE,
            preexec_fn=hear_interrupts,
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
        # The hint that a menu draws under itself, or the line to type on, comes after its title.
        self.press(*keys)

    def ends(self) -> int:
        """Wait for the end and return the exit code."""
        self.child.expect(pexpect.EOF)
        self.seen += str(self.child.before)
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -1)
