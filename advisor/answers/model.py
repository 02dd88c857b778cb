"""The complete answers for a job: the given ones, and assumptions for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from advisor.knowledge.versions import Version

DEFAULT = "default"
INSTALLED = "installed version"
NEWEST = "latest stable release"


@dataclass(frozen=True)
class Answers:
    """A complete set of canonical answers for one job.

    `values` has the answer to each question; only `system` and questions about the context, such as
    `executor`, may be missing. `assumed` maps each question with an assumed answer to the origin of
    that answer: DEFAULT, INSTALLED, NEWEST, or the system or class that the catalogue knows.
    `expect` is the expected pattern (or `none`) or operator, and `safe` the expected safety of a
    retry; None if there is no expectation. `releases` are the user's provider releases.
    """

    name: str
    values: Mapping[str, str]
    assumed: Mapping[str, str]
    expect: str | None = None
    safe: str | None = None
    releases: Mapping[str, Version] = field(default_factory=dict)
