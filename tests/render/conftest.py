"""Consoles and reports to render."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from advisor.answers.batch import Reader
from advisor.answers.complete import complete_answers
from advisor.catalog.entries import load_core_facts
from advisor.decision.recommend import Advisor
from advisor.decision.report import JobReport, make_report
from advisor.documents.read import read_document
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Knowledge
from tests.decision.points import target_of

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

Screen = Callable[[int, bool], Console]


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture(scope="session")
def advisor(knowledge: Knowledge) -> Advisor:
    return Advisor(knowledge)


@pytest.fixture(scope="session")
def reports_of(advisor: Advisor) -> Callable[[str], list[JobReport]]:
    """Return a function that makes the reports for a shipped example."""

    def read(name: str) -> list[JobReport]:
        document = read_document(str(EXAMPLES / f"{name}.yaml"))
        batch = Reader(advisor.knowledge).read(document, {}, refuse_missing=True)
        answers = [complete_answers(draft, advisor.knowledge.questions) for draft in batch.drafts]
        return [
            make_report(advisor, each, target_of(each.values), core_facts=load_core_facts())
            for each in answers
        ]

    return read


def screen(width: int, *, colour: bool = False) -> Console:
    """Return a console of this width that captures what is printed."""
    return Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        markup=False,
        legacy_windows=False,
    )


def printed(console: Console) -> str:
    """Return what was printed on a console."""
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()
