"""Everything except running a drill works without modules and functions that only Unix has."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parents[1]
WITHOUT_UNIX: Final = """\
import os, signal, sys
del os.fork, os.forkpty, os.geteuid, os.getuid, os.killpg, os.pread, os.setsid, os.wait4
del signal.SIGKILL
sys.modules.update(dict.fromkeys(("fcntl", "grp", "pwd", "resource", "termios")))
"""
"""Each module that is None in sys.modules raises ImportError when it is imported."""
IMPORT_ALL: Final = f"""{WITHOUT_UNIX}
import importlib, pkgutil
import advisor

RUNTIME = "advisor.drill.runtime."
FORKING = tuple(RUNTIME + each for each in ("runner", "processes", "tracer"))
AIRFLOWS = (*FORKING, "advisor.drill.controls.")
names = [each.name for each in pkgutil.walk_packages(advisor.__path__, "advisor.", onerror=print)]
failed = {{}}
for name in names:
    if not name.startswith(AIRFLOWS) and name != "advisor.__main__":
        try:
            importlib.import_module(name)
        except Exception as error:
            failed[name] = repr(error)
import json
print(json.dumps([len(names), failed]))
"""
RUN: Final = f"""{WITHOUT_UNIX}
from advisor.__main__ import main
sys.exit(main())
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="takes away what Windows lacks")


def run(code: str, folder: Path, *arguments: str) -> str:
    """Return the standard output of Python code that imports advisor from this checkout."""
    process = subprocess.run(
        [
            sys.executable,
            "-c",
            f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}",
            *arguments,
        ],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return process.stdout


def test_modules_import_without_fork_fcntl_and_sigkill(tmp_path: Path) -> None:
    count, failed = json.loads(run(IMPORT_ALL, tmp_path))
    assert failed == {}
    assert count > 50


@pytest.mark.parametrize(
    "arguments",
    [
        ("recommend", "--example", "nightly_spark", "--format", "json"),
        ("compare",),
        ("explain", "deferrable"),
        ("schema", "answers"),
        ("schema", "drill"),
        ("demo-server", "--help"),
        ("scaffold", "resumable", "NightlySpark", "--dry-run"),
        ("scaffold", "resumable", "NightlySpark"),
    ],
    ids=" ".join,
)
def test_commands_run_without_fork_fcntl_and_sigkill(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert run(RUN, tmp_path, *arguments)
