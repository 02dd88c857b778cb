"""BigQuery as local-bigquery, an emulator that runs SQL in DuckDB."""

from __future__ import annotations

import json
import subprocess
import urllib.request
from typing import Any

from advisor.drill.live.services import free_port
from tests.airflow.environments import cached_environment
from tests.services.service import LOOPBACK, Service, answers

PROJECT = "advisor"
# local-bigquery asks for DuckDB 2, which downloads its extensions. Those of 1.5.5 are on PyPI.
DUCKDB = "1.5.5"
PACKAGES = ("local-bigquery==0.4.0",)
DUCKDBS = (
    f"duckdb=={DUCKDB}",
    f"duckdb-extensions=={DUCKDB}",
    f"duckdb-extension-icu=={DUCKDB}",
    f"duckdb-extension-ducklake=={DUCKDB}",
    f"duckdb-extension-spatial=={DUCKDB}",
)
IMPORT_EXTENSIONS = (
    "from duckdb_extensions import import_extension\n"
    "for name in ('icu', 'ducklake', 'spatial'): import_extension(name)"
)
SECONDS_TO_START = 90
ROWS_PER_SECOND = 40_000_000


class BigQuery(Service):
    """The emulator; its jobs are listed through its REST API."""

    system = "bigquery"

    def start(self) -> None:
        python = cached_environment("local-bigquery", "3.13", (*PACKAGES, *DUCKDBS), DUCKDBS)
        port = free_port()
        self.url = f"http://{LOOPBACK}:{port}"
        home = {"HOME": str(self.folder)}
        subprocess.run([python, "-c", IMPORT_EXTENSIONS], env=home, check=True)
        options = (
            "--host",
            LOOPBACK,
            "--port",
            str(port),
            "--grpc-port",
            str(free_port()),
            "--project",
            PROJECT,
        )
        data = ("--data-dir", self.folder / "data", "serve")
        self.spawn([python.with_name("local-bigquery"), *options, *data], home)
        self.wait_until(lambda: answers(self.url), SECONDS_TO_START)
        extra = {"is_anonymous": True, "project": PROJECT}
        connection = {"conn_type": "google_cloud_platform", "extra": extra}
        self.connections = {"google_cloud_default": json.dumps(connection)}
        self.environment = {"BIGQUERY_EMULATOR_HOST": self.url}

    def versions(self) -> dict[str, str]:
        return {"local-bigquery": "0.4.0", "duckdb": DUCKDB}

    def spec(self, run: str, seconds: float, part: str = "1") -> dict[str, Any]:
        query = f"SELECT '{run}' AS run"
        if seconds:
            rows = int((seconds * ROWS_PER_SECOND) ** 0.5)
            numbers = f"UNNEST(GENERATE_ARRAY(1, {rows}))"
            query += f", COUNT(*) AS n FROM {numbers} a, {numbers} b WHERE MOD(a * b, 7) = 3"
        return {
            "jobReference": {"location": "US"},
            "configuration": {
                "query": {"query": query, "useLegacySql": False},
                "labels": {"part": part},
            },
        }

    def jobs(self, run: str) -> list[str]:
        url = f"{self.url}/bigquery/v2/projects/{PROJECT}/jobs?maxResults=1000&projection=full"
        with urllib.request.urlopen(url, timeout=30) as response:
            listed = json.load(response).get("jobs", [])
        return [each["jobReference"]["jobId"] for each in listed if f"'{run}'" in json.dumps(each)]
