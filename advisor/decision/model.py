"""What a recommendation is made of. Each part carries its sources."""

from collections.abc import Mapping
from typing import NamedTuple

from advisor.knowledge.model import Advice, Sources


class Fact(NamedTuple):
    """What a pattern is in the characteristic that a need asks about."""

    pattern: str
    words: str
    verbatim: bool


class Reason(NamedTuple):
    """A need that the recommended pattern meets and another misses.

    `characteristic` and `fact` are None for the reason that is the order of the patterns.
    """

    id: str
    strength: str
    text: str
    characteristic: str | None
    fact: Fact | None
    others: tuple[Fact, ...]
    sources: Sources


class Concession(NamedTuple):
    """A need that the recommended pattern misses; `safe` says what makes up for it, or ""."""

    id: str
    strength: str
    text: str
    characteristic: str
    fact: Fact
    safe: str
    sources: Sources


class RuledOut(NamedTuple):
    """Why another pattern is not recommended: a must that it misses, or where it loses."""

    pattern: str
    id: str
    strength: str
    text: str
    characteristic: str | None
    fact: Fact | None
    sources: Sources


class Change(NamedTuple):
    """Answers that would change the recommendation.

    `answers` maps a question to the answers of it that each do; `text` says them in words.
    """

    answers: Mapping[str, tuple[str, ...]]
    text: str
    pattern: str | None
    variant: str | None
    headline: str | None


class Recommendation(NamedTuple):
    """All that follows from one point of the answer space.

    The text of `cost` holds `{duration}` where the wait is to be named.
    """

    pattern: str | None
    variant: str | None
    alternatives: tuple[Advice, ...]
    reasons: tuple[Reason, ...]
    concessions: tuple[Concession, ...]
    ruled_out: tuple[RuledOut, ...]
    would_change: tuple[Change, ...]
    warnings: tuple[Advice, ...]
    cost: Advice | None

    @property
    def headline(self) -> Advice | None:
        """Return what does better than the pattern itself, if anything does."""
        return next((each for each in self.alternatives if each.headline), None)
