"""Where answers and policies come from: files, piped input, shipped examples, options."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from advisor.answers.parse import nearest
from advisor.documents.model import Document, shown
from advisor.documents.read import STANDARD_INPUT, read_document
from advisor.errors import InputError
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Knowledge
from advisor.resources import resource_folder

if TYPE_CHECKING:
    from io import BufferedReader


def knowledge_with(policy: str | None) -> Knowledge:
    """Return the knowledge, with the policy in a file laid over it where one is named."""
    if policy is None:
        return load_knowledge()
    from advisor.knowledge.policy import with_policy

    return with_policy(load_knowledge(), read_document(policy))


def piped_document() -> Document | None:
    """Return the document on standard input, None where that is a terminal or empty."""
    if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
        return None
    # Waits for the first byte or the end, as every filter does; what is there is not consumed.
    has_something = bool(cast("BufferedReader", sys.stdin.buffer).peek(1))
    return read_document(STANDARD_INPUT) if has_something else None


def example_document(name: str) -> Document:
    """Return a shipped example by its name, such as `nightly_spark`."""
    found = {file.stem: file for file in sorted(resource_folder("examples").glob("*.yaml"))}
    key = name.replace("-", "_")
    if key not in found:
        known = ", ".join(found)
        raise InputError.of(
            "--example", f"found {shown(name)}, accepted are {known}", nearest(key, found)
        )
    return replace(read_document(str(found[key])), name=f"{key}.yaml")


def flags_from(options: Mapping[str, str | bool | None], settings: list[str]) -> dict[str, str]:
    """Return the answers given as options, those of `--set ID=VALUE` included."""
    flags = {}
    for question, given in options.items():
        if given is not None:
            flags[question] = given if isinstance(given, str) else "yes" if given else "no"
    for setting in settings:
        question, equals, text = setting.partition("=")
        if not equals:
            raise InputError.of("--set", f"found {shown(setting)}, accepted is ID=VALUE")
        flags[question.strip()] = text
    return flags
