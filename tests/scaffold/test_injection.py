"""A user's text stays data: it is refused, or it is the value of a constant."""

from __future__ import annotations

import ast
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.errors import InputError
from advisor.naming import Name
from advisor.scaffold.manifest import Value, load_manifest
from advisor.scaffold.model import ScaffoldSpec
from advisor.scaffold.render import render
from advisor.scaffold.source import WIDTH, assigned, constant, literal
from advisor.scaffold.specs import resolve_settings

HOSTILE = [
    '"',
    "'",
    "'\"",
    '"""',
    "\\",
    "\\'",
    '\\"',
    "\n",
    "\r\nX-Evil: 1",
    "\x00",
    "\u2028",
    "\ud800",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "{# #}",
    "{id}{id}",
    "{0.__class__}",
    "%s",
    "${HOME}",
    '")\nimport os\nos.abort()  # ',
    '", )); __import__("os").abort(); ((',
    "ä",
    "\N{FULLWIDTH QUOTATION MARK}",
    "a" * 1000,
]
AROUND = ["{}", "/{}", "/{}/{{id}}", "/{{id}}/{}", "/{}?k={{key}}", "a{}", "a{}b", "a.{}"]
MANIFEST = load_manifest()
EVERY = [
    (system, id_)
    for system in sorted(MANIFEST.systems)
    for id_ in MANIFEST.systems[system].settings
]
CHOICES = {"key", "key_closes", "cancel_method"}
"""Settings that one of a few words is given to: those decide what is written."""
TAME = {
    "submit_path": "/tame",
    "status_path": "/tame/{id}",
    "result_path": "/tame/{id}",
    "cancel_path": "/tame/{id}",
    "find_path": "/tame?k={key}",
}
"""A harmless value for each setting that does not take any word."""
ENDS_A_TEXT = set('\n\r\x00"\\%#')
"""Characters that could end a literal, a line or a comment, or begin a placeholder."""
CHARACTERS = st.text(st.characters(codec="utf-8"), max_size=100)


@pytest.mark.parametrize(("system", "setting"), EVERY)
def test_hostile_values_are_refused_or_harmless(system: str, setting: str) -> None:
    values = [around.format(hostile) for around in AROUND for hostile in HOSTILE]
    texts = set().union(*(accepted(system, setting, each) for each in values))
    assert ENDS_A_TEXT.isdisjoint("".join(texts))


@pytest.mark.parametrize(("system", "setting"), EVERY)
@settings(max_examples=40)
@given(around=st.sampled_from(AROUND), text=CHARACTERS)
def test_any_value_is_refused_or_harmless(
    system: str, setting: str, around: str, text: str
) -> None:
    texts = accepted(system, setting, around.format(text))
    assert ENDS_A_TEXT.isdisjoint("".join(texts))


@given(text=CHARACTERS)
def test_literal_evaluates_to_its_text(text: str) -> None:
    assert ast.literal_eval(literal(text)) == text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("plain", '"plain"'),
        ("it's", '"it\'s"'),
        ('say "a"', "'say \"a\"'"),
        ('it\'s "a"', "'it\\'s \"a\"'"),
        ("'\"", '"\'\\""'),
        ("\\'", '"\\\\\'"'),
    ],
)
def test_literal_takes_the_quotes_of_the_formatter(value: str, written: str) -> None:
    assert literal(value) == written


@given(text=CHARACTERS, indent=st.sampled_from([0, 4]))
def test_constant_evaluates_to_its_text_and_fits_if_possible(text: str, indent: int) -> None:
    code = constant(indent, "X = ", text)
    assert value_of(code) == text
    if len(literal(text)) <= WIDTH - 8:
        assert max(map(len, code.splitlines())) <= WIDTH


@given(texts=st.lists(CHARACTERS, min_size=1, max_size=5, unique=True))
def test_assigned_evaluates_to_its_texts(texts: list[str]) -> None:
    literals = [literal(text) for text in texts]
    assert value_of(assigned(0, "X = ", "[", literals, "]")) == texts
    assert value_of(assigned(4, "X = ", "({", literals, "})")) == set(texts)


def accepted(system: str, setting: str, value: str) -> set[str]:
    """Return the texts that a value resolves to, or none if it is refused.

    Checks that the generated code has these texts and is otherwise unchanged.
    """
    needed = {"find_path": "/tame?k={key}"} if setting == "find_field" else {}
    accepting = MANIFEST.systems[system].settings
    try:
        chosen = resolve_settings(accepting, {**needed, setting: value})
    except InputError:
        return set()
    resolved = chosen[setting]
    texts = {resolved} if isinstance(resolved, str) else set(resolved)
    if setting in CHOICES:
        assert value.isalpha()
        return texts
    tame_value = TAME.get(setting, "TAME") if value else ""
    tame = resolve_settings(accepting, {**needed, setting: tame_value})
    written, plain = rendered(system, chosen), rendered(system, tame)
    assert texts <= texts_in(written["hooks.py"]) | {""}
    for name, text in written.items():
        assert shape(text) == shape(plain[name])
        assert len(max(text.splitlines(), key=len, default="")) <= WIDTH
    return texts


def rendered(system: str, chosen: dict[str, Value]) -> dict[str, str]:
    """Return the modules that a system's settings are written to, by name."""
    name = Name("NightlyReport", "nightly_report")
    files = render(ScaffoldSpec("resumable", name, system, "3.3", "auto", "fail", chosen), MANIFEST)
    return {f.path.name: f.text for f in files if f.path.name == "hooks.py"}


def shape(code: str) -> str:
    """Return the structure of code, without its texts and the members of its sets."""
    return ast.dump(Shape().visit(ast.parse(code)))


def texts_in(code: str) -> set[object]:
    return {node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant)}


class Shape(ast.NodeTransformer):
    """Replaces the texts in code, and removes the members of the enum of the statuses."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if node.name == "JobStatus":
            node.body = [each for each in node.body if not isinstance(each, ast.Assign)]
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("text") if isinstance(node.value, str) else node

    def visit_Set(self, node: ast.Set) -> ast.Set:  # noqa: ARG002 - all are alike
        return ast.Set([])


def value_of(assignment: str) -> object:
    """Return the value of an assignment, indented or not."""
    (statement,) = ast.parse(textwrap.dedent(assignment)).body
    assert isinstance(statement, ast.Assign)
    return ast.literal_eval(statement.value)
