"""Names the commands that scaffold or explain a recommendation."""

from __future__ import annotations

from advisor.answers.model import Answers
from advisor.decision.recommend import Recommendation
from advisor.knowledge.versions import TARGETS, Version, parse_version
from advisor.naming import FALLBACK, name_for_job

CHECKPOINT = "checkpoint"
UNNAMED = "job"
"""The name of a job without a name of its own."""


def scaffold_target(recommendation: Recommendation, answers: Answers) -> Version | None:
    """Return the release to scaffold a recommendation for, or None if it cannot be scaffolded."""
    if not recommendation.pattern or recommendation.headline or answers.values["work"] == "event":
        return None
    release = parse_version(answers.values["airflow_version"])._replace(patch=0)
    return release if release in TARGETS else None


def scaffold_command(
    recommendation: Recommendation, name: str, target: Version, template: str
) -> str:
    """Return the command that scaffolds a recommended pattern under a name.

    `template` is the value of `--system`, "" for the default.
    """
    system = f" --system {template}" if template else ""
    pattern = scaffolded_pattern(recommendation)
    return f"advisor scaffold {pattern} {name} --airflow-version {target}{system}"


def scaffolded_pattern(recommendation: Recommendation) -> str:
    """Return the pattern to scaffold, which may be a variant of the recommended one."""
    return CHECKPOINT if recommendation.variant == CHECKPOINT else recommendation.pattern or ""


def class_name(job: str) -> str:
    """Return the class name for a job, without the suffix: the job's name, or a similar one.

    `email`, a module of Python's standard library, becomes `EmailJob`.
    """
    return (FALLBACK if job == UNNAMED else name_for_job(job)).stem


def topic_of(recommendation: Recommendation) -> str:
    """Return the topic that explains a recommendation, "" for the list of all topics."""
    if recommendation.headline:
        return recommendation.headline.id
    if recommendation.pattern:
        return recommendation.variant or recommendation.pattern
    return recommendation.alternatives[0].id if recommendation.alternatives else ""
