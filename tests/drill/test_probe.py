"""The probe accepts an untested Airflow only if the controls have the expected findings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from advisor.drill import probe
from advisor.drill.model import Finding, Signal
from advisor.drill.runtime.messages import Loaded
from advisor.errors import ProbeFailed

LOADED = Loaded("1.9.9", "/python 3.11.7", {}, [], honours_keys=True, listing_lag=None)
NOTE = "apache-airflow-task-sdk 1.9.9 is untested, but passed the probe of the drill"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "advisor" / "drill-probes.json"


class Check:
    """A check of the controls that counts its calls."""

    def __init__(self, *different: str) -> None:
        self.different = different
        self.count = 0

    def __call__(self) -> list[str]:
        self.count += 1
        return [*self.different]


def test_tested_release_is_not_probed(cache: Path) -> None:
    check = Check()
    assert probe.notes_on(replace(LOADED, sdk="1.3.2"), check) == ()
    assert check.count == 0
    assert not cache.exists()


def test_untested_release_is_probed_once_and_noted(cache: Path) -> None:
    check = Check()
    assert [probe.notes_on(LOADED, check) for _ in range(2)] == [(NOTE,), (NOTE,)]
    assert check.count == 1
    (entry,) = json.loads(cache.read_text(encoding="utf-8"))
    assert entry.startswith("/python 3.11.7, apache-airflow-task-sdk 1.9.9, advisor ")
    assert [each.name for each in cache.parent.iterdir()] == [cache.name]


@pytest.mark.parametrize(
    "other", [replace(LOADED, sdk="1.9.10"), replace(LOADED, python="/python 3.12.1")]
)
def test_other_release_or_interpreter_is_probed_again(other: Loaded, cache: Path) -> None:
    check = Check()
    probe.notes_on(LOADED, check)
    probe.notes_on(other, check)
    assert check.count == 2
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 2


def test_release_is_probed_again_by_another_version_of_advisor(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = Check()
    probe.notes_on(LOADED, check)
    monkeypatch.setattr(probe, "__version__", "99")
    probe.notes_on(LOADED, check)
    assert check.count == 2
    assert cache.exists()


def test_failed_probe_raises_and_is_repeated(cache: Path) -> None:
    check = Check("control plain, KILL: found nothing, expected duplicate")
    for count in (1, 2):
        with pytest.raises(ProbeFailed, match=r"1\.9\.9: control plain, KILL: found nothing"):
            probe.notes_on(LOADED, check)
        assert check.count == count
    assert not cache.exists()


@pytest.mark.parametrize("damage", ["", "{", "{}", "[1]"])
def test_damaged_cache_is_replaced(damage: str, cache: Path) -> None:
    cache.parent.mkdir()
    cache.write_text(damage, encoding="utf-8")
    assert probe.notes_on(LOADED, Check()) == (NOTE,)
    assert len(json.loads(cache.read_text(encoding="utf-8"))) == 1


def test_release_is_probed_each_time_without_a_writable_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    check = Check()
    assert [probe.notes_on(LOADED, check) for _ in range(2)] == [(NOTE,), (NOTE,)]
    assert check.count == 2


def test_differences_name_control_signal_and_findings() -> None:
    kinds = {**probe.EXPECTED["plain"], Signal.KILL: frozenset({Finding.stuck})}
    assert probe.differences("plain", probe.EXPECTED["plain"]) == []
    assert probe.differences("plain", kinds) == [
        "control plain, KILL: found stuck, expected duplicate"
    ]
