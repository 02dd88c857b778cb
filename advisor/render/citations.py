"""Numbering sources: each is cited by a number, and listed once at the end."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.knowledge.model import Source


class Citations:
    """The sources of one text, in the order in which they are first cited."""

    def __init__(self) -> None:
        self.sources: dict[Source, int] = {}

    def cite(self, sources: Iterable[Source]) -> str:
        """Return `[1][4]` for sources."""
        numbers = sorted({self.sources.setdefault(each, len(self.sources) + 1) for each in sources})
        return "".join(f"[{number}]" for number in numbers)


def say_source(source: Source) -> str:
    """Return a source in words, without its address."""
    version = f", {source.version}" if source.version else ""
    if source.kind == "measured":
        return f"measured: {source.text}{version}"
    if source.kind == "judgement":
        return f"our judgement: {source.text}"
    if source.kind == "policy":
        return f"the policy {source.text}"
    return f"{source.text}{version}"
