"""The services of a temporary Airflow: their environment, their logs, and their unexpected end."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.drill.live.services import (
    DATABASE,
    NotReady,
    ServiceEnded,
    Services,
    database_url,
    log_tail,
    service_environment,
    wait_until,
)

FAILS = "import sys; print('a line\\n' * 50 + 'OperationalError: database is locked'); sys.exit(1)"
WAITS = f"import os, time; print(os.environ.get('{DATABASE}'), flush=True); time.sleep(60)"


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An interpreter whose scheduler fails, while all other services run."""
    script = tmp_path / "python"
    script.write_text(
        f'#!/bin/sh\n[ "$3" = scheduler ] && exec {sys.executable} -c "{FAILS}"\n'
        f'exec {sys.executable} -c "{WAITS}"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    return script


@pytest.fixture
def services(python: Path) -> Iterator[Services]:
    services = Services(python)
    services.environment = {"PATH": "/usr/bin:/bin"}
    yield services
    services.stop()
    assert not services.home.exists()


def test_check_reports_the_service_that_ended_and_the_error_in_its_log(services: Services) -> None:
    services.start("triggerer")
    services.check()
    services.start("scheduler")
    with pytest.raises(ServiceEnded) as raised:
        wait_until(services.check, 20, lambda: "the scheduler does not end")
    lines = str(raised.value).splitlines()
    assert lines[:2] == ["ended unexpectedly: scheduler", "---- scheduler.txt"]
    assert lines[-1] == "OperationalError: database is locked"
    assert len(lines) <= 12


def test_check_ignores_a_service_that_was_ended(services: Services) -> None:
    services.start("triggerer")
    services.end("triggerer", signal.SIGKILL)
    services.check()


def environment_in(folder: Path) -> dict[str, str]:
    return service_environment(
        python=Path("/airflow/bin/python"),
        home=folder,
        port=8080,
        plugins=folder / "plugins",
        dags=folder / "dags",
        connections={"http_default": "http://example.org"},
    )


def test_service_environment_excludes_settings_of_other_programs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AIRFLOW__CORE__EXECUTOR", "PYTHONDONTWRITEBYTECODE", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "inherited")
    monkeypatch.setenv("LANG", "C")
    environment = environment_in(tmp_path)
    assert "inherited" not in environment.values()
    assert environment["LANG"] == "C"
    assert environment["PATH"].startswith("/airflow/bin:")
    assert environment["AIRFLOW_CONN_HTTP_DEFAULT"] == "http://example.org"


@pytest.mark.parametrize(("service", "timeout"), [("api-server", 5), ("triggerer", 30)])
def test_api_server_waits_less_for_the_database_than_other_services(
    services: Services, service: str, timeout: int
) -> None:
    services.environment = {"PATH": "/usr/bin:/bin", DATABASE: database_url(services.home, 30)}
    services.start(service)
    log = services.home / f"{service}.txt"
    url = wait_until(lambda: log.read_text() or None, 20, lambda: "no output")
    assert url == f"sqlite:///{services.home}/airflow.db?timeout={timeout}\n"


def test_wait_until_returns_the_first_value_except_none_and_false() -> None:
    values = iter([None, False, 0])
    assert wait_until(lambda: next(values), 5, lambda: "", interval=0) == 0


def test_wait_until_raises_the_message_after_the_timeout() -> None:
    with pytest.raises(NotReady, match="not yet"):
        wait_until(lambda: False, 0, lambda: "not yet", interval=0)


def test_log_tail_returns_the_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "scheduler.txt"
    log.write_text("one\ntwo\nthree\n\n", encoding="utf-8")
    assert log_tail(log, 2) == "---- scheduler.txt\ntwo\nthree"
