"""Phrases that the terminal and the markdown view share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from advisor.answers.model import DEFAULT, Answers
from advisor.decision.case import Case
from advisor.decision.model import Fact, Recommendation
from advisor.knowledge.model import Knowledge
from advisor.view.shape import plain


def verdict(case: Case, knowledge: Knowledge) -> str:
    """Return the recommendation in a few words: the headline first where there is one."""
    made = case.recommendation
    if made.headline:
        of_three = f"; of the three patterns: {made.pattern}" if made.pattern else ""
        return f"{made.headline.title} will do{of_three}"
    if made.pattern:
        return title_of(knowledge, made.pattern, made.variant).lower()
    if made.instead:
        return f"none of the three patterns; use {made.instead[0].title}"
    return "none of the three patterns"


def title_of(knowledge: Knowledge, pattern: str, variant: str | None) -> str:
    """Return the title of a pattern, or of its variant."""
    entry = knowledge.patterns[pattern]
    titles = {each.id: each.title for each in entry.variants}
    return titles[variant] if variant else entry.title


def outcome(pattern: str | None, variant: str | None, headline: str | None) -> str:
    """Return an outcome in a word or two: `resumable (checkpoint)`, `none`."""
    words = pattern or "none"
    if variant:
        words += f" ({variant})"
    if headline:
        words += f", but {headline.replace('-', ' ')} will do"
    return words


def made_outcome(made: Recommendation) -> str:
    """Return the outcome of a recommendation in a word or two."""
    return outcome(made.pattern, made.variant, made.headline.id if made.headline else None)


def instead_title(made: Recommendation) -> str:
    """Return the title of what would do better, or without any pattern."""
    return "What to do instead" if made.pattern is None else "What may do better"


def facts(characteristic: str | None, found: Iterable[Fact | None]) -> str:
    """Return what the patterns are: `Requires Triggerer - resumable: "No"; deferrable: "Yes"`.

    Words of Airflow's own table stand in quotation marks, ours do not.
    """
    patterns: dict[str, list[str]] = {}
    for fact in found:
        if fact:
            words = plain(fact.words)
            words = f'"{words}"' if fact.verbatim else words
            patterns.setdefault(words, []).append(fact.pattern)
    said = "; ".join(f"{' and '.join(names)}: {words}" for words, names in patterns.items())
    return f"{characteristic} - {said}" if characteristic else said


def given(answers: Answers) -> str:
    """Return the answers that somebody gave, in a line."""
    return pairs({k: v for k, v in answers.values.items() if k not in answers.assumed})


def assumed(answers: Answers) -> str:
    """Return the answers that were assumed, in a line."""
    return pairs(
        {
            question: answers.values[question] + ("" if why == DEFAULT else f" ({why})")
            for question, why in answers.assumed.items()
        }
    )


def pairs(values: Mapping[str, str]) -> str:
    """Return `triggerer no, duration 3h`."""
    return ", ".join(f"{question} {text}" for question, text in values.items())
