"""The types of the knowledge: questions, characteristics, needs and advice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.knowledge.versions import Version, VersionRange

SourceKind = Literal["documented", "measured", "judgement", "policy"]
Strength = Literal["required", "preferred", "info"]
QuestionKind = Literal["choice", "duration", "version", "text"]
Asked = Literal["optional", "always", "version", "follow-up", "context"]
"""When a question is asked; the decision does not depend on the answers to `context`."""
AppliesTo = Literal["use", "write", "both"]
"""Whom a warning concerns: users of an existing operator, authors of an operator, or both."""

NO_PATTERN = "none"
PLAIN = "plain"
"""Holding the worker slot and storing nothing, which is none of the three patterns."""
DOCUMENTED_ORDER = "documented-order"
"""The id of the reason that decides a tie."""


@dataclass(frozen=True)
class Source:
    """Where a fact comes from.

    `text` names the page and section, the issue, the experiment, the reason for a judgement, or
    the policy. `version` is the release that was read or run, such as `Airflow 3.3.2`, or "" if
    the text names it. `url` may be "".
    """

    kind: SourceKind
    text: str
    version: str = ""
    url: str = ""


Sources = tuple[Source, ...]


@dataclass(frozen=True)
class Statement:
    """A sentence or two, and their sources."""

    text: str
    sources: Sources


@dataclass(frozen=True)
class Clause:
    """One part of a condition: the answer to `question` is among `accepts`.

    For `airflow_version` the only entry is a range. For `duration` an entry is the id of a band, or
    `>=` and a time.
    """

    question: str
    accepts: tuple[str, ...]


Condition = tuple[Clause, ...]
"""A condition: holds if all its clauses hold, so always if it has none."""


@dataclass(frozen=True)
class Choice:
    """One accepted answer to a question. `if_so` completes a sentence that begins with "If"."""

    id: str
    text: str
    if_so: str
    help: str


@dataclass(frozen=True)
class Band:
    """A range of durations: those below `below` seconds that are not in an earlier band."""

    id: str
    below: int | None
    text: str


@dataclass(frozen=True)
class Question:
    """A question, with everything needed to ask it and to parse the answer."""

    id: str
    kind: QuestionKind
    asked: Asked
    changes: str
    text: str
    help: str
    default: str
    choices: tuple[Choice, ...]
    bands: tuple[Band, ...]
    known: tuple[Version, ...]
    stable: str
    sources: Sources


@dataclass(frozen=True)
class Variant:
    """A variant of a pattern that some answers call for."""

    id: str
    title: str
    text: str
    when: Condition
    sources: Sources


@dataclass(frozen=True)
class Pattern:
    """One of the three ways to wait."""

    id: str
    title: str
    text: str
    variants: tuple[Variant, ...]
    sources: Sources


@dataclass(frozen=True)
class Cell:
    """The value of a characteristic for a pattern, in a range of versions.

    `short` is the value as tables show it, and `words` describe it; `verbatim` is true if they
    quote Airflow's table. `safe` states why a disadvantage is safe, or is "".
    """

    value: str
    short: str
    words: str
    verbatim: bool
    airflow: VersionRange
    sources: Sources
    note: str
    safe: str
    safe_sources: Sources


@dataclass(frozen=True)
class Characteristic:
    """A row of the comparison. `documented` is true if it is a row of Airflow's own table."""

    id: str
    title: str
    documented: bool
    cells: Mapping[str, tuple[Cell, ...]]

    def cell(self, pattern: str, version: Version) -> Cell | None:
        """Return the cell of a pattern for a version, or None."""
        for cell in self.cells[pattern]:
            if version in cell.airflow:
                return cell
        return None


@dataclass(frozen=True)
class Need:
    """A need that some answers raise, and the values of a characteristic that meet it.

    `label` names the need in a table. `missed` says that a pattern does not meet it, such as "it
    needs a Triggerer"; it may be "".
    """

    id: str
    strength: Strength
    label: str
    missed: str
    text: str
    when: Condition
    characteristic: str
    accepts: tuple[str, ...]
    sources: Sources


@dataclass(frozen=True)
class Advice:
    """A text that is shown with some outcomes: what the wait costs, or a subclass."""

    id: str
    text: str
    when: Condition
    sources: Sources


@dataclass(frozen=True)
class Alternative(Advice):
    """What may serve better than the recommended pattern, or replaces it if none fits.

    `summary` is the text in a few words. If `headline` is true, the verdict starts with it.
    `retry_duplicates` says whether a retry can start a second job: never, yes or unknown. `given`
    is a further condition, as in a warning; it does not count if nothing else serves.
    """

    title: str
    summary: str
    headline: bool
    retry_duplicates: Literal["never", "yes", "unknown"]
    given: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class PatternWarning(Advice):
    """What can go wrong with a pattern. `title` and `remedy` fit on one line.

    `scaffold_handles` is true if an operator written by `advisor scaffold` needs nothing more.
    `given` is a further condition, on what the decision does not depend on: the `executor`, and
    whether a `retry` is safe, for example; see CONTEXT in builders.py.
    """

    title: str
    remedy: str
    applies_to: AppliesTo
    scaffold_handles: bool
    given: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class TieBreak:
    """The order of the patterns that decides a tie, and its sources."""

    patterns: tuple[str, ...]
    text: str
    sources: Sources


@dataclass(frozen=True)
class Disagreement:
    """A disagreement between documentation, code and experiment, with a source for each side."""

    id: str
    title: str
    characteristic: str
    pattern: str
    sides: tuple[Statement, ...]


@dataclass(frozen=True)
class Knowledge:
    """The knowledge that a decision needs. Mappings are in the order of the files."""

    questions: Mapping[str, Question]
    patterns: Mapping[str, Pattern]
    order: TieBreak
    characteristics: Mapping[str, Characteristic]
    needs: tuple[Need, ...]
    warnings: tuple[PatternWarning, ...]
    alternatives: tuple[Alternative, ...]
    costs: tuple[Advice, ...]


@dataclass(frozen=True)
class Edition:
    """When the knowledge was last checked, and the versions of Airflow that it covers."""

    date: str
    oldest: str
    newest: str
