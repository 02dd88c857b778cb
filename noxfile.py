"""The checks of this project, and the update of its constraints file, as sessions of nox.

`nox` runs the fast checks in the environment that nox is installed in. `nox -s airflow` runs one
session by name, and `nox --list` lists all sessions.
"""

import os
import sys
from pathlib import Path

import nox

PYTHONS = ("3.10", "3.11", "3.12", "3.13")
PROGRAMS = Path(sys.executable).parent
PARALLEL = ("-n", "2", "--dist", "loadfile")
"""Options for pytest. loadfile: the tests of a file share fixtures that are slow to set up."""
FAST = ("-m", "not airflow", "--ignore=tests/docs")
LIVE = "tests/services/test_live.py"
RESULTS = "ADVISOR_RESULTS"
"""The environment variable with the folder for JUnit reports, one per session."""

nox.options.default_venv_backend = "uv|venv"
nox.options.reuse_venv = "yes"

# With it, each process compiles all its imports again, which slows down the drill in particular.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Check style, formatting, and the imports between packages."""
    session.run(PROGRAMS / "ruff", "check")
    session.run(PROGRAMS / "ruff", "format", "--check")
    session.run(PROGRAMS / "lint-imports", "--no-logo")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Check types with mypy."""
    session.run(PROGRAMS / "mypy")


@nox.session(venv_backend="none")
def unit(session: nox.Session) -> None:
    """Run the tests that do not need Airflow."""
    run_pytest(session, sys.executable, *FAST)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """Check the documentation: commands, links, excerpts and generated pages."""
    run_pytest(session, sys.executable, "tests/docs")


@nox.session(venv_backend="none", default=False)
def airflow(session: nox.Session) -> None:
    """Run the tests that need a real Airflow."""
    run_pytest(session, sys.executable, "-m", "airflow")


@nox.session(venv_backend="none", default=False)
def services(session: nox.Session) -> None:
    """Run the tests with real services; `-- -n 0 --evidence` writes docs/evidence/system-*.json."""
    os.environ["ADVISOR_TEST_SERVICES"] = "1"
    # loadgroup: tests that share a service are in a group, and run in one process.
    groups = ("--dist", "loadgroup", "tests/services")
    if "--evidence" in session.posargs:
        run_pytest(session, sys.executable, *groups)
        return
    session.notify("services-live")  # runs afterwards, even if this session fails
    run_pytest(session, sys.executable, *groups, f"--ignore={LIVE}")


@nox.session(name="services-live", venv_backend="none", default=False)
def services_live(session: nox.Session) -> None:
    """Run the Dags with real services, alone: a busy Airflow gives up healthy workers."""
    os.environ["ADVISOR_TEST_SERVICES"] = "1"
    run_pytest(session, sys.executable, "-n", "0", LIVE)


@nox.session(venv_backend="none", default=False)
def full(session: nox.Session) -> None:
    """Drill all mutants, of which the other sessions drill a sample; `-- --new` only new ones."""
    session.run(sys.executable, "tools/drill_mutants.py", *session.posargs)
    session.run(sys.executable, "tools/generate_docs.py")


def unit_on(session: nox.Session) -> None:
    """Run the tests that do not need Airflow, on this version of Python."""
    session.install("-c", "constraints.txt", "-e", ".[dev]")
    run_pytest(session, "python", *FAST)


for version in PYTHONS:
    nox.session(name=f"unit-{version}", python=version, default=False)(unit_on)


# Use venv and thus pip, because uv would reuse an installed advisor whose code has changed.
@nox.session(venv_backend="venv", default=False)
def bench(session: nox.Session) -> None:
    """Check that an installed wheel starts and reads large files within the time limits."""
    session.install(".")
    session.run("python", "tests/bench/bench.py", *session.posargs)


@nox.session(venv_backend="none", default=False)
def catalog(session: nox.Session) -> None:
    """Build the snapshot of the catalogue from the newest providers; `-- --check` only compares."""
    session.run(sys.executable, "tools/build_catalog.py", *session.posargs)


@nox.session(venv_backend="none", default=False)
def constraints(session: nox.Session) -> None:
    """Resolve the development tools and write constraints.txt."""
    everything = resolve(session, "--extra", "dev")
    required = {name_of(line) for line in resolve(session)}
    # Leave out the requirements of advisor, so that tests run with the versions that users get.
    tools = [line for line in everything if name_of(line) not in required]
    header = "# The versions of the development tools. Written by `nox -s constraints`."
    Path("constraints.txt").write_text("\n".join([header, *tools, ""]), encoding="utf-8")


def run_pytest(session: nox.Session, python: str, *arguments: str) -> None:
    """Run pytest with these arguments and those after `--`; write a report if RESULTS is set."""
    folder = os.environ.get(RESULTS)
    report = [f"--junit-xml={folder}/{session.name}.xml"] if folder else []
    session.run(
        *(python, "-m", "pytest", *PARALLEL, *report, *arguments, *session.posargs),
        # After Ctrl-C, fixtures need time to stop what they started.
        interrupt_timeout=60,
        terminate_timeout=60,
    )


def resolve(session: nox.Session, *options: str) -> list[str]:
    """Resolve the requirements for all supported Pythons; return one pinned package per line."""
    compile_ = (sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal")
    plain = ("--python-version", PYTHONS[0], "--no-header", "--no-annotate", "pyproject.toml")
    return str(session.run(*compile_, *plain, *options, silent=True)).splitlines()


def name_of(requirement: str) -> str:
    """Return the package named in a line of a requirements file."""
    return requirement.partition("==")[0]
