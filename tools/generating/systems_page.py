"""Generates docs/systems/README.md: the systems with templates, and what was run with each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from advisor.scaffold.manifest import load_manifest
from generating.markdown import code, head, page, table

EVIDENCE = Path(__file__).resolve().parents[2] / "docs" / "evidence"
AIRFLOW = "apache-airflow"
WITHOUT_SERVICE = frozenset({"http", "custom"})
"""Systems with a page elsewhere, which are tested with servers of our own."""
SOURCE = "templates/systems/ and docs/evidence/"
LEAD = """\
Each system has a page: connection, jobs, permissions, duplicates, errors and limits. For any other
system, [complete a hook](../systems.md#complete-the-hook), or [add it to
advisor](../../CONTRIBUTING.md#a-system-with-templates).
"""
FOR_ALL = """\
## For all systems

- Scaffold for your Airflow: `--airflow-version 3.3`. The package belongs in `plugins/` and the
  example in `dags/`: `scaffold` writes there if these folders exist. Replace the sample with
  your own job, and see [Deploy it](../scaffold.md#deploy-it).
- Workers and, for `deferrable`, the Triggerer need the package, the provider, access to the system
  and the permissions on its page.
- A connection without credentials uses those of its machine or pod: Application Default
  Credentials, the default chain of boto3, or a service account.
- If `airflow connections add` finds that the connection exists, check its extras, or create one
  with another id and pass that as `conn_id`. Without its connection, a task on AWS reports
  `NoRegionError`, and one on Kubernetes `Invalid kube-config file`.
- New Dags are paused. Unpause yours once `airflow dags list` shows it. To try a deferrable operator
  with `airflow dags test`, give its connection as an environment variable, such as
  `AIRFLOW_CONN_GOOGLE_CLOUD_DEFAULT`: the trigger does not see connections in the database.
- If a worker dies, the retry finds its job by the stored id, or by the key if the worker died
  before it stored the id. This needs `retries`; the default of Airflow is 0.
- After a job that failed or was cancelled, the retry submits another one.
- [When a job is cancelled][policy] depends on `cancel_on_kill`.

[policy]: ../patterns/README.md#8-a-policy-decides-what-happens-to-the-job-when-the-task-is-stopped
"""
RUN = """\
*Test service* is what the generated code ran with on Airflow {airflow}. *Runs* are runs of Dags,
{killed} of which lost a worker or the Triggerer; moto runs no steps of EMR. Each run succeeded, and
the service had one job for each spec. *Tests* are those of the hooks, and *Mutants* the faults in a
hook that they found. `nox -s services -- -n 0 --evidence` repeats all of it.
"""


def systems_page() -> str:
    """Return the text of the page."""
    records = {each: evidence(each) for each in systems()}
    runs = [run for record in records.values() for run in record["runs"]]
    killed = sum("killed" in run["scenario"] for run in runs)
    (airflow,) = {record["versions"][AIRFLOW] for record in records.values()}
    heads = ("System", "`--system`", "Test service", "Runs", "Tests", "Mutants")
    rows = (row(system, record) for system, record in records.items())
    about = RUN.format(airflow=airflow, killed=killed)
    return page(
        [*head("Systems with templates", SOURCE), LEAD, *table(heads, rows), about, FOR_ALL]
    )


def systems() -> list[str]:
    """Return the systems that have a page."""
    return [each for each in load_manifest().systems if each not in WITHOUT_SERVICE]


def evidence(system: str) -> dict[str, Any]:
    """Return what was run with a system."""
    text = (EVIDENCE / f"system-{system}.json").read_text(encoding="utf-8")
    record: dict[str, Any] = json.loads(text)
    return record


def row(system: str, record: dict[str, Any]) -> list[str]:
    """Return the row of a system."""
    versions = record["versions"].items()
    service = ", ".join(f"{name} {version}" for name, version in versions if name != AIRFLOW)
    figures = (len(record["runs"]), record["contract tests"], len(record["mutants"]))
    title = load_manifest().systems[system].title
    runs, *others = map(str, figures)
    return [
        f"[{title}]({system}.md)",
        code(system),
        service,
        runs if runs != "0" else "none",
        *others,
    ]
