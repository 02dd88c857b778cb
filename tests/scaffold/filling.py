"""Fills in the generated hook as users do: method bodies, and the imports and classes they need."""

from __future__ import annotations

import ast

CLASS = "Bodies"
"""The class whose methods are the bodies, in the text that is filled in."""


def filled_in(hooks: str, text: str) -> str:
    """Return a generated hooks.py with the method bodies, imports and classes of a text."""
    for method in _methods(text):
        if f"def {method.name}(" in hooks:
            hooks = _with_body(hooks, method.name, _lines(text, method.body[0], method))
        else:
            start = method.decorator_list[0] if method.decorator_list else method
            hooks += "\n" + _lines(text, start, method)
    imports, classes = _around(text)
    hooks = hooks.replace("\nfrom airflow.sdk import", f"{imports}\nfrom airflow.sdk import", 1)
    return hooks.replace(
        "\nclass SubmissionRejected", f"\n{classes}\n\nclass SubmissionRejected", 1
    )


def written_lines(text: str) -> int:
    """Return the number of lines that users write: all but the generated signatures."""
    given = [method for method in _methods(text) if not method.name.startswith("_")]
    return sum(bool(line.strip()) for line in text.splitlines()) - len(given) - 1


def _methods(text: str) -> list[ast.FunctionDef]:
    (bodies,) = (n for n in ast.parse(text).body if isinstance(n, ast.ClassDef) and n.name == CLASS)
    return [node for node in bodies.body if isinstance(node, ast.FunctionDef)]


def _with_body(hooks: str, method: str, body: str) -> str:
    """Return the file with what follows the docstring of a method replaced."""
    (function,) = (
        node
        for node in ast.walk(ast.parse(hooks))
        if isinstance(node, ast.FunctionDef) and node.name == method
    )
    head = _lines(hooks, function, function.body[0])
    return hooks.replace(_lines(hooks, function, function), head + body)


def _around(text: str) -> tuple[str, str]:
    """Return the imports of a text, and the classes other than the bodies."""
    nodes = [node for node in ast.parse(text).body if getattr(node, "name", "") != CLASS]
    imports = [node for node in nodes if isinstance(node, ast.Import | ast.ImportFrom)]
    classes = [node for node in nodes if node not in imports]
    return tuple("".join(_lines(text, n, n) for n in each) for each in (imports, classes))  # type: ignore[return-value]


def _lines(text: str, first: ast.stmt | ast.expr, last: ast.stmt | ast.expr) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[first.lineno - 1 : last.end_lineno])
