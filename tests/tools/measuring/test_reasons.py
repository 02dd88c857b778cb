"""Reasons are for what was measured, and for nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.errors import KnowledgeError
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.versions import Version
from measuring.cells import Measured, measured_cells
from measuring.facts import Finding, Hurt
from measuring.reasons import Reason, Unfit, check_reasons, read_reasons
from measuring.scenarios import WAITING

CELL = ("prevents-duplicates", "resumable")


def cell(jobs: int) -> Measured:
    facts = Hurt("success", 2, jobs, went_on=jobs == 1, result="reported")
    finding = Finding("resumable", WAITING, facts, (1.0,))
    cells = measured_cells([finding], load_knowledge(), Version(3, 3, 2))
    return next(each for each in cells if each.characteristic == CELL[0])


def test_a_reason_that_fits_is_fine() -> None:
    check_reasons([cell(2)], {CELL: Reason("2 jobs", "because")})
    check_reasons([cell(1)], {})


@pytest.mark.parametrize(
    ("jobs", "outcome", "said"),
    [
        (2, None, "reasons.yaml has no reason"),
        (2, "3 jobs", "'2 jobs'; the reason is for '3 jobs'"),
        (1, "2 jobs", "agrees with the documentation; its reason is to go"),
    ],
)
def test_one_that_is_missing_superfluous_or_for_another_outcome_is_named(
    jobs: int, outcome: str | None, said: str
) -> None:
    reasons = {CELL: Reason(outcome, "because")} if outcome else {}
    with pytest.raises(Unfit, match=f"^{', '.join(CELL)}: .*{said}"):
        check_reasons([cell(jobs)], reasons)


def test_a_key_that_nobody_reads_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "reasons.yaml"
    file.write_text("reasons: [{characteristic: a, pattern: b, outcome: c, wyh: d}]\n")
    with pytest.raises(KnowledgeError, match="wyh"):
        read_reasons(file)
