"""The wheel: it carries all that a run needs, and says the same as the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
EXAMPLE = ("recommend", "--example", "nightly_spark", "--format", "json")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the wheel's content, as an installation lays it out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "installed")
    return folder / "installed"


def said_by(package: Path, folder: Path, *arguments: str) -> str:
    """Return what the advisor in a folder says, run from another one."""
    done = subprocess.run(
        [sys.executable, "-m", "advisor", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(package)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


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
def test_it_carries_what_a_run_needs(unpacked: Path, path: str) -> None:
    assert (unpacked / path).is_file()


def test_it_carries_no_tests_and_no_tools(unpacked: Path) -> None:
    assert {each.name.split("-")[0] for each in unpacked.iterdir()} == {
        "advisor",
        "airflow_pattern_advisor",
    }


@pytest.mark.parametrize(
    "arguments",
    [EXAMPLE, ("compare", "--format", "json"), ("explain",), ("schema", "answers")],
    ids=lambda arguments: str(arguments[0]),
)
def test_it_prints_what_the_checkout_prints(
    unpacked: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert said_by(unpacked, tmp_path, *arguments) == said_by(ROOT, tmp_path, *arguments)
