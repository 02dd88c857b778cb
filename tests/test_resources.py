"""Data folders in a checkout and an editable install; test_wheel.py covers the wheel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from advisor.resources import IN_CHECKOUT, PACKAGE, Resource, resource_folder

ROOT = Path(__file__).parents[1]
NAMES: tuple[Resource, ...] = get_args(Resource)


def test_every_resource_has_a_folder_in_the_checkout() -> None:
    assert set(IN_CHECKOUT) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_resource_folder_in_a_checkout_is_the_one_at_its_top(name: Resource) -> None:
    assert resource_folder(name, ROOT / "advisor") == ROOT / IN_CHECKOUT[name]


@pytest.mark.parametrize("name", NAMES)
def test_resource_folder_prefers_the_copy_in_the_package(name: Resource, tmp_path: Path) -> None:
    package = tmp_path / "advisor"
    (package / name).mkdir(parents=True)
    (tmp_path / IN_CHECKOUT[name]).mkdir(parents=True)
    assert resource_folder(name, package) == package / name


@pytest.mark.parametrize("name", NAMES)
def test_resource_folder_in_an_editable_install_is_the_one_of_the_checkout(
    name: Resource, tmp_path: Path
) -> None:
    site = tmp_path / "site-packages"
    site.mkdir()
    (site / "_advisor.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    code = (
        f"import site; site.addsitedir({str(site)!r}); "
        f"from advisor.resources import resource_folder; print(resource_folder({name!r}))"
    )
    # -I and -S: without the current folder, PYTHONPATH and what this interpreter has installed.
    printed = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert Path(printed.strip()) == ROOT / IN_CHECKOUT[name]


@pytest.mark.parametrize("name", NAMES)
def test_resource_folder_raises_if_the_installation_is_incomplete(
    name: Resource, tmp_path: Path
) -> None:
    with pytest.raises(FileNotFoundError, match=f"{name} is missing; reinstall advisor"):
        resource_folder(name, tmp_path / "advisor")


def test_package_is_the_folder_of_the_module() -> None:
    assert (PACKAGE / "resources.py").is_file()
