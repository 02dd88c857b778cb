"""Sessions for nox: this project's checks, and the update of its constraints file.

`nox` alone runs the fast checks in the environment that nox is installed in. Run any other session
by name: `nox -s airflow`. `nox --list` shows all of them.
"""

import os
import sys
from pathlib import Path

import nox

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
PROGRAMS = Path(sys.executable).parent
PARALLEL = ("-n", "2", "--dist", "loadfile")
"""Options for pytest. loadfile: the tests of a file share fixtures that take long to set up."""
FAST = ("-m", "not airflow", "--ignore=tests/docs")
RESULTS = "ADVISOR_RESULTS"
"""The variable that names a folder for JUnit reports, one per session."""

nox.options.default_venv_backend = "uv|venv"
nox.options.reuse_venv = "yes"

# If it is set, each process recompiles everything it imports, which slows down the drill most.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check style, formatting and which package imports which."""
    session.run(PROGRAMS / "ruff", "check")
    session.run(PROGRAMS / "ruff", "format", "--check")
    session.run(PROGRAMS / "lint-imports", "--no-logo")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types with mypy."""
    session.run(PROGRAMS / "mypy")


@nox.session(venv_backend="none")
def unit(session: nox.Session) -> None:
    """Run the tests that need no Airflow."""
    run_pytest(session, sys.executable, *FAST)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Check the documentation: commands, links, excerpts and generated pages."""
    run_pytest(session, sys.executable, "tests/docs")


@nox.session(venv_backend="none", default=False)
def airflow(session: nox.Session) -> None:
    """Run the tests that need a real Airflow."""
    run_pytest(session, sys.executable, "-m", "airflow")


def unit_on(session: nox.Session) -> None:
    """Run the tests that need no Airflow on this version of Python."""
    session.install("-c", "constraints.txt", "-e", ".[dev]")
    run_pytest(session, "python", *FAST)


for version in PYTHONS:
    nox.session(name=f"unit-{version}", python=version, default=False)(unit_on)


# venv, and therefore pip: uv would reuse an installed advisor whose code has since changed.
@nox.session(venv_backend="venv", default=False)
def bench(session: nox.Session) -> None:
    """Measure start-up and large files against their limits, on an installed wheel."""
    session.install(".")
    session.run("python", "tests/bench/bench.py", *session.posargs)


@nox.session(venv_backend="none", default=False)
def constraints(session: nox.Session) -> None:
    """Resolve the development tools again and write constraints.txt."""
    everything = resolve(session, "--extra", "dev")
    required = {name_of(line) for line in resolve(session)}
    # The requirements of advisor itself are not pinned, so that tests run with what users get.
    tools = [line for line in everything if name_of(line) not in required]
    header = "# The versions of the development tools. Written by `nox -s constraints`."
    Path("constraints.txt").write_text("\n".join([header, *tools, ""]), encoding="utf-8")


def run_pytest(session: nox.Session, python: str, *arguments: str) -> None:
    """Run pytest with these arguments and those of the command line; write a report if asked."""
    folder = os.environ.get(RESULTS)
    report = [f"--junit-xml={folder}/{session.name}.xml"] if folder else []
    session.run(python, "-m", "pytest", *PARALLEL, *report, *arguments, *session.posargs)


def resolve(session: nox.Session, *options: str) -> list[str]:
    """Return what pyproject.toml requires on all supported Pythons, one pinned package per line."""
    compile_ = (sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal")
    plain = ("--python-version", PYTHONS[0], "--no-header", "--no-annotate", "pyproject.toml")
    return str(session.run(*compile_, *plain, *options, silent=True)).splitlines()


def name_of(requirement: str) -> str:
    """Return the package named in a line of a requirements file."""
    return requirement.partition("==")[0]
