"""A spec and rendered files for the tests of plans, independent of any template."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from advisor.naming import Name
from advisor.scaffold.model import Folder, RenderedFile, ScaffoldSpec
from advisor.scaffold.plan import Places, Plan, Status, make_plan, with_record
from advisor.scaffold.write import write_plans

SPEC = ScaffoldSpec(
    pattern="resumable",
    name=Name("NightlySpark", "nightly_spark"),
    system="http",
    airflow="3.3",
    on_kill="auto",
    on_missing="fail",
    settings={"path": "/jobs", "active": ("QUEUED", "RUNNING")},
)
FILES = {
    ".airflowignore": ".*\n",
    "__init__.py": "",
    "operators.py": "A = 1\n",
    "triggers.py": "T = 1\n",
    "tests/test_operator.py": "def test() -> None: ...\n",
}
DAG = "nightly_spark_example.py"


def rendered(
    changes: Mapping[str, str | None] | None = None, dag: str = "D = 1\n"
) -> list[RenderedFile]:
    """Return rendered files: the usual ones with changes; None leaves a file out."""
    texts = {**FILES, **(changes or {})}
    package = [
        RenderedFile(Folder.package, PurePosixPath(path), text)
        for path, text in texts.items()
        if text is not None
    ]
    return [*package, RenderedFile(Folder.dags, PurePosixPath(DAG), dag)]


def places_in(folder: Path) -> Places:
    return Places(folder / "plugins", folder / "dags")


def plan_in(
    folder: Path, changes: Mapping[str, str | None] | None = None, dag: str = "D = 1\n"
) -> Plan:
    return make_plan(SPEC, rendered(changes, dag), places_in(folder))


def run_in(
    folder: Path, changes: Mapping[str, str | None] | None = None, dag: str = "D = 1\n"
) -> dict[str, str]:
    """Plan and write, and return the status of each file."""
    plan = with_record(plan_in(folder, changes, dag))
    write_plans([plan])
    return statuses(plan)


def statuses(plan: Plan) -> dict[str, str]:
    return {str(step.path): step.status.value for step in plan.steps}


def only(plan: Plan, *but: Status) -> dict[str, str]:
    """Return the files of a plan whose status is not one of these."""
    left_out = {each.value for each in but or (Status.identical,)}
    return {path: status for path, status in statuses(plan).items() if status not in left_out}


def tree(folder: Path) -> dict[str, str]:
    """Return the content of a folder: the text of files, the targets of links, / for folders."""
    entries = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            entries[name] = f"-> {path.readlink()}"
        else:
            entries[name] = "/" if path.is_dir() else path.read_text()
    return entries
