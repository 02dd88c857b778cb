"""What one job's answers are once they are understood."""

from collections.abc import Mapping
from typing import NamedTuple

DEFAULT = "the default"


class Answers(NamedTuple):
    """A full set of canonical answers for one job.

    `values` holds each question's answer, those that were assumed included; only `system` may be
    absent. `assumed` says, for each answer that nobody gave, where it comes from. `expect` is the
    pattern (or `none`) that the recommendation must have, None where nothing is expected.
    """

    name: str
    values: Mapping[str, str]
    assumed: Mapping[str, str]
    expect: str | None = None
