"""The verdict of a drill as text: one sentence, a row per signal, and a group per cause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from advisor.drill.groups import Cause, Group, grouped_findings
from advisor.drill.model import DrillResult, Finding, Outcome, Signal, Stage
from advisor.drill.runtime.events import KILL
from advisor.render.drill_summary import PROCESSES, SURVIVED, counted, counts_text

SIGNAL_TEXTS: Final = {
    Signal.KILL: "KILL (worker lost)",
    Signal.TERM: "TERM (worker stopped)",
    Signal.END: "END (task ended by a user)",
}
SERVICE_FAULTS: Final = "Service faults"
PAIRS: Final = "Pairs of kills"
CONTINUES_AFTER_SIGTERM: Final = (
    "On SIGTERM, Airflow calls on_kill and lets the task continue until it is killed; a task that "
    "has not submitted its job yet then submits it, unless on_kill sets a flag that it checks."
)
"""Source: `_on_term` in airflow/sdk/execution_time/task_runner.py, Airflow 3.3.2."""


@dataclass(frozen=True)
class SignalRow:
    """The findings of all runs with one signal."""

    label: str
    runs: int
    counts: Counter[str]
    """The number of runs with each finding, and of runs that survived."""


def verdict(result: DrillResult) -> str:
    """Return whether the operator survives, and what was found, in one sentence."""
    target, found = result.target.text, result.counts
    text = counts_text({each.value: found[each] for each in Finding if each in result.fail_on})
    warnings = counts_text(
        {each.value: found[each] for each in Finding if each not in result.fail_on}
    )
    if result.violations:
        warned = f"; warnings: {warnings}" if warnings else ""
        return f"{target} does not survive: {text}{warned}"
    scenarios = counted(len(result.outcomes), "scenario", "scenarios")
    return f"{target} survives all {scenarios}" + (f"; warnings: {warnings}" if warnings else "")


def signal_rows(result: DrillResult) -> list[SignalRow]:
    """Return a row for each signal, for the pairs of kills and for the service faults."""
    rows: dict[str, list[Outcome]] = {}
    for outcome in result.outcomes:
        rows.setdefault(_label(outcome), []).append(outcome)
    return [SignalRow(label, len(each), _counts(each)) for label, each in rows.items()]


def signal_text(row: SignalRow) -> str:
    """Return the runs and the findings of a row as text."""
    return f"{counted(row.runs, 'run', 'runs')}: {counts_text(row.counts)}"


def groups_of(result: DrillResult) -> list[Group]:
    """Return the findings of the signals by their causes, worst and widest first."""
    outcomes = (each for each in result.outcomes if not each.scenario.service_fault)
    return grouped_findings(each for each in outcomes if each.moments)


def group_text(group: Group) -> str:
    """Return the findings, the cause and the width of a group."""
    return f"{_findings(group)}: {causes_text(group.causes)}; {width_text(group)}"


def causes_text(causes: Sequence[Cause]) -> str:
    """Return `KILL while submitting (worker)`, or both causes of a pair of kills."""
    return ", then ".join(
        f"{each.signal} {_when(each.stage)} ({PROCESSES[each.phase]})" for each in causes
    )


def width_text(group: Group) -> str:
    """Return the width of a group: its crash points, the calls between them, and the waiting."""
    if len(group.causes) > 1:
        return counted(len(group.outcomes), "pair", "pairs")
    points = counted(len(group.points), "crash point", "crash points")
    waiting = [f"{group.seconds:.0f} s of waiting"] if group.seconds >= 1 else []
    between = [*map(_call_text, Counter(group.calls).items()), *waiting]
    return f"{points} with {_joined(between)} between them" if between else points


def hints_of(groups: Sequence[Group]) -> Iterator[str]:
    """Yield explanations of the groups, each once."""
    causes = (cause for group in groups for cause in group.causes[-1:])
    if any(each.stage is Stage.before and each.signal != KILL for each in causes):
        yield CONTINUES_AFTER_SIGTERM


def left_text(outcome: Outcome) -> str:
    """Return when the orphans of an outcome were left, or "" if it has none."""
    stages = dict.fromkeys(job.left.value for job in outcome.jobs if job.left)
    return f"left {' and '.join(map(_when_text, stages))}" if stages else ""


def _findings(group: Group) -> str:
    return ", ".join(
        f"{finding.value} ({text})" if (text := _detail(finding, group.example)) else finding.value
        for finding in group.findings
    )


def _detail(finding: Finding, example: Outcome) -> str:
    if finding is Finding.orphan:
        return left_text(example)
    return ", ".join(example.lost_keys) if finding is Finding.result_lost else ""


def _label(outcome: Outcome) -> str:
    if outcome.scenario.service_fault:
        return SERVICE_FAULTS
    aims = outcome.scenario.aims
    return PAIRS if len(aims) > 1 else SIGNAL_TEXTS[aims[0][1]]


def _counts(outcomes: Sequence[Outcome]) -> Counter[str]:
    counts = Counter(finding.value for each in outcomes for finding in each.findings)
    counts[SURVIVED] = sum(not each.findings for each in outcomes)
    return counts


def _when(stage: Stage) -> str:
    return _when_text(stage.value)


def _when_text(stage: str) -> str:
    """Return a stage as an adverb: `while polling`, `before submission`."""
    return stage if stage in {Stage.before.value, Stage.after.value} else f"while {stage}"


def _call_text(counted_call: tuple[str, int]) -> str:
    call, count = counted_call
    return counted(count, f"{call} call", f"{call} calls")


def _joined(texts: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))
