"""Spark's standalone master and worker, with drivers that only sleep."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

from advisor.drill.live.services import free_port
from advisor.scaffold.manifest import load_manifest
from tests.airflow.environments import cached_environment
from tests.services.contract.spark_daemons import LOOPBACK, QUICK_JVM, Daemons
from tests.services.service import Service

PYSPARK = "4.3.0"
CORES = 12
"""More than the drivers that run at the same time, so that none has to wait."""
SECONDS_TO_START = 120
SECONDS_TO_LAUNCH = 60
ONE_EXECUTOR = {"spark.cores.max": "1", "spark.executor.memory": "512m"}
NEVER_LAUNCHED = frozenset({"KILLED", "FAILED", "ERROR"})
"""The ends of drivers that may have no log, because no worker launched them."""
# spark-submit refuses a Python file in cluster mode, but it needs no jar and no compiler.
DRIVER = """\
import sys
import time

print("run", sys.argv[1], "part", sys.argv[2])
time.sleep(float(sys.argv[3]))
sys.exit(int(sys.argv[4]))
"""


class Spark(Service):
    """A master and a worker, whose web UIs list the drivers and their launch commands."""

    system = "spark-standalone"

    def start(self) -> None:
        self.python = cached_environment("pyspark", "", (f"pyspark=={PYSPARK}",))
        (home,) = self.python.parents[1].glob("lib/python*/site-packages/pyspark")
        self.driver = self.folder / "driver.py"
        self.driver.write_text(DRIVER, encoding="utf-8")
        daemons = Daemons(home, self.folder, java_home())
        port, rest_port, ui_port = free_port(), free_port(), free_port()
        self.ui = f"http://{LOOPBACK}:{ui_port}"
        self.spawn(daemons.master(port, rest_port, ui_port), daemons.environment)
        self.spawn(daemons.worker(port, CORES), daemons.environment)
        self.wait_until(self._has_a_worker, SECONDS_TO_START)
        connection = {"conn_type": "http", "host": f"http://{LOOPBACK}", "port": rest_port}
        self.connections = {"spark_rest_default": json.dumps(connection)}
        self.settings = {"ui_port": str(ui_port)}
        # The sample of the template, with the addresses of this service.
        pi = home / "examples" / "src" / "main" / "python" / "pi.py"
        sample = dict(load_manifest().systems[self.system].spec)
        sample["appArgs"] = ["--master", f"spark://{LOOPBACK}:{port}", str(pi)]
        sample["sparkProperties"] = {**sample["sparkProperties"], **ONE_EXECUTOR}
        self.example_spec = sample
        self.environment = {"no_proxy": LOOPBACK}
        self.facts = {
            "rest": f"http://{LOOPBACK}:{rest_port}",
            "ui": self.ui,
            "spark_home": str(home),
            "java_home": str(java_home()),
            "cores": str(CORES),
            "spec": json.dumps(self.spec("a-run", 0)),
            "sample": json.dumps(dict(load_manifest().systems[self.system].spec)),
        }

    def versions(self) -> dict[str, str]:
        return {"spark": PYSPARK, "java": java_version()}

    def spec(self, run: str, seconds: float, part: str = "1") -> dict[str, Any]:
        arguments = [str(self.driver), "", run, part, str(seconds), "0"]
        return {
            "appResource": f"file:{self.driver}",
            "mainClass": "org.apache.spark.deploy.PythonRunner",
            "appArgs": arguments,
            "clientSparkVersion": PYSPARK,
            "sparkProperties": {
                "spark.app.name": run,
                "spark.driver.memory": "512m",
                "spark.driver.extraJavaOptions": QUICK_JVM,
                "spark.pyspark.python": str(self.python),
            },
        }

    def jobs(self, run: str) -> list[str]:
        until = time.monotonic() + SECONDS_TO_LAUNCH
        while (launched := self._launched()) is None:
            assert time.monotonic() < until, "A driver was not launched"
            time.sleep(0.2)
        return [id_ for id_, command in launched.items() if run in command]

    def _launched(self) -> dict[str, str] | None:
        """Return the launch command of each driver by its id, or None if one has none yet."""
        page = self._page()
        workers = {each["id"]: each["webuiaddress"] for each in page["workers"]}
        commands = {}
        for driver in page["activedrivers"] + page["completeddrivers"]:
            log = ""
            if driver["worker"] in workers:
                query = f"driverId={driver['id']}&logType=stderr&offset=0&byteLength=65536"
                log = read(f"{workers[driver['worker']]}/log/?{query}")
            if "Launch Command" not in log and driver["state"] not in NEVER_LAUNCHED:
                return None
            commands[driver["id"]] = log
        return commands

    def _has_a_worker(self) -> bool:
        try:
            return bool(self._page()["workers"])
        except (OSError, json.JSONDecodeError):  # the UI is there before its JSON
            return False

    def _page(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(read(f"{self.ui}/json/"))


def read(url: str) -> str:
    """Return what a web UI on loopback answers."""
    assert url.startswith(f"http://{LOOPBACK}:")
    with urllib.request.urlopen(url, timeout=10) as response:
        text: str = response.read().decode("utf-8", "replace")
    return text


def java_home() -> Path:
    """Return the folder of the Java on the PATH.

    Raises:
        RuntimeError: there is none.
    """
    java = shutil.which("java")
    if java is None:
        raise RuntimeError("Spark needs Java 17: apt-get install openjdk-17-jre-headless")
    return Path(java).resolve().parents[1]


def java_version() -> str:
    """Return the version of Java."""
    java = java_home() / "bin" / "java"
    shown = subprocess.run([java, "--version"], capture_output=True, text=True, check=True)
    return shown.stdout.split()[1]
