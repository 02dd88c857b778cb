"""The files of the knowledge: the same for both parsers, without unknown keys or gaps."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from advisor.catalog import systems
from advisor.catalog.systems import load_systems
from advisor.documents import yaml_text
from advisor.errors import KnowledgeError
from advisor.knowledge.loader import FOLDER, load_disagreements, load_knowledge, load_pages
from tests.knowledge.version_gaps import version_gaps

FILES = sorted((*FOLDER.glob("*.yaml"), *systems.FOLDER.glob("*.yaml")))
LOADERS: dict[str, Callable[[Path], object]] = {
    "notes": load_disagreements,
    "systems": load_systems,
    "sources": load_pages,
}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_c_parser_and_pure_parser_read_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = file.read_bytes()
    usual = yaml_text.parse_yaml(text)
    monkeypatch.setattr(yaml_text, "LOADER", yaml.BaseLoader)
    assert yaml_text.parse_yaml(text) == usual


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
@pytest.mark.parametrize("where", ["at the top", "in the first entry"])
def test_unknown_key_is_rejected(file: Path, where: str, tmp_path: Path) -> None:
    for each in FILES:
        shutil.copy(each, tmp_path)
    text = file.read_text(encoding="utf-8")
    if where == "at the top":
        text += "\nmisspelt: x\n"
    else:
        text = text.replace("  - id: ", "  - misspelt: x\n    id: ", 1)
    (tmp_path / file.name).write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match="misspelt"):
        LOADERS.get(file.stem, load_knowledge)(tmp_path)


def test_shipped_knowledge_has_one_cell_for_each_version() -> None:
    assert not list(version_gaps(load_knowledge()))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('airflow: ">=3.3"', 'airflow: ">=3.3, <3.4"', "worker-slot: no cell for resumable in"),
        (
            'airflow: ">=3.3", source: {page: resumable-tasks, section: Comparison}}\n',
            'airflow: ">=3.3", source: {page: resumable-tasks, section: Comparison}}\n'
            '        - {value: freed, words: Freed, airflow: ">=3.4",'
            " source: {page: resumable-tasks, section: Comparison}}\n",
            "worker-slot: two cells for resumable in Airflow 3.4",
        ),
    ],
    ids=["gap", "overlap"],
)
def test_version_gaps_names_a_version_without_exactly_one_cell(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    shutil.copytree(FOLDER, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "characteristics.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert any(gap.startswith(message) for gap in version_gaps(load_knowledge(tmp_path)))
