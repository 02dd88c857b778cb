"""The parts of a recommendation, each with its sources."""

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.knowledge.model import Advice, Sources


@dataclass(frozen=True)
class Fact:
    """The characteristic of a pattern that a need asks about, in words."""

    pattern: str
    words: str
    verbatim: bool


@dataclass(frozen=True)
class Reason:
    """A need that the recommended pattern meets and another misses.

    `facts` begin with that of the recommended pattern. If the reason is the order of the patterns,
    `characteristic` is None and there are no facts.
    """

    id: str
    strength: str
    text: str
    characteristic: str | None
    facts: tuple[Fact, ...]
    sources: Sources


@dataclass(frozen=True)
class Concession(Reason):
    """A need that the recommended pattern misses. `safe` says what makes that safe, or is ""."""

    safe: str


@dataclass(frozen=True)
class RuledOut(Reason):
    """Why a pattern is not recommended: a required need that it misses, or the need it loses on."""

    pattern: str


@dataclass(frozen=True)
class Change:
    """Answers that would change the recommendation.

    `answers` maps each question to the answers that do; `text` puts them in words.
    """

    answers: Mapping[str, tuple[str, ...]]
    text: str
    pattern: str | None
    variant: str | None
    headline: str | None


@dataclass(frozen=True)
class Recommendation:
    """The recommendation for one point of the answer space.

    The text of `cost` contains `{duration}` as a placeholder for the duration of the wait.
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
        """Return the alternative that is better than the pattern itself, or None."""
        return next((each for each in self.alternatives if each.headline), None)
