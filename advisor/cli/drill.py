"""`advisor drill`: kill an operator at every line that it executes, and count its jobs."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.cli.output import Format, say, write_result
from advisor.errors import ANSWER_IS_NO, DONE, InputError

if TYPE_CHECKING:
    from advisor.drill.api import DrillOptions
    from advisor.drill.model import Target

what_option = partial(typer.Option, rich_help_panel="What to drill")
how_option = partial(typer.Option, rich_help_panel="How to drill it")


class SignalName(str, Enum):
    """What is sent: typer has no lists of Literals."""

    KILL = "KILL"
    TERM = "TERM"
    END = "END"


def drill(
    targets: Annotated[
        list[str],
        typer.Argument(
            metavar="TARGET...",
            help="A folder that advisor scaffold wrote, or path/to/file.py:factory, a function "
            "that takes the drill's job service and returns an operator. Several with --live.",
            show_default=False,
        ),
    ],
    python: Annotated[
        Path | None,
        what_option(
            metavar="PATH", help="Python interpreter with Airflow installed (default: current)."
        ),
    ] = None,
    signal: Annotated[
        list[SignalName] | None,
        what_option(
            help="KILL, the worker is lost; TERM, it is stopped; END, a user ends the task. "
            "Repeatable (default: all, with --pairs KILL)."
        ),
    ] = None,
    point: Annotated[
        list[str] | None,
        what_option(
            metavar="POINT",
            help="One point, step by step, such as KILL:operators.py:57#3. Given twice, the second "
            "is where the retry is hit.",
        ),
    ] = None,
    pairs: Annotated[
        bool, what_option("--pairs", help="Kill the retry too: pairs of points.")
    ] = False,
    budget: Annotated[
        int | None,
        what_option(
            min=1,
            metavar="N",
            help="With --pairs: how many pairs to run, drawn at random (default: 1000).",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        what_option(metavar="N", help="With --pairs: what the pairs are drawn with (default: 4)."),
    ] = None,
    live: Annotated[
        bool,
        how_option(
            "--live", help="On a temporary Airflow with all its services, whose workers are killed."
        ),
    ] = False,
    fault: Annotated[
        list[str] | None,
        what_option(
            metavar="FAULT",
            help="With --live: one fault, step by step, such as worker-killed. Repeatable "
            "(default: all).",
        ),
    ] = None,
    keys: Annotated[
        bool | None,
        how_option(
            "--keys/--no-keys",
            help="Does the service honour idempotency keys? (default: as the hook says)",
        ),
    ] = None,
    jobs: Annotated[int, how_option(min=1, help="How many scenarios run at a time.")] = 2,
    format_: Annotated[
        Format, how_option("--format", "-f", help="How to show the result.")
    ] = "terminal",
) -> int:
    """Kill an operator at every line that it executes, let it be retried, and count its jobs.

    Exits with 1 where a job was submitted twice or left running, or a result was lost.
    """
    # The drill and rich are imported where they are used: 100 ms that other commands do not need.
    from advisor.drill.api import DrillOptions
    from advisor.drill.command_line import read_target
    from advisor.drill.model import Signal
    from advisor.drill.scenarios import Sample

    parsed_targets = [read_target(each, str(python or "")) for each in targets]
    sample_options = {"budget": budget, "seed": seed}
    if live:
        line_options = {"signal": signal, "point": point, "pairs": pairs, **sample_options}
        _refuse(line_options, "is for the line drill, without --live")
        return _drill_live(parsed_targets, keys, fault or [], format_)
    _refuse({"fault": fault}, "is for a temporary Airflow, with --live")
    if len(parsed_targets) > 1:
        raise InputError.of("TARGET", "several are accepted with --live alone, which they share")
    if not pairs:
        _refuse(sample_options, "is for pairs of points, with --pairs")
    sample = Sample(**{name: each for name, each in sample_options.items() if each is not None})
    options = DrillOptions(
        signals=tuple(dict.fromkeys(Signal(each.value) for each in signal or ())),
        jobs=jobs,
        honours_keys=keys,
        pairs=sample if pairs else None,
    )
    if point:
        return _drill_point(parsed_targets[0], options, point, format_)
    return _drill_lines(parsed_targets[0], options, format_)


def _refuse(options: Mapping[str, object], message: str) -> None:
    """Raise InputError if one of some options was given."""
    for name, value in options.items():
        if value is not None and value is not False:
            raise InputError.of(f"--{name}", message)


def _drill_lines(target: "Target", options: "DrillOptions", format_: Format) -> int:
    """Drill every point of an operator."""
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
    """Drill one point, or two points in one run, and show what happened step by step."""
    from advisor.drill.api import drill_point
    from advisor.render.drill import markdown_run, print_run
    from advisor.render.drill_json import run_document

    outcome = drill_point(target, options, *points, note=lambda text: say(f"note: {text}"))
    write_result(
        format_,
        terminal=lambda console: print_run(console, outcome),
        markdown=lambda: markdown_run(outcome),
        document=lambda: run_document(outcome),
    )
    return ANSWER_IS_NO if outcome.findings else DONE


def _drill_live(
    targets: "Sequence[Target]", keys: bool | None, faults: Sequence[str], format_: Format
) -> int:
    """Drill operators on a temporary Airflow.

    Raises InputError for an unknown fault.
    """
    from advisor.drill.live.api import LiveDrillOptions, run_live_drill
    from advisor.drill.live.faults import FAULTS
    from advisor.render.drill import markdown_live_drill, print_live_drill
    from advisor.render.drill_json import live_drill_document

    known = [fault.id for fault in FAULTS]
    for fault in faults:
        if fault not in known:
            raise InputError.of("--fault", f"found {fault!r}; accepted is {', '.join(known)}")
    with _progress("Starting a temporary Airflow, which takes half a minute ...") as progress:
        result = run_live_drill(targets, LiveDrillOptions(keys, faults), progress)
    write_result(
        format_,
        terminal=lambda console: print_live_drill(console, result, steps=bool(faults)),
        markdown=lambda: markdown_live_drill(result),
        document=lambda: live_drill_document(result),
    )
    return ANSWER_IS_NO if result.violations else DONE


@contextmanager
def _progress(first: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar on standard error if that is a terminal, and remove it at the end.

    Yields the function to call with how many scenarios are done, and of how many.
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
