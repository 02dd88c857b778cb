"""The commands put together, and the one place where every error becomes an exit code."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from typing import Any

import typer

from advisor.cli.output import say
from advisor.cli.version import version_option
from advisor.errors import BUG, DONE, INPUT_IS_WRONG, INTERRUPTED, AdvisorError

INTERRUPTION = "Interrupted; nothing was written."
COMMANDS = ("recommend", "scaffold", "drill", "compare", "explain", "schema")
"""Each command is a function in the module of advisor.cli that has its name."""


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code; nothing it prints is ever a bare traceback."""
    try:
        _make_streams_lenient()
        app = build_app(arguments[0] if arguments else "")
        code = _exit_code(app(arguments, prog_name="advisor", standalone_mode=False))
        if code == INTERRUPTED:  # what typer makes of Ctrl-C
            say(INTERRUPTION)
        return code
    except typer.Exit as exit_:
        return exit_.exit_code
    except AdvisorError as error:
        _report(error)
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say(INTERRUPTION)
        return INTERRUPTED
    except SystemExit as stopped:
        return _stopped(stopped)
    except Exception as error:  # noqa: BLE001 - the last line of defence, it reports a bug
        return _usage_or_bug(error, arguments)


def build_app(only: str = "") -> typer.Typer:
    """Return the application: with one command where `only` names it, else with all of them.

    The others would be imported and their options read for nothing, which takes as long as the
    recommendation itself.
    """
    app = typer.Typer(
        name="advisor",
        rich_markup_mode="rich" if _fancy() else None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(version_option)
    for name in [only] if only in COMMANDS else COMMANDS:
        module = import_module(f"advisor.cli.{name}")
        app.command(name)(getattr(module, name))
    return app


def _make_streams_lenient() -> None:
    """Let a character that the terminal cannot show be escaped instead of ending the run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            with suppress(OSError):  # it flushes first, which fails where nobody reads
                stream.reconfigure(errors="backslashreplace")


def _fancy() -> bool:
    """Return whether help may have boxes: only on a real terminal that is wide enough for them."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return on_terminal and os.environ.get("TERM") != "dumb" and "NO_COLOR" not in os.environ


def _exit_code(returned: object) -> int:
    return returned if isinstance(returned, int) else DONE


def _usage_or_bug(error: Exception, arguments: list[str]) -> int:
    """Return the exit code of an error that is not ours: the parser's of the options, or a bug."""
    message: Any = getattr(error, "format_message", None)
    if message is not None and getattr(error, "exit_code", None) is not None:
        say(f"error: {message()}")
        context = getattr(error, "ctx", None)
        if context is not None:
            say(f"Try '{context.command_path} --help'.")
        return INPUT_IS_WRONG
    from advisor.cli.bug import report_bug

    report_bug(error, arguments)
    return BUG


def _stopped(stopped: SystemExit) -> int:
    """Return the exit code where the parser of options has ended the run.

    It does so where nobody reads its help any more, which is no error.
    """
    if isinstance(stopped.__context__, BrokenPipeError):
        return DONE
    return stopped.code if isinstance(stopped.code, int) else INPUT_IS_WRONG


def _report(error: AdvisorError) -> None:
    for problem in error.problems:
        say(f"error: {problem.line()}")
