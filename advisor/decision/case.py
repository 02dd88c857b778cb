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
    from advisor.knowledge.operators import Existing


class Remark(NamedTuple):
    """A sentence or two on this very job."""

    id: str
    text: str
    sources: Sources


class Case(NamedTuple):
    """A job, its recommendation, and what follows from both.

    `cost` is what a wait costs, `key` what the system makes of an idempotency key; `next` are
    commands to run; `met` says whether the recommendation is the expected one, None where nothing
    is expected.
    """

    answers: Answers
    recommendation: Recommendation
    cost: Remark | None
    key: Remark | None
    existing: "tuple[Existing, ...]"
    next: tuple[str, ...]
    met: bool | None

    @property
    def says_no(self) -> bool:
        """Return whether the answer is no: another pattern was expected, or nothing at all fits."""
        if self.met is not None:
            return not self.met
        return self.recommendation.pattern is None and not self.recommendation.instead


def make_case(advisor: Advisor, answers: Answers) -> Case:
    """Return the case of one job's answers."""
    made = advisor.recommend(advisor.space.point(answers.values))
    system = answers.values.get("system")
    version = parse_version(answers.values["airflow_version"])
    return Case(
        answers=answers,
        recommendation=made,
        cost=_cost(made, answers),
        existing=_existing(system, made, version) if system else (),
        key=_key(system, answers) if system else None,
        next=next_steps(made, answers),
        met=None if answers.expect is None else answers.expect == (made.pattern or NO_PATTERN),
    )


def _existing(system: str, made: Recommendation, version: Version) -> "tuple[Existing, ...]":
    """Return the operators for a system, but none of a pattern that is ruled out here."""
    from advisor.knowledge.operators import existing_operators

    ruled_out = {each.pattern for each in made.ruled_out if each.strength == "must"}
    found = existing_operators(system, made.pattern, version)
    return tuple(each for each in found if each.pattern not in ruled_out)


def _key(system: str, answers: Answers) -> Remark | None:
    """Return what is known of keys in a system, where the task submits a job to it."""
    from advisor.knowledge.operators import find_system

    found = find_system(system) if answers.values["work"] == "job" else None
    return Remark(found.id, f"{found.title}: {found.key_note}", found.sources) if found else None


def _cost(made: Recommendation, answers: Answers) -> Remark | None:
    if made.cost is None:
        return None
    wait = say_duration(parse_duration(answers.values["duration"]))
    return Remark(made.cost.id, made.cost.text.replace("{duration}", wait), made.cost.sources)
