"""Phrases that the terminal and the markdown view share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from advisor.answers.model import DEFAULT, Answers
from advisor.decision.model import Fact, Recommendation
from advisor.decision.report import JobReport
from advisor.knowledge.model import Knowledge
from advisor.render.shape import plain


def verdict(report: JobReport, knowledge: Knowledge) -> str:
    """Return the recommendation in a few words: the headline first where there is one."""
    recommendation = report.recommendation
    if recommendation.headline:
        of_three = (
            f"; of the three patterns: {recommendation.pattern}" if recommendation.pattern else ""
        )
        return f"{recommendation.headline.title} will do{of_three}"
    if recommendation.pattern:
        return title_of(knowledge, recommendation.pattern, recommendation.variant).lower()
    if recommendation.alternatives:
        return f"none of the three patterns; use {recommendation.alternatives[0].title}"
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


def made_outcome(recommendation: Recommendation) -> str:
    """Return the outcome of a recommendation in a word or two."""
    return outcome(
        recommendation.pattern,
        recommendation.variant,
        recommendation.headline.id if recommendation.headline else None,
    )


def alternatives_title(recommendation: Recommendation) -> str:
    """Return the title of what would do better, or without any pattern."""
    return "What to do instead" if recommendation.pattern is None else "What may do better"


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
    message = "; ".join(f"{' and '.join(names)}: {words}" for words, names in patterns.items())
    return f"{characteristic} - {message}" if characteristic else message


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
