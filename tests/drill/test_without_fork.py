"""The drill can be imported on a system without fork, and is rejected when it runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WINDOWS = """\
import os, signal, sys
del os.fork, os.pread, signal.SIGKILL
sys.modules["fcntl"] = None
"""
DRILL = """\
import advisor.drill
import advisor.render.drill, advisor.render.drill_json
try:
    advisor.drill.drill(sys.argv[1])
except advisor.drill.UnsupportedPlatform as error:
    print(error)
"""


def test_drill_is_rejected_without_fork() -> None:
    control = ROOT / "advisor" / "drill" / "controls" / "plain.py"
    done = subprocess.run(
        [sys.executable, "-c", WINDOWS + DRILL, f"{control}:plain"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == "the drill needs os.fork, which this system lacks\n"
