"""`advisor drill`: kills an operator at every line that it executes, and counts its jobs."""

import signal as signals
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.inputs import path_from
from advisor.cli.output import Format, say, write_result
from advisor.documents.model import hint_for, shown
from advisor.errors import ANSWER_IS_NO, DONE, InputError

if TYPE_CHECKING:
    from advisor.drill.api import DrillOptions
    from advisor.drill.live.api import LiveDrillOptions
    from advisor.drill.model import Outcome, Target

what_option = partial(typer.Option, rich_help_panel="What to drill")
how_option = partial(typer.Option, rich_help_panel="How to drill it")


class SignalName(str, Enum):
    """The signals, as an Enum because typer does not support lists of Literals."""

    KILL = "KILL"
    TERM = "TERM"
    END = "END"


def drill(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET...",
            help="Folder written by advisor scaffold, or path/to/file.py:factory, a function that "
            "takes the simulated job service and returns an operator. Repeatable with --live.",
            show_default=False,
        ),
    ],
    python: Annotated[
        str | None,
        what_option(
            metavar="PATH", help="Python interpreter with Airflow installed (default: current)."
        ),
    ] = None,
    signal: Annotated[
        list[SignalName] | None,
        what_option(
            help="Signal to send: KILL (worker lost), TERM (worker stopped) or END (task ended by "
            "a user). Repeatable (default: all; KILL with --pairs)."
        ),
    ] = None,
    point: Annotated[
        list[str] | None,
        what_option(
            metavar="SIGNAL:FILE:LINE#VISIT",
            help="Show a single point step by step. KILL:operators.py:57#3 sends KILL when a "
            "task is about to execute line 57 for the third time. Pass a second one to kill the "
            "retry there too.",
        ),
    ] = None,
    pairs: Annotated[
        bool, what_option("--pairs", help="Also kill the retry, at pairs of points.")
    ] = False,
    budget: Annotated[
        int | None,
        what_option(
            min=1,
            metavar="N",
            help="With --pairs: maximum number of pairs, drawn at random (default: 1000).",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        what_option(metavar="N", help="With --pairs: seed of the random draw (default: 4)."),
    ] = None,
    live: Annotated[
        bool,
        how_option(
            "--live", help="Run on a temporary Airflow with all services, and kill its workers."
        ),
    ] = False,
    fault: Annotated[
        list[str] | None,
        what_option(
            metavar="FAULT",
            help="Show a single fault of the job service step by step, such as 'the job fails'; "
            "with --live, a fault such as worker-killed. Repeatable with --live.",
        ),
    ] = None,
    keys: Annotated[
        bool | None,
        how_option(
            "--keys/--no-keys",
            help="Whether the job service honours idempotency keys (default: as in the hook). With "
            "--no-keys, it finds no job by its key either.",
        ),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        how_option(
            metavar="FINDINGS",
            help="Findings that exit with 1, separated by commas, or 'all' or 'none' "
            "(default: all except 'work lost on shutdown').",
        ),
    ] = None,
    jobs: Annotated[
        int, how_option(min=1, metavar="N", help="Number of scenarios to run in parallel.")
    ] = 2,
    format_: Annotated[Format, how_option("--format", "-f", help="Output format.")] = "terminal",
) -> int:
    """Kill an operator at every line and check its retries.

    The operator submits its jobs to a simulated job service, which records every call, so no real
    system is needed. Exits with 1 if it finds a violation, such as a duplicate job, a job left
    running, a lost result, or a success without a job.
    """
    # The drill and rich take 100 ms to import, so they are imported only where they are used.
    from advisor.drill.api import DrillOptions
    from advisor.drill.command_line import read_findings, read_target
    from advisor.drill.model import Signal
    from advisor.drill.scenarios import Sample

    _exit_on_sigterm()
    path_from("--python", python, "file")
    violations = read_findings(fail_on or [])
    parsed_targets = [read_target(each, python or "") for each in targets]
    sample_options = {"budget": budget, "seed": seed}
    if live:
        from advisor.drill.live.api import LiveDrillOptions

        line_options = {"signal": signal, "point": point, "pairs": pairs, **sample_options}
        _refuse(line_options, "cannot be combined with --live")
        return _drill_live(parsed_targets, LiveDrillOptions(keys, fault or [], violations), format_)
    if fault:
        _refuse(
            {"signal": signal, "point": point, "pairs": pairs}, "cannot be combined with --fault"
        )
    if len(fault or ()) > 1:
        raise InputError.of("", "more than one --fault requires --live")
    if len(parsed_targets) > 1:
        raise InputError.of("", "more than one TARGET requires --live")
    if not pairs:
        _refuse(sample_options, "requires --pairs")
    sample = Sample(**{name: each for name, each in sample_options.items() if each is not None})
    options = DrillOptions(
        signals=tuple(dict.fromkeys(Signal(each.value) for each in signal or ())),
        jobs=jobs,
        honours_keys=keys,
        pairs=sample if pairs else None,
        fail_on=violations,
    )
    if fault:
        return _drill_service_fault(parsed_targets[0], options, fault[0], format_)
    if point:
        return _drill_point(parsed_targets[0], options, point, format_)
    return _drill_lines(parsed_targets[0], options, format_)


def _exit_on_sigterm() -> None:
    """Let SIGTERM, which CI sends to cancel a step, end this process as Ctrl-C does."""

    def exit_(number: int, _frame: object) -> None:
        sys.exit(128 + number)

    with suppress(ValueError):  # this is not the main thread
        signals.signal(signals.SIGTERM, exit_)


def _refuse(options: Mapping[str, object], message: str) -> None:
    """Raise InputError with a message about the first option that was given."""
    for name, value in options.items():
        if value is not None and value is not False:
            raise InputError.of("", f"--{name} {message}")


def _drill_lines(target: "Target", options: "DrillOptions", format_: Format) -> int:
    """Kill an operator at every point and show the result."""
    from advisor.drill.api import drill_target
    from advisor.render.drill import markdown_drill, print_drill
    from advisor.render.drill_json import drill_document

    with _progress("Starting Airflow ...") as progress:
        result = drill_target(target, options, progress)
    write_result(
        format_,
        terminal=lambda console: print_drill(console, result),
        markdown=lambda: markdown_drill(result),
        document=lambda: drill_document(result),
    )
    return ANSWER_IS_NO if result.violations else DONE


def _drill_point(
    target: "Target", options: "DrillOptions", points: Sequence[str], format_: Format
) -> int:
    """Kill an operator at one point, or at two in one run, and show each step."""
    from advisor.drill.api import drill_point

    outcome = drill_point(target, options, *points, note=_say_note)
    return _write_run(outcome, options, format_)


def _drill_service_fault(
    target: "Target", options: "DrillOptions", fault: str, format_: Format
) -> int:
    """Drill an operator with one service fault, and show each step."""
    from advisor.drill.api import drill_service_fault
    from advisor.drill.command_line import read_service_fault
    from advisor.drill.live.faults import FAULTS

    if fault in {each.id for each in FAULTS}:
        raise InputError.of("", f"--fault {fault} requires --live")
    outcome = drill_service_fault(target, options, read_service_fault(fault), _say_note)
    return _write_run(outcome, options, format_)


def _say_note(text: str) -> None:
    say(f"note: {text}")


def _write_run(outcome: "Outcome", options: "DrillOptions", format_: Format) -> int:
    from advisor.render.drill import markdown_run, print_run
    from advisor.render.drill_json import run_document

    write_result(
        format_,
        terminal=lambda console: print_run(console, outcome),
        markdown=lambda: markdown_run(outcome),
        document=lambda: run_document(outcome),
    )
    return DONE if options.fail_on.isdisjoint(outcome.findings) else ANSWER_IS_NO


def _drill_live(targets: "Sequence[Target]", options: "LiveDrillOptions", format_: Format) -> int:
    """Kill operators on a temporary Airflow and show the result.

    Raises InputError for an unknown fault.
    """
    from advisor.drill.live.api import run_live_drill
    from advisor.drill.live.faults import FAULTS
    from advisor.render.drill import markdown_live_drill, print_live_drill
    from advisor.render.drill_json import live_drill_document

    known = [fault.id for fault in FAULTS]
    for fault in options.faults:
        if fault not in known:
            raise InputError.of("--fault", f"unknown fault {shown(fault)}", hint_for(fault, known))
    with _progress("Starting a temporary Airflow (about 30 s) ...") as progress:
        result = run_live_drill(targets, options, progress)
    write_result(
        format_,
        terminal=lambda console: print_live_drill(console, result, steps=bool(options.faults)),
        markdown=lambda: markdown_live_drill(result),
        document=lambda: live_drill_document(result),
    )
    return ANSWER_IS_NO if result.violations else DONE


@contextmanager
def _progress(first: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error if it is a terminal, and remove it at the end.

    Yields the function to call with the number of scenarios that are done, and of all of them.
    """
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    disabled = console.is_dumb_terminal
    with Progress(*columns, console=console, transient=True, disable=disabled) as bar:
        task = bar.add_task(first, total=None)
        yield lambda done, total: bar.update(
            task, description="Running scenarios", completed=done, total=total
        )
