"""Modules of an environment, parsed when they are needed, and the names that they bind."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from advisor.catalog.source.parsing import UnreadableSource, parse_source
from advisor.catalog.source.trees import SourceFile, Tree

Function = ast.FunctionDef | ast.AsyncFunctionDef
_AIRFLOW_FLAG = re.compile(r"AIRFLOW_V_(\d+)_(\d+)(?:_(\d+))?_PLUS")
NEWEST = (99, 0, 0)


@dataclass(frozen=True)
class Import:
    """A name bound by an import; `name` is "" for a module."""

    module: str
    name: str


Binding = Import | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef | ast.expr


@dataclass(eq=False)
class Module:
    """A parsed module; `bindings` holds the candidates for each name, the best one first."""

    name: str
    file: SourceFile
    body: list[ast.stmt]
    airflow: tuple[int, ...]
    imports: set[str] = field(default_factory=set)
    _bindings: dict[str, list[Binding]] | None = None
    _lazy: list[dict[str, tuple[str, ...]]] | None = None

    @property
    def package(self) -> str:
        """Name of the package that relative imports start from."""
        return self.name if self.file.is_package else self.name.rpartition(".")[0]

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Top-level names."""
        if self._bindings is None:
            self._bindings = bindings_of(self.body, self)
        return self._bindings

    @property
    def lazy_imports(self) -> list[dict[str, tuple[str, ...]]]:
        """Literal dictionaries of names and module paths, if the module has `__getattr__`."""
        if self._lazy is None:
            self._lazy = list(_lazy_maps(self.body)) if "__getattr__" in self.bindings else []
        return self._lazy


def _lazy_maps(body: Iterable[ast.stmt]) -> Iterable[dict[str, tuple[str, ...]]]:
    for node in body:
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        if isinstance(value, ast.Dict):
            found = {
                key.value: paths
                for key, item in zip(value.keys, value.values, strict=True)
                if isinstance(key, ast.Constant)
                and isinstance(key.value, str)
                and (paths := _strings(item))
            }
            if found:
                yield found


def _strings(node: ast.expr) -> tuple[str, ...]:
    items = node.elts if isinstance(node, ast.Tuple | ast.List) else [node]
    strings = [
        item.value
        for item in items
        if isinstance(item, ast.Constant) and isinstance(item.value, str)
    ]
    return tuple(strings) if len(strings) == len(items) else ()


def flag_value(test: ast.expr, airflow: tuple[int, ...]) -> bool | None:
    """Evaluate a test such as `not AIRFLOW_V_3_0_PLUS`, None if it is another test."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = flag_value(test.operand, airflow)
        return None if inner is None else not inner
    name = (
        test.id
        if isinstance(test, ast.Name)
        else test.attr
        if isinstance(test, ast.Attribute)
        else ""
    )
    if name == "TYPE_CHECKING":
        return False
    if match := _AIRFLOW_FLAG.fullmatch(name):
        return airflow >= tuple(int(part or 0) for part in match.groups())
    return None


def bindings_of(body: Sequence[ast.stmt], module: Module) -> dict[str, list[Binding]]:
    """Collect the names that statements bind, without entering functions and classes."""
    found: dict[str, list[Binding]] = {}
    for node in body:
        for name, binding in _bound(node, module):
            # Later statements replace earlier ones.
            found.setdefault(name, []).insert(0, binding)
    return found


def _bound(node: ast.stmt, module: Module) -> list[tuple[str, Binding]]:
    match node:
        case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
            return [(node.name, node)]
        case ast.Import() | ast.ImportFrom():
            return _imported(node, module)
        case ast.Assign():
            return [(t.id, node.value) for t in node.targets if isinstance(t, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            return [(name, value)]
        case ast.If() | ast.Try() | ast.With():
            return [pair for part in _branches(node, module) for pair in part]
    return []


def _imported(node: ast.Import | ast.ImportFrom, module: Module) -> list[tuple[str, Binding]]:
    if isinstance(node, ast.Import):
        return [_module_import(alias) for alias in node.names]
    source = _absolute(node, module)
    return [(alias.asname or alias.name, Import(source, alias.name)) for alias in node.names]


def _module_import(alias: ast.alias) -> tuple[str, Import]:
    if alias.asname:
        return alias.asname, Import(alias.name, "")
    top = alias.name.partition(".")[0]
    return top, Import(top, "")


def _absolute(node: ast.ImportFrom, module: Module) -> str:
    if not node.level:
        return node.module or ""
    base = module.package.split(".")
    base = base[: len(base) - node.level + 1]
    return ".".join([*base, *([node.module] if node.module else [])])


def _branches(node: ast.If | ast.Try | ast.With, module: Module) -> list[list[tuple[str, Binding]]]:
    """Return what the branches bind, the preferred branch last."""
    if isinstance(node, ast.With):
        bodies = [node.body]
    elif isinstance(node, ast.If):
        chosen = flag_value(node.test, module.airflow)
        bodies = [node.body, node.orelse] if chosen is False else [node.orelse, node.body]
    else:
        bodies = [*(handler.body for handler in node.handlers), node.orelse, node.body]
    return [[pair for child in body for pair in _bound(child, module)] for body in bodies]


class Modules:
    """Finds, parses and keeps the modules of the trees of an import path."""

    def __init__(self, trees: Sequence[Tree], airflow: tuple[int, ...] = NEWEST) -> None:
        self.trees = tuple(trees)
        self.mapped: dict[str, Tree] = {}
        # Other libraries have no operators, and can be larger than all providers together.
        self.readable = {"airflow"}
        self.airflow = airflow
        self.notes: list[str] = []
        self._modules: dict[str, Module | None] = {}
        self._files: dict[str, SourceFile | None] = {}

    def get(self, name: str) -> Module | None:
        """Return a module, None if it is not there or cannot be parsed (which adds a note)."""
        if name not in self._modules:
            file = self.find(name) if name.partition(".")[0] in self.readable else None
            self._modules[name] = self.load(name, file) if file else None
        return self._modules[name]

    def get_from(self, name: str, file: SourceFile, source: bytes) -> Module | None:
        """Return the module in a file that was read already."""
        if name not in self._modules:
            return self.load(name, file, source)
        return self._modules[name]

    def loaded(self, name: str) -> Module | None:
        """Return a module if it was parsed already."""
        return self._modules.get(name)

    def find(self, name: str) -> SourceFile | None:
        """Find the file of a module."""
        if name not in self._files:
            self._files[name] = self._find(name)
        return self._files[name]

    def _find(self, name: str) -> SourceFile | None:
        path = name.replace(".", "/")
        mapped = self.mapped.get(name.partition(".")[0])
        for tree in (*([mapped] if mapped else []), *self.trees):
            for candidate, is_package in ((f"{path}/__init__.py", True), (f"{path}.py", False)):
                if tree.exists(candidate):
                    return SourceFile(tree, candidate, is_package)
        return None

    def load(self, name: str, file: SourceFile, source: bytes | None = None) -> Module | None:
        """Parse a file as a module and keep it."""
        try:
            body = parse_source(file.tree.read(file.path) if source is None else source).body
        except (OSError, UnreadableSource) as error:
            reason = error.strerror or error if isinstance(error, OSError) else error
            self.notes.append(f"{file.shown}: not read: {reason}")
            module = None
        else:
            module = Module(name, file, body, self.airflow)
        self._modules[name] = module
        return module
