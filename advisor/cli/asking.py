"""The conversation at a terminal: the questions that matter, and what was understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from advisor.answers.batch import Draft
from advisor.catalog.operators import load_systems
from advisor.cli.interview import ask_missing
from advisor.cli.output import say
from advisor.cli.prompts import make_prompter
from advisor.decision.changes import can_matter
from advisor.decision.recommend import Advisor
from advisor.render.wording import pairs


def ask_draft(draft: Draft, advisor: Advisor) -> Draft:
    """Return a draft with every answer that is missing asked for."""

    def matters(question: str, given: Mapping[str, str]) -> bool:
        return can_matter(advisor.decider, question, given)

    systems = [(system.id, system.title) for system in load_systems()]
    questions = advisor.knowledge.questions
    given = ask_missing(questions, draft.given, make_prompter(), matters, systems)
    say(f"\nUnderstood: {pairs(given)}.\n")
    return replace(draft, given=given, missing=())
