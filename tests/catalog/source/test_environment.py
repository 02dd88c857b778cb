"""What is read in an environment: providers, own packages, archives, and what cannot be read."""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.catalog.source import Reading, read_environment
from tests.catalog.source.conftest import Read, write_files

SENSOR = """
    from airflow.sdk import BaseSensorOperator
    class {}(BaseSensorOperator):
        def poke(self, context): ...
    """


def names(reading: Reading) -> list[str]:
    return [row.name for row in reading.operators]


def test_provider_is_named_and_versioned_by_its_distribution(read: Read) -> None:
    reading = read(
        {
            "airflow/providers/cncf/kubernetes/sensors/pod.py": SENSOR.format("PodSensor"),
            "apache_airflow_providers_cncf_kubernetes-10.25.0.dist-info/METADATA": "",
        }
    )
    (facts,) = reading.operators
    assert (facts.provider, facts.module) == (
        "cncf-kubernetes",
        "airflow.providers.cncf.kubernetes.sensors.pod",
    )
    assert reading.distributions["cncf-kubernetes"] == "10.25.0"


def test_own_package_is_named_by_its_distribution(read: Read) -> None:
    reading = read(
        {
            "acme_jobs/__init__.py": SENSOR.format("AcmeSensor"),
            "acme_airflow-1.2.dist-info/RECORD": "acme_jobs/__init__.py,,\n",
        }
    )
    assert [row.provider for row in reading.operators] == ["acme-airflow"]
    assert reading.distributions["acme-airflow"] == "1.2"


def test_module_without_distribution_is_read(read: Read) -> None:
    assert names(read({"jobs.py": SENSOR.format("JobSensor")})) == ["JobSensor"]


def test_namespace_package_is_read(read: Read) -> None:
    reading = read({"acme/data/jobs.py": SENSOR.format("JobSensor")})
    assert [row.module for row in reading.operators] == ["acme.data.jobs"]


def test_subclass_in_file_that_does_not_mention_airflow_is_read(read: Read) -> None:
    files = {
        "acme/base.py": SENSOR.format("BaseAcme"),
        "acme/jobs.py": """
            from acme.base import BaseAcme
            class Job(BaseAcme):
                def poke(self, context): ...
            """,
    }
    assert names(read(files)) == ["Job"]


def test_library_that_airflow_requires_is_not_read(read: Read) -> None:
    reading = read(
        {
            "library/__init__.py": SENSOR.format("JobSensor"),
            "library-1.dist-info/RECORD": "library/__init__.py,,\n",
            "apache_airflow_core-3.3.2.dist-info/METADATA": "Requires-Dist: library>=1\n",
        }
    )
    assert names(reading) == []


def test_tests_and_examples_are_not_read(read: Read) -> None:
    files = {
        "acme/tests/jobs.py": SENSOR.format("TestSensor"),
        "airflow/providers/acme/example_dags/jobs.py": SENSOR.format("ExampleSensor"),
    }
    assert names(read(files)) == []


def test_folder_of_pth_file_is_read(read: Read, tmp_path: Path) -> None:
    write_files(tmp_path / "src", {"acme/jobs.py": SENSOR.format("JobSensor")})
    assert names(read({"__editable__acme.pth": f"import os\n{tmp_path / 'src'}\n"})) == [
        "JobSensor"
    ]


def test_mapping_of_editable_finder_is_read(read: Read, tmp_path: Path) -> None:
    write_files(tmp_path / "src", {"acme/jobs.py": SENSOR.format("JobSensor"), "setup.py": ""})
    mapping = {"acme": str(tmp_path / "src" / "acme")}
    finder = f"MAPPING: dict[str, str] = {mapping!r}\n"
    assert names(read({"__editable___acme_1_finder.py": finder})) == ["JobSensor"]


def test_wheel_is_read(site: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "acme-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(
            "airflow/providers/acme/sensors.py", SENSOR.format("JobSensor").replace("\n    ", "\n")
        )
        archive.writestr("apache_airflow_providers_acme-1.0.dist-info/METADATA", "")
    reading = read_environment([wheel, site])
    assert [(row.name, row.provider) for row in reading.operators] == [("JobSensor", "acme")]
    assert reading.distributions["acme"] == "1.0"


def test_wheel_without_airflow_is_read(tmp_path: Path) -> None:
    wheel = tmp_path / "acme-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("acme/sensors.py", SENSOR.format("JobSensor").replace("\n    ", "\n"))
    (facts,) = read_environment([wheel]).operators
    assert (facts.kind, facts.wait_limit_s) == ("sensor", 604_800)


def test_sensors_of_airflow_2_are_read(tmp_path: Path) -> None:
    write_files(
        tmp_path,
        {
            "airflow/__init__.py": "",
            "airflow/sensors/__init__.py": "",
            "airflow/sensors/base.py": "class BaseSensorOperator: ...",
            "airflow/sensors/filesystem.py": """
                from airflow.sensors.base import BaseSensorOperator
                class FileSensor(BaseSensorOperator):
                    def poke(self, context): ...
                """,
            "apache_airflow-2.10.3.dist-info/METADATA": "",
        },
    )
    reading = read_environment([tmp_path])
    assert [(row.name, row.provider) for row in reading.operators] == [
        ("FileSensor", "apache-airflow")
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"class JobOperator(:\n", "invalid syntax"),
        (b"class JobOperator: \x00", "source code string cannot contain null bytes"),
        (b"# coding: klingon\nclass JobOperator: ...", "klingon"),
        (b"\xff\xfe class JobOperator: ...", "utf-8"),
        (b"class JobOperator: ...\nx = " + b"(" * 5000 + b")" * 5000, ""),
        (b"class JobOperator: ...\nx = " + b"-" * 100_000 + b"1", ""),
        (b"class JobOperator: ...\n" + b"#" * 5_000_001, "larger than 5 MB"),
    ],
    ids=["syntax", "nul", "unknown-encoding", "wrong-encoding", "parentheses", "deep", "huge"],
)
def test_broken_file_is_a_note_and_the_rest_is_read(
    site: Path, content: bytes, reason: str
) -> None:
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor")})
    (site / "acme" / "broken.py").write_bytes(content)
    reading = read_environment([site])
    assert names(reading) == ["JobSensor"]
    (note,) = reading.notes
    assert note.startswith(str(site / "acme" / "broken.py") + ": not read: ")
    assert reason in note
    assert "None" not in note


def test_file_in_latin_1_is_read(site: Path) -> None:
    write_files(site, {"acme/__init__.py": ""})
    source = "# coding: latin-1\n# é\n" + SENSOR.format("JobSensor").replace("\n    ", "\n")
    (site / "acme" / "jobs.py").write_bytes(source.encode("latin-1"))
    assert names(read_environment([site])) == ["JobSensor"]


def test_deeply_nested_expression_of_an_operator_is_no_traceback(read: Read) -> None:
    chain = "x" + ".y()" * 600
    files = {
        "acme/jobs.py": f"""
            from airflow.sdk import BaseOperator
            class Deep(BaseOperator):
                def __init__(self, deferrable=False, **kwargs): ...
                def execute(self, context):
                    {chain}
            class Job(BaseOperator):
                def __init__(self, deferrable=False, **kwargs): ...
                def execute(self, context): ...
            """
    }
    assert "Job" in names(read(files))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root can read every file")
def test_unreadable_file_is_a_note(site: Path) -> None:
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor"), "acme/secret.py": ""})
    (site / "acme" / "secret.py").chmod(0)
    reading = read_environment([site])
    assert names(reading) == ["JobSensor"]
    assert reading.notes == (f"{site / 'acme' / 'secret.py'}: not read: Permission denied",)


def test_dangling_link_is_a_note(site: Path) -> None:
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor")})
    (site / "acme" / "gone.py").symlink_to("nowhere.py")
    reading = read_environment([site])
    assert names(reading) == ["JobSensor"]
    assert "gone.py: not read: No such file or directory" in reading.notes[0]


def test_link_to_parent_ends(site: Path) -> None:
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor")})
    (site / "acme" / "again").symlink_to(".")
    assert "JobSensor" in names(read_environment([site]))


@pytest.mark.parametrize("content", [None, b"no archive"], ids=["missing", "broken"])
def test_path_that_cannot_be_read_is_a_note(
    site: Path, tmp_path: Path, content: bytes | None
) -> None:
    wheel = tmp_path / "acme-1-py3-none-any.whl"
    if content is not None:
        wheel.write_bytes(content)
    reading = read_environment([wheel, site])
    assert [note.partition(": ")[0] for note in reading.notes] == [str(wheel)]


def test_progress_ends_at_total(site: Path) -> None:
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor"), "acme/other.py": ""})
    steps: list[tuple[int, int]] = []
    read_environment([site], lambda done, total: steps.append((done, total)))
    assert steps[-1] == (2, 2)


def reread(site: Path) -> Iterator[str]:
    return (row.name for row in read_environment([site]).operators)


def test_changed_file_of_own_package_is_read_again(site: Path) -> None:
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor")})
    assert list(reread(site)) == ["JobSensor"]
    write_files(site, {"acme/jobs.py": SENSOR.format("OtherJobSensor")})
    assert list(reread(site)) == ["OtherJobSensor"]


def test_provider_is_cached_by_version(site: Path) -> None:
    metadata = "apache_airflow_providers_acme-{}.dist-info"
    provider = {"airflow/providers/acme/jobs.py": SENSOR.format("JobSensor")}
    write_files(site, provider | {f"{metadata.format('1.0')}/METADATA": ""})
    assert list(reread(site)) == ["JobSensor"]
    write_files(site, {"airflow/providers/acme/jobs.py": SENSOR.format("OtherJobSensor")})
    assert list(reread(site)) == ["JobSensor"]
    (site / metadata.format("1.0")).rename(site / metadata.format("1.1"))
    assert list(reread(site)) == ["OtherJobSensor"]


def test_own_package_is_read_again_if_its_base_in_a_provider_changes(site: Path) -> None:
    write_files(
        site,
        {
            "airflow/providers/acme/base.py": SENSOR.format("BaseAcme"),
            "apache_airflow_providers_acme-1.0.dist-info/METADATA": "",
            "ours/jobs.py": """
                from airflow.sdk import BaseSensorOperator
                from airflow.providers.acme.base import BaseAcme
                class JobSensor(BaseAcme): ...
                """,
        },
    )
    assert [row.on_kill for row in read_environment([site]).operators] == ["no"]
    base = SENSOR.format("BaseAcme") + "    def on_kill(self): ...\n"
    write_files(site, {"airflow/providers/acme/base.py": base})
    old = site / "apache_airflow_providers_acme-1.0.dist-info"
    old.rename(site / "apache_airflow_providers_acme-1.1.dist-info")
    assert [row.on_kill for row in read_environment([site]).operators] == ["yes"]


def test_cached_reading_equals_first(site: Path) -> None:
    write_files(
        site, {"acme/jobs.py": SENSOR.format("JobSensor"), "acme/broken.py": "class Operator("}
    )
    first = read_environment([site])
    assert read_environment([site]) == first


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "null",
        '{"operators": ["x"]}',
        '{"operators": [], "fingerprints": 5, "notes": []}',
    ],
)
def test_broken_cache_is_replaced(site: Path, cache_in_tmp_path: Path, broken: str) -> None:
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor")})
    read_environment([site])
    for entry in cache_in_tmp_path.rglob("*.json"):
        entry.write_text(broken)
    assert list(reread(site)) == ["JobSensor"]


@pytest.mark.skipif(sys.platform != "linux", reason="file names are text elsewhere")
def test_folder_whose_name_is_not_utf_8_is_left_out(tmp_path: Path) -> None:
    site = tmp_path / os.fsdecode(b"site-\xff")
    odd = os.fsdecode(b"acme/\xff/odd.py")
    files = {odd: SENSOR.format("OddSensor"), "acme/jobs.py": SENSOR.format("JobSensor")}
    write_files(site, files)
    assert list(reread(site)) == ["JobSensor"]


def test_relative_cache_folder_is_ignored(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor")})
    read_environment([site])
    assert not (tmp_path / "relative").exists()


def test_cache_folder_that_cannot_be_written_is_no_error(
    site: Path, cache_in_tmp_path: Path
) -> None:
    cache_in_tmp_path.write_text("a file, not a folder")
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor")})
    assert list(reread(site)) == ["JobSensor"]


def test_links_to_each_other_are_read_once(site: Path) -> None:
    write_files(site, {"acme/a/jobs.py": SENSOR.format("JobSensor"), "acme/b/__init__.py": ""})
    for name, other in ("ab", "ba"):
        for number in range(3):
            (site / "acme" / name / f"again{number}").symlink_to(f"../{other}")
    reading = read_environment([site])
    assert names(reading) == ["JobSensor"]
    assert reading.notes == ()


def test_pipe_is_a_note(site: Path) -> None:
    write_files(site, {"acme/jobs.py": SENSOR.format("JobSensor")})
    os.mkfifo(site / "acme" / "pipe.py")
    reading = read_environment([site])
    assert names(reading) == ["JobSensor"]
    assert reading.notes == (f"{site / 'acme' / 'pipe.py'}: not read: not a regular file",)


def test_operators_of_advisor_itself_are_left_out(site: Path) -> None:
    write_files(
        site,
        {
            "acme/jobs.py": SENSOR.format("JobSensor"),
            "advisor/drill/controls/plain.py": SENSOR.format("PlainSensor"),
        },
    )
    assert names(read_environment([site])) == ["JobSensor"]
