"""Events, outcomes and results, for tests of the judge and the renderers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from advisor.drill.jobs import JobId
from advisor.drill.judge import judge
from advisor.drill.model import DrillResult, Outcome, Scenario, Signal, Target
from advisor.drill.runtime.events import (
    Cancelled,
    Ended,
    Event,
    Given,
    Point,
    Polled,
    Reached,
    SignalSent,
    Started,
    Stored,
    Submitted,
    XComCleared,
    XComPushed,
)
from advisor.drill.runtime.service import Behaviour

SPEC = {"drill": 1}
POINT = Point("execute", "operators.py:2", 1)


def submitted(job: JobId, spec: object = None, key: str | None = None) -> Event:
    return Submitted(job, key=key, spec=spec or SPEC, at=0.0)


def given(job: JobId) -> Event:
    return Given(job, key=None, spec=SPEC, at=0.0)


def polled(job: str, status: str = "running") -> Event:
    return Polled(job, status)


def cancelled(job: str) -> Event:
    return Cancelled(job)


def stored() -> Event:
    return Stored("job", "job-1")


def pushed(value: object, key: str = "return_value") -> Event:
    return XComPushed(key, value)


def sent(signal: Signal = Signal.KILL, point: Point = POINT) -> Event:
    return SignalSent(signal.value, point)


def started(phase: str = "execute", attempt: int = 1) -> Event:
    return Started(phase, attempt)


def ended(state: str, phase: str = "execute", attempt: int = 1) -> Event:
    return Ended(phase, attempt, state)


USUAL = Behaviour()
CLEARED: Event = XComCleared()
SUCCEEDS = [polled("job-1"), polled("job-1"), polled("job-1", "succeeded")]
BASELINE = [submitted("job-1"), stored(), *SUCCEEDS, pushed("r"), ended("success")]


def judged(
    events: list[Event],
    state: str = "success",
    signal: Signal | None = Signal.KILL,
    *,
    at: Point = POINT,
    behaviour: Behaviour = USUAL,
    leaves_jobs: bool = False,
    baseline: Sequence[Event] = BASELINE,
    service_fault: str = "",
) -> Outcome:
    """Judge events as a scenario with one signal or none."""
    scenario = Scenario(((at, signal),) if signal else (), behaviour, service_fault)
    return judge(scenario, state, events, baseline, leaves_jobs=leaves_jobs)


def judged_pair(events: list[Event]) -> Outcome:
    """Judge events as a scenario with all signals in them."""
    sent = [event for event in events if isinstance(event, SignalSent)]
    aims = tuple((event.point, Signal(event.signal)) for event in sent)
    return judge(Scenario(aims), "success", events, BASELINE, leaves_jobs=False)


def drilled_in(folder: Path, *outcomes: Outcome) -> DrillResult:
    """Write an operator of three lines to a folder; return a result for it."""
    file = folder / "operators.py"
    file.write_text("def execute():\n    job = submit()\n    return job\n", encoding="utf-8")
    return DrillResult(
        Target("plugins/report", str(folder)),
        sdk="1.3.2",
        files={"operators.py": str(file)},
        own=["operators.py"],
        reached=[Reached(POINT, 0)],
        baseline=judged(BASELINE, signal=None),
        outcomes=outcomes,
        seconds=1.0,
        starting=1.5,
    )
