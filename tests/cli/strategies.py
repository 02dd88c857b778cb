"""The inputs of the property tests: valid answers, nearly valid ones, and anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

import yaml
from hypothesis import strategies as st

from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Question
from tests.cli.process import COMPLETE

KNOWLEDGE: Final = load_knowledge()
QUESTIONS: Final = KNOWLEDGE.questions
PATTERNS: Final = [*KNOWLEDGE.patterns, "none"]
FORMATS: Final = ["terminal", "json", "yaml", "markdown"]
KEYS: Final = [*QUESTIONS, "jobs", "name", "expect", "safe", "provider_versions"]
PUNCTUATION: Final = "abjobs:-? []{}&*!'\"#|>%@`,\n\t01~"

Job = dict[str, str]
Dump = Callable[[object], bytes]


def dump_json(value: object) -> bytes:
    return json.dumps(value).encode()


def dump_yaml(value: object) -> bytes:
    return yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "replace")


dumps: st.SearchStrategy[Dump] = st.sampled_from([dump_json, dump_yaml])


def dumped(values: st.SearchStrategy[object]) -> st.SearchStrategy[bytes]:
    return st.builds(lambda dump, value: dump(value), dumps, values)


# Valid answers.

lines = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12)


def _answers_to(question: Question) -> st.SearchStrategy[str]:
    if question.kind == "choice":
        return st.sampled_from([choice.id for choice in question.choices])
    if question.kind == "duration":
        return st.builds("{}{}".format, st.integers(1, 99), st.sampled_from("smhd"))
    if question.kind == "version":
        return st.builds("{}.{}".format, st.integers(2, 4), st.integers(2, 12))
    return lines | st.sampled_from(["spark", "bigquery", "emr", "GlueJobOperator", "GlueJobSensor"])


answers = {question.id: _answers_to(question) for question in QUESTIONS.values()}
asked = {id_: answers[id_] for id_, question in QUESTIONS.items() if question.asked == "always"}
assumed = {id_: answer for id_, answer in answers.items() if id_ not in asked}
jobs: st.SearchStrategy[Job] = st.fixed_dictionaries(
    asked,
    optional={
        **assumed,
        "name": lines,
        "expect": st.sampled_from([*PATTERNS, "GlueJobOperator"]),
        "safe": st.sampled_from(["yes", "window"]),
    },
)

# Anything.

texts = st.text(st.characters(exclude_categories=[]), max_size=8)
oddities = st.sampled_from(["", "-", "--", "=", "yes", "3h", "9.9", "-1", "x=y", "a\nb", "\udcff"])
words = texts.map(lambda text: text.replace("\0", "")) | oddities
scalars = st.one_of(texts, words, *answers.values(), st.none(), st.booleans(), st.integers())
trees = st.recursive(
    scalars | st.floats(),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(KEYS) | texts, inner, max_size=5),
    ),
    max_leaves=12,
)
corrupted: st.SearchStrategy[object] = st.builds(
    lambda job, changes: {**job, **changes},
    jobs,
    st.dictionaries(st.sampled_from([*KEYS, "<<"]), trees, max_size=2),
)
files = st.one_of(
    st.binary(max_size=40),
    st.text(PUNCTUATION, max_size=60).map(str.encode),
    dumped(trees),
    dumped(corrupted),
)

# Command lines.


def _option(name: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[list[str]]:
    return values.map(lambda value: [name, value])


good_options = st.one_of(
    *(
        _option(f"--{id_.replace('_', '-')}", answers[id_])
        for id_ in ("duration", "duplicate_risk", "work", "airflow_version", "system")
    ),
    *(_option("--set", answers[id_].map(f"{id_}={{}}".format)) for id_ in answers),
    _option("--expect", st.sampled_from(PATTERNS)),
    _option("--format", st.sampled_from(FORMATS)),
    _option("--save", st.sampled_from(["saved.yaml", "saved too.yaml"])),
    st.sampled_from([["--no-triggerer"], ["--no-async-client"], ["--details"], ["--force"]]),
)
bad_options = st.one_of(
    *(_option(f"--{id_.replace('_', '-')}", words) for id_ in ("duration", "work", "system")),
    _option("--set", st.builds("{}={}".format, st.sampled_from(KEYS) | words, words)),
    _option("--set", words),
    _option("--expect", words),
    _option("--example", words),
    _option("--format", words),
    _option("--save", st.sampled_from(["missing/x", ".", ""])),
    st.tuples(st.sampled_from(["--answers", "--policy"]), st.sampled_from(["-", ".", "a"])),
    words.map(lambda word: [word]),
)
commands = st.sampled_from(["recommend", "compare", "explain", "schema", "--version", "-h"]) | words


def _joined(head: tuple[str, ...], options: list[list[str]]) -> list[str]:
    return [*head, *(word for option in options for word in option)]


command_lines = st.one_of(
    st.builds(_joined, st.just(COMPLETE), st.lists(good_options, max_size=5)),
    st.builds(_joined, st.just(COMPLETE), st.lists(good_options | bad_options, max_size=3)),
    st.builds(_joined, st.tuples(commands), st.lists(good_options | bad_options, max_size=3)),
)

# Policies.

fields = st.sampled_from(
    [
        *("needs", "order", "bands", "ties", "id", "strength", "text", "when", "accepts", "source"),
        *("characteristic", "page", "section", "judgement", "documented", "measured", "issue"),
        *("short", "medium", "long", *QUESTIONS),
    ]
)
leaves = st.one_of(
    st.sampled_from([*(need.id for need in KNOWLEDGE.needs), *KNOWLEDGE.characteristics]),
    st.sampled_from(
        ["required", "preferred", "info", "yes", "short", ">=2h", ">=3.2", "1m", "job", ""]
    ),
    texts,
)
subtrees = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(fields, inner, max_size=4),
    max_leaves=12,
)
needs = st.fixed_dictionaries(
    {"id": st.sampled_from([need.id for need in KNOWLEDGE.needs])},
    optional={
        "strength": st.sampled_from(["required", "preferred", "info"]),
        "text": lines,
        "when": st.fixed_dictionaries(
            {},
            optional={
                "duration": st.sampled_from(["short", "long", ">=2h", ">=17m"]),
                "work": answers["work"],
                "triggerer": st.sampled_from(["yes", "no"]),
                "airflow_version": st.sampled_from([">=3.2", ">=2.4, <3.0"]),
            },
        ),
        "source": lines.map(lambda why: {"judgement": why}),
    },
)
policies: st.SearchStrategy[object] = st.one_of(
    subtrees,
    st.fixed_dictionaries(
        {},
        optional={
            "needs": st.lists(needs, max_size=3) | subtrees,
            "order": st.lists(st.sampled_from([need.id for need in KNOWLEDGE.needs]), max_size=3),
            "bands": st.sampled_from([{"short": "2m"}, {"short": "30s", "medium": "1h"}])
            | subtrees,
            "ties": st.permutations(list(KNOWLEDGE.patterns)),
        },
    ),
)
