"""A user's templates can extend the shipped ones; templates that cannot be rendered are errors."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from advisor.errors import InputError
from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.render import render
from tests.scaffold.rendering import spec

OPERATORS = "patterns/resumable/package/operators.py.jinja"
FIRST = "shared/every/package/first.jinja"
SECOND = "shared/every/package/second.jinja"


def rendered(templates: Path | None) -> dict[PurePosixPath, str]:
    """Return the texts of a resumable task's files."""
    return {file.path: file.text for file in render(spec("resumable"), load_manifest(templates))}


def write(top: Path, template: str, text: str) -> None:
    file = top / template
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def include(template: str) -> str:
    return f'{{% include "{template}" %}}'


@pytest.mark.parametrize("statement", ["include", "extends"])
def test_template_that_names_its_own_path_gets_the_shipped_one(
    statement: str, tmp_path: Path
) -> None:
    write(tmp_path, OPERATORS, f'{{% {statement} "{OPERATORS}" %}}')
    assert rendered(tmp_path) == rendered(None)


def test_template_adds_to_the_shipped_one_that_it_includes(tmp_path: Path) -> None:
    write(tmp_path, OPERATORS, f"# Ours.\n{include(OPERATORS)}")
    path = PurePosixPath("operators.py")
    assert rendered(tmp_path)[path] == f"# Ours.\n{rendered(None)[path]}"


def test_included_template_is_looked_up_in_the_users_folder_first(tmp_path: Path) -> None:
    write(tmp_path, OPERATORS, "OURS = 1\n")
    write(tmp_path, FIRST, include(OPERATORS))
    assert rendered(tmp_path)[PurePosixPath("first")] == "OURS = 1\n"


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (include(SECOND), include(FIRST), "includes itself through another template, or calls"),
        (include("none.jinja"), "", "includes an unknown template: none.jinja"),
        (include(FIRST), "", f"includes an unknown template: shipped:{FIRST}"),
        ("{{ nmae }}", "", "'nmae' is undefined"),
    ],
)
def test_render_refuses_invalid_templates(
    first: str, second: str, message: str, tmp_path: Path
) -> None:
    write(tmp_path, FIRST, first)
    write(tmp_path, SECOND, second)
    with pytest.raises(InputError) as error:
        rendered(tmp_path)
    assert str(error.value).startswith(f"{FIRST}: invalid template: {message}")


def test_render_refuses_an_expression_that_fails(tmp_path: Path) -> None:
    write(tmp_path, FIRST, "{{ 1 / 0 }}")
    with pytest.raises(InputError) as error:
        rendered(tmp_path)
    assert str(error.value) == f"{FIRST}: invalid template: ZeroDivisionError: division by zero"


def test_manifest_of_an_earlier_release_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "systems/mine/kit.yaml", "title: Mine\nsummary: Mine.\n")
    with pytest.raises(InputError, match=r"kit\.yaml: rename it to template\.yaml"):
        load_manifest(tmp_path)
