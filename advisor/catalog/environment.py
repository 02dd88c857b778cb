"""Reads the providers and own packages in a Python environment, without importing them."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.catalog.model import OperatorFacts
from advisor.catalog.search import full_name
from advisor.catalog.source.environment import read_environment
from advisor.documents.model import printable
from advisor.errors import InputError
from advisor.knowledge.versions import Version, installed_airflow, parse_version

OPTION = "--python"
MARK = "advisor-import-path:"
"""Tells the answer apart from what a sitecustomize module prints."""
LIST_IMPORT_PATH = f"""
import json, sys, sysconfig
standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
print("{MARK}" + json.dumps([sys.path, standard]))
"""
SECONDS = 30
"""Longest time for an interpreter to start."""
INTERPRETERS = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")
PACKAGES = ("lib/python3*/site-packages", "Lib/site-packages")
METADATA = ("*.dist-info", "*.egg-info", "airflow")
"""What only a folder with installed packages has."""
ACCEPTED = "expected a Python interpreter, an environment folder or a site-packages folder"

Progress = Callable[[int, int], None]
"""Called with the number of distributions that were read, and of all."""


@dataclass(frozen=True)
class Environment:
    """What is installed in a Python environment.

    `releases` are those of the providers, by short name. `distributions` has the versions of
    providers and other packages as they are spelled. `facts` is by class, with its module. `notes`
    say what was not read, and why.
    """

    airflow: Version | None
    releases: Mapping[str, Version]
    distributions: Mapping[str, str]
    facts: Mapping[str, OperatorFacts]
    notes: tuple[str, ...]


def read_python(path: Path, progress: Progress | None = None) -> Environment:
    """Return what is installed for an interpreter, or in an environment or site-packages folder.

    Runs the interpreter to get its import path, but imports no package.

    Raises:
        InputError: there is no Python environment at the path, or no waiting operator in it.
    """
    folders = import_path(path)
    reading = read_environment(folders, progress)
    if not reading.operators:
        message = f"no Airflow providers with waiting operators in {printable(str(path))}"
        raise InputError.of(OPTION, message, printable("; ".join(reading.notes[:1])))
    airflow = installed_airflow([str(folder) for folder in folders])
    return Environment(
        airflow=parse_version(airflow) if airflow else None,
        releases=_releases(reading.distributions),
        distributions=reading.distributions,
        facts={full_name(each): each for each in reading.operators},
        notes=reading.notes,
    )


def import_path(path: Path) -> list[Path]:
    """Return the folders with the packages of an interpreter or environment.

    The name of an interpreter is also looked up on PATH.

    Raises:
        InputError: there is no Python environment at the path.
    """
    try:
        if path.is_dir():
            return _folders_of_environment(path)
        if path.suffix == ".whl" and path.is_file():
            return [path]
        interpreter = path if path.exists() else shutil.which(path)
    except (OSError, ValueError) as error:  # ValueError: a null character
        reason = getattr(error, "strerror", "") or str(error)
        raise _error(path, f"cannot be read: {reason}") from None
    if interpreter is None:
        raise _error(path, "does not exist")
    # Absolute: without a slash, the name would be looked up on PATH again.
    return _ask(Path(interpreter).absolute())


def _folders_of_environment(folder: Path) -> list[Path]:
    """Return the import path of the interpreter in a folder, else the folders with packages."""
    for name in INTERPRETERS:
        if (folder / name).is_file():
            return _ask(folder / name)
    # Environments that were copied from elsewhere have no interpreter that runs here.
    packages = [each for pattern in PACKAGES for each in sorted(folder.glob(pattern))]
    if packages:
        return packages
    if any(next(folder.glob(pattern), None) for pattern in METADATA):
        return [folder]
    raise _error(folder, "has no Python packages")


def _ask(interpreter: Path) -> list[Path]:
    """Return the import path of an interpreter, without the standard library."""
    try:
        done = subprocess.run(  # noqa: S603 - the interpreter that the user names
            # -I: no modules from the current folder.
            [str(interpreter), "-I", "-c", LIST_IMPORT_PATH],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise _error(interpreter, f"did not answer within {SECONDS} s") from None
    except OSError as error:
        raise _error(interpreter, f"cannot be run: {error.strerror}") from None
    output = done.stdout.decode("utf-8", "replace")
    answers = [line for line in output.splitlines() if line.startswith(MARK)]
    if done.returncode or not answers:
        raise _error(interpreter, "is not a Python interpreter")
    return _without_standard_library(*json.loads(answers[-1].removeprefix(MARK)))


def _without_standard_library(entries: Sequence[str], standard: Sequence[str]) -> list[Path]:
    left_out = {*standard, *(f"{each}/lib-dynload" for each in standard)}
    found = [Path(each) for each in entries if each and each not in left_out]
    return [each for each in found if each.exists() and not _is_zipped_library(each)]


def _is_zipped_library(entry: Path) -> bool:
    return entry.suffix == ".zip" and entry.name.startswith("python3")


def _releases(distributions: Mapping[str, str]) -> dict[str, Version]:
    """Return the versions that are spelled as Airflow's providers do."""
    releases = {}
    for name, text in distributions.items():
        try:
            releases[name] = parse_version(text)
        except ValueError:
            continue
    return releases


def _error(path: Path, message: str) -> InputError:
    return InputError.of(OPTION, f"{printable(str(path))} {message}", ACCEPTED)
