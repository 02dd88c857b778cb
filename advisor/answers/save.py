"""Writes answers to a file that can be read again, or as a command line."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from advisor.answers.batch import EXPECT, NAME, OWN_OPTIONS, PROVIDER_VERSIONS, SAFE, Draft
from advisor.documents.files import replace_file
from advisor.documents.model import printable
from advisor.errors import ConflictError, OutputError, Problem
from advisor.knowledge.model import Question

BARE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
EXPECTED = "advisor exits with 1 unless it recommends this pattern or operator."
EXPECTED_SAFE = "advisor exits with 1 unless a retry is this safe."
YES_NO_OPTIONS = frozenset(("triggerer", "async_client"))


def answers_file(draft: Draft, questions: Mapping[str, Question]) -> str:
    """Return the text of an answers file, with each question as a comment above its answer."""
    lines = [f"{NAME}: {_scalar(draft.name)}"]
    for question_id, text in draft.given.items():
        lines += ["", f"# {questions[question_id].text}", f"{question_id}: {_scalar(text)}"]
    if draft.releases:
        lines += ["", "# The releases of your providers.", f"{PROVIDER_VERSIONS}:"]
        lines += [f"  {provider}: {release}" for provider, release in draft.releases.items()]
    if draft.expect:
        lines += ["", f"# {EXPECTED}", f"{EXPECT}: {draft.expect}"]
    if draft.safe:
        lines += ["", f"# {EXPECTED_SAFE}", f"{SAFE}: {draft.safe}"]
    return "\n".join(lines) + "\n"


def command_line(draft: Draft) -> str:
    """Return the command that repeats a run with the same answers."""
    words = ["advisor", "recommend"]
    for question_id, text in draft.given.items():
        words += _option(question_id, text)
    for provider, release in draft.releases.items():
        words += ["--set", f"{PROVIDER_VERSIONS}.{provider}={release}"]
    if draft.expect:
        words += ["--expect", draft.expect]
    if draft.safe:
        words += ["--set", f"{SAFE}={draft.safe}"]
    return shlex.join(words)


def save(path: Path, text: str, *, force: bool) -> None:
    """Write a file atomically.

    Raises ConflictError if the file has different content and `force` is false, OutputError if it
    cannot be written.
    """
    new, where = text.encode(), printable(str(path))
    try:
        old = _content(path)
        if old == new:
            return
        if old is not None and not force:
            hint = "use --force to overwrite it"
            raise ConflictError([Problem(where, "already exists with different content", hint)])
        # Write to the target of a symbolic link, to keep the link.
        replace_file(path.resolve(), new)
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise OutputError([Problem(where, f"cannot be written: {reason}")]) from None


def _content(path: Path) -> bytes | None:
    """Return the content of a file, or None if it does not exist."""
    if not path.exists():
        return None
    if not path.is_file():
        # Reading a pipe would block, and a device would be replaced by a file.
        raise OSError("not a regular file")
    return path.read_bytes()


def _option(question_id: str, text: str) -> list[str]:
    if question_id in YES_NO_OPTIONS:
        option = question_id.replace("_", "-")
        return [f"--{option}" if text == "yes" else f"--no-{option}"]
    if question_id in OWN_OPTIONS:
        return [f"--{question_id.replace('_', '-')}", text]
    return ["--set", f"{question_id}={text}"]


def _scalar(text: str) -> str:
    """Return text as a YAML scalar, quoted as in JSON (also valid in YAML) if necessary."""
    return text if BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
