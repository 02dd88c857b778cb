"""Times advisor beside the interpreter and the libraries it stands on, in turn and in one run.

    .venv/bin/python tests/bench/bench.py [--runs N]

Measures the advisor that is installed beside the interpreter that runs this file: make it a real
installation (`python3 tools/bootstrap.py demo` makes one in .venv), as a development install reads
the knowledge from YAML on each run. Needs Linux or macOS. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ADVISOR = str(Path(sys.executable).parent / "advisor")
ONE_JOB = "triggerer: yes\nduration: 3h\nduplicate_risk: costly\nasync_client: yes\n"
JOBS = 10_000
CHOICES = {
    "duration": ("45s", "20m", "3h", "2d", "5m", "1h30m", "10s"),
    "duplicate_risk": ("harmless", "costly", "unacceptable"),
    "async_client": ("yes", "no"),
    "work": ("job", "job", "job", "batches", "requests", "event"),
    "idempotency_key": ("yes", "no", "unknown"),
}

Command = Sequence[str]


class Comparison(NamedTuple):
    """A command, what it is held against, and the ratio it may reach."""

    what: str
    command: Command
    baseline: Command
    limit: float


class Run(NamedTuple):
    """What one process took."""

    seconds: float
    peak_bytes: int


def run(command: Command) -> Run:
    """Run a command to its end, its output thrown away."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} exited with {process.returncode}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(seconds, usage.ru_maxrss * unit)


def row(comparison: Comparison, runs: int) -> str:
    """Return a line of the table: both commands in turn, after one turn that is not counted."""
    pairs = [(run(comparison.command), run(comparison.baseline)) for _ in range(runs + 1)][1:]
    ours = statistics.median(mine.seconds for mine, _ in pairs)
    theirs = statistics.median(other.seconds for _, other in pairs)
    ratios = sorted(mine.seconds / other.seconds for mine, other in pairs)
    return (
        f"| {comparison.what} | {ours * 1000:.0f} ms | {theirs * 1000:.0f} ms "
        f"| {statistics.median(ratios):.2f} | {ratios[0]:.2f} to {ratios[-1]:.2f} "
        f"| {comparison.limit} |"
    )


def memory(one_job: str, many_jobs: str) -> str:
    """Return what a large batch takes beyond one job, as a multiple of its file."""
    size = Path(many_jobs).stat().st_size
    single = run(recommend(one_job)).peak_bytes
    batch = run(recommend(many_jobs)).peak_bytes
    mib = 1024 * 1024
    return (
        f"Memory: a file of {size / mib:.2f} MiB peaks at {batch / mib:.1f} MiB, one job at "
        f"{single / mib:.1f} MiB. The difference is {(batch - single) / size:.1f} times the file "
        f"(limit 10), the whole process {batch / size:.1f} times."
    )


def recommend(file: str) -> Command:
    """Return the command that decides a file and writes JSON."""
    return (ADVISOR, "recommend", "--answers", file, "--format", "json")


def comparisons(one_job: str, many_jobs: str) -> list[Comparison]:
    """Return what is measured."""

    def python(code: str) -> Command:
        return (sys.executable, "-c", code)

    terminal = (ADVISOR, "recommend", "--answers", one_job)
    parse = f"import yaml; yaml.load(open({many_jobs!r}, 'rb'), yaml.CBaseLoader)"
    libraries = "import typer, yaml"
    views = f"{libraries}, rich.console, rich.table"
    return [
        Comparison("`--version` / `pass`", (ADVISOR, "--version"), python("pass"), 1.3),
        Comparison(f"one job to JSON / `{libraries}`", recommend(one_job), python(libraries), 1.3),
        Comparison(f"one job to a terminal / `{views}`", terminal, python(views), 1.3),
        Comparison(
            f"{JOBS:,} jobs to JSON / PyYAML's C loader on that file",
            recommend(many_jobs),
            python(parse),
            1.5,
        ),
    ]


def jobs_file() -> str:
    """Return a file of JOBS jobs, the same at each call."""
    rng = random.Random(1)
    lines = ["triggerer: yes", "airflow_version: 3.3", "jobs:"]
    for number in range(JOBS):
        lines.append(f"  - name: pipeline_{number:05d}")
        lines += [f"    {key}: {rng.choice(values)}" for key, values in CHOICES.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        one_job, many_jobs = str(Path(folder, "one.yaml")), str(Path(folder, "many.yaml"))
        Path(one_job).write_text(ONE_JOB, encoding="utf-8")
        Path(many_jobs).write_text(jobs_file(), encoding="utf-8")
        print("| measured / held against | median | median | ratio | from, to | limit |")
        print("|---|---|---|---|---|---|")
        for comparison in comparisons(one_job, many_jobs):
            print(row(comparison, runs), flush=True)
        print(f"\n{memory(one_job, many_jobs)}")


if __name__ == "__main__":
    main()
