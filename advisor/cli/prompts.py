"""Asks questions at a terminal, with menus or line by line."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from advisor.cli.completion import Entry, matching
from advisor.knowledge.model import Choice

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent, Completer, Completion
    from prompt_toolkit.document import Document

Check = Callable[[str], str]
"""Returns what is wrong with a text, or "" if it is accepted."""
Prompter: TypeAlias = "Menus | Lines"
"""Asks on standard error, so that standard output has only the result.

Each method raises KeyboardInterrupt or EOFError if the user cancels.
"""

EDITED = "was edited, or does not belong to this package"
YES, NO, ALL, DIFF, QUIT = "y", "n", "a", "d", "q"
OVERWRITE_ANSWERS = {
    YES: "overwrite your file",
    NO: "keep your file",
    ALL: "overwrite this and all remaining files",
    DIFF: "show the difference",
    QUIT: "quit without writing anything",
}


def can_ask() -> bool:
    """Return whether questions can be asked: standard input and error are a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def make_prompter() -> Prompter:
    """Return menus, or plain lines on a dumb terminal or if ADVISOR_PLAIN is set."""
    return Lines() if _is_plain() else Menus()


def show_dimmed(line: str) -> None:
    """Write a line below an answer, dimmed if the terminal has colours."""
    text = wrapped(line, indent="  ")
    plain = _is_plain() or os.environ.get("NO_COLOR")
    sys.stderr.write(f"{text}\n" if plain else f"\x1b[2m{text}\x1b[0m\n")
    sys.stderr.flush()


def _is_plain() -> bool:
    return os.environ.get("TERM", "") in ("", "dumb") or bool(os.environ.get("ADVISOR_PLAIN"))


def ask_yes(question: str) -> bool:
    """Ask a yes/no question and return whether the answer is yes (default: no)."""
    return _read_line(f"{question} (y/N) ").lower() in ("y", "yes")


def ask_overwrite(path: str, show_diff: Callable[[], str]) -> str:
    """Ask whether to overwrite an edited file; return YES, NO, ALL or QUIT.

    Shows the diff on request. Raises KeyboardInterrupt or EOFError if the user cancels.
    """
    keys = "/".join(OVERWRITE_ANSWERS)
    while True:
        answer = _read_line(f"{path} {EDITED}. Overwrite it? [{keys}] ")[:1].lower()
        if answer == DIFF:
            sys.stderr.write(show_diff())
        elif answer in OVERWRITE_ANSWERS:
            return answer
        else:
            lines = [f"  {key}  {meaning}\n" for key, meaning in OVERWRITE_ANSWERS.items()]
            sys.stderr.write("".join(lines))


class Menus:
    """Menus drawn by questionary."""

    def __init__(self) -> None:
        import questionary  # takes 200 ms, and only a run with questions needs it
        from prompt_toolkit.output import ColorDepth, create_output

        self.questionary = questionary
        self.options: dict[str, Any] = {"output": create_output(stdout=sys.stderr)}
        if os.environ.get("NO_COLOR"):
            self.options["color_depth"] = ColorDepth.DEPTH_1_BIT

    def choose(self, text: str, help_: str, choices: Sequence[Choice], default: str) -> str:
        """Return the id of the choice selected with the arrow keys, or with its first letter."""
        letters = [each.id[0] for each in choices]
        have_letters = len(set(letters)) == len(letters)
        entries = [
            self.questionary.Choice(
                each.text,
                value=each.id,
                description=each.help or None,
                shortcut_key=letter if have_letters else None,
            )
            for each, letter in zip(choices, letters, strict=True)
        ]
        _print_help(help_)
        chosen = self.questionary.select(
            text,
            entries,
            default=default or None,
            instruction=" ",
            use_shortcuts=have_letters,
            use_jk_keys=False,
            **self.options,
        ).unsafe_ask()
        return str(chosen)

    def write(self, text: str, help_: str, default: str, check: Check) -> str:
        """Return the first typed text that passes the check; nothing typed is the default."""
        _print_help(help_)
        typed = self.questionary.text(
            f"{text} [{default}]" if default else text,
            validate=lambda answer: check(answer or default) or True,
            **self.options,
        ).unsafe_ask()
        return str(typed) or default

    def complete(self, text: str, help_: str, entries: Sequence[Entry], check: Check) -> str:
        """Return the first typed text that passes the check or is empty; offers the entries."""
        _print_help(help_)
        typed = self.questionary.text(
            text,
            validate=lambda answer: not answer.strip() or check(answer) or True,
            completer=_completer(entries),
            **self.options,
        ).unsafe_ask()
        return str(typed).strip()


class Lines:
    """Numbered lines, for dumb terminals and screen readers."""

    def choose(self, text: str, help_: str, choices: Sequence[Choice], default: str) -> str:
        """Return the id of the choice whose number or id was typed."""
        _print_question(text, help_)
        for number, each in enumerate(choices, start=1):
            sys.stderr.write(f"  {number}. {each.text}{each.help and f' ({each.help})'}\n")
        ids = [choice.id for choice in choices]
        by_number = {str(number): id_ for number, id_ in enumerate(ids, start=1)}

        def chosen(typed: str) -> str:
            beginning = [each for each in ids if each.lower().startswith(typed.lower())]
            exact = [each for each in beginning if len(each) == len(typed)]
            [only] = exact if len(exact) == 1 else beginning if len(beginning) == 1 else [""]
            return by_number.get(typed, only)

        def check(typed: str) -> str:
            return "" if chosen(typed) in ids else f"Enter a number from 1 to {len(ids)}."

        return chosen(self._ask(f"1 to {len(ids)}", default, check))

    def write(self, text: str, help_: str, default: str, check: Check) -> str:
        """Return the first typed text that passes the check."""
        _print_question(text, help_)
        return self._ask("", default, check)

    def complete(self, text: str, help_: str, _: Sequence[Entry], check: Check) -> str:
        """Return the first typed text that passes the check or is empty."""
        _print_question(text, help_)
        return self._ask("", "", lambda typed: check(typed) if typed else "")

    def _ask(self, hint: str, default: str, check: Check) -> str:
        prompt = f"{hint} [{default}]: " if default else f"{hint}: "
        while True:
            typed = _read_line(prompt.lstrip(": ") or "> ") or default
            problem = check(typed)
            if not problem:
                return typed
            sys.stderr.write(f"{problem}\n")


def _completer(entries: Sequence[Entry]) -> Completer:
    """Return a completer that offers the entries that contain the typed text."""
    from prompt_toolkit.completion import Completer, Completion

    class Names(Completer):
        def get_completions(self, document: Document, _: CompleteEvent) -> Iterator[Completion]:
            typed = document.text
            for each in matching(entries, typed):
                yield Completion(each.name, -len(typed), display_meta=each.text)

    return Names()


def _read_line(prompt: str) -> str:
    """Return a typed line without its line ending; raise EOFError at the end of the input."""
    sys.stderr.write(prompt)
    sys.stderr.flush()
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.strip()


def _print_help(text: str) -> None:
    """Write the help above a question, wrapped, because a menu cuts off long lines."""
    sys.stderr.write(f"\n{wrapped(text)}\n")
    sys.stderr.flush()


def _print_question(text: str, help_: str) -> None:
    sys.stderr.write(f"\n{wrapped(text)}\n{wrapped(help_)}\n")


def wrapped(text: str, indent: str = "") -> str:
    """Return text wrapped to the width of the terminal."""
    width = max(shutil.get_terminal_size().columns - 1, 10)
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)
