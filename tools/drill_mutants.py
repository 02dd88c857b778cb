"""Drill the mutants (operators that each lack one behaviour), and record the findings.

    nox -s full             drill all mutants; 39 of them took 20 minutes
    nox -s full -- --new    drill only mutants without a row

Reads tests/scaffold/mutations and writes docs/evidence/mutants.json, with the commit and the
duration of the last whole run.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

# Import advisor and tests from this checkout, even if another version is installed.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from advisor import __version__
from advisor.documents.model import printable
from advisor.drill.api import DrillOptions, drill_target
from advisor.drill.command_line import text_of
from advisor.drill.model import DrillResult, Finding, Outcome, Signal, Target
from advisor.errors import InputError
from advisor.scaffold.model import RenderedFile
from tests.airflow.environments import python_with
from tests.scaffold.mutants import Mutant, all_mutants, spec_of, whole
from tests.scaffold.rendering import put

FILE: Final = Path(__file__).resolve().parent.parent / "docs" / "evidence" / "mutants.json"
AIRFLOW: Final = "3.3.2"
NEW_LINE: Final = printable("\n")
ALL: Final = tuple(Signal)

Row: TypeAlias = dict[str, Any]
OutcomeKey: TypeAlias = tuple[str, ...]


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    if list(arguments) not in ([], ["--new"]):
        print(str(__doc__).strip(), file=sys.stderr)
        return 0 if list(arguments) in (["-h"], ["--help"]) else 2
    rows = known_rows() if arguments else {}
    run = _recorded_run() if arguments else {"commit": _commit(), "minutes": 0.0}
    start = time.monotonic()
    new = [each for each in all_mutants() if identity(each._asdict()) not in rows]
    # First those that the drill should find: an interruption leaves the others out.
    for row in rows_of(sorted(new, key=lambda each: bool(each.beyond))):
        rows[identity(row)] = row
        if not arguments:
            run["minutes"] = round((time.monotonic() - start) / 60, 1)
        # Write after each row, so that an interruption loses nothing.
        write(rows, run)
        result = row["worst"] or row["refused"] or "survives"
        print(f"{row['pattern']}, {row['lacks']}: {result}", flush=True)
    return 0


def identity(each: Mapping[str, Any]) -> OutcomeKey:
    """Return the key that identifies a mutant and its row."""
    return each["pattern"], each["file"], each["lacks"], each["settings"]


def known_rows() -> dict[OutcomeKey, Row]:
    """Return the recorded rows."""
    rows = json.loads(FILE.read_text(encoding="utf-8"))["mutants"]
    listed = {identity(each._asdict()) for each in all_mutants()}
    return {identity(row): row for row in rows if identity(row) in listed}


def _recorded_run() -> Row:
    """Return the commit and the duration of the last whole run."""
    evidence = json.loads(FILE.read_text(encoding="utf-8"))
    return {key: evidence[key] for key in ("commit", "minutes")}


def _commit() -> str:
    git = ("git", "-C", str(FILE.parent), "describe", "--always", "--dirty", "--exclude=*")
    return subprocess.run(git, check=True, capture_output=True, text=True).stdout.strip()


def write(rows: Mapping[OutcomeKey, Row], run: Row) -> None:
    """Write the rows in the order of the lists."""
    listed = [identity(each._asdict()) for each in all_mutants()]
    ordered = [rows[each] for each in listed if each in rows]
    text = json.dumps({**conditions(), **run, "mutants": ordered}, indent=2)
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def conditions() -> Row:
    """Return the command, the versions, and the findings in the unchanged operators."""
    drills = sorted({(each.pattern, each.settings) for each in all_mutants()})
    return {
        "command": "nox -s full",
        "airflow": AIRFLOW,
        "task_sdk": drill_whole(*drills[0]).sdk,
        "advisor": __version__,
        "signals": [each.value for each in ALL],
        "whole": [_whole_row(*each) for each in drills],
    }


def rows_of(mutants: Iterable[Mutant], signals: tuple[Signal, ...] = ALL) -> Iterator[Row]:
    """Drill mutants, and yield a row for each."""
    for mutant in mutants:
        keys = ("pattern", "behaviour", "lacks", "file", "settings")
        named = {key: getattr(mutant, key) for key in keys}
        # The local date, because it is a person who runs this.
        sent = tuple(map(Signal, mutant.signals)) or signals
        yield {**named, **_findings(mutant, sent), "date": date.today().isoformat()}  # noqa: DTZ011


def _findings(mutant: Mutant, signals: tuple[Signal, ...]) -> Row:
    """Return the worst finding, its first point, and all counts, or why the drill was rejected."""
    pattern, settings = mutant.pattern, mutant.settings
    try:
        result = drill_files(mutant.applied(whole(pattern, settings)), pattern, settings, signals)
    except InputError as error:
        return {"worst": "", "first": "", "found": {}, "refused": _short(error)}
    expected = {_key(each) for each in drill_whole(pattern, settings, signals).violations}
    new = [each for each in result.violations if _key(each) not in expected]
    found = {each.value: sum(each in one.findings for one in new) for each in Finding}
    worst = next((each for each in found if found[each]), "")
    first = next((text_of(each.scenario) for each in new if Finding(worst) in each.findings), "")
    counts = {each: count for each, count in found.items() if count}
    return {"worst": worst, "first": first, "found": counts, "refused": ""}


def _short(error: InputError) -> str:
    """Return why the drill was rejected; of a traceback only the last line, without paths."""
    message = error.problems[0].message.replace(str(python_with(AIRFLOW)), "the interpreter")
    what, _, why = message.partition(": ")
    return f"{what}: {why.rpartition(NEW_LINE)[2].strip()}"


def _key(outcome: Outcome) -> tuple[str, Sequence[Finding]]:
    return text_of(outcome.scenario), outcome.findings


@cache
def drill_whole(pattern: str, settings: str = "", signals: tuple[Signal, ...] = ALL) -> DrillResult:
    """Drill the unchanged operator of a pattern."""
    return drill_files(whole(pattern, settings), pattern, settings, signals)


def drill_files(
    files: Iterable[RenderedFile], pattern: str, settings: str, signals: tuple[Signal, ...]
) -> DrillResult:
    """Drill an operator that consists of some files.

    Raises:
        InputError: the operator cannot be loaded, or its baseline run fails.
    """
    name = spec_of(pattern, settings).name
    with tempfile.TemporaryDirectory() as folder:
        package = put(files, name, Path(folder))
        target = Target(package.name, str(package), name.stem, python=str(python_with(AIRFLOW)))
        return drill_target(target, DrillOptions(signals))


def _whole_row(pattern: str, settings: str) -> Row:
    result = drill_whole(pattern, settings)
    counts = {each.value: count for each, count in result.counts.items()}
    scenarios = len(result.outcomes)
    return {"pattern": pattern, "settings": settings, "scenarios": scenarios, "found": counts}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
