"""Loads the hand-written facts about existing operators: one file per provider in facts/."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar, cast, get_args

from advisor.documents.validation import Fields
from advisor.knowledge.durations import parse_duration
from advisor.knowledge.loader import open_files
from advisor.knowledge.model import Source, Sources
from advisor.knowledge.operators import (
    FactKind,
    Mode,
    ModePattern,
    Operator,
    OperatorFact,
    OperatorKind,
    RetryDuplicates,
    Split,
    WaitLimit,
)
from advisor.knowledge.sources import ISSUE_URL
from advisor.knowledge.versions import ALL_VERSIONS, VersionRange, parse_range

FOLDER = Path(__file__).parent / "facts"
CORE = "core"
"""The file with facts about Airflow itself."""
PATTERNS = (*get_args(ModePattern), "async")
MODE_TEXT, FACT_TEXT, FEATURE = 95, 80, 60
"""The longest texts of a mode, of a fact, and of what a `sound-from` fact names."""
NO_LIMIT = "none"

Value = TypeVar("Value", bound=str)


def providers(folder: Path = FOLDER) -> list[str]:
    """Return the short names of the providers with hand-written facts."""
    return sorted(file.stem for file in folder.glob("*.yaml") if file.stem != CORE)


def load_operators(provider: str, folder: Path = FOLDER) -> tuple[Operator, ...]:
    """Return the operators of a provider, the best-known first; () if nothing is known.

    Raises:
        KnowledgeError: the file of the provider is invalid, which is a bug in advisor.
    """
    return _load(provider, folder)[0]


def load_provider_facts(provider: str, folder: Path = FOLDER) -> tuple[OperatorFact, ...]:
    """Return the facts about a whole provider, not about one of its operators."""
    return _load(provider, folder)[1]


@cache
def _load(provider: str, folder: Path) -> tuple[tuple[Operator, ...], tuple[OperatorFact, ...]]:
    """Return the operators of a provider, and the facts about all of it."""
    if not (folder / f"{provider}.yaml").is_file():
        return (), ()
    with open_files(folder, provider) as files:
        file = files[provider]
        # For maintainers only.
        file.text("provider")
        file.text("read")
        package = file.text("package")
        operators = tuple(_operator(each, provider, package) for each in file.each("operators"))
        return operators, tuple(build_fact(each, provider) for each in file.each("facts"))


@cache
def load_core_facts(folder: Path = FOLDER) -> tuple[OperatorFact, ...]:
    """Return the facts about Airflow itself; their patterns are those that a task waits by."""
    with open_files(folder, CORE) as files:
        return tuple(build_fact(each, "Airflow") for each in files[CORE].each("facts"))


def _operator(fields: Fields, provider: str, package: str) -> Operator:
    return Operator(
        name=fields.text("name"),
        module=fields.text("module"),
        provider=provider,
        package=package,
        system=fields.text("system"),
        kind=cast("OperatorKind", fields.choice("kind", get_args(OperatorKind))),
        line=_line(fields),
        modes=tuple(_mode(each, provider) for each in fields.each("modes")),
        waits=tuple(_wait(each, provider) for each in fields.each("waits")),
        split=_split(fields.inner("split")) if fields.has("split") else None,
        facts=tuple(build_fact(each, provider) for each in fields.each("facts")),
    )


def _line(fields: Fields) -> str:
    """Return a line of code on one line."""
    line = fields.text("line")
    try:
        ast.parse(line, mode="eval")
    except SyntaxError:
        fields.add_issue("line: expected one Python expression", "line")
    return line


def _mode(fields: Fields, provider: str) -> Mode:
    return Mode(
        pattern=cast("ModePattern", fields.choice("pattern", PATTERNS)),
        arguments=_arguments(fields, "arguments"),
        provider=_range(fields, "provider"),
        airflow=_range(fields, "airflow"),
        retry_duplicates=cast(
            "RetryDuplicates", fields.choice("retry_duplicates", get_args(RetryDuplicates))
        ),
        reruns_failed=fields.choice("reruns_failed", ("yes", "no"), "yes") == "yes",
        finds_running=fields.choice("finds_running", ("yes", "no"), "no") == "yes",
        retry=_short(fields, "retry", MODE_TEXT),
        kill=_short(fields, "kill", MODE_TEXT),
        sources=_sources(fields, provider),
    )


def _range(fields: Fields, key: str) -> VersionRange:
    return fields.parsed(key, parse_range, ">=0.0") if fields.has(key) else ALL_VERSIONS


def _short(fields: Fields, key: str, longest: int, default: str | None = None) -> str:
    """Return a text that must fit on a line of the screen."""
    text = " ".join(fields.text(key, default).split())
    if len(text) > longest:
        fields.add_issue(f"{key}: {len(text)} characters, at most {longest} fit", key)
    return text


def _arguments(fields: Fields, key: str) -> Mapping[str, str]:
    inner = fields.inner(key)
    arguments = {name: inner.text(name) for name in inner.node}
    for name, value in arguments.items():
        try:
            ast.parse(value, mode="eval")
        except SyntaxError:
            inner.add_issue(f"{name}: expected a Python expression", name)
    return arguments


def _wait(fields: Fields, provider: str) -> WaitLimit:
    limit = fields.text("limit")
    return WaitLimit(
        patterns=_patterns(fields),
        provider=_range(fields, "provider"),
        seconds=None if limit == NO_LIMIT else fields.parsed("limit", parse_duration, "1s"),
        interval=_parameter(fields, "interval"),
        attempts=_parameter(fields, "attempts"),
        timeout=_parameter(fields, "timeout"),
        sources=_sources(fields, provider),
        cancels_job=fields.choice("cancels_job", ("yes", "no"), "no") == "yes",
    )


def _parameter(fields: Fields, key: str) -> tuple[str, str] | None:
    """Return the name and the default of a parameter in a field such as `waiter_delay=60`."""
    text = fields.text(key, "")
    name, equals, default = text.partition("=")
    if text and not (equals and name.isidentifier()):
        fields.add_issue(f"{key}: expected NAME=DEFAULT", key)
    return (name, default) if text else None


def _split(fields: Fields) -> Split:
    return Split(_arguments(fields, "submit"), fields.text("sensor"))


def build_fact(fields: Fields, provider: str) -> OperatorFact:
    """Return a fact about an operator, a provider, or Airflow itself."""
    kind = cast("FactKind", fields.choice("kind", get_args(FactKind)))
    numbers = fields.texts("issues")
    return OperatorFact(
        kind=kind,
        patterns=_patterns(fields),
        provider=_range(fields, "provider"),
        airflow=_range(fields, "airflow"),
        text=_short(fields, "text", FEATURE if kind == "sound-from" else FACT_TEXT),
        before=_short(fields, "before", FACT_TEXT, "" if kind != "sound-from" else None),
        issues=numbers,
        sources=(*_issues(numbers), *_sources(fields, provider)),
        only_on=_range(fields, "only_on"),
        only_sensors=fields.choice("only_sensors", ("yes", "no"), "no") == "yes",
        operators=fields.texts("operators"),
    )


def _patterns(fields: Fields) -> tuple[ModePattern, ...]:
    """Return the patterns of the modes that are concerned, () for all."""
    patterns = fields.texts("patterns") or fields.texts("concerns")
    for each in patterns:
        if each not in PATTERNS:
            fields.add_issue(f"patterns: unknown value '{each}'", "patterns")
    return cast("tuple[ModePattern, ...]", patterns)


def _issues(numbers: Iterable[str]) -> Sources:
    return tuple(
        Source("documented", f"apache/airflow#{number}", "", ISSUE_URL.format(number))
        for number in numbers
    )


def _sources(fields: Fields, provider: str) -> Sources:
    """Return where a fact comes from; `known` says whether it was read or run."""
    known, text = fields.choice("known", ("read", "run")), fields.text("source")
    lead = "read in " if known == "read" else ""
    name = "" if text.startswith(provider) else f"{provider}: "
    return (Source("measured", f"{lead}{name if known == 'read' else ''}{text}"),)
