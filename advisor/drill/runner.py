"""Starts the runner, a process of the interpreter with Airflow, and talks to it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO, cast

from advisor.documents.model import printable
from advisor.drill.model import Scenario, Target
from advisor.drill.runtime import guard, messages
from advisor.drill.runtime.messages import (
    Loaded,
    LoadRequest,
    Message,
    NotLoaded,
    Reason,
    RunBatch,
    RunRequest,
    RunResult,
)
from advisor.errors import (
    InputError,
    ProbeFailed,
    UnknownAirflow,
    UnsupportedAirflow,
    UnsupportedPlatform,
)

PACKAGE: Final = Path(__file__).parents[1]
START: Final = (
    "import sys; "
    "sys.path[:] = [sys.argv[1], *filter(None, sys.path)]; "
    "from advisor.drill.runtime.runner import main; "
    "main()"
)
"""Imports advisor from a given folder; drops the current one, which Python puts on the path."""
OPTION: Final = "--python"
HINT: Final = "set --python to the interpreter of an environment with Airflow 3.3 or newer"
NOT_PYTHON: Final = "not a Python interpreter with Airflow"
NOT_PYTHON_HINT: Final = "set --python to the interpreter of an environment with Airflow"
UPGRADE: Final = "upgrade advisor, or report this difference to its maintainers"
ERRORS: Final[Mapping[Reason, tuple[type[UnknownAirflow], str]]] = {
    "no airflow": (UnknownAirflow, HINT),
    "no store": (UnsupportedAirflow, HINT),
    "probe": (ProbeFailed, UPGRADE),
}
BLOCKED_HINT: Final = "a drill must not reach a real system; replace the call in the factory"
SECONDS_TO_END: Final = 1.0
"""Seconds before a runner that does not end by itself is killed."""
MOST_CHARACTERS: Final = 500
"""Maximum number of characters shown of an error from the operator or Airflow."""


class RunnerProcess:
    """Runs an operator under drill in another interpreter; a context manager.

    Args:
        target: the operator to load, and the interpreter to load it with.

    Raises:
        InputError: the interpreter cannot be started, or the target cannot be loaded or tries to
            reach a real system.
        UnknownAirflow: the drill cannot run on this system or with this Airflow.
    """

    loaded: Loaded
    """The loaded operator; set by entering the context."""

    def __init__(self, target: Target) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="advisor-drill-")
        self._errors = Path(self._folder.name) / "stderr"
        self._target = target
        self._python = target.python or sys.executable

    def __enter__(self) -> RunnerProcess:
        self._process = self._started()
        try:
            self.loaded = self._load()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    def runs(
        self,
        scenarios: Sequence[Scenario],
        *,
        retries: Callable[[Scenario], int],
        jobs: int = 1,
        record: bool = False,
    ) -> Iterator[RunResult]:
        """Run scenarios, and yield each result as soon as it arrives, in any order.

        Args:
            scenarios: the scenarios to run; the number of a result is an index into them.
            retries: returns the retries of the task in a scenario.
            jobs: the number of scenarios to run in parallel.
            record: whether to record the points that are reached after the signals.
        """
        requests = [
            RunRequest(number, each.aims, each.behaviour, record, retries(each))
            for number, each in enumerate(scenarios)
        ]
        self._ask(RunBatch(requests, min(jobs, len(requests)) or 1))
        for _ in scenarios:
            yield messages.read_run_result(self._answer())

    def _started(self) -> subprocess.Popen[str]:
        if not hasattr(os, "fork"):
            self._folder.cleanup()
            raise UnsupportedPlatform.of("", "the drill needs os.fork, which this system lacks")
        # Link advisor alone: its site-packages could hide packages of Airflow's environment.
        (Path(self._folder.name) / PACKAGE.name).symlink_to(PACKAGE)
        try:
            with self._errors.open("w") as errors:
                return subprocess.Popen(  # noqa: S603 - the user's own interpreter
                    [self._python, "-c", START, self._folder.name],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=guard.without_credentials(os.environ),
                    encoding="utf-8",
                    start_new_session=True,
                )
        except OSError as error:
            self._folder.cleanup()
            raise python_error(self._target.python, str(error.strerror), HINT) from None

    def _load(self) -> Loaded:
        target = self._target
        jobs = list(target.jobs)
        self._ask(LoadRequest(self._folder.name, target.path, target.stem, target.factory, jobs))
        line = self._line()
        try:
            answer = messages.read_load_answer(line)
        except (ValueError, TypeError):  # the interpreter did not start the runner
            raise self._not_python() from None
        if isinstance(answer, Loaded):
            return answer
        raise self._refusal(answer)

    def _not_python(self) -> InputError:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_END)
        if code := self._process.returncode:
            message = f"exited with {code}: {self._error_output()}"
            return python_error(self._target.python, message, HINT)
        return python_error(self._target.python, NOT_PYTHON, NOT_PYTHON_HINT)

    def _refusal(self, answer: NotLoaded) -> InputError:
        if answer.reason in ERRORS:
            kind, hint = ERRORS[answer.reason]
            return kind.of(*on_python(self._target.python, answer.message), hint)
        message = printable(answer.message)[:MOST_CHARACTERS]
        return InputError.of(printable(self._target.text), f"cannot be loaded: {message}")

    def _ask(self, message: Message) -> None:
        requests = cast("TextIO", self._process.stdin)
        with suppress(BrokenPipeError):  # `_answer` reports why the runner has ended
            requests.write(messages.to_line(message))
            requests.flush()

    def _line(self) -> str:
        """Return the next line of the runner, unless a call was blocked."""
        line = self._output().readline()
        raise_if_blocked(Path(self._folder.name), self._target.text)
        return line

    def _answer(self) -> str:
        line = self._line()
        if not line:
            message = f"{printable(self._python)} exited unexpectedly: {self._error_output()}"
            raise InputError.of(printable(self._target.text), message)
        return line

    def _output(self) -> TextIO:
        return cast("TextIO", self._process.stdout)

    def _error_output(self) -> str:
        output = self._errors.read_text(errors="replace")[-MOST_CHARACTERS:].strip()
        return printable(output) or "no error output"

    def _stop(self) -> None:
        """End the runner by closing its input; kill the processes that are left."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):
                    stream.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_END)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._folder.cleanup()


def raise_if_blocked(folder: Path, where: str) -> None:
    """Raise InputError if the guard of any process has recorded a blocked call in a folder."""
    call = guard.read_blocked(folder / guard.RECORD)
    if call is not None:
        message = f"cannot be drilled: it {call.action} at {call.place}"
        raise InputError.of(printable(where), printable(message), BLOCKED_HINT)


def python_error(python: str, message: str, hint: str) -> InputError:
    """Return an error about the interpreter; `python` is "" if the user did not choose one."""
    return InputError.of(*on_python(python, message), hint)


def on_python(python: str, message: str) -> tuple[str, str]:
    """Return the place and the message of an error about the interpreter."""
    if not python:
        return printable(sys.executable), printable(message)
    return OPTION, printable(f"{python}: {message}")
