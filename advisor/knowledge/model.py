"""The types that the knowledge is read into: questions, characteristics, needs and advice.

They are named tuples and not dataclasses because each run creates them at start-up: a frozen,
slotted dataclass costs 0.7 ms to define and a named tuple 0.3.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from advisor.knowledge.versions import Version, VersionRange

SourceKind = Literal["documented", "measured", "judgement", "policy"]
Strength = Literal["required", "preferred", "info"]
QuestionKind = Literal["choice", "duration", "version", "text"]
Asked = Literal["always", "follow-up", "version", "optional"]

NO_PATTERN = "none"
DOCUMENTED_ORDER = "documented-order"
"""The id of the reason that decides a tie."""


class Source(NamedTuple):
    """Where a fact comes from.

    `text` names the page and section, the issue, what was run, why we judged so, or the policy;
    `version` is the release it was read or run on, such as `Airflow 3.3.2`, "" where the text says
    it; `url` may be "".
    """

    kind: SourceKind
    text: str
    version: str = ""
    url: str = ""


Sources = tuple[Source, ...]


class Clause(NamedTuple):
    """One part of a condition: the answer to `question` is among `accepts`.

    For `airflow_version` the one entry is a range, for `duration` an entry is the id of a band or
    `>=` and a time.
    """

    question: str
    accepts: tuple[str, ...]


Condition = tuple[Clause, ...]
"""All clauses hold; without any it always holds."""


class Choice(NamedTuple):
    """One accepted answer of a question. `if_so` completes a sentence that begins with "If"."""

    id: str
    text: str
    if_so: str
    help: str


class Band(NamedTuple):
    """A range of durations: those under `below` seconds that no earlier band took."""

    id: str
    below: int | None
    text: str


class Question(NamedTuple):
    """Something to ask, with all that is needed to ask it and to read the answer."""

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


class Variant(NamedTuple):
    """A form of a pattern that some answers call for."""

    id: str
    title: str
    text: str
    when: Condition
    sources: Sources


class Pattern(NamedTuple):
    """One of the three ways to wait."""

    id: str
    title: str
    text: str
    variants: tuple[Variant, ...]
    sources: Sources


class Cell(NamedTuple):
    """What a pattern is in one characteristic, for a range of versions.

    `safe` says what makes a value safe that is conceded, "" where nothing needs to be said.
    """

    value: str
    words: str
    verbatim: bool
    airflow: VersionRange
    sources: Sources
    note: str
    safe: str
    safe_sources: Sources


class Characteristic(NamedTuple):
    """A row of the comparison: `documented` where it is one of Airflow's own table."""

    id: str
    title: str
    documented: bool
    cells: Mapping[str, tuple[Cell, ...]]

    def cell(self, pattern: str, version: Version) -> Cell | None:
        """Return what holds for a pattern in a version, or None where nothing does."""
        for cell in self.cells[pattern]:
            if version in cell.airflow:
                return cell
        return None


class Need(NamedTuple):
    """What some answers ask of a pattern, and the values of a characteristic that satisfy it."""

    id: str
    strength: Strength
    text: str
    when: Condition
    characteristic: str
    accepts: tuple[str, ...]
    sources: Sources


class Advice(NamedTuple):
    """A warning, a way to do without any pattern, or a cost: a text that some outcomes call for."""

    id: str
    title: str
    text: str
    when: Condition
    headline: bool
    sources: Sources


class TieBreak(NamedTuple):
    """The order of the patterns that decides a tie, and where it comes from."""

    patterns: tuple[str, ...]
    text: str
    sources: Sources


class Side(NamedTuple):
    """One voice in a disagreement."""

    text: str
    sources: Sources


class Disagreement(NamedTuple):
    """A place where page, code or experiment disagree, each with its source."""

    id: str
    title: str
    characteristic: str
    pattern: str
    sides: tuple[Side, ...]


class Knowledge(NamedTuple):
    """All that a decision needs. Mappings keep the order of the files."""

    questions: Mapping[str, Question]
    patterns: Mapping[str, Pattern]
    order: TieBreak
    characteristics: Mapping[str, Characteristic]
    needs: tuple[Need, ...]
    warnings: tuple[Advice, ...]
    alternatives: tuple[Advice, ...]
    costs: tuple[Advice, ...]


class Edition(NamedTuple):
    """When the knowledge was last checked, and the versions of Airflow that it covers."""

    date: str
    oldest: str
    newest: str
