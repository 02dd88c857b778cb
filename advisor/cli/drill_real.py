"""`advisor drill --real`: operators on a throw-away Airflow, whose workers are killed."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.cli.drill_progress import Progress
from advisor.cli.output import Format, Screen, write, write_shape
from advisor.drill.model import Target
from advisor.drill.real.drilling import drill_really
from advisor.drill.real.model import RealDrilled
from advisor.drill.real.session import Wish
from advisor.drill.real.stories import STORIES
from advisor.errors import ANSWER_IS_NO, DONE, InputError


def drill_real(
    targets: Sequence[Target], keys: bool | None, only: Sequence[str], format_: Format
) -> int:
    """Drill operators on a real Airflow, show what became of them, and return the exit code.

    Raises InputError where `only` names no story.
    """
    known = [story.id for story in STORIES]
    for id_ in only:
        if id_ not in known:
            raise InputError.of("--only", f"found {id_!r}; accepted is {', '.join(known)}")
    with Progress("Starting a throw-away Airflow, which takes half a minute ...") as progress:
        drilled = drill_really(targets, Wish(keys, only), progress.show)
    _show(drilled, format_, steps=bool(only))
    return ANSWER_IS_NO if drilled.violations else DONE


def _show(drilled: RealDrilled, format_: Format, *, steps: bool) -> None:
    from advisor.view.drilled_really import markdown_really, print_really, shape_really

    if format_ is Format.terminal:
        with Screen() as console:
            print_really(console, drilled, steps=steps)
    elif format_ is Format.markdown:
        write(markdown_really(drilled))
    else:
        write_shape(shape_really(drilled), format_)
