"""A program that kills a run at each line it executes, and looks at what is left every time.

    python killed.py FOLDER new|update once|in-turns

Prints how many runs were killed. FOLDER is where it works.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from advisor.scaffold import exchange, staging, write
from advisor.scaffold.write import clean_up
from tests.scaffold.making import places_in, plan_in, run_in, tree

if TYPE_CHECKING:
    from _typeshed import TraceFunction

TRACED = {str(module.__file__) for module in (write, staging, exchange)}
CHANGES = {"operators.py": "A = 2\n", "more.py": "M = 1\n", "triggers.py": None}
NEW_DAG = "D = 2\n"


def main(folder: Path, scenario: str, way: str) -> int:
    """Kill run after run until one comes through, and return how many were killed."""
    if way == "in-turns":
        exchange._system_call = lambda: None  # type: ignore[assignment]
    before, after = folder / "before", folder / "after"
    _prepare(before, scenario)
    shutil.copytree(before, after, symlinks=True)
    run_in(after, CHANGES, NEW_DAG)
    at = 0
    while True:
        at += 1
        work = folder / "work"
        shutil.copytree(before, work, symlinks=True)
        if not _is_killed(work, at):
            assert tree(work) == tree(after)
            return at - 1
        _check(work, before, after, way)
        shutil.rmtree(work)


def _prepare(folder: Path, scenario: str) -> None:
    folder.mkdir()
    for name in ("plugins", "dags"):
        (folder / name).mkdir()
    if scenario == "new":
        return
    run_in(folder)
    package = folder / "plugins" / "nightly_spark"
    (package / "mine").mkdir()
    (package / "mine" / "notes.txt").write_text("precious")
    (package / "mine" / "link").symlink_to("../operators.py")
    (package / "mine" / "notes.txt").chmod(0o600)


def _is_killed(work: Path, at: int) -> bool:
    """Run in a child that kills itself at the so-and-so-manyth line; return whether it did."""
    child = os.fork()
    if child == 0:
        _kill_at(at)
        run_in(work, CHANGES, NEW_DAG)
        sys.settrace(None)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def _kill_at(at: int) -> None:
    seen = 0

    def on_line(_: FrameType, event: str, __: object) -> TraceFunction:
        nonlocal seen
        seen += event == "line"
        if seen == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return on_line

    def on_call(frame: FrameType, _: str, __: object) -> TraceFunction | None:
        return on_line if frame.f_code.co_filename in TRACED else None

    sys.settrace(on_call)


def _check(work: Path, before: Path, after: Path, way: str) -> None:
    """Look at what a killed run left, and whether the next one mends it."""
    names = ("plugins/nightly_spark", "dags")
    for name, hidden in zip(names, (False, True), strict=True):
        found, *states = (_visible(each / name, hidden=hidden) for each in (work, before, after))
        away = way == "in-turns" and not hidden and not (work / name).exists()
        assert found in states or away, (name, found)
    clean_up(places_in(work))
    plan = plan_in(work, CHANGES, NEW_DAG)
    assert not plan.conflicts, plan.conflicts
    run_in(work, CHANGES, NEW_DAG)
    assert tree(work) == tree(after)


def _visible(folder: Path, *, hidden: bool) -> dict[str, str] | None:
    if not folder.exists():
        return None
    return {k: v for k, v in tree(folder).items() if not (hidden and k.startswith("."))}


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), *sys.argv[2:]))
