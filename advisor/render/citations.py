"""How sources are cited: by number, in words, as Markdown links, and in JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable

from advisor.knowledge.model import Source

# An underscore inside a word means nothing to Markdown.
MARKUP = re.compile(r"([\\`*{}\[\]<>#|~]|(?<!\w)_|_(?!\w))")


class Citations:
    """The sources of one text, numbered in the order in which they are first cited."""

    def __init__(self) -> None:
        self.sources: dict[Source, int] = {}

    def cite(self, sources: Iterable[Source]) -> str:
        """Return `[1][4]` for sources."""
        numbers = sorted({self.sources.setdefault(each, len(self.sources) + 1) for each in sources})
        return "".join(f"[{number}]" for number in numbers)


def describe_source(source: Source) -> str:
    """Return a source in words, without its address."""
    version = f", {source.version}" if source.version else ""
    if source.kind == "measured":
        return f"measured: {source.text}{version}"
    if source.kind == "judgement":
        return f"our judgement: {source.text}"
    if source.kind == "policy":
        return f"the policy {source.text}"
    return f"{source.text}{version}"


def links(sources: Iterable[Source]) -> str:
    """Return sources as Markdown links, in parentheses; those without an address as words."""
    cited = [
        f"[{escape(describe_source(each))}]({each.url})"
        if each.url
        else escape(describe_source(each))
        for each in sources
    ]
    return f"({'; '.join(cited)})" if cited else ""


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return MARKUP.sub(r"\\\1", text)


def source_documents(sources: Iterable[Source]) -> list[dict[str, str]]:
    """Return sources as mappings, without the fields that are empty."""
    return [
        {
            key: value
            for key, value in (
                ("kind", source.kind),
                ("text", source.text),
                ("version", source.version),
                ("url", source.url),
            )
            if value
        }
        for source in sources
    ]
