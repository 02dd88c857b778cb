"""The runner as seen from here: a process of the interpreter that has Airflow."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, TextIO, cast

from advisor.documents.model import printable
from advisor.drill.model import Scenario, Target
from advisor.drill.runtime.events import from_json
from advisor.errors import InputError, UnknownAirflow

START: Final = Path(__file__).with_name("start.py")
TIP: Final = "--python names the interpreter of an environment with Airflow 3.3 or newer"
LAST_MOMENT: Final = 1.0
"""Seconds that the runner has to end by itself."""
SHOWN: Final = 500
"""Characters of an error that is not ours."""


class Runner:
    """Runs an operator under drill in another interpreter; a context, after which none is left.

    Args:
        target: what to load, and where.

    Raises:
        InputError: the interpreter cannot be started, or cannot load the target.
        UnknownAirflow: it has no Airflow, or one that is not known.
    """

    def __init__(self, target: Target) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="advisor-drill-")
        self._errors = Path(self._folder.name) / "stderr"
        self._target = target
        self._python = target.python or sys.executable
        self.loaded: dict[str, Any] = {}

    def __enter__(self) -> Runner:
        self._process = self._started()
        try:
            self.loaded = self._load()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stop()

    def runs(
        self, scenarios: Sequence[Scenario], *, jobs: int = 1, record: bool = False
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        """Run scenarios; yield what came out, with its place in the sequence, in any order."""
        wanted = [_wanted(number, each, record) for number, each in enumerate(scenarios)]
        self._ask({"runs": wanted, "jobs": min(jobs, len(wanted)) or 1})
        for _ in scenarios:
            answer = self._answer()
            answer["events"] = [from_json(event) for event in answer["events"]]
            yield answer["id"], answer

    def _started(self) -> subprocess.Popen[str]:
        try:
            with self._errors.open("w") as errors:
                return subprocess.Popen(  # noqa: S603 - the user's own interpreter
                    [self._python, START],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    encoding="utf-8",
                    start_new_session=True,
                )
        except OSError as error:
            self._folder.cleanup()
            raise InputError.of(
                "--python", f"{printable(self._python)}: {error.strerror}", TIP
            ) from None

    def _load(self) -> dict[str, Any]:
        self._ask({**self._target._asdict(), "folder": self._folder.name})
        loaded = self._answer()
        if "refused" in loaded:
            raise UnknownAirflow.of(printable(self._python), loaded["refused"], TIP)
        if "malformed" in loaded:
            message = printable(loaded["malformed"])[:SHOWN]
            raise InputError.of(printable(self._target.text), f"cannot be loaded: {message}")
        return loaded

    def _ask(self, wanted: dict[str, Any]) -> None:
        questions = cast("TextIO", self._process.stdin)
        with suppress(BrokenPipeError):  # the lack of an answer tells more
            questions.write(json.dumps(wanted) + "\n")
            questions.flush()

    def _answer(self) -> dict[str, Any]:
        line = cast("TextIO", self._process.stdout).readline()
        if not line:
            message = printable(self._errors.read_text(errors="replace")[-SHOWN:].strip())
            raise InputError.of(printable(self._target.text), f"ended its interpreter: {message}")
        return json.loads(line)  # type: ignore[no-any-return]

    def _stop(self) -> None:
        """End the runner, which ends where nobody asks any more, and whatever it has started."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(LAST_MOMENT)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._folder.cleanup()


def _wanted(number: int, scenario: Scenario, record: bool) -> dict[str, Any]:
    return {
        "id": number,
        "aims": [[list(point), signal_.value] for point, signal_ in scenario.aims],
        "behaviour": scenario.behaviour._asdict(),
        "record": record,
    }
