"""Measures Airflow's comparison of the patterns on a temporary Airflow; writes docs/evidence/.

    python3 tools/measure_comparison.py              measure all cells on 3.3.2, and the last row on
                                                     3.2.2 too
    python3 tools/measure_comparison.py --times 2    measure twice; fail if the facts differ
    python3 tools/measure_comparison.py --reword     measure nothing; write the texts again from the
                                                     recorded figures and the reasons

Needs the development environment (.venv), Linux, and the Airflow environments of the tests,
which it creates if they are missing. One measurement takes four to five minutes.
"""

import argparse
import datetime
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

# Import this checkout's advisor and tests, not installed ones.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from advisor.drill.live.services import NotReady, ServiceEnded
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.versions import parse_version
from measuring.cells import UnexpectedFacts, measured_cells
from measuring.deployment import Deployment, running_deployment
from measuring.evidence import (
    ReasonMismatch,
    check_reasons,
    evidence_head,
    evidence_text,
    read_reasons,
    recorded_measurements,
)
from measuring.facts import InconsistentFacts, Measurement, merge_rounds
from measuring.release import release_of
from measuring.scenarios import run_all, run_installed
from tests.airflow.environments import python_with

EVIDENCE = Path(__file__).resolve().parent.parent / "docs" / "evidence"
MEASURED: Mapping[str, Callable[[Deployment], list[Measurement]]] = {
    "3.2.2": run_installed,
    "3.3.2": run_all,
}
"""The releases to measure, and the scenarios to run on each."""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; writes nothing after an error."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=1, help="number of measurements (default: 1)")
    parser.add_argument("--reword", action="store_true", help="write the texts again")
    options = parser.parse_args(arguments)
    try:
        texts = {
            f"comparison-{airflow}.json": reworded(airflow)
            if options.reword
            else measured(airflow, max(1, options.times))
            for airflow in MEASURED
        }
    except (UnexpectedFacts, ReasonMismatch, InconsistentFacts, NotReady, ServiceEnded) as error:
        print(f"error: {error}\nNothing was written.", file=sys.stderr)
        return 1
    for name, text in texts.items():
        (EVIDENCE / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"write  docs/evidence/{name}")
    return 0


def measured(airflow: str, times: int) -> str:
    """Measure a release once or several times, and return the text of its evidence file."""
    python = python_with(airflow)
    measurements = merge_rounds([run_scenarios(airflow, python) for _ in range(times)])
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return text_of(evidence_head(release_of(python), today, times), measurements)


def run_scenarios(airflow: str, python: Path) -> list[Measurement]:
    """Run the scenarios of a release once, on a separate Airflow."""
    print(f"measuring Airflow {airflow}", flush=True)
    with running_deployment(python) as deployment:
        return MEASURED[airflow](deployment)


def reworded(airflow: str) -> str:
    """Return the text of an evidence file, made again from its figures."""
    file = EVIDENCE / f"comparison-{airflow}.json"
    document = json.loads(file.read_text(encoding="utf-8"))
    head = {name: value for name, value in document.items() if name not in {"$comment", "cells"}}
    return text_of(head, recorded_measurements(document))


def text_of(head: Mapping[str, Any], measurements: Sequence[Measurement]) -> str:
    """Return the text of an evidence file, after checking that every reason fits."""
    cells = [*measured_cells(measurements, load_knowledge(), parse_version(head["airflow"]))]
    for cell in cells:
        print(f"{cell.characteristic}, {cell.pattern} (agrees: {cell.agrees}): {cell.outcome}")
    reasons = read_reasons()
    check_reasons(cells, reasons)
    return evidence_text(head, cells, reasons)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
