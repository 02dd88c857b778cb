"""The report of one job: its answers, and everything that is recommended for them."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar, get_args

from advisor.answers.model import Answers
from advisor.decision.choice import SPLIT, SUBMIT_ONCE, Choice, Use, choose, scaffold_is_safe
from advisor.decision.operators import (
    ExistingOperator,
    Situation,
    SplitTask,
    concerns,
    existing_operators,
    is_safe,
    later_mode,
    split_task,
)
from advisor.decision.recommend import Advisor, Recommendation
from advisor.decision.scaffolding import (
    class_name,
    scaffold_command,
    scaffold_target,
    topic_of,
)
from advisor.knowledge.builders import CONTEXT
from advisor.knowledge.durations import parse_duration, say_duration
from advisor.knowledge.model import NO_PATTERN, Advice, Alternative, PatternWarning, Sources
from advisor.knowledge.operators import (
    Mode,
    ModePattern,
    Operator,
    OperatorFact,
    RetryDuplicates,
    Target,
)
from advisor.knowledge.versions import parse_version

AnyAdvice = TypeVar("AnyAdvice", Alternative, PatternWarning)

DAY = 24 * 3600
IGNORES_REDELIVERY = parse_version("3.18.0"), parse_version("3.1.9")
"""The celery provider and the Airflow that ignore the redelivered message of a running task."""
SHOWN_KINDS = ("sound-from", "defect")
"""The kinds of facts about Airflow itself that are shown on their own."""
LOGICAL_DATE = "ts_nodash"
"""The template that runs without a logical date do not have."""
ACCEPTED: Mapping[str | None, tuple[RetryDuplicates, ...]] = {
    "yes": ("never",),
    "window": ("never", "window"),
    None: get_args(RetryDuplicates),
}
"""What `safe` accepts of a retry."""


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
    idempotency key. `existing` are the operators for the system, the best first,
    and `later` is one that needs newer releases if there is none.
    `split` has the lines of code of two tasks, one that submits and one that waits. `alternatives`
    and `warnings` are those that apply, `act_on` the ones that concern everyone who follows the
    recommendation, and `core_facts` what is wrong with Airflow itself in this version. `next` are
    the commands to run. `met` is true if the expectations are met, None if there are none.
    `template` is the value of `--system` for a scaffold, "" if the system has none.
    """

    answers: Answers
    recommendation: Recommendation
    notes: tuple[str, ...]
    cost: Note | None
    key: Note | None
    choice: Choice
    existing: tuple[ExistingOperator, ...]
    later: tuple[Operator, Mode] | None
    split: SplitTask | None
    alternatives: tuple[Alternative, ...]
    warnings: tuple[PatternWarning, ...]
    act_on: tuple[PatternWarning, ...]
    core_facts: tuple[OperatorFact, ...]
    next: tuple[str, ...]
    met: bool | None
    template: str

    @property
    def use(self) -> Use:
        """Return what to use."""
        return self.choice.use

    @property
    def operator(self) -> ExistingOperator | None:
        """Return the operator to use, or None."""
        return self.choice.operator

    @property
    def substitute(self) -> Alternative | None:
        """Return the alternative to use instead of a pattern, or None."""
        return self.choice.substitute

    @property
    def risk(self) -> str:
        """Return the answer about duplicate jobs."""
        return self.answers.values["duplicate_risk"]

    @property
    def passed_over(self) -> ExistingOperator | None:
        """Return the best operator of the recommended pattern, if another choice is safer."""
        same = [each for each in self.existing if each.pattern == self.recommendation.pattern]
        return same[0] if same and same[0] != self.operator else None

    @property
    def other_alternatives(self) -> tuple[Alternative, ...]:
        """Return the alternatives other than `substitute`."""
        used = SPLIT if self.choice.in_two_tasks else ()
        others = (each for each in self.alternatives if each.id not in used)
        return tuple(each for each in others if each != self.substitute)

    @property
    def scaffolds(self) -> bool:
        """Return whether advisor can scaffold the recommendation."""
        return scaffold_target(self.recommendation, self.answers) is not None

    @property
    def offers_scaffold(self) -> bool:
        """Return whether one of the next commands scaffolds an operator."""
        return any(command.startswith("advisor scaffold ") for command in self.next)

    @property
    def says_no(self) -> bool:
        """Return whether an expectation is not met or, without one, nothing fits at all."""
        if self.met is not None:
            return not self.met
        fits = self.recommendation.pattern is not None or self.operator is not None
        return not fits and not self.alternatives


def make_report(
    advisor: Advisor,
    answers: Answers,
    target: Target | None,
    notes: Iterable[str] = (),
    core_facts: Iterable[OperatorFact] = (),
) -> JobReport:
    """Return the report of one job.

    `target` is what the answers name as the system, None if they name none or an unknown one.
    `notes` are about the answers, and `core_facts` about Airflow itself.
    """
    point = advisor.space.point(answers.values)
    recommendation = advisor.recommend(point)
    core_facts = tuple(core_facts)
    situation = _situation(answers, recommendation, core_facts)
    existing = _existing(target, situation, answers.values["work"])
    split = _split(target, situation)
    choice = choose(existing, split, recommendation, answers)
    waits = _waits(choice, split, recommendation)
    context = _context(answers, choice, target)
    warnings = _applying(advisor.decider.warnings(point, waits), context)
    alternatives = _applying(_possible(recommendation.alternatives, target, split, choice), context)
    if choice.substitute and choice.substitute not in alternatives:
        alternatives = (choice.substitute, *alternatives)
    return JobReport(
        answers=answers,
        recommendation=recommendation,
        notes=tuple(notes),
        cost=_cost(advisor.decider.cost(point, waits), answers),
        key=_key(target, answers),
        choice=choice,
        existing=existing,
        later=_later(target, situation, existing, answers.values["work"]),
        split=split,
        alternatives=alternatives,
        warnings=warnings,
        act_on=tuple(_act_on(warnings, recommendation, answers, choice.use)),
        core_facts=tuple(_core_facts(core_facts, waits or recommendation.pattern, situation)),
        next=_next_steps(recommendation, answers, choice, split, target),
        met=_met(answers, recommendation, choice),
        template=_template(target),
    )


def _template(target: Target | None) -> str:
    if target is None or target.system is None:
        return ""
    by_default = "" if target.system.id == "http" else "custom"
    return target.system.template or by_default


def _waits(
    choice: Choice, split: SplitTask | None, recommendation: Recommendation
) -> ModePattern | None:
    """Return how the task waits if it is in another way than the recommended pattern."""
    if choice.operator:
        pattern = choice.operator.pattern
        return pattern if pattern != recommendation.pattern else None
    return split.sensor.pattern if split and choice.in_two_tasks else None


def _key(target: Target | None, answers: Answers) -> Note | None:
    system = target.system if target and answers.values["work"] == "job" else None
    if system is None:
        return None
    return Note(system.id, f"{system.title}: {system.key_note}", system.sources)


def _situation(
    answers: Answers, recommendation: Recommendation, core_facts: Iterable[OperatorFact]
) -> Situation:
    airflow = parse_version(answers.values["airflow_version"])
    shutdown = (e.text for e in core_facts if e.kind == "shutdown" and airflow in e.airflow)
    return Situation(
        airflow=airflow,
        duration=parse_duration(answers.values["duration"]),
        risk=answers.values["duplicate_risk"],
        standings=recommendation.standings,
        event=answers.values["work"] == "event",
        triggerer=answers.values["triggerer"] == "yes",
        shutdown=next(shutdown, ""),
    )


def _later(
    target: Target | None,
    situation: Situation,
    existing: tuple[ExistingOperator, ...],
    work: str,
) -> tuple[Operator, Mode] | None:
    if existing or target is None or work != "job":
        return None
    return later_mode(target.operators, situation)


def _existing(
    target: Target | None, situation: Situation, work: str
) -> tuple[ExistingOperator, ...]:
    """Return the operators for a job, or the sensors for an event."""
    if target is None or work not in ("job", "event"):
        return ()
    candidates = target.sensors if work == "event" else target.operators
    return existing_operators(candidates, situation)


def _split(target: Target | None, situation: Situation) -> SplitTask | None:
    return None if target is None or situation.event else split_task(target, situation)


def _possible(
    alternatives: Iterable[Alternative],
    target: Target | None,
    split: SplitTask | None,
    choice: Choice,
) -> Iterator[Alternative]:
    """Yield the alternatives that add something, and that the system's operators can follow."""
    for each in alternatives:
        is_used = choice.operator and each.id == f"sensor-{choice.operator.pattern}"
        can_submit = each.id != SUBMIT_ONCE or split or target is None or not target.operators
        if can_submit and not is_used:
            yield each


def _context(answers: Answers, choice: Choice, target: Target | None) -> Mapping[str, str]:
    """Return what warnings and alternatives can test besides the answers that decide."""
    operator = choice.operator
    system = target.system.id if target and target.system else ""
    stores = operator is None or "durable" in operator.mode.arguments
    return {
        "executor": answers.values.get("executor", "unknown"),
        "retry": _retry(choice, answers),
        "stores": "yes" if stores else "no",
        "timeout_while_deferred": operator.timeout_while_deferred if operator else "unknown",
        "redelivered": "yes" if _is_redelivered(answers) else "no",
        "needs_logical_date": "yes" if operator and LOGICAL_DATE in operator.line else "no",
        "service": system if system in CONTEXT["service"] else "other",
    }


def _is_redelivered(answers: Answers) -> bool:
    """Return whether Celery, if it is the executor, runs the task again while it still runs."""
    provider = answers.releases.get("celery")
    airflow = parse_version(answers.values["airflow_version"])
    is_ignored = (
        provider is not None
        and provider >= IGNORES_REDELIVERY[0]
        and airflow >= IGNORES_REDELIVERY[1]
    )
    return parse_duration(answers.values["duration"]) > DAY and not is_ignored


def _applying(advice: Iterable[AnyAdvice], context: Mapping[str, str]) -> tuple[AnyAdvice, ...]:
    """Return the advice whose further condition holds."""
    return tuple(
        each
        for each in advice
        if all(context[name] in accepted for name, accepted in each.given.items())
    )


def _act_on(
    warnings: Iterable[PatternWarning], recommendation: Recommendation, answers: Answers, use: Use
) -> Iterator[PatternWarning]:
    """Yield the warnings that concern everyone who follows the recommendation."""
    event = answers.values["work"] == "event"
    if recommendation.headline or (use == "alternative" and not event):
        return
    scaffolds = scaffold_target(recommendation, answers) is not None
    for warning in warnings:
        if use == "scaffold":
            concerned = warning.applies_to != "use" and not (warning.scaffold_handles and scaffolds)
        else:
            concerned = warning.applies_to != "write"
        if concerned:
            yield warning


def _retry(choice: Choice, answers: Answers) -> str:
    """Return whether a retry is `safe`, `unsafe`, `unknown` or `useless` for the risk."""
    operator, risk = choice.operator, answers.values["duplicate_risk"]
    if answers.values["work"] != "job" or risk == "harmless":
        return "safe"
    if operator and is_safe(operator, risk):
        return "safe" if operator.mode.reruns_failed else "useless"
    if choice.retry_duplicates == "unknown":
        return "unknown"
    return "safe" if choice.retry_duplicates in ("never", "window") else "unsafe"


def _core_facts(
    facts: Iterable[OperatorFact],
    waits: str | None,
    situation: Situation,
) -> Iterator[OperatorFact]:
    """Yield what is wrong with Airflow itself in this version, for how the task waits."""
    for fact in facts:
        applies = (
            situation.airflow < fact.airflow.low
            if fact.kind == "sound-from"
            else situation.airflow in fact.airflow
        )
        concerned = situation.event or not fact.only_sensors
        shown = fact.kind in SHOWN_KINDS and concerned
        if waits and applies and shown and concerns(fact.patterns, waits):
            yield fact


def _met(answers: Answers, recommendation: Recommendation, choice: Choice) -> bool | None:
    """Return whether the expected pattern or operator is recommended, and is safe enough."""
    if answers.expect is None and answers.safe is None:
        return None
    operator = [choice.operator.name] if choice.operator else []
    expected = answers.expect in (None, recommendation.pattern or NO_PATTERN, *operator)
    return expected and choice.retry_duplicates in ACCEPTED[answers.safe]


def _cost(cost: Advice | None, answers: Answers) -> Note | None:
    if cost is None:
        return None
    wait = say_duration(parse_duration(answers.values["duration"]))
    return Note(cost.id, cost.text.replace("{duration}", wait), cost.sources)


def _next_steps(
    recommendation: Recommendation,
    answers: Answers,
    choice: Choice,
    split: SplitTask | None,
    target: Target | None,
) -> tuple[str, ...]:
    """Return the commands to run next.

    They show the operator to use, and scaffold one if that is recommended or safer; otherwise they
    explain the recommendation.
    """
    used = choice.operator or (split.operator if split and choice.in_two_tasks else None)
    commands = [f"advisor catalog {used.name}"] if used else []
    harmless = answers.values["duplicate_risk"] == "harmless"
    safer = choice.operator is not None and not harmless and choice.retry_duplicates != "never"
    useful = choice.use == "scaffold" or safer or choice.in_two_tasks
    release = scaffold_target(recommendation, answers)
    if release and useful and scaffold_is_safe(answers):
        name = class_name(answers.name)
        commands.append(scaffold_command(recommendation, name, release, _template(target)))
    if not commands and target and (target.operators or target.sensors):
        commands.append(f"advisor catalog {shlex.quote(target.name)}")
    elif not commands and choice.use == "alternative" and answers.values["work"] == "event":
        deferrable = " --deferrable" if recommendation.pattern else ""
        commands.append(f"advisor catalog sensor{deferrable}")
    return tuple(commands) or (f"advisor explain {topic_of(recommendation)}".rstrip(),)
