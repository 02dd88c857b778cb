"""Chooses what to use for a job: an existing operator, a scaffolded one, or an alternative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from advisor.answers.model import Answers
from advisor.decision.operators import ExistingOperator, SplitTask, is_safe
from advisor.decision.recommend import Recommendation
from advisor.decision.scaffolding import scaffold_target
from advisor.knowledge.model import Alternative
from advisor.knowledge.operators import RetryDuplicates
from advisor.knowledge.versions import STORE_SINCE, parse_version

Use = Literal["operator", "scaffold", "alternative"]
"""What to use: an existing operator, a scaffolded one, or something else than a pattern."""


SUBMIT_ONCE = "submit-once-then-sensor"
SPLIT = ("submit-then-sensor", "submit-then-reschedule", SUBMIT_ONCE)
"""The alternatives that submit in one task and wait in another."""


@dataclass(frozen=True)
class Choice:
    """What to use for a job.

    `operator` is the existing operator, None for another `use`. `substitute` is the alternative
    that replaces a pattern, or None. `retry_duplicates` says whether a retry can start a second
    job if the choice is followed.
    """

    use: Use
    operator: ExistingOperator | None
    substitute: Alternative | None
    retry_duplicates: RetryDuplicates

    @property
    def in_two_tasks(self) -> bool:
        """Return whether to submit in one task and to wait in another."""
        return self.substitute is not None and self.substitute.id in SPLIT


def choose(
    existing: tuple[ExistingOperator, ...],
    split: SplitTask | None,
    recommendation: Recommendation,
    answers: Answers,
) -> Choice:
    """Return what to use for a job.

    `existing` are the operators for its system, the best first, and `split` its two tasks, one that
    submits and one that waits.
    """
    operator = _operator(existing, recommendation, answers)
    in_two = None if existing or split is None else _in_two_tasks(recommendation)
    if in_two and not recommendation.headline:
        return Choice("alternative", None, in_two, in_two.retry_duplicates)
    use: Use = "operator" if operator else _without_operator(recommendation, answers)
    substitute = _substitute(use, recommendation)
    return Choice(use, operator, substitute, _retry_duplicates(use, operator, substitute, answers))


def _operator(
    existing: tuple[ExistingOperator, ...], recommendation: Recommendation, answers: Answers
) -> ExistingOperator | None:
    """Return the operator to use, or None.

    One that a retry makes unsafe is used only if a duplicate is merely costly, a pattern fits, and
    the operator follows it or nothing can be scaffolded.
    """
    if recommendation.headline:
        return next((each for each in existing if each.pattern == "plain"), None)
    if not existing:
        return None
    best, risk = existing[0], answers.values["duplicate_risk"]
    if is_safe(best, risk):
        return best
    if risk == "unacceptable" or recommendation.pattern is None:
        return None
    follows = best.pattern == recommendation.pattern
    return best if follows or scaffold_target(recommendation, answers) is None else None


def _in_two_tasks(recommendation: Recommendation) -> Alternative | None:
    """Return the alternative that submits in one task and waits in another, or None."""
    return next((each for each in recommendation.alternatives if each.id in SPLIT), None)


def _without_operator(recommendation: Recommendation, answers: Answers) -> Use:
    has_pattern = recommendation.pattern is not None and not recommendation.headline
    if has_pattern and answers.values["work"] != "event" and scaffold_is_safe(answers):
        return "scaffold"
    return "alternative" if recommendation.alternatives else "scaffold"


def scaffold_is_safe(answers: Answers) -> bool:
    """Return whether a scaffolded operator is acceptable for the risk of a duplicate job."""
    unacceptable = answers.values["duplicate_risk"] == "unacceptable"
    return not unacceptable or answers.values["work"] != "job" or _scaffolded(answers) != "yes"


def _scaffolded(answers: Answers) -> RetryDuplicates:
    """Return whether a retry of a scaffolded operator can start a second job.

    Without a task state store, only a key lets a retry find the job.
    """
    if answers.values["idempotency_key"] == "yes":
        return "never"
    has_store = parse_version(answers.values["airflow_version"]) >= STORE_SINCE
    return "window" if has_store else "yes"


def _substitute(use: Use, recommendation: Recommendation) -> Alternative | None:
    if recommendation.headline:
        return recommendation.headline
    return recommendation.alternatives[0] if use == "alternative" else None


def _retry_duplicates(
    use: Use,
    operator: ExistingOperator | None,
    substitute: Alternative | None,
    answers: Answers,
) -> RetryDuplicates:
    if operator:
        return operator.retry_duplicates
    if substitute:
        return substitute.retry_duplicates
    if use != "scaffold" or answers.values["work"] in ("requests", "event"):
        return "never" if answers.values["work"] == "event" else "unknown"
    # A checkpoint is written after each batch, so a retry can repeat only the batch it was in.
    return _scaffolded(answers) if answers.values["work"] == "job" else "window"
