"""Asking one question at a terminal: with menus, or line by line where menus cannot be drawn."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from advisor.knowledge.model import Choice

Check = Callable[[str], str]
"""Returns what is wrong with a text, or ""."""


class Prompter(Protocol):
    """Asks on standard error, so that standard output stays the result alone.

    Each method raises KeyboardInterrupt or EOFError where the user gives up.
    """

    def choose(self, text: str, help_: str, choices: Sequence[Choice], default: str) -> str:
        """Return the id of the choice that was made."""

    def write(self, text: str, help_: str, default: str, check: Check) -> str:
        """Return a text that passes the check."""


def can_ask() -> bool:
    """Return whether there is a terminal to ask at."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def make_prompter() -> Prompter:
    """Return menus, or plain lines for a dumb terminal and for whoever sets ADVISOR_PLAIN."""
    plain = os.environ.get("TERM", "dumb") == "dumb" or os.environ.get("ADVISOR_PLAIN")
    return Lines() if plain else Menus()


class Menus:
    """Menus drawn by questionary."""

    def __init__(self) -> None:
        # Here and not above: it takes 200 ms, and only somebody who is asked needs it.
        import questionary
        from prompt_toolkit.output import create_output

        self.questionary = questionary
        self.options: dict[str, Any] = {"output": create_output(stdout=sys.stderr)}
        if "NO_COLOR" in os.environ:
            from prompt_toolkit.output import ColorDepth

            self.options["color_depth"] = ColorDepth.DEPTH_1_BIT

    def choose(self, text: str, help_: str, choices: Sequence[Choice], default: str) -> str:
        """Return the id of the choice that was made with the arrow keys."""
        entries = [
            self.questionary.Choice(each.text, value=each.id, description=each.help)
            for each in choices
        ]
        _explain(help_)
        chosen = self.questionary.select(
            text, entries, default=default or None, instruction=" ", **self.options
        ).unsafe_ask()
        return str(chosen)

    def write(self, text: str, help_: str, default: str, check: Check) -> str:
        """Return a text that was typed and passes the check."""
        _explain(help_)
        typed = self.questionary.text(
            text,
            default=default,
            validate=lambda answer: check(answer) or True,
            **self.options,
        ).unsafe_ask()
        return str(typed)


class Lines:
    """Numbered lines, for a dumb terminal and for screen readers."""

    def choose(self, text: str, help_: str, choices: Sequence[Choice], default: str) -> str:
        """Return the id of the choice whose number or id was typed."""
        self._say(f"\n{text}\n{help_}")
        for number, choice in enumerate(choices, start=1):
            self._say(f"  {number}. {choice.text} ({choice.help})")
        ids = [choice.id for choice in choices]
        by_number = {str(number): id_ for number, id_ in enumerate(ids, start=1)}

        def check(typed: str) -> str:
            accepted = typed in by_number or typed.lower() in ids
            return "" if accepted else f"Type a number from 1 to {len(ids)}."

        typed = self._ask(f"1 to {len(ids)}", default, check)
        return by_number.get(typed, typed.lower())

    def write(self, text: str, help_: str, default: str, check: Check) -> str:
        """Return a text that was typed and passes the check."""
        self._say(f"\n{text}\n{help_}")
        return self._ask("", default, check)

    def _ask(self, hint: str, default: str, check: Check) -> str:
        lead = f"{hint} [{default}]: " if default else f"{hint}: "
        while True:
            sys.stderr.write(lead.lstrip(": ") or "> ")
            sys.stderr.flush()
            line = sys.stdin.readline()
            if not line:
                raise EOFError
            typed = line.strip() or default
            wrong = check(typed)
            if not wrong:
                return typed
            self._say(wrong)

    def _say(self, text: str) -> None:
        sys.stderr.write(text + "\n")


def _explain(help_: str) -> None:
    """Write the help of a question above it, wrapped: a menu would cut it off at the margin."""
    import shutil
    import textwrap

    width = shutil.get_terminal_size().columns
    sys.stderr.write("\n" + textwrap.fill(help_, max(width - 1, 10)) + "\n")
    sys.stderr.flush()
