"""Measures Airflow's comparison of the patterns on a real Airflow, and writes docs/evidence/.

    python3 tools/measure_comparison.py              all cells on 3.3.2, the last row on 3.2.2 too
    python3 tools/measure_comparison.py --times 2    the same twice; both have to come out alike
    python3 tools/measure_comparison.py --reword     measure nothing; write the recorded figures
                                                     anew, after a change of words or reasons

Needs the development environment (.venv), Linux, and the environments with Airflow that the
tests use, which it makes where there are none. A time takes four to five minutes.
"""

import argparse
import datetime
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

# This checkout's advisor and tests, and not others that happen to be installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from advisor.drill.live.waiting import NotReady, ServiceEnded
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.versions import parse_version
from measuring.cells import Unclear, measured_cells
from measuring.evidence_file import evidence_text, head_of, recorded
from measuring.facts import Finding, Unsteady, together
from measuring.installed import release_of
from measuring.reasons import Unfit, check_reasons, read_reasons
from measuring.scenarios import play_all, play_what_is_there
from measuring.stage import Stage, raised
from tests.airflow.environments import python_with

EVIDENCE = Path(__file__).resolve().parent.parent / "docs" / "evidence"
MEASURED: Mapping[str, Callable[[Stage], list[Finding]]] = {
    "3.2.2": play_what_is_there,
    "3.3.2": play_all,
}
"""The releases that are measured, and what is played on each."""


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code; nothing is written unless all went well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=1, help="how often to measure; default 1")
    parser.add_argument("--reword", action="store_true", help="write the recorded figures anew")
    asked = parser.parse_args(arguments)
    try:
        texts = {
            f"comparison-{airflow}.json": reworded(airflow)
            if asked.reword
            else measured(airflow, max(1, asked.times))
            for airflow in MEASURED
        }
    except (Unclear, Unfit, Unsteady, NotReady, ServiceEnded) as error:
        print(f"error: {error}\nNothing was written.", file=sys.stderr)
        return 1
    for name, text in texts.items():
        (EVIDENCE / name).write_text(text, encoding="utf-8", newline="\n")
        print(f"write  docs/evidence/{name}")
    return 0


def measured(airflow: str, times: int) -> str:
    """Measure a release so many times, and return the text of its evidence."""
    python = python_with(airflow)
    findings = together([played(airflow, python) for _ in range(times)])
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    return text_of(head_of(release_of(python), today, times), findings)


def played(airflow: str, python: Path) -> list[Finding]:
    """Play what there is to play on a release, once, on an Airflow of its own."""
    print(f"measuring Airflow {airflow}", flush=True)
    with raised(python) as stage:
        return MEASURED[airflow](stage)


def reworded(airflow: str) -> str:
    """Return the text of the evidence there is, made anew from its figures."""
    file = EVIDENCE / f"comparison-{airflow}.json"
    told = json.loads(file.read_text(encoding="utf-8"))
    head = {name: value for name, value in told.items() if name not in {"$comment", "cells"}}
    return text_of(head, recorded(told))


def text_of(head: Mapping[str, Any], findings: Sequence[Finding]) -> str:
    """Return the text of the evidence, once every reason fits what came out."""
    cells = [*measured_cells(findings, load_knowledge(), parse_version(head["airflow"]))]
    for cell in cells:
        print(f"{cell.characteristic}, {cell.pattern} (agrees: {cell.agrees}): {cell.outcome}")
    reasons = read_reasons()
    check_reasons(cells, reasons)
    return evidence_text(head, cells, reasons)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
