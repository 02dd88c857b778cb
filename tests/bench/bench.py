"""Measure how long advisor takes to start and to read a large file, and check the limits.

    nox -s bench [-- --runs N]

Measures the advisor that is installed for the interpreter that runs this file. Prints a Markdown
table, and exits with 1 if a limit is exceeded.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

IMPORTS = "import typer, yaml"
ADVISOR = str(Path(sys.executable).parent / "advisor")
ONE_JOB = "triggerer: yes\nduration: 3h\nduplicate_risk: costly\nasync_client: yes\n"
JOBS = 1_000
CHOICES = {
    "duration": ("45s", "20m", "3h", "2d", "5m", "1h30m", "10s"),
    "duplicate_risk": ("harmless", "costly", "unacceptable"),
    "async_client": ("yes", "no"),
    "work": ("job", "job", "job", "batches", "requests", "event"),
    "idempotency_key": ("yes", "no", "unknown"),
}
SYSTEMS = ("glue", "bigquery", "databricks", "kubernetes", "spark", "TriggerDagRunOperator")
MAX_RATIO = 2.0
MAX_CATALOG_RATIO = 2.5
MAX_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Measurement:
    """A row of the table, and whether it is within its limit."""

    row: str
    within_limit: bool


def seconds(command: Sequence[str]) -> float:
    """Return the duration of a command, whose output is discarded."""
    started = time.perf_counter()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {done.returncode}")
    return time.perf_counter() - started


def compare(
    name: str, command: Sequence[str], code: str, runs: int, limit: float = MAX_RATIO
) -> Measurement:
    """Measure a command and a line of Python alternately, and check the median of their ratios."""
    baseline = (sys.executable, "-c", code)
    # Skip the first turn, which fills the caches.
    turns = [(seconds(command), seconds(baseline)) for _ in range(runs + 1)][1:]
    median, compared = (statistics.median(column) for column in zip(*turns, strict=True))
    ratio = statistics.median(ours / theirs for ours, theirs in turns)
    return Measurement(
        f"| {name} | {median * 1000:.0f} ms | `{code}`: {compared * 1000:.0f} ms "
        f"| {ratio:.2f} | {limit:g} |",
        ratio <= limit,
    )


def measure(name: str, command: Sequence[str], runs: int) -> Measurement:
    """Measure a command on its own."""
    median = statistics.median([seconds(command) for _ in range(runs + 1)][1:])
    row = f"| {name} | {median * 1000:.0f} ms | | | {MAX_SECONDS:g} s |"
    return Measurement(row, median <= MAX_SECONDS)


def recommend(file: Path) -> Sequence[str]:
    """Return the command that recommends patterns for the jobs in a file, as JSON."""
    return (ADVISOR, "recommend", "--answers", str(file), "--format", "json")


def jobs_file() -> str:
    """Return the text of a file with JOBS jobs; each call returns the same text."""
    rng = random.Random(1)
    lines = ["triggerer: yes", "airflow_version: 3.3", "jobs:"]
    for number in range(JOBS):
        lines.append(f"  - name: pipeline_{number:05d}")
        lines += [f"    {key}: {rng.choice(values)}" for key, values in CHOICES.items()]
        lines.append(f"    system: {SYSTEMS[number % len(SYSTEMS)]}")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Run the measurements, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=21, help="Number of measurements (default: 21)."
    )
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        one_job, many_jobs = Path(folder, "one.yaml"), Path(folder, "many.yaml")
        one_job.write_text(ONE_JOB, encoding="utf-8")
        many_jobs.write_text(jobs_file(), encoding="utf-8")
        measurements = (
            compare("`advisor --version`", (ADVISOR, "--version"), "pass", runs),
            compare("one job to JSON", recommend(one_job), IMPORTS, runs),
            compare(
                "one job with a system to JSON",
                (*recommend(one_job), "--system", "glue"),
                IMPORTS,
                runs,
                MAX_CATALOG_RATIO,
            ),
            compare(
                "`advisor catalog glue` as JSON",
                (ADVISOR, "catalog", "glue", "--format", "json"),
                IMPORTS,
                runs,
                MAX_CATALOG_RATIO,
            ),
            compare(
                "`advisor catalog GlueJobOperator` as JSON",
                (ADVISOR, "catalog", "GlueJobOperator", "--format", "json"),
                IMPORTS,
                runs,
                MAX_CATALOG_RATIO,
            ),
            measure(f"{JOBS:,} jobs to JSON", recommend(many_jobs), runs),
        )
    print("| Measured | Median | Compared with | Ratio | Limit |")
    print("|---|---|---|---|---|")
    for measurement in measurements:
        print(measurement.row)
    return 0 if all(measurement.within_limit for measurement in measurements) else 1


if __name__ == "__main__":
    sys.exit(main())
