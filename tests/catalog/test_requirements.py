"""Versions of Airflow and its providers in requirements and constraints files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.catalog.requirements import read_requirements, short_name
from advisor.errors import InputError
from advisor.knowledge.versions import Version

AMAZON = "apache-airflow-providers-amazon"


def written(folder: Path, text: str, name: str = "requirements.txt") -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "line",
    [
        f"{AMAZON}==9.24.0",
        f"{AMAZON} == 9.24.0  # comment",
        f"{AMAZON}===9.24.0",
        f"{AMAZON}[aiobotocore, s3fs]==9.24.0",
        f"{AMAZON}==9.24.0 ; python_version >= '3.10'",
        f"{AMAZON}(==9.24.0)",
        f"{AMAZON}==9.24.0 --hash=sha256:abc --hash=sha256:def",
        f"{AMAZON}==9.24.0 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def",
        f"{AMAZON}==9.24.0rc1",
        f"\ufeff{AMAZON}==9.24.0\r",
        "Apache_Airflow.Providers_Amazon==9.24.0",
    ],
)
def test_requirements_read_an_exact_version_in_each_spelling(tmp_path: Path, line: str) -> None:
    read = read_requirements(written(tmp_path, line))
    assert read.releases == {"amazon": Version(9, 24)}
    assert read.notes == ()


def test_requirements_return_the_version_of_airflow_separately(tmp_path: Path) -> None:
    read = read_requirements(written(tmp_path, f"apache-airflow[celery]==2.10.3\n{AMAZON}==9.1.0"))
    assert read.airflow == Version(2, 10, 3)
    assert read.releases == {"amazon": Version(9, 1)}


def test_requirements_take_airflow_from_its_core_distribution(tmp_path: Path) -> None:
    assert read_requirements(written(tmp_path, "apache-airflow-core==3.3.2")).airflow == Version(
        3, 3, 2
    )


@pytest.mark.parametrize("bounds", ["", ">=9.24.0", "==9.*", "~=9.24", "==9.24.0,<10", " @ file:x"])
def test_requirements_note_a_provider_without_exact_version(tmp_path: Path, bounds: str) -> None:
    read = read_requirements(written(tmp_path, f"# pins\n{AMAZON}{bounds}"))
    assert read.releases == {}
    assert f"requirements.txt:2: {AMAZON}: expected an exact version (==)" in read.notes[0]


def test_requirements_ignore_other_packages_and_options(tmp_path: Path) -> None:
    text = f"--index-url https://example.org\n-e .\nboto3>=1\n./local\n{AMAZON}==9.0.0\n"
    read = read_requirements(written(tmp_path, text))
    assert (dict(read.releases), read.notes) == ({"amazon": Version(9, 0)}, ())


@pytest.mark.parametrize(
    "option", ["-c pins/all.txt", "--constraint=pins/all.txt", "-rpins/all.txt"]
)
def test_requirements_follow_files_relative_to_the_one_that_names_them(
    tmp_path: Path, option: str
) -> None:
    (tmp_path / "pins").mkdir()
    written(tmp_path / "pins", f"-r more.txt\n{AMAZON}==9.1.0", "all.txt")
    written(tmp_path / "pins", "apache-airflow-providers-http==5.0.0", "more.txt")
    read = read_requirements(written(tmp_path, option))
    assert read.releases == {"amazon": Version(9, 1), "http": Version(5, 0)}


def test_requirements_note_urls_and_missing_files(tmp_path: Path) -> None:
    text = f"-c https://example.org/constraints.txt\n-r gone.txt\n{AMAZON}==9.1.0"
    read = read_requirements(written(tmp_path, text))
    assert read.releases == {"amazon": Version(9, 1)}
    assert [note.partition("requirements.txt")[2] for note in read.notes] == [
        ":1: 'https://example.org/constraints.txt' was not read: it is a URL",
        ":2: 'gone.txt' was not read: No such file or directory",
    ]


def test_requirements_read_files_that_name_each_other_once(tmp_path: Path) -> None:
    written(tmp_path, "-r requirements.txt", "other.txt")
    read = read_requirements(written(tmp_path, f"-r other.txt\n{AMAZON}==9.1.0"))
    assert (dict(read.releases), read.notes) == ({"amazon": Version(9, 1)}, ())


def test_requirements_keep_the_first_of_two_versions(tmp_path: Path) -> None:
    read = read_requirements(written(tmp_path, f"{AMAZON}==9.1.0\n{AMAZON}==9.2.0"))
    assert read.releases == {"amazon": Version(9, 1)}
    assert "was not used, because" in read.notes[0]


def test_requirements_note_a_file_without_versions(tmp_path: Path) -> None:
    read = read_requirements(written(tmp_path, "boto3==1.0\n"))
    assert read.notes[0].endswith("no exact version (==) of Airflow or a provider")


def test_requirements_read_utf_16(tmp_path: Path) -> None:
    file = tmp_path / "frozen.txt"
    file.write_text(f"{AMAZON}==9.1.0\r\n", encoding="utf-16")
    assert read_requirements(file).releases == {"amazon": Version(9, 1)}


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"\x00" * 10, b"-r \x00\n", b"==\n[;\\"])
def test_requirements_survive_odd_content(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "odd.txt"
    file.write_bytes(content)
    assert read_requirements(file).releases == {}


def test_requirements_reject_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_requirements(tmp_path / "gone.txt")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_requirements(tmp_path)


@given(content=st.binary(max_size=200))
def test_requirements_read_any_bytes(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("any") / "requirements.txt"
    file.write_bytes(b"apache-airflow==3.3.0\n" + content)
    assert read_requirements(file).airflow == Version(3, 3)


@given(line=st.text("-rc=<>[];#\\ \x00\n/.abc0123 ", max_size=60))
def test_requirements_read_any_line(line: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("any") / "requirements.txt"
    file.write_text(f"apache-airflow==3.3.0\n{line}", encoding="utf-8")
    assert read_requirements(file).airflow == Version(3, 3)


def test_requirements_reject_a_file_without_end(tmp_path: Path) -> None:
    endless = tmp_path / "requirements.txt"
    endless.symlink_to("/dev/zero")
    with pytest.raises(InputError, match="larger than 5 MB"):
        read_requirements(endless)


def test_short_name_is_that_of_the_provider() -> None:
    assert short_name("Apache_Airflow_Providers_cncf.kubernetes") == "cncf-kubernetes"
