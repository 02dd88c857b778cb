"""Measure `advisor drill` on its controls and on a scaffold of each pattern, one after the other.

    .venv/bin/python tests/bench/bench_drill.py --python PYTHON [--signal SIGNAL ...] [--pairs]

PYTHON is the interpreter of an environment with Airflow 3.3 or newer. Measures the advisor that is
installed for the interpreter that runs this file. Prints a Markdown table with the time and the
processor time per scenario; the latter depends less on the load of the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ADVISOR = str(Path(sys.executable).parent / "advisor")
CONTROLS = ("plain", "documented")
PATTERNS = ("resumable", "deferrable", "checkpoint", "async")
FOUND_SOMETHING = 1


def targets(folder: Path) -> Iterator[tuple[str, str]]:
    """Scaffold an operator of each pattern; yield the name and the TARGET of each drill."""
    where = subprocess.run(
        [sys.executable, "-c", "import advisor.drill as d; print(d.__path__[0])"],
        check=True,
        capture_output=True,
        text=True,
    )
    for name in CONTROLS:
        yield f"control `{name}`", f"{where.stdout.strip()}/controls/{name}.py:{name}"
    for pattern in PATTERNS:
        places = ["--into", str(folder), "--dags", str(folder)]
        command = [ADVISOR, "scaffold", pattern, f"bench_{pattern}", "--airflow-version", "3.3"]
        subprocess.run([*command, *places], check=True, capture_output=True)
        yield f"scaffold `{pattern}`", str(folder / f"bench_{pattern}")


def drilled(target: str, options: Sequence[str]) -> tuple[dict[str, Any], float]:
    """Drill a target; return the JSON result and the processor time in seconds."""
    command = [ADVISOR, "drill", target, "--format", "json", *options]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        if process.returncode not in {0, FOUND_SOMETHING}:
            raise SystemExit(f"{' '.join(command)} exited with {process.returncode}")
        return json.load(output), usage.ru_utime + usage.ru_stime


def row(name: str, result: dict[str, Any], processor: float) -> str:
    """Return a row of the table."""
    scenarios, seconds = len(result["outcomes"]), result["seconds"]
    findings = sum(result["totals"].values())
    return (
        f"| {name} | {result['points']['reached']} | {scenarios} | {result['starting']:.1f} s "
        f"| {seconds:.1f} s | {1000 * seconds / scenarios:.0f} ms "
        f"| {1000 * processor / scenarios:.0f} ms | {scenarios / seconds:.0f} | {findings} |"
    )


def main() -> None:
    """Print the table row by row, then the load averages."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", required=True)
    parser.add_argument("--signal", action="append", default=[])
    parser.add_argument("--pairs", action="store_true")
    given = parser.parse_args()
    options = ["--python", given.python, *(["--pairs"] if given.pairs else [])]
    options += [word for each in given.signal for word in ("--signal", each)]
    print(
        "| drilled | points | scenarios | start | drill | each | processor | a second | findings |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, target in targets(Path(folder)):
            print(row(name, *drilled(target, options)), flush=True)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n{os.cpu_count()} processors; load averages at the end: {load}")


if __name__ == "__main__":
    main()
