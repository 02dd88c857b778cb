"""What the trigger tells the operator."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias, TypedDict

Outcome: TypeAlias = Literal[
    "succeeded", "failed", "overdue", "not found", "unknown", "error"
]


class Event(TypedDict):
    """The end of a wait: all that the operator needs to go on, but not the result."""

    outcome: Outcome
    said: str
    """What has become of the job, as the end of a sentence."""
    record: dict[str, Any]
    """What is known of the job, as JSON."""
