"""Judges a run by its events; all functions are pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from advisor.drill.jobs import Submission, status_in, stores_ids, submissions
from advisor.drill.model import Finding, Job, Moment, Outcome, Pattern, Scenario, Signal, Stage
from advisor.drill.recovery import is_recovered, pattern_of, required
from advisor.drill.runtime.events import END, TERM, Ended, Event, SignalSent, Started
from advisor.drill.stages import moments, stage_left
from advisor.drill.xcoms import lost_keys

RETURN_VALUE: Final = "return_value"
"""The XCom key of what a task returns."""
FINAL: Final = frozenset({"success", "failed", "skipped"})


def judge(
    scenario: Scenario,
    state: str,
    events: Sequence[Event],
    baseline: Sequence[Event],
    *,
    leaves_jobs: bool,
) -> Outcome:
    """Return the outcome of a scenario.

    Args:
        scenario: the scenario that was run.
        state: the final state of the task instance.
        events: the journal of the run.
        baseline: the journal of the baseline run.
        leaves_jobs: whether the job should continue if a user ends the task.
    """
    run = _Run(scenario, state, events, baseline, leaves_jobs)
    return Outcome(
        scenario,
        state,
        tuple(run.findings()),
        restarted=any(run.restarts),
        in_window=any(each.stage is Stage.submitting for each in run.moments),
        events=events,
        moments=run.moments,
        jobs=run.jobs,
        tries=max((each.attempt for each in events if isinstance(each, Started)), default=1),
        lost_keys=run.lost_keys,
    )


@dataclass(frozen=True)
class _Run:
    """A run to be judged."""

    scenario: Scenario
    state: str
    events: Sequence[Event]
    baseline: Sequence[Event]
    leaves_jobs: bool

    def findings(self) -> Iterator[Finding]:
        """Yield the findings, worst first."""
        checks = {
            Finding.no_job: self._succeeded and not self._has_jobs,
            Finding.duplicate: any(self.duplicates),
            Finding.result_lost: bool(self.lost_keys),
            Finding.orphan: any(job.left for job in self.jobs),
            Finding.false_success: self._reports_success_after_end and not self._has_jobs,
            Finding.failed: self.state == "failed" and not self._is_recovered,
            Finding.skipped: self.state == "skipped" and not self._is_recovered,
            Finding.stuck: self.state not in FINAL,
            Finding.not_reached: len(self.moments) < len(self.scenario.aims),
            Finding.work_lost: self._loses_work,
        }
        return (finding for finding, applies in checks.items() if applies)

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """When each signal was sent."""
        return tuple(moments(self.events, self.scenario.behaviour, stores=self._stores))

    @cached_property
    def jobs(self) -> tuple[Job, ...]:
        """The jobs that the task submitted."""
        return tuple(
            Job(each.job, self._status(each), self._stage_left(each)) for each in self._submissions
        )

    @cached_property
    def lost_keys(self) -> tuple[str, ...]:
        """The XComs of a successful task that differ from the baseline run.

        Without a job, no result can be compared; that is a finding of its own.
        """
        if not (self._succeeded and self._has_jobs):
            return ()
        return lost_keys(self.events, self.baseline, self.scenario.behaviour)

    @cached_property
    def duplicates(self) -> list[bool]:
        """Whether each submission repeats a job that was running or had succeeded."""
        good = {"running", "succeeded"}
        return [not good.isdisjoint(earlier) for earlier in self._earlier]

    @cached_property
    def restarts(self) -> list[bool]:
        """Whether each submission repeats a job that had failed, was cancelled or was lost."""
        pairs = zip(self._earlier, self.duplicates, strict=True)
        return [bool(earlier) and not duplicate for earlier, duplicate in pairs]

    @cached_property
    def _submissions(self) -> list[Submission]:
        return submissions(self.events)

    @cached_property
    def _earlier(self) -> list[list[str]]:
        """For each submission, the statuses of the earlier jobs with the same spec."""
        return [
            [
                status_in(self.events[: each.number], one.job, self.scenario.behaviour, each.at)
                for one in self._submissions
                if one.number < each.number and one.spec == each.spec
            ]
            for each in self._submissions
        ]

    @property
    def _stores(self) -> bool:
        return stores_ids(self.baseline)

    @cached_property
    def _pattern(self) -> Pattern:
        return pattern_of(self.baseline, self.scenario.behaviour)

    @property
    def _succeeded(self) -> bool:
        return self.state == "success"

    @property
    def _is_recovered(self) -> bool:
        return is_recovered(self.state, self.events, required(self.scenario, self._pattern))

    @property
    def _has_jobs(self) -> bool:
        """Whether every job that succeeds in the baseline run has succeeded in this run too.

        The jobs of an operator that does not wait only have to be running. A job with a new spec
        can stand for any other, because a spec can have random parts.
        """
        enough = {"succeeded"} | ({"running"} if self._pattern is Pattern.no_wait else set())
        done = {each.spec for each in self._submissions if self._status(each) in enough}
        of_baseline = replace(self.scenario.behaviour, first_ends="succeeded")
        expected = {
            each.spec
            for each in submissions(self.baseline)
            if status_in(self.baseline, each.job, of_baseline) in enough
        }
        return len(expected - done) <= len(done - expected)

    @property
    def _reports_success_after_end(self) -> bool:
        ends = [
            number
            for number, event in enumerate(self.events)
            if isinstance(event, SignalSent) and event.signal == END
        ]
        after = self.events[ends[-1] :] if ends else ()
        return any(isinstance(event, Ended) and event.state == "success" for event in after)

    @property
    def _loses_work(self) -> bool:
        """Whether a job was running at a SIGTERM, was cancelled, and was submitted again."""
        terms = [
            number
            for number, event in enumerate(self.events)
            if isinstance(event, SignalSent) and event.signal == TERM
        ]
        return any(
            self._is_destroyed(each, number)
            and any(one.number > number and one.spec == each.spec for one in self._submissions)
            for number in terms
            for each in self._submissions
            if each.number < number
        )

    def _is_destroyed(self, submission: Submission, number: int) -> bool:
        running = status_in(self.events[:number], submission.job, self.scenario.behaviour)
        return running == "running" and self._status(submission) == "cancelled"

    def _status(self, submission: Submission) -> str:
        return status_in(self.events, submission.job, self.scenario.behaviour)

    def _stage_left(self, submission: Submission) -> Stage | None:
        """Return when a job was left, or None if it is not an orphan."""
        may_run = self._pattern is Pattern.no_wait or (self.leaves_jobs and self._is_ended_by_user)
        if may_run or self._status(submission) != "running":
            return None
        behaviour = self.scenario.behaviour
        return stage_left(submission, self.events, behaviour, stores=self._stores)

    @property
    def _is_ended_by_user(self) -> bool:
        return any(signal is Signal.END for _, signal in self.scenario.aims)
