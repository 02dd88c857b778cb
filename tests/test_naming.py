"""A name has many spellings; a text that cannot be a name is refused with the reason."""

from __future__ import annotations

import keyword
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.errors import InputError
from advisor.naming import LONGEST_PACKAGE, RESERVED, Name, name_for_job, parse_name

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
    [only] = caught.value.problems
    return only.line()


@pytest.mark.parametrize("text", SPELLINGS)
def test_parse_name_takes_every_spelling_of_a_name(text: str) -> None:
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
def test_parse_name_keeps_acronyms_and_digits_whole(text: str, stem: str, package: str) -> None:
    name = parse_name(text)
    assert (name.stem, name.package, name.operator) == (stem, package, f"{stem}Operator")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "NAME: name is empty (accepted: ASCII letters, "),
        (" \t", "NAME: name is empty (accepted: "),
        ("__", "NAME: expected a word besides 'Operator', found '__' (use a descriptive"),
        ("Operator", "NAME: expected a word besides 'Operator', found 'Operator' ("),
        (
            "operator-operator",
            "NAME: expected a word besides 'Operator', found 'operator-operator' ",
        ),
        ("2fast", "NAME: '2fast' starts with a digit (try Job2fast)"),
        ("../x", "NAME: invalid character '.' in '../x' ("),
        ("a/b", "NAME: invalid character '/' in 'a/b' ("),
        ("a\0b", "NAME: invalid character '\ufffd' in 'a\ufffdb' ("),
        ("a\nb", "NAME: invalid character '\ufffd' in 'a\ufffdb' ("),
        (".", "NAME: invalid character '.' in '.' ("),
        ("café", "NAME: invalid character 'é' in 'café' (accepted: ASCII letters, "),
        ("\uff2aob", "NAME: invalid character '\uff2a' in '\uff2aob' ("),
        ("x;import os", "NAME: invalid character ';' in 'x;import os' ("),
        ("class", "NAME: 'class' is a Python keyword (try Cl"),
        ("MatchOperator", "NAME: 'MatchOperator' cannot be used: 'match' is a"),
        ("dags", "NAME: 'dags' has the name of a folder that"),
        ("test", "NAME: 'test' is commonly used for test folders (try "),
        ("airflow", "NAME: 'airflow' would hide Airflow "),
        ("advisor", "NAME: 'advisor' would hide advisor "),
        ("Email", "NAME: 'Email' cannot be used: 'email' would hide a standard lib"),
        ("a" * 41, f"NAME: '{'a' * 37}...' is too long: the package name has 41 characters ("),
    ],
)
def test_parse_name_refuses_impossible_names_with_the_reason(text: str, message: str) -> None:
    assert problem(text).startswith(message)


def test_parse_name_accepts_the_longest_package() -> None:
    assert len(parse_name("a" * LONGEST_PACKAGE).package) == LONGEST_PACKAGE


@given(ANY_TEXT)
def test_parse_name_returns_a_valid_name_or_one_line_of_error_for_any_text(text: str) -> None:
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


@pytest.mark.parametrize(
    ("job", "stem"),
    [
        ("nightly_spark", "NightlySpark"),
        ("import_operator", "ImportJob"),
        ("class", "ClassJob"),
        ("email", "EmailJob"),
        ("tests", "TestsJob"),
        ("advisor", "AdvisorJob"),
        ("2fast", "Job2fast"),
        ("operator", "MyJob"),
        ("été", "MyJob"),
        ("a/b", "MyJob"),
        ("", "MyJob"),
        ("a" * 41, "MyJob"),
        ("2" + "a" * 39, "MyJob"),
    ],
)
def test_name_for_job_returns_the_jobs_own_name_or_a_similar_one(job: str, stem: str) -> None:
    assert name_for_job(job).stem == stem


@pytest.mark.parametrize("package", [*RESERVED, *sorted(sys.stdlib_module_names)])
def test_name_for_job_replaces_every_reserved_package(package: str) -> None:
    assert name_for_job(package).package != package


@given(ANY_TEXT)
def test_name_for_job_returns_a_possible_name_for_any_text(text: str) -> None:
    check(name_for_job(text))


@pytest.mark.parametrize("name", ["crypt", "pipes", "tomllib", "compression"])
def test_names_of_the_standard_library_are_refused_on_every_python(name: str) -> None:
    with pytest.raises(InputError, match="would hide a standard library module"):
        parse_name(name)
