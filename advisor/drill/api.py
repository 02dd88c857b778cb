"""The line drill: runs the baseline and every scenario, and judges each run by its events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from advisor.drill.command_line import FAULT_OPTION, OPTION, point_text, read_point, text_of
from advisor.drill.jobs import submissions
from advisor.drill.model import (
    DrillResult,
    Outcome,
    PairSummary,
    Pattern,
    Scenario,
    ServiceFault,
    Target,
)
from advisor.drill.probe import check_controls, notes_on
from advisor.drill.recovery import pattern_of
from advisor.drill.runner import RunnerProcess
from advisor.drill.runtime.events import UnknownCancelled
from advisor.drill.session import DrillOptions, Progress, Session
from advisor.errors import InputError

__all__ = ["DrillOptions", "Progress", "drill_point", "drill_service_fault", "drill_target"]

MOST_AIMS: Final = 2
"""Maximum number of signals in one run; an operator under drill has at least as many retries."""
POINTS_HINT: Final = "to list all points, drill without --point and with --format json"


def drill_target(
    target: Target, options: DrillOptions, progress: Progress = lambda *_: None
) -> DrillResult:
    """Drill an operator at every point that it reaches.

    Raises:
        InputError: the operator cannot be loaded, or its baseline run does not succeed.
        UnknownAirflow: the drill cannot run with this Airflow.
    """
    started = time.monotonic()
    with RunnerProcess(target) as runner:
        notes = notes_on(runner.loaded, lambda: check_controls(target.python))
        session = Session(runner, target, options)
        begun = time.monotonic()
        scenarios = session.scenarios()
        outcomes = session.outcomes(scenarios, progress)
        pair_summary, pair_outcomes = _run_pairs(session, options, scenarios, progress)
        finished = time.monotonic()
    pattern = pattern_of(session.baseline.events, session.behaviour)
    outcomes = [*outcomes, *pair_outcomes]
    return DrillResult(
        target,
        sdk=runner.loaded.sdk,
        files=runner.loaded.files,
        own=runner.loaded.own,
        reached=session.reached,
        baseline=session.baseline,
        outcomes=outcomes,
        seconds=finished - begun,
        starting=begun - started,
        honours_keys=options.honours_keys,
        pair_summary=pair_summary,
        notes=(*notes, *session.notes, *_notes(pattern, session.baseline, outcomes)),
        pattern=pattern,
        fail_on=options.fail_on,
    )


def _notes(pattern: Pattern, baseline: Outcome, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what the drill cannot find in an operator of a pattern, and what looks wrong."""
    if pattern is Pattern.no_submission:
        yield (
            "the operator submits no job to the service, so no duplicate and no orphan can be found"
        )
    if pattern is Pattern.no_wait:
        yield "the operator does not wait for its jobs, so a running job is not an orphan"
    specs = {each.spec for each in submissions(baseline.events)}
    changed = [each for each in outcomes if {one.spec for one in submissions(each.events)} - specs]
    if changed:
        yield (
            f"{_of(changed, outcomes)} submitted a job with a spec that the baseline run does not "
            "have; if the spec has random parts, leave them out, or duplicates are not found"
        )
    unknown = [
        each for each in outcomes if any(isinstance(e, UnknownCancelled) for e in each.events)
    ]
    if unknown:
        yield (
            f"{_of(unknown, outcomes)} cancelled a job that never existed; check that the real "
            "system accepts that"
        )


def _of(some: Sequence[Outcome], outcomes: Sequence[Outcome]) -> str:
    """Return `3 of 120 runs (first: KILL:operators.py:57#3)`."""
    return f"{len(some)} of {len(outcomes)} runs (first: {text_of(some[0].scenario)})"


def _run_pairs(
    session: Session, options: DrillOptions, scenarios: Sequence[Scenario], progress: Progress
) -> tuple[PairSummary | None, list[Outcome]]:
    """Run the requested pairs; return their summary and outcomes."""
    if options.pairs is None:
        return None, []
    count, sampled = session.pairs(scenarios, options.pairs)
    outcomes = session.outcomes(sampled, progress)
    return PairSummary(count, len(outcomes), options.pairs.seed), outcomes


def drill_point(
    target: Target, options: DrillOptions, *texts: str, note: Callable[[str], None] = lambda _: None
) -> Outcome:
    """Run the scenario of one point, such as `KILL:operators.py:57#3`, or of a pair of points.

    Args:
        target: the operator to drill.
        options: the options of the drill.
        texts: the points, as `--point` takes them.
        note: called with each note about the drill itself.

    Raises:
        InputError: the operator does not reach the first point, or its retry the second.
        UnknownAirflow: the drill cannot run with this Airflow.
    """
    if len(texts) > MOST_AIMS:
        raise InputError.of(OPTION, f"found {len(texts)} points, expected one or two")
    aims = tuple(read_point(text) for text in texts)
    with _noted_session(target, options, note) as session:
        scenario = Scenario(aims, session.behaviour)
        _refuse_unreached(session, scenario)
        (outcome,) = session.outcomes([scenario])
    return outcome


def drill_service_fault(
    target: Target,
    options: DrillOptions,
    fault: ServiceFault,
    note: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Run the scenario of one service fault.

    Args:
        target: the operator to drill.
        options: the options of the drill.
        fault: the fault.
        note: called with each note about the drill itself.

    Raises:
        InputError: the fault does not apply to the operator.
        UnknownAirflow: the drill cannot run with this Airflow.
    """
    with _noted_session(target, options, note) as session:
        scenarios = [each for each in session.scenarios() if each.service_fault == fault.value]
        if not scenarios:
            raise InputError.of(FAULT_OPTION, f"{fault.value!r} does not apply to this operator")
        (outcome,) = session.outcomes(scenarios)
    return outcome


@contextmanager
def _noted_session(
    target: Target, options: DrillOptions, note: Callable[[str], None]
) -> Iterator[Session]:
    """Start the session of a single scenario, and pass on the notes about the drill."""
    with RunnerProcess(target) as runner:
        for each in notes_on(runner.loaded, lambda: check_controls(target.python)):
            note(each)
        session = Session(runner, target, options)
        for each in session.notes:
            note(each)
        yield session


def _refuse_unreached(session: Session, scenario: Scenario) -> None:
    first, *second = scenario.aims
    if first[0] not in {point for point, _ in session.reached}:
        message = f"the baseline run does not reach {point_text(*first)}"
        raise InputError.of(OPTION, message, POINTS_HINT)
    for aim in second:
        (points,) = session.points_after([Scenario((first,), session.behaviour)])
        if aim[0] not in points:
            message = f"the retry after {point_text(*first)} does not reach {point_text(*aim)}"
            raise InputError.of(OPTION, message)
