"""Every YAML block works as it is: answers are valid, recipes run, the policy is the example."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from advisor.answers.batch import Reader
from advisor.documents.model import Document
from advisor.documents.yaml_text import parse_yaml
from advisor.knowledge.loader import load_knowledge
from tests.docs.conftest import Workspace
from tests.docs.pages import ROOT, Block, blocks, name

CI = ROOT / "docs" / "ci.md"
POLICY = ROOT / "docs" / "policy.md"
EXAMPLE = ROOT / "docs" / "examples" / "policy" / "no_workers_held.yaml"
ANSWERS = ROOT / "docs" / "answers.md"
RUN_BY = ("run", "script", "entry")
"""The keys under which GitHub, GitLab and pre-commit hold commands."""


def label(entry: tuple[Path, Block]) -> str:
    page, block = entry
    return f"{name(page)}:{block.line}"


ANSWERS_BLOCKS = [(ANSWERS, block) for block in blocks(ANSWERS, "yaml")]
CI_ANSWERS, *CI_RECIPES = blocks(CI, "yaml")


@pytest.mark.parametrize("entry", [*ANSWERS_BLOCKS, (CI, CI_ANSWERS)], ids=label)
def test_answers_in_pages_are_valid(entry: tuple[Path, Block]) -> None:
    text = entry[1].text.encode()
    document = Document("block.yaml", text, parse_yaml(text))
    assert (
        Reader(load_knowledge())
        .read(document, {}, refuse_missing="duration" in entry[1].text)
        .drafts
    )


def lines(node: object) -> Iterator[str]:
    """Yield the commands that a recipe runs."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in RUN_BY:
                yield from [value] if isinstance(value, str) else value
            else:
                yield from lines(value)
    elif isinstance(node, list):
        for each in node:
            yield from lines(each)


@pytest.mark.parametrize("recipe", CI_RECIPES, ids=lambda block: f"line-{block.line}")
@pytest.mark.parametrize(
    ("message", "alternatives", "code"),
    [
        ("triggerer: yes", "triggerer: yes", 0),
        ("triggerer: yes", "triggerer: no", 1),
        ("duration: 3h", "duration: 3", 2),
    ],
    ids=["as expected", "another answer", "a mistake"],
)
def test_recipe_passes_or_fails_depending_on_the_answers(
    recipe: Block, message: str, alternatives: str, code: int, workspace: Workspace
) -> None:
    text = CI_ANSWERS.text.replace(message, alternatives)
    (workspace.folder / "advisor.yaml").write_text(text, encoding="utf-8")
    [command] = [each for each in lines(yaml.safe_load(recipe.text)) if each.startswith("advisor ")]
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=workspace.folder,
        env={**workspace.variables, "GITHUB_STEP_SUMMARY": "summary.md"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize(
    ("text", "posted"),
    [(None, None), ("", None), ("| a |\n<details>\nMore.\n", "| a |\n")],
    ids=["missing", "empty", "written"],
)
def test_comment_step_posts_the_table_if_there_is_one(
    text: str | None, posted: str | None, workspace: Workspace
) -> None:
    if text is not None:
        (workspace.folder / "advisor.md").write_text(text, encoding="utf-8")
    [script] = [
        each
        for recipe in CI_RECIPES
        for each in lines(yaml.safe_load(recipe.text))
        if "gh pr" in each
    ]
    subprocess.run(
        ["sh", "-e", "-c", f"gh() {{ cp table.md posted.md; }}\n{script}"],
        cwd=workspace.folder,
        env={**workspace.variables, "GITHUB_STEP_SUMMARY": "summary.md"},
        check=True,
    )
    comment = workspace.folder / "posted.md"
    assert (comment.read_text(encoding="utf-8") if comment.exists() else None) == posted


def test_policy_page_shows_the_example() -> None:
    [block] = blocks(POLICY, "yaml")
    assert block.text == EXAMPLE.read_text(encoding="utf-8")
