"""What people read (docs, help, messages, docstrings, knowledge) avoids awkward phrases."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from advisor.documents.model import Node
from advisor.documents.yaml_text import parse_yaml
from advisor.scaffold.manifest import load_manifest
from advisor.scaffold.render import render
from tests.cli.process import advisor_here
from tests.scaffold.rendering import TARGETS, patterns_of, spec

ROOT = Path(__file__).parents[2]
EXEMPT = (
    "docs/evidence/",  # records of past runs
    "advisor/catalog/systems.yaml",
    "docs/questions.md",  # has notes from systems.yaml
)
"""Files that are not rewritten yet, or quote others; remove an entry once its texts are."""
QUOTATION = re.compile(r'"[^"]*"|“[^”]*”')


@dataclass(frozen=True)
class Phrase:
    """A phrase to avoid, an example of it, and a similar text that is fine."""

    pattern: str
    bad: str
    good: str

    def found_in(self, text: str) -> list[str]:
        return [match[0] for match in re.finditer(self.pattern, text)]


PHRASES = (
    Phrase(
        r"(?<![Tt]here )\b(?:is|are) no (?!longer|more|less|later|earlier|newer|older|and|or|but)",
        "'x' is no topic",
        "there is no topic 'x', and it is no longer listed",
    ),
    Phrase(
        r"(?:^|[.:] )Where (?:an?|it|nobody|nothing|one|the|there|two|you) [^.?]{1,80}, (?!and|or)",
        "Where the answer is missing, it exits.",
        "Where the files go, and how: to plugins/.",
    ),
    Phrase(
        r"\b[Ee]xits? with \d where\b", "Exits with 1 where it fails.", "Exits with 1 if it fails."
    ),
    Phrase(r"\bunsaid\b", "this one if unsaid", "this one by default"),
    Phrase(
        r"\bwhat (?:is said|becomes|became) of\b",
        "what becomes of the job",
        "what happens to the job",
    ),
    Phrase(r"\b[Ww]hat it gives up\b", "what it gives up", "it gives up after three attempts"),
    Phrase(r"\b[Nn]obody\b|\b[Ss]omebody\b|\b[Ww]hoever\b", "where nobody asks", "if users ask"),
    Phrase(r"\banew\b|\bonce more\b", "submits anew", "submits again"),
    Phrase(
        r"\b(?:stands|lies) (?:here|there|below|above|beside|at|on|in(?! for))\b",
        "it stands at the top",
        "it stands for the top and stands in for it",
    ),
    Phrase(r"\bbeside\b", "installed beside advisor", "besides, it is installed next to advisor"),
    Phrase(r"\bother way round\b", "the other way round fails", "the reverse order fails"),
    Phrase(r"\bno time\b", "a wait of no time", "no timeout"),
    Phrase(
        r"\baccepted (?:is|are)\b|\bknown are\b",
        "found 'x', accepted are a and b",
        "all spellings are accepted; the known ones are listed",
    ),
    Phrase(r"\byou said\b", "it has one; you said no", "it has one, but the answer is no"),
    Phrase(r"\bmend(?:s|ed|ing)?\b", "to mend it", "to amend it"),
    Phrase(r"\bjudgement: That\b", "our judgement: That it is", "our judgement: it is"),
    Phrase(r"\bfollow what\b", "Below it follow what to do", "The steps to follow are below"),
    Phrase(
        r"\btells (?:what|which|whether|where|how|when|it)\b",
        "the hash tells which file",
        "the hash shows which file",
    ),
    Phrase(
        r"\bundisturbed run\b|\bthrow-away Airflow\b",
        "a throw-away Airflow",
        "a temporary Airflow",
    ),
    Phrase(r"\blaid over\b", "laid over the shipped one", "overrides the shipped one"),
)


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.bad)
def test_phrase_matches_its_bad_example_and_not_the_good_one(phrase: Phrase) -> None:
    assert phrase.found_in(phrase.bad)
    assert not phrase.found_in(phrase.good)


def test_every_exemption_exists() -> None:
    for path in EXEMPT:
        assert (ROOT / path).exists() or list(ROOT.glob(f"{path}*")), path


def files(*patterns: str) -> list[Path]:
    """Return the files that match a pattern and are not exempt, relative to the root."""
    found = {file.relative_to(ROOT) for each in patterns for file in ROOT.glob(each)}
    return sorted(file for file in found if not file.as_posix().startswith(EXEMPT))


def hits(texts: Iterator[tuple[int, str]]) -> list[str]:
    return [
        f"line {line}: {found}"
        for line, text in texts
        for phrase in PHRASES
        for found in phrase.found_in(" ".join(text.split()))
    ]


def paragraphs(text: str) -> Iterator[tuple[int, str]]:
    line = 1
    for paragraph in text.split("\n\n"):
        yield line, paragraph
        line += paragraph.count("\n") + 2


def texts_of_python(source: str) -> Iterator[tuple[int, str]]:
    """Yield the strings, docstrings and comments; comments on adjacent lines are one text."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, each) for each in node.value.split("\n\n"))
    comments: list[tuple[int, str]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            text = token.string.lstrip("# ")
            if comments and token.start[0] == comments[-1][0] + comments[-1][1].count("\n") + 1:
                text = f"{comments[-1][1]}\n{text}"
                comments[-1] = (comments[-1][0], text)
            else:
                comments.append((token.start[0], text))
    yield from comments


def texts_of_yaml(node: Node, *, is_quoted: bool = False) -> Iterator[tuple[int, str]]:
    """Yield the texts, without quotations and the words of the documented table."""
    if isinstance(node, dict):
        is_quoted = is_quoted or node.get("table") == "yes"
        for key, value in node.items():
            if not (is_quoted and key == "words"):
                yield from texts_of_yaml(value, is_quoted=is_quoted)
    elif isinstance(node, list):
        for each in node:
            yield from texts_of_yaml(each, is_quoted=is_quoted)
    else:
        yield 0, QUOTATION.sub("", node)


@pytest.mark.parametrize("file", files("*.md", "docs/**/*.md"), ids=str)
def test_pages_avoid_phrases(file: Path) -> None:
    assert hits(paragraphs(QUOTATION.sub("", (ROOT / file).read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("file", files("advisor/**/*.py", "tools/**/*.py"), ids=str)
def test_messages_and_docstrings_avoid_phrases(file: Path) -> None:
    assert hits(texts_of_python((ROOT / file).read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("system", load_manifest().systems)
@pytest.mark.parametrize("pattern", load_manifest().patterns)
def test_generated_code_avoids_phrases(pattern: str, system: str) -> None:
    manifest = load_manifest()
    specs = (spec(pattern, system=system, airflow=each) for each in releases_of(pattern))
    for file in (file for each in specs for file in render(each, manifest)):
        if file.path.suffix == ".py":
            assert hits(texts_of_python(file.text)) == [], file.path


def releases_of(pattern: str) -> list[str]:
    return [each for each in TARGETS if pattern in patterns_of(each)]


@pytest.mark.parametrize("file", files("advisor/**/*.yaml"), ids=str)
def test_knowledge_avoids_phrases(file: Path) -> None:
    assert hits(texts_of_yaml(parse_yaml((ROOT / file).read_bytes()))) == []


@pytest.mark.parametrize(
    "command",
    ["", "recommend", "scaffold", "drill", "compare", "explain", "schema", "demo-server"],
)
def test_help_avoids_phrases(command: str) -> None:
    ran = advisor_here(*filter(None, [command]), "--help")
    assert hits(paragraphs(ran.out)) == []
