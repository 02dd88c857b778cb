"""How Spark's standalone master and worker are started, for the service and for its tests."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

LOOPBACK = "127.0.0.1"
QUICK_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto"


@dataclass(frozen=True)
class Daemons:
    """The commands of daemons that listen on loopback.

    Args:
        home: the folder of Spark.
        folder: an existing folder for configuration, logs and recovery.
        java_home: the folder of Java.
    """

    home: Path
    folder: Path
    java_home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of both daemons; the configuration of the machine is not read."""
        return {
            "PATH": os.environ["PATH"],
            "JAVA_HOME": str(self.java_home),
            "SPARK_HOME": str(self.home),
            "SPARK_CONF_DIR": str(self.folder),
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_LOCAL_HOSTNAME": LOOPBACK,
            "SPARK_DAEMON_MEMORY": "256m",
            "SPARK_DAEMON_JAVA_OPTS": QUICK_JVM,
            "SPARK_LAUNCHER_OPTS": QUICK_JVM,
        }

    def master(self, port: int, rest_port: int, ui_port: int) -> list[str]:
        """Return the command of a master that a later one with the same folder can replace."""
        properties = self.folder / "master.conf"
        lines = (
            "spark.master.rest.enabled true",
            f"spark.master.rest.host {LOOPBACK}",
            f"spark.master.rest.port {rest_port}",
            "spark.deploy.recoveryMode FILESYSTEM",
            f"spark.deploy.recoveryDirectory {self.folder / 'recovery'}",
            # So long, a master waits for the workers of the one before it.
            "spark.deploy.recoveryTimeout 600",
            "spark.worker.timeout 600",
        )
        properties.write_text("\n".join(lines), encoding="utf-8")
        ports = ("--port", str(port), "--webui-port", str(ui_port))
        return self._command("master.Master", *ports, "--properties-file", str(properties))

    def worker(self, master_port: int, cores: int) -> list[str]:
        """Return the command of a worker, whose other ports are free ones."""
        resources = ("--cores", str(cores), "--memory", f"{cores}g")
        work = ("--work-dir", str(self.folder / "work"), "--webui-port", "0")
        return self._command(
            "worker.Worker", *resources, *work, f"spark://{LOOPBACK}:{master_port}"
        )

    def _command(self, name: str, *arguments: str) -> list[str]:
        main = f"org.apache.spark.deploy.{name}"
        return [str(self.home / "bin" / "spark-class"), main, "--host", LOOPBACK, *arguments]
