"""The drill on a real Airflow: one is started, and every story is told of every target at once."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from advisor.documents.model import printable
from advisor.drill.live.model import LiveDrillResult
from advisor.drill.live.project import Project, refuse_broken, triggers_of
from advisor.drill.live.requirements import airflow_of, refuse_namesakes
from advisor.drill.live.rest_api import Refused
from advisor.drill.live.session import LiveDrillOptions, Progress, Session
from advisor.drill.live.temporary_airflow import TemporaryAirflow
from advisor.drill.live.waiting import NotReady, ServiceEnded
from advisor.drill.model import Target
from advisor.drill.runtime.ledger import Ledger
from advisor.errors import InputError

LINES_SHOWN: Final = 12


def run_live_drill(
    targets: Sequence[Target], options: LiveDrillOptions, progress: Progress = lambda *_: None
) -> LiveDrillResult:
    """Drill operators on a throw-away Airflow, which is gone afterwards.

    Raises:
        InputError: this is not Linux; Airflow is missing, too old or does not come up; or an
            operator cannot be loaded there, does not wait, or does not succeed undisturbed.
    """
    started = time.monotonic()
    python = Path(targets[0].python or sys.executable)
    version = airflow_of(python)
    refuse_namesakes(targets)
    with _airflow_with(python, targets, options) as (airflow, ledger):
        rows = Session(airflow, ledger, targets, options).rows(progress)
    seconds = time.monotonic() - started
    return LiveDrillResult(targets, version, rows, seconds, options.honours_keys)


@contextmanager
def _airflow_with(
    python: Path, targets: Sequence[Target], options: LiveDrillOptions
) -> Iterator[tuple[TemporaryAirflow, Ledger]]:
    try:
        with closing(TemporaryAirflow(python, preload=triggers_of(targets))) as airflow:
            project = Project(airflow.home, targets)
            project.write()
            airflow.variables.update(project.variables(options.honours_keys))
            refuse_broken(python, targets, airflow.variables, airflow.home)
            with airflow:
                yield airflow, Ledger(project.ledger)
    except (NotReady, Refused, ServiceEnded, TimeoutError) as error:
        message = printable("; ".join(str(error).splitlines()[:LINES_SHOWN]))
        raise InputError.of("--real", f"Airflow does not do what it should: {message}") from None
