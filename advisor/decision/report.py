"""The report of one job: its answers, and everything that is recommended for them."""

from collections.abc import Iterable
from dataclasses import dataclass

from advisor.answers.model import Answers
from advisor.decision.recommend import Advisor, Recommendation
from advisor.knowledge.durations import parse_duration, say_duration
from advisor.knowledge.model import (
    NO_PATTERN,
    Alternative,
    ExistingOperator,
    PatternWarning,
    Sources,
    System,
)
from advisor.knowledge.versions import TARGETS, Version, parse_version
from advisor.naming import FALLBACK, name_for_job

CHECKPOINT = "checkpoint"
UNNAMED = "job"
"""The name of a job without a name of its own."""


@dataclass(frozen=True)
class Note:
    """A sentence or two about this job."""

    id: str
    text: str
    sources: Sources


@dataclass(frozen=True)
class JobReport:
    """A job, its recommendation, and what follows from both.

    `notes` are about the answers. `cost` is the cost of the wait, `key` how the system treats an
    idempotency key, `existing` the operators for the system, and `next` the commands to run. `met`
    is true if the recommendation is the expected one, None if none was expected.
    """

    answers: Answers
    recommendation: Recommendation
    notes: tuple[str, ...]
    cost: Note | None
    key: Note | None
    existing: tuple[ExistingOperator, ...]
    next: tuple[str, ...]
    met: bool | None

    @property
    def operator(self) -> ExistingOperator | None:
        """Return the existing operator that follows the recommendation, or None."""
        if self.recommendation.headline:
            return None
        fitting = [each for each in self.existing if each.pattern == self.recommendation.pattern]
        return fitting[0] if fitting else None

    @property
    def substitute(self) -> Alternative | None:
        """Return the alternative to use instead of a pattern, or None."""
        if self.recommendation.headline:
            return self.recommendation.headline
        fits = self.recommendation.pattern is not None or not self.recommendation.alternatives
        return None if fits else self.recommendation.alternatives[0]

    @property
    def alternatives(self) -> tuple[Alternative, ...]:
        """Return the alternatives other than `substitute`."""
        return tuple(e for e in self.recommendation.alternatives if e != self.substitute)

    @property
    def act_on(self) -> tuple[PatternWarning, ...]:
        """Return the warnings that concern everyone who follows the recommendation."""
        return tuple(each for each in self.recommendation.warnings if self._concerns(each))

    def _concerns(self, warning: PatternWarning) -> bool:
        if self.recommendation.headline:
            return False
        if self.operator:
            return warning.applies_to != "write"
        return warning.applies_to != "use" and not (warning.scaffold_handles and self.scaffolds)

    @property
    def scaffolds(self) -> bool:
        """Return whether advisor can scaffold the recommendation."""
        return scaffold_target(self.recommendation, self.answers) is not None

    @property
    def says_no(self) -> bool:
        """Return whether the expectation is not met or, without one, nothing fits at all."""
        if self.met is not None:
            return not self.met
        return self.recommendation.pattern is None and not self.recommendation.alternatives


def make_report(
    advisor: Advisor, answers: Answers, system: System | None, notes: Iterable[str] = ()
) -> JobReport:
    """Return the report of one job.

    `system` is the one that the answers name, None if they name none or an unknown one. `notes` are
    about the answers.
    """
    recommendation = advisor.recommend(advisor.space.point(answers.values))
    version = parse_version(answers.values["airflow_version"])
    # The listed operators submit a job; they do not wait for events or work through batches.
    system = system if answers.values["work"] == "job" else None
    return JobReport(
        answers=answers,
        recommendation=recommendation,
        notes=tuple(notes),
        cost=_cost(recommendation, answers),
        existing=_existing(system, recommendation, version) if system else (),
        key=Note(system.id, f"{system.title}: {system.key_note}", system.sources)
        if system
        else None,
        next=next_steps(recommendation, answers),
        met=None
        if answers.expect is None
        else answers.expect == (recommendation.pattern or NO_PATTERN),
    )


def _existing(
    system: System, recommendation: Recommendation, version: Version
) -> tuple[ExistingOperator, ...]:
    """Return the operators for a version of Airflow, starting with the recommended pattern.

    Operators of a pattern that is ruled out are left out.
    """
    ruled_out = {each.pattern for each in recommendation.ruled_out if each.strength == "required"}
    usable = [
        each
        for each in system.operators
        if version in each.airflow and each.pattern not in ruled_out
    ]
    return tuple(sorted(usable, key=lambda each: each.pattern != recommendation.pattern))


def _cost(recommendation: Recommendation, answers: Answers) -> Note | None:
    if recommendation.cost is None:
        return None
    wait = say_duration(parse_duration(answers.values["duration"]))
    return Note(
        recommendation.cost.id,
        recommendation.cost.text.replace("{duration}", wait),
        recommendation.cost.sources,
    )


def next_steps(recommendation: Recommendation, answers: Answers) -> tuple[str, ...]:
    """Return the command that scaffolds the recommendation, or else the one that explains it."""
    target = scaffold_target(recommendation, answers)
    if target is None:
        return (f"advisor explain {topic_of(recommendation)}".rstrip(),)
    return (scaffold_command(recommendation, class_name(answers.name), target),)


def scaffold_target(recommendation: Recommendation, answers: Answers) -> Version | None:
    """Return the release to scaffold a recommendation for, or None if it cannot be scaffolded."""
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
