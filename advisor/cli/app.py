"""The application with all commands; the only place that turns errors into exit codes."""

import errno
import os
import platform
import sys
import traceback
from contextlib import suppress
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from advisor import __version__
from advisor.cli.catalog import catalog
from advisor.cli.compare import compare
from advisor.cli.demo_server import demo_server
from advisor.cli.drill import drill
from advisor.cli.explain import explain
from advisor.cli.output import close_stdout, say, write
from advisor.cli.recommend import recommend
from advisor.cli.scaffold import scaffold
from advisor.cli.schema import schema
from advisor.cli.usage import usage_problem
from advisor.errors import ANSWER_IS_NO, BUG, DONE, INPUT_IS_WRONG, INTERRUPTED, AdvisorError
from advisor.knowledge.loader import load_edition

INTERRUPTION = "Interrupted."
BUG_REPORT = """
advisor crashed because of a bug. Please open an issue and include the report below.

--- report ---
advisor {version}, Python {python}, {system}
command: advisor {command}

{trace}--- end of report ---
"""


def run(arguments: list[str]) -> int:
    """Run a command line and return its exit code; reports every error itself."""
    try:
        _make_streams_lenient()
        returned = build_app()(arguments, prog_name="advisor", standalone_mode=False)
        code = returned if isinstance(returned, int) else DONE
        if code == INTERRUPTED:  # typer turns Ctrl-C into this code
            say(INTERRUPTION)
        return code
    except typer.Exit as exit_:
        return exit_.exit_code
    except AdvisorError as error:
        for problem in error.problems:
            say(f"error: {problem.line()}")
        return error.exit_code
    except (KeyboardInterrupt, typer.Abort):
        say(INTERRUPTION)
        return INTERRUPTED
    except SystemExit as exit_:
        return _exit_code_of(exit_)
    except Exception as error:  # noqa: BLE001 - anything else is reported as a bug
        return _usage_or_bug(error, arguments)


def build_app() -> typer.Typer:
    """Return the application with all commands."""
    app = typer.Typer(
        name="advisor",
        rich_markup_mode="rich" if _can_draw_boxes() else None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback(invoke_without_command=True)(_top_level)
    for command in (recommend, scaffold, drill, catalog, compare, explain, schema, demo_server):
        app.command(command.__name__.replace("_", "-"), cls=Command)(command)
    return app


class Command(TyperCommand):
    """A command whose usage line has no braces around required arguments."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:  # noqa: ANN401 - its class is private
        """Return the parts of the usage line after the name of the command."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]


def _top_level(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version and exit.")
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose",
            "-v",
            help="With --version: also show the date and Airflow versions of the rules.",
        ),
    ] = False,
) -> None:
    """Choose between deferrable, resumable and async for an Airflow task that waits.

    Recommends a pattern with reasons, writes the operator, and tests how it recovers.
    """
    if version:
        write(f"advisor {__version__}\n" + (_edition() if verbose else ""))
        raise typer.Exit
    if context.invoked_subcommand is None:
        write(f"{context.get_help()}\n")
        raise typer.Exit


def _edition() -> str:
    edition = load_edition()
    return f"rules: {edition.date}, Airflow {edition.oldest} to {edition.newest}\n"


def _make_streams_lenient() -> None:
    """Make the streams escape characters that they cannot encode."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            with suppress(OSError):  # reconfigure flushes, which fails on a closed pipe
                stream.reconfigure(errors="backslashreplace")


def _can_draw_boxes() -> bool:
    """Return whether help can be drawn with boxes and colours."""
    on_terminal = sys.stdout is not None and sys.stdout.isatty()
    return on_terminal and os.environ.get("TERM") != "dumb" and "NO_COLOR" not in os.environ


def _exit_code_of(exit_: SystemExit) -> int:
    """Return the exit code for a SystemExit of the option parser.

    It raises one if help is written to a closed pipe, which is not an error.
    """
    if isinstance(exit_.__context__, BrokenPipeError):
        return DONE
    return exit_.code if isinstance(exit_.code, int) else INPUT_IS_WRONG


def _usage_or_bug(error: Exception, arguments: list[str]) -> int:
    """Report a usage error, a failed write of help, or a bug; return the exit code."""
    format_message: Any = getattr(error, "format_message", None)
    if format_message is not None and getattr(error, "exit_code", None) is not None:
        say(f"error: {usage_problem(error).line()}")
        context = getattr(error, "ctx", None)
        if context is not None:
            say(f"Try `{context.command_path} --help`.")
        return INPUT_IS_WRONG
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:  # typer wrote help
        close_stdout()
        say(f"error: standard output: cannot be written: {error.strerror}")
        return ANSWER_IS_NO
    _report_bug(error, arguments)
    return BUG


def _report_bug(error: Exception, arguments: list[str]) -> None:
    """Write a bug report to standard error."""
    # Without the values of options, which may be private.
    options = [each for each in arguments[1:] if each.startswith("-")]
    words = [*arguments[:1], *options]
    sys.stderr.write(
        BUG_REPORT.format(
            version=__version__,
            python=platform.python_version(),
            system=platform.platform(terse=True),
            command=" ".join(words),
            trace="".join(traceback.format_exception(error)),
        )
    )
