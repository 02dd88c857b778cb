"""`advisor drill --real`: operators on a throw-away Airflow, whose workers are killed."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.cli.drill_progress import Progress
from advisor.cli.output import Format, Screen, write, write_shape
from advisor.drill.live.api import run_live_drill
from advisor.drill.live.faults import FAULTS
from advisor.drill.live.model import LiveDrillResult
from advisor.drill.live.session import LiveDrillOptions
from advisor.drill.model import Target
from advisor.errors import ANSWER_IS_NO, DONE, InputError


def drill_live(
    targets: Sequence[Target], keys: bool | None, only: Sequence[str], format_: Format
) -> int:
    """Drill operators on a real Airflow, show what became of them, and return the exit code.

    Raises InputError where `only` names no story.
    """
    known = [fault.id for fault in FAULTS]
    for id_ in only:
        if id_ not in known:
            raise InputError.of("--only", f"found {id_!r}; accepted is {', '.join(known)}")
    with Progress("Starting a throw-away Airflow, which takes half a minute ...") as progress:
        result = run_live_drill(targets, LiveDrillOptions(keys, only), progress.show)
    _show(result, format_, steps=bool(only))
    return ANSWER_IS_NO if result.violations else DONE


def _show(result: LiveDrillResult, format_: Format, *, steps: bool) -> None:
    from advisor.render.live_drill import markdown_live_drill, print_live_drill, shape_live_drill

    if format_ is Format.terminal:
        with Screen() as console:
            print_live_drill(console, result, steps=steps)
    elif format_ is Format.markdown:
        write(markdown_live_drill(result))
    else:
        write_shape(shape_live_drill(result), format_)
