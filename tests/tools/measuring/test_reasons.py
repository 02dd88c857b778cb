"""The reasons for differences are checked against the measured outcomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import KnowledgeError
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.versions import Version
from measuring.cells import MeasuredCell, measured_cells
from measuring.evidence import Reason, ReasonMismatch, check_reasons, read_reasons
from measuring.facts import KilledRun, Measurement
from measuring.scenarios import WAITING

CELL = ("prevents-duplicates", "resumable")


def cell(jobs: int) -> MeasuredCell:
    facts = KilledRun("success", 2, jobs, went_on=jobs == 1, result="reported")
    measurement = Measurement("resumable", WAITING, facts, (1.0,))
    cells = measured_cells([measurement], load_knowledge(), Version(3, 3, 2))
    return next(each for each in cells if each.characteristic == CELL[0])


def test_check_reasons_accepts_reasons_for_the_measured_outcome() -> None:
    check_reasons([cell(2)], {CELL: Reason("2 jobs", "because", "Because.")})
    check_reasons([cell(1)], {})


@pytest.mark.parametrize(
    ("jobs", "outcome", "message"),
    [
        (2, None, "reasons.yaml has no reason"),
        (2, "3 jobs", "'2 jobs'; the reason is for '3 jobs'"),
        (1, "2 jobs", "agrees with the documentation; remove its reason"),
    ],
)
def test_check_reasons_rejects_missing_superfluous_and_outdated_reasons(
    jobs: int, outcome: str | None, message: str
) -> None:
    reasons = {CELL: Reason(outcome, "because", "Because.")} if outcome else {}
    with pytest.raises(ReasonMismatch, match=f"^{', '.join(CELL)}: .*{message}"):
        check_reasons([cell(jobs)], reasons)


def test_read_reasons_rejects_unknown_keys(tmp_path: Path) -> None:
    file = tmp_path / "reasons.yaml"
    file.write_text("reasons: [{characteristic: a, pattern: b, outcome: c, reason: d, wyh: e}]\n")
    with pytest.raises(KnowledgeError, match="wyh"):
        read_reasons(file)


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("", "reason: value is empty"),
        ("one two three four five six seven eight nine ten 11", "found 11"),
    ],
)
def test_read_reasons_rejects_missing_and_long_short_forms(
    reason: str, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "reasons.yaml"
    file.write_text(
        f"reasons: [{{characteristic: a, pattern: b, outcome: c, reason: '{reason}', why: d}}]\n"
    )
    with pytest.raises(KnowledgeError, match=message):
        read_reasons(file)
