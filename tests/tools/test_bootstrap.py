"""The bootstrap script: its commands, and the choices that it makes on the way."""

from __future__ import annotations

import ast
import os
from pathlib import Path
from typing import Any

import pytest

import bootstrap
from bootstrapping.environment import (
    BootstrapError,
    Environment,
    digest,
    may_be_kept,
    remove,
)
from bootstrapping.installing import PipSource, pip_sources
from bootstrapping.pip_download import newest_pip, without_secret
from bootstrapping.running import run, run_quietly, variables


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path, ".venv", (".",), ("pyproject.toml", "package"))


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "package" / "inner").mkdir(parents=True)
    (tmp_path / "package" / "inner" / "module.py").write_text("ONE = 1\n")
    return tmp_path


class TestCommands:
    @pytest.mark.parametrize(
        ("arguments", "code"),
        [(["--help"], 0), (["-h"], 0), ([], 2), (["tests"], 2), (["demo", "more"], 2)],
    )
    def test_anything_else_shows_the_usage(
        self, arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert bootstrap.main(arguments) == code
        assert "python3 tools/bootstrap.py demo" in capsys.readouterr().err

    def test_ctrl_c_is_130_without_a_traceback(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupted() -> int:
            raise KeyboardInterrupt

        monkeypatch.setattr(bootstrap, "demo", interrupted)
        assert bootstrap.main(["demo"]) == bootstrap.INTERRUPTED
        assert capsys.readouterr().err == "interrupted\n"

    def test_an_older_python_can_parse_the_script(self) -> None:
        script = Path(bootstrap.__file__).read_text(encoding="utf-8")
        assert ast.parse(script, feature_version=(3, 7)).body


class TestDigest:
    def test_stays_the_same(self, sources: Path) -> None:
        assert digest(sources, ["pyproject.toml", "package"]) == digest(
            sources, ["pyproject.toml", "package"]
        )

    @pytest.mark.parametrize(
        "changed", ["pyproject.toml", "package/inner/module.py", "package/new"]
    )
    def test_changes_with_any_source(self, sources: Path, changed: str) -> None:
        before = digest(sources, ["pyproject.toml", "package"])
        (sources / changed).write_text("another text")
        assert digest(sources, ["pyproject.toml", "package"]) != before

    def test_changes_with_a_name(self, sources: Path) -> None:
        before = digest(sources, ["package"])
        (sources / "package" / "inner").rename(sources / "package" / "other")
        assert digest(sources, ["package"]) != before

    @pytest.mark.parametrize("ignored", ["package/__pycache__/module.pyc", "README.md"])
    def test_ignores_what_is_no_source(self, sources: Path, ignored: str) -> None:
        before = digest(sources, ["package", "templates"])
        (sources / ignored).parent.mkdir(exist_ok=True)
        (sources / ignored).write_text("another text")
        assert digest(sources, ["package", "templates"]) == before


class TestKeeping:
    def test_a_finished_environment_is_kept(self, environment: Environment) -> None:
        assert may_be_kept(environment, f"{environment.identity()}\nhash\n")

    def test_so_is_one_that_this_script_did_not_make(self, environment: Environment) -> None:
        assert may_be_kept(environment, None)

    @pytest.mark.parametrize("stamp", ["", "cpython-39 /usr /elsewhere/.venv\nhash\n"])
    def test_one_unfinished_or_made_elsewhere_is_not(
        self, environment: Environment, stamp: str
    ) -> None:
        assert not may_be_kept(environment, stamp)


class TestRemoving:
    @pytest.mark.parametrize("marker", ["pyvenv.cfg", "bootstrap-stamp"])
    def test_an_environment_goes(self, environment: Environment, marker: str) -> None:
        environment.folder.mkdir()
        (environment.folder / marker).touch()
        remove(environment.folder)
        assert not environment.folder.exists()

    def test_so_does_a_folder_without_files(self, environment: Environment) -> None:
        (environment.folder / "bin").mkdir(parents=True)
        remove(environment.folder)
        assert not environment.folder.exists()

    def test_any_other_folder_stays(self, environment: Environment) -> None:
        environment.folder.mkdir()
        precious = environment.folder / "notes.txt"
        precious.touch()
        with pytest.raises(BootstrapError, match="is in the way"):
            remove(environment.folder)
        assert precious.exists()

    def test_so_does_a_file(self, environment: Environment) -> None:
        environment.folder.touch()
        with pytest.raises(BootstrapError, match="is in the way"):
            remove(environment.folder)
        assert environment.folder.exists()


class TestPipSources:
    @pytest.mark.parametrize(
        ("ensurepip", "system_pip", "expected"),
        [
            (True, (23, 0), [PipSource.ENSUREPIP, PipSource.SYSTEM_PIP, PipSource.INDEX]),
            (False, (22, 3), [PipSource.SYSTEM_PIP, PipSource.INDEX]),
            (False, (22, 2), [PipSource.INDEX]),
            (True, (), [PipSource.ENSUREPIP, PipSource.INDEX]),
            (False, (), [PipSource.INDEX]),
        ],
    )
    def test_the_nearest_source_comes_first(
        self, ensurepip: bool, system_pip: tuple[int, ...], expected: list[PipSource]
    ) -> None:
        assert pip_sources(ensurepip, system_pip) == expected


def pip_file(version: str, requires_python: str = ">=3.9", **more: object) -> dict[str, Any]:
    name = f"pip-{version}-py3-none-any.whl"
    return {"filename": name, "requires-python": requires_python, **more}


class TestNewestPip:
    def test_versions_compare_as_numbers(self) -> None:
        files = [pip_file("25.10"), pip_file("25.9.1"), pip_file("9.0")]
        assert newest_pip(files, (3, 10)) == pip_file("25.10")

    @pytest.mark.parametrize(
        "unfit",
        [
            pip_file("99.0", requires_python=">=3.11"),
            pip_file("99.0", yanked="broken"),
            pip_file("99.0b1"),
            {"filename": "pip-99.0.tar.gz"},
        ],
        ids=["newer Python", "yanked", "pre-release", "sdist"],
    )
    def test_passes_over_what_does_not_fit(self, unfit: dict[str, Any]) -> None:
        assert newest_pip([unfit, pip_file("25.0", yanked=False)], (3, 10))["filename"] == (
            "pip-25.0-py3-none-any.whl"
        )

    def test_none_at_all_is_an_error(self) -> None:
        with pytest.raises(LookupError):
            newest_pip([], (3, 10))


class TestWithoutSecret:
    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            ("https://index.test/simple", ("https://index.test/simple", "")),
            ("https://me:p%40ss@index.test:8080/a", ("https://index.test:8080/a", "me:p@ss")),
        ],
    )
    def test_splits_an_address(self, url: str, expected: tuple[str, str]) -> None:
        assert without_secret(url) == expected


class TestRunning:
    def test_a_child_sees_the_environment_first_and_nothing_that_leads_astray(
        self, environment: Environment
    ) -> None:
        inherited = {"PATH": "/usr/bin", "PYTHONPATH": "/elsewhere", "LANG": "C"}
        programs = environment.program("python").parent
        assert variables(environment, inherited) == {
            "PATH": f"{programs}{os.pathsep}/usr/bin",
            "VIRTUAL_ENV": str(environment.folder),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_USER": "0",
            "LANG": "C",
        }

    @pytest.mark.parametrize(("script", "code"), [("exit 3", 3), ("kill -TERM $$", 143)])
    def test_the_exit_code_is_that_of_a_shell(
        self, environment: Environment, script: str, code: int
    ) -> None:
        assert run(["sh", "-c", script], environment) == code

    def test_the_command_is_printed_as_from_the_checkout(
        self, environment: Environment, capfd: pytest.CaptureFixture[str]
    ) -> None:
        run(["echo", environment.folder / "a b"], environment)
        assert capfd.readouterr().err == "$ echo '.venv/a b'\n"

    def test_a_quiet_command_is_heard_when_it_fails(
        self, environment: Environment, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert run_quietly(["sh", "-c", "echo unheard"], environment)
        assert not run_quietly(["sh", "-c", "echo heard; exit 1"], environment)
        assert capfd.readouterr().err == (
            "$ sh -c 'echo unheard'\n$ sh -c 'echo heard; exit 1'\nheard\n"
        )
