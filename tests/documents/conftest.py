"""Both parsers of PyYAML: the one in C, and the one in Python for where libyaml is missing."""

from __future__ import annotations

import pytest
import yaml

from advisor.documents import yaml_text


@pytest.fixture(params=["CBaseLoader", "BaseLoader"])
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the reader use one of the parsers, and return its name."""
    name = str(request.param)
    if not hasattr(yaml, name):
        pytest.skip("this PyYAML comes without libyaml")
    monkeypatch.setattr(yaml_text, "LOADER", getattr(yaml, name))
    return name
