"""Findings with one cause are one group, with its width and an example."""

from __future__ import annotations

from advisor.drill.groups import grouped_findings
from advisor.drill.model import Finding, Outcome, Signal, Stage
from advisor.drill.runtime.events import Point
from tests.drill.events import BASELINE, judged, polled, sent, stored, submitted

PLACES = ("operators.py:2", "xcom:before", "xcom:after", "store.set:before")


def orphan(place: str, *, polls: bool = False) -> Outcome:
    point = Point("execute", place, 1)
    waits = [stored(), polled("job-1")] if polls else []
    events = [submitted("job-1"), *waits, sent(Signal.END, point)]
    return judged(events, "failed", Signal.END, at=point)


def test_findings_with_one_cause_are_one_group() -> None:
    outcomes = [*map(orphan, PLACES), judged(BASELINE[:1], "success", None)]
    late = orphan("status:before", polls=True)
    one, other, another = grouped_findings([late, *outcomes])
    assert [cause.stage for group in (other, another) for cause in group.causes] == [
        Stage.submitting,
        Stage.polling,
    ]
    assert one.worst is Finding.no_job
    assert [point.place for point in other.points] == [*PLACES]
    assert other.example is outcomes[0]


def test_width_has_the_calls_whose_two_points_are_in_the_group() -> None:
    (group,) = grouped_findings(map(orphan, PLACES))
    assert group.calls == ["xcom"]
    assert group.seconds == 0.0
