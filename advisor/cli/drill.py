"""`advisor drill`: the operator killed at every line it executes, retried, and counted."""

from __future__ import annotations

from advisor.cli import drill_options as options
from advisor.cli.drill_progress import Progress
from advisor.cli.drill_real import drill_real
from advisor.cli.output import Format as OutputFormat
from advisor.cli.output import Screen, write, write_shape
from advisor.drill.drilling import SIGNALS, Wish, drill_point, drill_target
from advisor.drill.model import Drilled, Outcome, Signal, Target
from advisor.drill.real.session import Wish as RealWish
from advisor.drill.target import read_target
from advisor.errors import ANSWER_IS_NO, DONE, InputError


def drill(
    targets: options.TargetArguments,
    python: options.Python = None,
    signal: options.Signals = None,
    only: options.Only = None,
    keys: options.Keys = None,
    jobs: options.Jobs = 2,
    real: options.Real = False,
    format_: options.ResultFormat = options.Format.terminal,
) -> int:
    """Kill an operator at every line that it executes, let it be retried, and count its jobs.

    Exits with 1 where a job was submitted twice or left running, or a result was lost.
    """
    named = [read_target(each, str(python or "")) for each in targets]
    if real:
        return drill_real(named, RealWish(keys, only or ""), format_)
    if len(named) > 1:
        raise InputError.of("TARGET", "several are accepted with --real alone, which they share")
    target = named[0]
    signals = tuple(Signal(each.value) for each in signal) if signal else SIGNALS
    wish = Wish(signals, jobs, keys)
    if only is not None:
        return _show_run(drill_point(target, wish, only), format_)
    return _show(_drilled(target, wish), format_)


def _drilled(target: Target, wish: Wish) -> Drilled:
    with Progress() as progress:
        return drill_target(target, wish, progress.show)


def _show(drilled: Drilled, format_: options.Format) -> int:
    from advisor.view.drilled import markdown_drilled, print_drilled
    from advisor.view.drilled_shape import shape_drilled

    if format_ is options.Format.json:
        write_shape(shape_drilled(drilled), OutputFormat.json)
    elif format_ is options.Format.markdown:
        write(markdown_drilled(drilled))
    else:
        with Screen() as console:
            print_drilled(console, drilled)
    return ANSWER_IS_NO if drilled.violations else DONE


def _show_run(outcome: Outcome, format_: options.Format) -> int:
    from advisor.view.drilled import print_run, run_lines
    from advisor.view.drilled_shape import shape_run

    if format_ is options.Format.json:
        write_shape(shape_run(outcome), OutputFormat.json)
    elif format_ is options.Format.markdown:
        write(["```text\n", *(f"{line}\n" for line in run_lines(outcome)), "```\n"])
    else:
        with Screen() as console:
            print_run(console, outcome)
    return ANSWER_IS_NO if outcome.findings else DONE
