"""`advisor drill`: the operator killed at every line it executes, retried, and counted."""

from __future__ import annotations

from advisor.cli import drill_options as options
from advisor.cli.drill_progress import Progress
from advisor.cli.output import Format, Screen, write, write_shape
from advisor.drill.api import DrillOptions, drill_point, drill_target
from advisor.drill.model import DrillResult, Outcome, Signal, Target
from advisor.drill.scenarios import BUDGET, SEED, Sample
from advisor.drill.target import read_target
from advisor.errors import ANSWER_IS_NO, DONE, InputError


def drill(
    targets: options.TargetArguments,
    python: options.Python = None,
    signal: options.Signals = None,
    only: options.Only = None,
    twice: options.Twice = False,
    budget: options.Budget = None,
    seed: options.Seed = None,
    keys: options.Keys = None,
    jobs: options.Jobs = 2,
    real: options.Real = False,
    format_: options.ResultFormat = Format.terminal,
) -> int:
    """Kill an operator at every line that it executes, let it be retried, and count its jobs.

    Exits with 1 where a job was submitted twice or left running, or a result was lost.
    """
    named = [read_target(each, str(python or "")) for each in targets]
    if real:
        _refuse_beside_real(signal=signal, twice=twice, budget=budget, seed=seed)
        from advisor.cli.drill_live import drill_live

        return drill_live(named, keys, only or (), format_)
    if len(named) > 1:
        raise InputError.of("TARGET", "several are accepted with --real alone, which they share")
    signals = tuple(dict.fromkeys(Signal(each.value) for each in signal or ()))
    wish = DrillOptions(signals, jobs, keys, _pairs(budget, seed, twice=twice))
    if only:
        return _show_run(drill_point(named[0], wish, *only), format_)
    return _show(_run_drill(named[0], wish), format_)


def _refuse_beside_real(**options: object) -> None:
    for name, given in options.items():
        if given:
            raise InputError.of(f"--{name}", "is for the line drill, without --real")


def _pairs(budget: int | None, seed: int | None, *, twice: bool) -> Sample | None:
    for option, given in (("--budget", budget), ("--seed", seed)):
        if given is not None and not twice:
            raise InputError.of(option, "is for pairs of points, with --twice")
    requests = Sample(BUDGET if budget is None else budget, SEED if seed is None else seed)
    return requests if twice else None


def _run_drill(target: Target, wish: DrillOptions) -> DrillResult:
    with Progress() as progress:
        return drill_target(target, wish, progress.show)


def _show(result: DrillResult, format_: Format) -> int:
    from advisor.render.drill_json import shape_drill
    from advisor.render.drill_markdown import markdown_drill
    from advisor.render.drill_terminal import print_drill

    if format_ is Format.terminal:
        with Screen() as console:
            print_drill(console, result)
    elif format_ is Format.markdown:
        write(markdown_drill(result))
    else:
        write_shape(shape_drill(result), format_)
    return ANSWER_IS_NO if result.violations else DONE


def _show_run(outcome: Outcome, format_: Format) -> int:
    from advisor.render.drill_json import shape_run
    from advisor.render.drill_markdown import markdown_run
    from advisor.render.drill_terminal import print_run

    if format_ is Format.terminal:
        with Screen() as console:
            print_run(console, outcome)
    elif format_ is Format.markdown:
        write(markdown_run(outcome))
    else:
        write_shape(shape_run(outcome), format_)
    return ANSWER_IS_NO if outcome.findings else DONE
