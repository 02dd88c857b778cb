"""What changes in a file, as a unified diff."""

from __future__ import annotations

from advisor.documents.model import printable
from advisor.scaffold.plan import CHANGES, Status, Step

SHOWN = CHANGES | {Status.conflict}
"""With any of these there is something to see."""
NOTHING = "/dev/null"
NO_NEWLINE = "\\ No newline at end of file"


def difference(step: Step) -> str:
    """Return the unified diff of a step, "" where nothing changes."""
    if step.status not in SHOWN:
        return ""
    from difflib import unified_diff

    name = printable(step.target.as_posix())
    lines = unified_diff(
        _lines(step.old),
        _lines(step.new),
        name if step.old is not None else NOTHING,
        name if step.new is not None else NOTHING,
    )
    return "".join(map(_shown, lines))


def _lines(content: bytes | None) -> list[str]:
    """Return the lines of a content with their ends; a carriage return is part of its line."""
    *lines, last = (content or b"").decode("utf-8", "replace").split("\n")
    return [*(f"{line}\n" for line in lines), *([last] if last else [])]


def _shown(line: str) -> str:
    text = "\t".join(map(printable, line.removesuffix("\n").split("\t")))
    return f"{text}\n" if line.endswith("\n") else f"{text}\n{NO_NEWLINE}\n"
