"""Measure how long reading the operators of an environment takes, against parsing its files.

    python tests/bench/bench_catalog.py FOLDER [--runs N]

FOLDER is a site-packages folder. Both sides read the files of the providers in one process, in
turns. Prints a Markdown table, and exits with 1 if the limit is exceeded.
"""

from __future__ import annotations

import argparse
import ast
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from advisor.catalog.source.environment import read_environment

MAX_RATIO = 3.0


def seconds(task: Callable[[], object]) -> float:
    """Return the duration of a call."""
    started = time.perf_counter()
    task()
    return time.perf_counter() - started


def main() -> int:
    """Measure both in turns, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="A site-packages folder with providers.")
    parser.add_argument("--runs", type=int, default=3, help="Number of measurements (default: 3).")
    options = parser.parse_args()
    files = sorted((options.folder / "airflow" / "providers").rglob("*.py"))

    def parse() -> None:
        for file in files:
            ast.parse(file.read_bytes())

    def read() -> None:
        read_environment([options.folder], None, use_cache=False)

    turns = [(seconds(read), seconds(parse)) for _ in range(options.runs)]
    ours, theirs = (statistics.median(column) for column in zip(*turns, strict=True))
    ratio = statistics.median(one / other for one, other in turns)
    print("| Measured | Median | Compared with | Ratio | Limit |")
    print("|---|---|---|---|---|")
    parsed = f"`ast.parse` of {len(files):,} files: {theirs:.1f} s"
    print(f"| reading the operators | {ours:.1f} s | {parsed} | {ratio:.2f} | {MAX_RATIO:g} |")
    return 0 if ratio <= MAX_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
