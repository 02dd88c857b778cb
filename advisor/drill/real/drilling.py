"""The drill on a real Airflow: one is started, and every story is told of every target at once."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from advisor.documents.model import printable
from advisor.drill.inside.ledger import Ledger
from advisor.drill.model import Target
from advisor.drill.real.api import Refused
from advisor.drill.real.model import RealDrilled
from advisor.drill.real.project import Project, refuse_broken, triggers_of
from advisor.drill.real.session import Progress, Session, Wish
from advisor.drill.real.suitable import airflow_of, refuse_namesakes
from advisor.drill.real.throwaway import RealAirflow
from advisor.drill.real.waiting import NotReady, ServiceEnded
from advisor.errors import InputError

LINES_SHOWN: Final = 12


def drill_really(
    targets: Sequence[Target], wish: Wish, progress: Progress = lambda *_: None
) -> RealDrilled:
    """Drill operators on a throw-away Airflow, which is gone afterwards.

    Raises:
        InputError: this is not Linux; Airflow is missing, too old or does not come up; or an
            operator cannot be loaded there, does not wait, or does not succeed undisturbed.
    """
    started = time.monotonic()
    python = Path(targets[0].python or sys.executable)
    version = airflow_of(python)
    refuse_namesakes(targets)
    with _airflow_with(python, targets, wish) as (airflow, ledger):
        rows = Session(airflow, ledger, targets, wish).rows(progress)
    seconds = time.monotonic() - started
    return RealDrilled(targets, version, rows, seconds, wish.honours_keys)


@contextmanager
def _airflow_with(
    python: Path, targets: Sequence[Target], wish: Wish
) -> Iterator[tuple[RealAirflow, Ledger]]:
    try:
        with closing(RealAirflow(python, preload=triggers_of(targets))) as airflow:
            project = Project(airflow.home, targets)
            project.write()
            airflow.variables.update(project.variables(wish.honours_keys))
            refuse_broken(python, targets, airflow.variables, airflow.home)
            with airflow:
                yield airflow, Ledger(project.ledger)
    except (NotReady, Refused, ServiceEnded, TimeoutError) as error:
        said = printable("; ".join(str(error).splitlines()[:LINES_SHOWN]))
        raise InputError.of("--real", f"Airflow does not do what it should: {said}") from None
