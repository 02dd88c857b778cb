"""Writing answers down: as a file that reads back the same, and as a command line."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from advisor.answers.batch import EXPECT, NAME, OWN_OPTIONS
from advisor.documents.model import printable
from advisor.errors import ConflictError, InputError, Problem
from advisor.knowledge.model import Question

BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
YES_NO_OPTIONS = frozenset(("triggerer", "async_client"))


def answers_file(
    name: str, given: Mapping[str, str], expect: str | None, questions: Mapping[str, Question]
) -> str:
    """Return the text of an answers file, each answer under its question."""
    lines = [f"{NAME}: {_scalar(name)}"]
    for question_id, text in given.items():
        lines += ["", f"# {questions[question_id].text}", f"{question_id}: {_scalar(text)}"]
    if expect:
        lines += [
            "",
            "# A gate: advisor exits with 1 where it recommends anything else.",
            f"{EXPECT}: {expect}",
        ]
    return "\n".join(lines) + "\n"


def command_line(given: Mapping[str, str], expect: str | None) -> str:
    """Return the command that repeats a run with the same answers."""
    words = ["advisor", "recommend"]
    for question_id, text in given.items():
        words += _option(question_id, text)
    if expect:
        words += ["--expect", expect]
    return shlex.join(words)


def save(path: Path, text: str, *, force: bool) -> None:
    """Write a file whole or not at all.

    Raises ConflictError where another text stands there and `force` is off, InputError where it
    cannot be written.
    """
    new, where = text.encode(), printable(str(path))
    try:
        old = _bytes_in(path)
        if old == new:
            return
        if old is not None and not force:
            hint = "--force overwrites it"
            raise ConflictError([Problem(where, "exists and says something else", hint)])
        # A link stays a link: what it names is written.
        _replace(path.resolve(), new)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError.of(where, f"cannot be written: {reason}") from None


def _bytes_in(path: Path) -> bytes | None:
    """Return what stands in a file, None where there is none yet."""
    if not path.exists():
        return None
    if not path.is_file():
        # A pipe would be waited for, and a device replaced by a file.
        raise OSError("it is no regular file")
    return path.read_bytes()


def _replace(path: Path, content: bytes) -> None:
    import tempfile  # 10 ms that only --save needs

    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        mode = 0o666 & ~_umask()
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current


def _option(question_id: str, text: str) -> list[str]:
    if question_id in YES_NO_OPTIONS:
        option = question_id.replace("_", "-")
        return [f"--{option}" if text == "yes" else f"--no-{option}"]
    if question_id in OWN_OPTIONS:
        return [f"--{question_id.replace('_', '-')}", text]
    return ["--set", f"{question_id}={text}"]


def _scalar(text: str) -> str:
    """Return text as a YAML scalar. JSON's quoting is YAML's too."""
    return text if BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
