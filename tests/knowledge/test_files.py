"""The files of the knowledge, whichever parser reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from advisor.documents import yaml_text
from advisor.knowledge.load import FOLDER


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.name)
def test_a_file_is_the_same_to_the_c_parser_and_to_the_pure_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = file.read_bytes()
    usual = yaml_text.parse_yaml(text)
    monkeypatch.setattr(yaml_text, "LOADER", yaml.BaseLoader)
    assert yaml_text.parse_yaml(text) == usual
