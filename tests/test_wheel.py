"""The wheel contains what a run needs, and its commands print the same as those of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from advisor.resources import IN_CHECKOUT

ROOT = Path(__file__).parents[1]
EXAMPLE = ("recommend", "--example", "nightly_spark", "--format", "json")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the content of the wheel, laid out as in an installation."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def output_of(package: Path, folder: Path, *arguments: str) -> str:
    """Return the standard output of Python with the advisor in `package`, run in `folder`."""
    process = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(package)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return process.stdout


@pytest.mark.parametrize(
    "path",
    [
        "advisor/py.typed",
        "advisor/knowledge/warnings.yaml",
        "advisor/templates/README.md",
        "advisor/examples/nightly_spark.yaml",
        "advisor/evidence/comparison-3.3.2.json",
    ],
)
def test_wheel_contains_the_data_files(unpacked: Path, path: str) -> None:
    assert (unpacked / path).is_file()


def test_wheel_contains_neither_tests_nor_tools(unpacked: Path) -> None:
    assert {each.name.split("-")[0] for each in unpacked.iterdir()} == {
        "advisor",
        "airflow_pattern_advisor",
    }


@pytest.mark.parametrize(
    "arguments",
    [EXAMPLE, ("compare", "--format", "json"), ("explain",), ("schema", "answers")],
    ids=lambda arguments: str(arguments[0]),
)
def test_wheel_prints_the_same_as_the_checkout(
    unpacked: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    command = ("-m", "advisor", *arguments)
    assert output_of(unpacked, tmp_path, *command) == output_of(ROOT, tmp_path, *command)


@pytest.mark.parametrize("name", IN_CHECKOUT)
def test_wheel_finds_its_resource_folder_with_the_files_of_the_checkout(
    unpacked: Path, tmp_path: Path, name: str
) -> None:
    code = f"from advisor.resources import resource_folder; print(resource_folder({name!r}))"
    folder = Path(output_of(unpacked, tmp_path, "-c", code).strip())
    assert folder == unpacked / "advisor" / name
    assert files_in(folder) == files_in(ROOT / IN_CHECKOUT[name])


def files_in(folder: Path) -> set[str]:
    """Return all files below a folder, except compiled Python files."""
    files = (each for each in folder.rglob("*") if each.is_file() and each.suffix != ".pyc")
    return {each.relative_to(folder).as_posix() for each in files}
