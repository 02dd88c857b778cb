"""Parses YAML into text scalars, and writes plain values as YAML.

Values are built from parser events, so that no PyYAML constructor ever runs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import yaml

from advisor.documents.model import Node, ParseError, Path, Place, shown

# The C parser is eight times faster. A PyYAML built without libyaml has only the pure one.
LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
WIDTH = 100
PLAIN_TAGS = (None, "!", "tag:yaml.org,2002:str")
MAX_DEPTH = 20
TOO_DEEP = "exceeded maximum nesting depth"
"""The error of libyaml 0.2.6 and later, which refuses 1,000 levels before it emits any event."""


def parse_yaml(text: bytes) -> Node:
    """Return the only document in `text`, which is UTF-8; "" if it is empty.

    An alias shares the node of its anchor, so nested aliases cannot exhaust memory.

    Raises:
        ParseError: the syntax is invalid, a value has a tag, a key is given twice or is not text,
            there is more than one document, or the nesting is deeper than MAX_DEPTH.
    """
    with _parse_errors():
        return _built(text)


def places_in_yaml(text: bytes, paths: Collection[Path]) -> dict[Path, Place]:
    """Return the positions of the keys and list items at `paths` in a valid document."""
    with _parse_errors():
        return _places(LOADER(text), paths)


def to_yaml(value: object) -> str:
    """Return mappings, lists and scalars as a YAML document in ASCII, keys in their order."""
    text: str = yaml.dump(value, Dumper=DUMPER, sort_keys=False, width=WIDTH)
    return text


@contextmanager
def _parse_errors() -> Iterator[None]:
    """Turn PyYAML errors into ParseError."""
    try:
        yield
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(mark.line + 1, mark.column + 1) if mark else None
        raise ParseError(f"invalid YAML: {error.problem or error.context}", place) from None
    except yaml.YAMLError as error:
        raise ParseError(f"invalid YAML: {str(error).splitlines()[0]}") from None
    except (ValueError, OverflowError):
        # The pure parser does not limit the numbers in escapes and versions.
        raise ParseError("invalid YAML: number too large") from None


def _built(text: bytes) -> Node:
    try:
        return _Builder(LOADER(text)).document()
    except yaml.MarkedYAMLError as error:
        if error.problem != TOO_DEEP:
            raise
    # The pure parser reaches the first level that is too deep, so it reports the position.
    return _Builder(yaml.BaseLoader(text)).document()


class _Builder:
    """Builds a node from events, in one pass and without marks."""

    def __init__(self, loader: Any) -> None:
        self.next_event = loader.get_event
        self.anchors: dict[str, Node] = {}
        self.depth = 0

    def document(self) -> Node:
        self.next_event()
        if self.next_event().__class__ is yaml.StreamEndEvent:
            return ""
        root = self.node(self.next_event())
        self.next_event()
        extra = self.next_event()
        if extra.__class__ is not yaml.StreamEndEvent:
            raise ParseError("expected one YAML document, found a second one", _start(extra))
        return root

    def node(self, event: Any) -> Node:
        kind = event.__class__
        if kind is yaml.ScalarEvent:
            if event.tag in PLAIN_TAGS:
                return self.anchored(event, event.value)
            raise _tagged(event)
        if kind is yaml.AliasEvent:
            return self.alias(event)
        return self.collection(event)

    def collection(self, event: Any) -> Node:
        if event.tag not in (None, "!"):
            raise _tagged(event)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ParseError(f"nested deeper than {MAX_DEPTH} levels", _start(event))
        built = self.mapping() if event.__class__ is yaml.MappingStartEvent else self.sequence()
        self.depth -= 1
        return self.anchored(event, built)

    def mapping(self) -> dict[str, Node]:
        built: dict[str, Node] = {}
        first: dict[str, Any] = {}
        while (event := self.next_event()).__class__ is not yaml.MappingEndEvent:
            key = self.node(event)
            if not isinstance(key, str):
                raise ParseError("key must be text", _start(event))
            if key in built:
                line = _start(first[key]).line
                message = f"{shown(key)} is given twice (first at line {line})"
                raise ParseError(message, _start(event))
            first[key] = event
            built[key] = self.node(self.next_event())
        return built

    def sequence(self) -> list[Node]:
        built: list[Node] = []
        while (event := self.next_event()).__class__ is not yaml.SequenceEndEvent:
            built.append(self.node(event))
        return built

    def anchored(self, event: Any, built: Node) -> Node:
        if event.anchor is not None:
            self.anchors[event.anchor] = built
        return built

    def alias(self, event: Any) -> Node:
        if event.anchor not in self.anchors:
            alias = shown(f"*{event.anchor}", "")
            message = f"undefined alias {alias}: its anchor must come before it"
            raise ParseError(message, _start(event))
        return self.anchors[event.anchor]


def _tagged(event: Any) -> ParseError:
    message = f"unsupported tag {shown(event.tag)}: values must be plain text"
    return ParseError(message, _start(event))


def _start(event: Any) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1)


def _places(loader: Any, paths: Collection[Path]) -> dict[Path, Place]:
    places = {}
    for path, place in _walk(loader):
        if path in paths:
            places[path] = place
            if len(places) == len(paths):
                break
    return places


def _walk(loader: Any) -> Iterator[tuple[Path, Place]]:
    """Yield the path and position of every key and item of a document that _Builder accepted."""
    open_paths: list[Path] = []
    # One entry per open collection: for a mapping the key that was read, or None if a key comes
    # next; for a list the index of the next item.
    waiting: list[str | int | None] = []
    while loader.check_event():
        event = loader.get_event()
        if isinstance(event, yaml.CollectionEndEvent):
            open_paths.pop()
            waiting.pop()
            continue
        if not isinstance(event, yaml.NodeEvent):
            continue
        path: Path = ()
        if waiting:
            step = waiting[-1]
            is_value = isinstance(step, str)
            if step is None:
                step = event.value if isinstance(event, yaml.ScalarEvent) else ""
                waiting[-1] = step
            else:
                waiting[-1] = step + 1 if isinstance(step, int) else None
            path = (*open_paths[-1], step)
            if not is_value:
                yield path, _start(event)
        if isinstance(event, yaml.CollectionStartEvent):
            open_paths.append(path)
            waiting.append(None if isinstance(event, yaml.MappingStartEvent) else 0)
