"""The import path of an interpreter, an environment folder, or a site-packages folder."""

from __future__ import annotations

import stat
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from advisor.catalog.environment import import_path
from advisor.errors import InputError


def program(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def test_import_path_of_an_interpreter_has_its_packages_without_the_standard_library() -> None:
    found = import_path(Path(sys.executable))
    assert Path(sysconfig.get_path("purelib")) in found
    assert Path(sysconfig.get_path("stdlib")) not in found


def test_import_path_of_an_environment_folder_is_that_of_its_interpreter(tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=False)
    (found,) = import_path(tmp_path / "env")
    assert found.name == "site-packages"
    assert tmp_path in found.parents


def test_import_path_of_an_environment_without_interpreter_is_found_by_name(tmp_path: Path) -> None:
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    packages.mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").symlink_to(tmp_path / "gone")
    assert import_path(tmp_path) == [packages]


@pytest.mark.parametrize("name", ["apache_airflow_providers_http-5.0.0.dist-info", "airflow"])
def test_import_path_of_a_site_packages_folder_is_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert import_path(tmp_path) == [tmp_path]


def test_import_path_of_a_wheel_is_the_wheel(tmp_path: Path) -> None:
    wheel = tmp_path / "own-1.0-py3-none-any.whl"
    wheel.touch()
    assert import_path(wheel) == [wheel]


def test_import_path_ignores_what_else_an_interpreter_prints(tmp_path: Path) -> None:
    noisy = program(
        tmp_path / "python", f'#!/bin/sh\necho Welcome\n"{sys.executable}" "$@"\necho Bye\n'
    )
    assert import_path(noisy) == import_path(Path(sys.executable))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("#!/bin/sh\necho hello\n", "is not a Python interpreter"),
        ("#!/bin/sh\nexit 3\n", "is not a Python interpreter"),
        ("#!/no/such/program\n", "cannot be run: "),
        ("no program", "cannot be run: "),
    ],
)
def test_import_path_rejects_other_programs(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        import_path(program(tmp_path / "python", text))


def test_import_path_looks_an_interpreter_up_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "ourpython", f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert import_path(Path("ourpython")) == import_path(Path(sys.executable))


def test_import_path_rejects_what_is_no_environment(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        import_path(tmp_path / "gone")
    with pytest.raises(InputError, match="cannot be run"):
        import_path(Path("/dev/null"))
    with pytest.raises(InputError, match="has no Python packages"):
        import_path(tmp_path)
    plain = tmp_path / "notes.txt"
    plain.touch()
    with pytest.raises(InputError, match="cannot be run"):
        import_path(plain)


def test_import_path_keeps_a_relative_interpreter_off_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "python").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "python").chmod(0o755)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="is not a Python interpreter"):
        import_path(Path("./python"))
