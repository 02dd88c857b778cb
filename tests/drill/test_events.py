"""Events are converted to JSON and back."""

from __future__ import annotations

import json

import pytest

from advisor.drill.runtime.events import (
    Cancelled,
    Ended,
    Event,
    Forgotten,
    FoundByKey,
    Held,
    HoldRequested,
    JobsEnded,
    Kept,
    LookedUp,
    Origin,
    Point,
    Polled,
    Refused,
    ResultFetched,
    SignalSent,
    Started,
    Stored,
    Submitted,
    Unanswered,
    UnknownCancelled,
    XComCleared,
    XComPushed,
    from_json,
    to_json,
)

RECORDS: list[tuple[Event, dict[str, object]]] = [
    (Started("execute", 1), {"what": "started", "phase": "execute", "attempt": 1}),
    (
        Ended("execute", 1, "failed", "E: no"),
        {"what": "ended", "phase": "execute", "attempt": 1, "state": "failed", "error": "E: no"},
    ),
    (
        Ended("execute", 1, "success"),
        {"what": "ended", "phase": "execute", "attempt": 1, "state": "success"},
    ),
    (
        SignalSent("KILL", Point("execute", "a.py:1", 2)),
        {"what": "signal", "signal": "KILL", "point": ["execute", "a.py:1", 2]},
    ),
    (Stored("k", [1]), {"what": "stored", "key": "k", "value": [1]}),
    (Forgotten(None), {"what": "forgot", "key": None}),
    (XComPushed("k", None), {"what": "pushed", "key": "k", "value": None}),
    (XComCleared(), {"what": "cleared"}),
    (
        Submitted("job-1", None, {"a": 1}, at=2.5),
        {"what": "submitted", "at": 2.5, "job": "job-1", "key": None, "spec": {"a": 1}},
    ),
    (FoundByKey("job-1", "k"), {"what": "found", "job": "job-1", "key": "k"}),
    (LookedUp("k", None), {"what": "looked", "key": "k", "job": None}),
    (Polled("job-1", "running"), {"what": "polled", "job": "job-1", "status": "running"}),
    (Cancelled("job-1"), {"what": "cancelled", "job": "job-1"}),
    (ResultFetched("job-1"), {"what": "fetched", "job": "job-1"}),
    (UnknownCancelled(None), {"what": "unknown cancelled", "job": None}),
    (Kept("k", [1]), {"what": "kept", "key": "k", "value": [1]}),
    (Unanswered("GetDag"), {"what": "unanswered", "message": "GetDag"}),
    (Refused("submit"), {"what": "refused", "call": "submit"}),
    (JobsEnded(["job-1"]), {"what": "unseen", "jobs": ["job-1"]}),
    (HoldRequested(), {"what": "hold"}),
    (Held(), {"what": "held"}),
]


@pytest.mark.parametrize(("event", "record"), RECORDS)
def test_event_survives_a_round_trip_through_json(event: Event, record: dict[str, object]) -> None:
    assert to_json(event) == record
    assert from_json(json.loads(json.dumps(record))) == event


def test_origin_comes_before_the_other_fields_in_json() -> None:
    event = Cancelled("job-1", at=1.5, origin=Origin(1.5, 7, "run"))
    record = to_json(event)
    assert list(record.items()) == [
        ("what", "cancelled"),
        ("at", 1.5),
        ("process", 7),
        ("run", "run"),
        ("job", "job-1"),
    ]
    assert from_json(record) == event


def test_from_json_rejects_unknown_kinds() -> None:
    with pytest.raises(KeyError, match="slept"):
        from_json({"what": "slept"})
