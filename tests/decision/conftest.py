"""The recommendations for all points of the space, computed once."""

from __future__ import annotations

import pytest

from advisor.decision.recommend import Recommendation
from advisor.decision.space import Point
from tests.decision.points import ADVISOR, POINTS


@pytest.fixture(scope="session")
def recommendations() -> dict[Point, Recommendation]:
    return {at: ADVISOR.recommend(at) for at in POINTS}
