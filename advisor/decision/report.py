"""One job's answers with all that is recommended for it: what every view shows."""

from typing import TYPE_CHECKING, NamedTuple

from advisor.answers.model import Answers
from advisor.decision.model import Recommendation
from advisor.decision.next_steps import next_steps
from advisor.decision.recommend import Advisor
from advisor.knowledge.durations import parse_duration, say_duration
from advisor.knowledge.model import NO_PATTERN, Sources
from advisor.knowledge.versions import Version, parse_version

if TYPE_CHECKING:
    from advisor.catalog.operators import ExistingOperator


class Note(NamedTuple):
    """A sentence or two on this very job."""

    id: str
    text: str
    sources: Sources


class JobReport(NamedTuple):
    """A job, its recommendation, and what follows from both.

    `cost` is what a wait costs, `key` what the system makes of an idempotency key; `next` are
    commands to run; `met` says whether the recommendation is the expected one, None where nothing
    is expected.
    """

    answers: Answers
    recommendation: Recommendation
    cost: Note | None
    key: Note | None
    existing: "tuple[ExistingOperator, ...]"
    next: tuple[str, ...]
    met: bool | None

    @property
    def says_no(self) -> bool:
        """Return whether the answer is no: another pattern was expected, or nothing at all fits."""
        if self.met is not None:
            return not self.met
        return self.recommendation.pattern is None and not self.recommendation.alternatives


def make_report(advisor: Advisor, answers: Answers) -> JobReport:
    """Return the case of one job's answers."""
    recommendation = advisor.recommend(advisor.space.point(answers.values))
    system = answers.values.get("system")
    version = parse_version(answers.values["airflow_version"])
    return JobReport(
        answers=answers,
        recommendation=recommendation,
        cost=_cost(recommendation, answers),
        existing=_existing(system, recommendation, version) if system else (),
        key=_key(system, answers) if system else None,
        next=next_steps(recommendation, answers),
        met=None
        if answers.expect is None
        else answers.expect == (recommendation.pattern or NO_PATTERN),
    )


def _existing(
    system: str, recommendation: Recommendation, version: Version
) -> "tuple[ExistingOperator, ...]":
    """Return the operators for a system, but none of a pattern that is ruled out here."""
    from advisor.catalog.operators import existing_operators

    ruled_out = {each.pattern for each in recommendation.ruled_out if each.strength == "required"}
    found = existing_operators(system, recommendation.pattern, version)
    return tuple(each for each in found if each.pattern not in ruled_out)


def _key(system: str, answers: Answers) -> Note | None:
    """Return what is known of keys in a system, where the task submits a job to it."""
    from advisor.catalog.operators import find_system

    found = find_system(system) if answers.values["work"] == "job" else None
    return Note(found.id, f"{found.title}: {found.key_note}", found.sources) if found else None


def _cost(recommendation: Recommendation, answers: Answers) -> Note | None:
    if recommendation.cost is None:
        return None
    wait = say_duration(parse_duration(answers.values["duration"]))
    return Note(
        recommendation.cost.id,
        recommendation.cost.text.replace("{duration}", wait),
        recommendation.cost.sources,
    )
