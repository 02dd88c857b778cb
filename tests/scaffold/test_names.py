"""One name in every spelling; what cannot be a name is refused with the reason."""

from __future__ import annotations

import keyword
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import InputError
from advisor.naming import LONGEST_PACKAGE, RESERVED, Name, parse_name
from advisor.scaffold.shadowing import refuse_shadowing

SPELLINGS = (
    *(
        "my spark job",
        "my-spark-job",
        "my_spark_job",
        "MySparkJob",
        "mySparkJob",
        " my  spark-job ",
    ),
    *("MySparkJobOperator", "my_spark_job_operator", "My Spark Job Operator", "_my_spark_job_"),
    *("MySparkJobOperatorOperator", "my-spark-job-OPERATOR"),
)
ANY_TEXT = st.one_of(
    st.text(max_size=20),
    st.text("aZ09_- ./\\\0\n", max_size=12),
    st.text("abAB12_- ", max_size=60),
    st.sampled_from([*keyword.kwlist, *keyword.softkwlist, *RESERVED, "operator", "../x", "é"]),
)


def problem(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_name(text)
    [found] = caught.value.problems
    return found.line()


@pytest.mark.parametrize("text", SPELLINGS)
def test_every_spelling_is_the_same_name(text: str) -> None:
    assert parse_name(text) == Name("MySparkJob", "my_spark_job")


@pytest.mark.parametrize(
    ("text", "stem", "package"),
    [
        ("EMRStep", "EMRStep", "emr_step"),
        ("emr_step", "EmrStep", "emr_step"),
        ("HTTP2Job", "HTTP2Job", "http2_job"),
        ("S3ToRedshift", "S3ToRedshift", "s3_to_redshift"),
        ("k8s_job", "K8sJob", "k8s_job"),
        ("K8SJob", "K8SJob", "k8s_job"),
        ("my_2_jobs", "My2Jobs", "my2_jobs"),
        ("MyX", "MyX", "my_x"),
        ("spark", "Spark", "spark"),
        ("MYJOB", "MYJOB", "myjob"),
        ("sparkoperator", "Spark", "spark"),
        ("MyOperators", "MyOperators", "my_operators"),
    ],
)
def test_acronyms_and_digits_stay_with_their_words(text: str, stem: str, package: str) -> None:
    name = parse_name(text)
    assert (name.stem, name.package, name.operator) == (stem, package, f"{stem}Operator")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "NAME: found '', which is no name; accepted are ASCII letters, "),
        (" \t", "NAME: found ' \ufffd', which is no name; "),
        ("__", "NAME: '__' says nothing but Operator; name what it runs"),
        ("Operator", "NAME: 'Operator' says nothing but Operator; "),
        ("operator-operator", "NAME: 'operator-operator' says nothing but Operator; "),
        ("2fast", "NAME: '2fast' begins with a digit, which no Python name does; try Job2fast"),
        ("../x", "NAME: found '.' in '../x', accepted are "),
        ("a/b", "NAME: found '/' in 'a/b', accepted are "),
        ("a\0b", "NAME: found '\ufffd' in 'a\ufffdb', accepted are "),
        ("a\nb", "NAME: found '\ufffd' in 'a\ufffdb', accepted are "),
        (".", "NAME: found '.' in '.', accepted are "),
        ("café", "NAME: found 'é' in 'café', accepted are ASCII letters, "),
        ("\uff2aob", "NAME: found '\uff2a' in '\uff2aob', accepted are "),
        ("x;import os", "NAME: found ';' in 'x;import os', accepted are "),
        ("class", "NAME: 'class' makes the package class, a word of Python's own; try ClassJob"),
        ("MatchOperator", "NAME: 'MatchOperator' makes the package match, a word of Python's own;"),
        ("dags", "NAME: 'dags' makes the package dags, which is a folder of Airflow's"),
        ("airflow", "NAME: 'airflow' makes the package airflow, which is Airflow itself; "),
        ("a" * 41, f"NAME: '{'a' * 37}...' makes a package of 41 characters, accepted are 40; "),
    ],
)
def test_what_can_be_no_name_is_refused_with_the_reason(text: str, message: str) -> None:
    assert problem(text).startswith(message)


def test_a_name_may_be_as_long_as_is_said() -> None:
    assert len(parse_name("a" * LONGEST_PACKAGE).package) == LONGEST_PACKAGE


@given(ANY_TEXT)
def test_any_text_is_a_name_that_python_takes_or_is_refused_in_one_line(text: str) -> None:
    try:
        name = parse_name(text)
    except InputError as error:
        message = str(error)
    else:
        message = ""
        check(name)
    assert not message or message.isprintable()


def check(name: Name) -> None:
    assert name.operator.isidentifier()
    assert name.operator.isascii()
    assert name.package.isidentifier()
    assert name.package == name.package.lower()
    assert not keyword.iskeyword(name.package)
    assert Path(name.package).name == name.package
    assert parse_name(name.operator) == name
    assert parse_name(name.package).package == name.package


def shadowed(name: str, folder: Path) -> str:
    try:
        refuse_shadowing(parse_name(name), folder)
    except InputError as error:
        return error.problems[0].line()
    return ""


@pytest.mark.parametrize(
    ("name", "what"),
    [("Email", "a module of Python's own"), ("json", "a module of Python's own"), ("pytest", "")],
)
def test_a_module_that_others_import_is_not_hidden(name: str, what: str, tmp_path: Path) -> None:
    stem = parse_name(name).stem
    message = shadowed(name, tmp_path / "x")
    assert message.startswith(f"{stem}Operator makes the package {name.lower()}, which would hide ")
    assert what in message
    assert message.endswith(f"; try {stem}Job")


def test_the_folder_that_is_written_hides_nothing_when_it_can_be_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "nightly_load"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert shadowed("NightlyLoad", package) == ""
    assert str(package) in shadowed("NightlyLoad", tmp_path / "elsewhere" / "nightly_load")


def test_a_folder_of_the_working_directory_is_no_package_but_one_on_the_path_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("here", "there"):
        (tmp_path / place / "nightly_load").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert shadowed("NightlyLoad", tmp_path / "plugins" / "nightly_load") == ""
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path / "there")])
    assert shadowed("NightlyLoad", tmp_path / "plugins" / "nightly_load") != ""


def test_nothing_is_imported_to_find_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nightly_load.py").write_text("raise SystemExit")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    assert shadowed("NightlyLoad", tmp_path / "plugins" / "nightly_load") != ""
    assert "nightly_load" not in sys.modules
