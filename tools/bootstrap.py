"""Makes an environment for this checkout, and runs the demo or the checks in it.

    python3 tools/bootstrap.py demo            install advisor into .venv; show a recommendation
    python3 tools/bootstrap.py test [ARG...]   install advisor and its tools into .venv-dev; run
                                               every check, pytest last and with each ARG

Needs Python 3.10 or newer and, the first time, a package index.
"""

# NOTE: an older Python must be able to parse this file, or it could not say what is wrong:
# no match statement, no parenthesised with, no future import. The files it imports are free.
import sys

if sys.version_info < (3, 10):  # noqa: UP036 - this is the check
    sys.exit(
        f"error: advisor needs Python 3.10 or newer; {sys.executable} is "
        f"{sys.version_info[0]}.{sys.version_info[1]}.\n"
        "Run the same command with a newer one, for example python3.12."
    )

from collections.abc import Sequence
from pathlib import Path

from bootstrapping.environment import BootstrapError, Environment, create, digest, may_be_kept
from bootstrapping.installing import install
from bootstrapping.running import run, say

ROOT = Path(__file__).resolve().parent.parent
INTERRUPTED = 130

FOR_DEMO = Environment(ROOT, ".venv", (".",), ("pyproject.toml", "advisor", "templates"))
DEMO = ("advisor", "recommend", "--answers", "docs/examples/nightly_spark.yaml")

FOR_CHECKS = Environment(ROOT, ".venv-dev", ("-e", ".[dev]"), ("pyproject.toml",))
LINTERS = (
    ("ruff", "check"),
    ("ruff", "format", "--check"),
    ("mypy",),
    ("lint-imports", "--no-logo"),
)
# Last: its closing line says what ran. loadfile: the tests that share an Airflow stand in one file.
PYTEST = ("pytest", "-n", "2", "--dist", "loadfile")


def main(arguments: Sequence[str]) -> int:
    """Run the command and return its exit code."""
    try:
        if list(arguments) == ["demo"]:
            return demo()
        if list(arguments[:1]) == ["test"]:
            return test(arguments[1:])
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED
    except (BootstrapError, OSError) as error:
        say(f"error: {error}")
        return 1
    say(__doc__.strip())
    return 0 if list(arguments) in (["-h"], ["--help"]) else 2


def demo() -> int:
    """Show a recommendation, as someone who has just installed advisor would ask for it."""
    prepare(FOR_DEMO)
    return run_program(FOR_DEMO, *DEMO)


def test(pytest_arguments: Sequence[str]) -> int:
    """Run the checks up to the first that fails, and return its exit code."""
    prepare(FOR_CHECKS)
    for check in (*LINTERS, (*PYTEST, *pytest_arguments)):
        code = run_program(FOR_CHECKS, *check)
        if code != 0:
            return code
    return 0


def prepare(environment: Environment) -> None:
    """Create the environment and install into it, as far as that is not done already."""
    wanted = f"{environment.identity()}\n{digest(ROOT, environment.sources)}\n"
    stamp = environment.stamp
    found = stamp.read_text(encoding="utf-8") if stamp.is_file() else None
    if not environment.program("python").exists() or not may_be_kept(environment, found):
        say(f"create {environment.name}")
        create(environment)
    elif found == wanted:
        return
    else:
        stamp.unlink(missing_ok=True)
    install(environment)
    stamp.write_text(wanted, encoding="utf-8")


def run_program(environment: Environment, program: str, *arguments: str) -> int:
    """Run a program of the environment and return its exit code."""
    return run([environment.program(program), *arguments], environment)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
