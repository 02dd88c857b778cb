"""The command that comes after a recommendation, ready to be run."""

import re
import sys
from keyword import iskeyword, issoftkeyword

from advisor.answers.model import Answers
from advisor.decision.model import Recommendation
from advisor.knowledge.versions import TARGETS, Version, parse_version

CHECKPOINT = "checkpoint"
UNNAMED = "job"
"""What a job is called that nobody named."""
NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[ _-]+[A-Za-z0-9]+)*")
LONGEST_NAME = 30
EXAMPLE_NAME = "MyJob"


def next_steps(recommendation: Recommendation, answers: Answers) -> tuple[str, ...]:
    """Return the command that scaffolds what was recommended, else the one that explains it."""
    target = scaffold_target(recommendation, answers)
    if target is None:
        return (f"advisor explain {topic_of(recommendation)}".rstrip(),)
    return (scaffold_command(recommendation, class_name(answers.name), target),)


def scaffold_target(recommendation: Recommendation, answers: Answers) -> Version | None:
    """Return the release to scaffold a recommendation for, None where there is nothing to."""
    release = parse_version(answers.values["airflow_version"])._replace(patch=0)
    return (
        release
        if recommendation.pattern and not recommendation.headline and release in TARGETS
        else None
    )


def scaffold_command(recommendation: Recommendation, name: str, target: Version) -> str:
    """Return the command that scaffolds a recommended pattern under a name."""
    return (
        f"advisor scaffold {scaffolded_pattern(recommendation)} {name} --airflow-version {target}"
    )


def scaffolded_pattern(recommendation: Recommendation) -> str:
    """Return the pattern to scaffold, which may be a variant of the one that was recommended."""
    return CHECKPOINT if recommendation.variant == CHECKPOINT else recommendation.pattern or ""


def class_name(job: str) -> str:
    """Return a class name for a job, after the job where its name can be one.

    A word that Python has taken, such as `email`, becomes `EmailJob`.
    """
    if job == UNNAMED or len(job) > LONGEST_NAME or NAME.fullmatch(job) is None:
        return EXAMPLE_NAME
    words = re.split(r"[ _-]+", job)
    name = "".join(word[0].upper() + word[1:] for word in words)
    package = name.lower()
    taken = iskeyword(package) or issoftkeyword(package) or package in sys.stdlib_module_names
    return f"{name}Job" if taken else name


def topic_of(recommendation: Recommendation) -> str:
    """Return the topic of `advisor explain` that a reader wants next, "" for the list of them."""
    if recommendation.headline:
        return recommendation.headline.id
    if recommendation.pattern:
        return recommendation.variant or recommendation.pattern
    return recommendation.alternatives[0].id if recommendation.alternatives else ""
