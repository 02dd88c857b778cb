"""The table of needs by pattern: a row for each characteristic that the answers ask about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from advisor.decision.decide import NeedCheck, Outcome
from advisor.knowledge.model import Need, Sources, Strength

Standing = Literal["chosen", "second", "third", "ruled out"]
"""The result for one pattern."""


@dataclass(frozen=True)
class NeedCell:
    """The value of a characteristic for a pattern, and whether it satisfies the row's need."""

    value: str
    satisfied: bool
    sources: Sources


@dataclass(frozen=True)
class NeedRow:
    """The needs that ask about one characteristic.

    `needs` are their ids. `label` and `strength` are those of the strongest need, and a cell
    satisfies the row if it satisfies all needs of that strength. A pattern that does not exist in
    this version of Airflow has no cell.
    """

    characteristic: str
    label: str
    strength: Strength
    needs: tuple[str, ...]
    cells: Mapping[str, NeedCell | None]


def need_rows(outcome: Outcome) -> tuple[NeedRow, ...]:
    """Return the rows for an outcome: the strongest first, then in the order of the policy."""
    by_characteristic: dict[str, list[Need]] = {}
    for need in sorted(outcome.raised, key=_rank):
        by_characteristic.setdefault(need.characteristic, []).append(need)
    return tuple(_row(needs, outcome) for needs in by_characteristic.values())


def standings(outcome: Outcome) -> dict[str, Standing]:
    """Return the result for each pattern."""
    places: tuple[Standing, ...] = get_args(Standing)
    ranks = {pattern: place for place, pattern in enumerate(outcome.candidates)}
    return {pattern: places[ranks.get(pattern, -1)] for pattern in outcome.checks}


def _rank(need: Need) -> int:
    return get_args(Strength).index(need.strength)


def _row(needs: Sequence[Need], outcome: Outcome) -> NeedRow:
    strongest = needs[0]
    decisive = {need.id for need in needs if need.strength == strongest.strength}
    return NeedRow(
        characteristic=strongest.characteristic,
        label=strongest.label,
        strength=strongest.strength,
        needs=tuple(need.id for need in needs),
        cells={
            pattern: _cell([each for each in checks if each.need.id in decisive])
            for pattern, checks in outcome.checks.items()
        },
    )


def _cell(checks: Sequence[NeedCheck]) -> NeedCell | None:
    if not checks:
        return None
    cell = checks[0].cell
    return NeedCell(cell.short, all(each.met for each in checks), cell.sources)
