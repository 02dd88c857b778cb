"""Whatever is fed to advisor, it ends with 0, 1 or 2 and never with a traceback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.knowledge.load import load_knowledge
from tests.cli.process import COMPLETE, Ran, advisor_here

KNOWLEDGE = load_knowledge()
QUESTIONS = KNOWLEDGE.questions
PATTERNS = [*KNOWLEDGE.patterns, "none"]
FORMATS = ["terminal", "json", "yaml", "markdown"]

often = settings(max_examples=120, deadline=None)
seldom = settings(max_examples=60, deadline=None)

durations = st.builds("{}{}".format, st.integers(1, 99), st.sampled_from("smhd"))
versions = st.builds("{}.{}".format, st.integers(2, 4), st.integers(2, 12))
lines = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)
right = {
    question.id: {
        "choice": st.sampled_from([choice.id for choice in question.choices] or [""]),
        "duration": durations,
        "version": versions,
        "text": lines | st.sampled_from(["spark", "bigquery", "emr", "kubernetes"]),
    }[question.kind]
    for question in QUESTIONS.values()
}
asked = {id_: right[id_] for id_, question in QUESTIONS.items() if question.asked == "always"}
assumed = {id_: answer for id_, answer in right.items() if id_ not in asked}
jobs = st.fixed_dictionaries(
    asked, optional={**assumed, "name": lines, "expect": st.sampled_from(PATTERNS)}
)

ARGUMENT = st.characters(exclude_characters="\0", exclude_categories=[]) | st.just("\udcff")
words = st.one_of(
    st.text(ARGUMENT, max_size=8),
    st.sampled_from(
        ["", "-", "--", "=", "yes", "3h", "costly", "async", "9.9", "-1", "x=y", "a\nb"]
    ),
    *right.values(),
)
options = st.one_of(
    st.sampled_from(
        [["--triggerer"], ["--no-async-client"], ["--details"], ["--force"], ["-h"], ["-"]]
    ),
    st.tuples(st.just("--format"), st.sampled_from([*FORMATS, "xml"])).map(list),
    st.tuples(st.just("--save"), st.sampled_from(["saved.yaml", "missing/x", ".", ""])).map(list),
    st.tuples(st.sampled_from(["--answers", "--policy"]), st.sampled_from(["-", ".", "a"])).map(
        list
    ),
    st.tuples(
        st.sampled_from(
            [
                "--duration",
                "--duplicate-risk",
                "--work",
                "--airflow-version",
                "--system",
                "--expect",
            ]
        ),
        words,
    ).map(list),
    st.builds(lambda key, word: ["--set", f"{key}={word}"], st.sampled_from([*right, "x"]), words),
    words.map(lambda word: ["--example", word]),
    words.map(lambda word: [word]),
)
command_lines = st.builds(
    lambda command, parts: [command, *(word for part in parts for word in part)],
    st.sampled_from(["recommend"] * 4 + ["compare", "explain", "schema", "--version"]) | words,
    st.lists(options, max_size=6),
)

texts = st.text(st.characters(exclude_categories=[]), max_size=8)
scalars = st.one_of(texts, words, st.none(), st.booleans(), st.integers(), st.floats())
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from([*right, "jobs", "name", "expect"]) | texts, inner, max_size=5
        ),
    ),
    max_leaves=12,
)
nearly = st.builds(
    lambda job, spoiled: {**job, **spoiled},
    jobs,
    st.dictionaries(st.sampled_from([*right, "jobs", "name", "expect", "<<"]), trees, max_size=2),
)
PUNCTUATION = "abjobs:-? []{}&*!'\"#|>%@`,\n\t01~"


def dumped_as_json(value: object) -> bytes:
    return json.dumps(value).encode()


def dumped_as_yaml(value: object) -> bytes:
    return yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "replace")


files = st.one_of(
    st.binary(max_size=40),
    st.text(PUNCTUATION, max_size=60).map(str.encode),
    st.builds(
        lambda dump, value: dump(value), st.sampled_from([dumped_as_json, dumped_as_yaml]), trees
    ),
    st.builds(
        lambda dump, value: dump(value), st.sampled_from([dumped_as_json, dumped_as_yaml]), nearly
    ),
)


@pytest.fixture(autouse=True, scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Run in a folder of our own, because some of the options write files."""
    made = tmp_path_factory.mktemp("properties")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(made)
        yield made


def ends_well(ran: Ran) -> bool:
    refused = ran.code != 2 or (ran.err.startswith("error: ") and ran.out == "")
    return ran.is_clean and refused


@often
@given(files, st.sampled_from(FORMATS))
def test_any_file_is_answered_or_refused(content: bytes, format_: str) -> None:
    assert ends_well(advisor_here("recommend", "--format", format_, stdin=content))


@often
@given(command_lines, st.just(b"") | files)
def test_any_command_line_is_answered_or_refused(arguments: list[str], content: bytes) -> None:
    assert ends_well(advisor_here(*arguments, stdin=content))


fields = st.sampled_from(
    [
        *("needs", "order", "bands", "ties", "id", "strength", "text", "when", "accepts", "source"),
        *("characteristic", "page", "section", "judgement", "documented", "measured", "issue"),
        *("short", "medium", "long", "duration", "triggerer", "airflow_version", "system", "work"),
    ]
)
said = st.one_of(
    st.sampled_from([need.id for need in KNOWLEDGE.needs]),
    st.sampled_from([*KNOWLEDGE.characteristics, *KNOWLEDGE.patterns]),
    st.sampled_from(
        ["must", "prefer", "mention", "yes", "short", ">=2h", ">=3.2", "1m", "job", ""]
    ),
    texts,
)
parts = st.recursive(
    said,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(fields, inner, max_size=4),
    max_leaves=12,
)
policies = st.dictionaries(
    st.sampled_from(["needs", "order", "bands", "ties"]),
    st.one_of(
        parts,
        st.lists(st.dictionaries(fields, parts, max_size=4), max_size=3),
        st.permutations(list(KNOWLEDGE.patterns)),
    ),
    max_size=4,
)


@often
@given(policies | parts, jobs)
def test_any_policy_is_followed_or_refused(
    folder: Path, policy: object, job: dict[str, str]
) -> None:
    file = folder / "policy.yaml"
    file.write_bytes(dumped_as_json(policy))
    ran = advisor_here("recommend", "--policy", str(file), stdin=dumped_as_json(job))
    assert ends_well(ran)


@seldom
@given(st.binary(max_size=40) | trees.map(dumped_as_yaml))
def test_any_file_as_a_policy_is_followed_or_refused(folder: Path, content: bytes) -> None:
    file = folder / "policy.yaml"
    file.write_bytes(content)
    assert ends_well(advisor_here(*COMPLETE, "--policy", str(file)))


@often
@given(jobs, st.sampled_from([dumped_as_json, dumped_as_yaml]))
def test_right_answers_are_always_answered(job: dict[str, str], dump: type) -> None:
    ran = advisor_here("recommend", "--format", "json", stdin=dump(job))
    (made,) = json.loads(ran.out)["recommendations"]
    assert ran.err == "" or ran.err.startswith("note: ")
    assert {
        id_: made["answers"][id_] for id_ in ("triggerer", "work") if id_ in job
    }.items() <= job.items()
    expected = job.get("expect")
    assert made["met"] is (None if expected is None else expected == (made["pattern"] or "none"))
    nothing_fits = made["pattern"] is None and not made["instead"]
    says_no = nothing_fits if expected is None else not made["met"]
    assert ran.code == (1 if says_no else 0)


@seldom
@given(st.lists(jobs, min_size=1, max_size=5), st.sampled_from(FORMATS), st.booleans())
def test_a_list_of_right_answers_is_answered_in_every_format(
    batch: list[dict[str, str]], format_: str, details: bool
) -> None:
    more = ["--details"] if details else []
    ran = advisor_here("recommend", "-f", format_, *more, stdin=dumped_as_json({"jobs": batch}))
    assert ran.code in {0, 1}
    assert ran.out
    if format_ == "json":
        assert len(json.loads(ran.out)["recommendations"]) == len(batch)
    if format_ == "yaml":
        assert len(yaml.safe_load(ran.out)["recommendations"]) == len(batch)


@seldom
@given(jobs)
def test_saved_answers_are_answered_the_same(folder: Path, job: dict[str, str]) -> None:
    saved = folder / "answers.yaml"
    job = {"name": "a", **job}
    show = ("--format", "json")
    first = advisor_here(
        "recommend", *show, "--save", str(saved), "--force", stdin=dumped_as_json(job)
    )
    again = advisor_here("recommend", *show, "--answers", str(saved))
    assert (again.code, again.out) == (first.code, first.out)
