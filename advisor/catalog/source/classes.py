"""Classes and functions: what a name means in a module, and the order of a class's bases."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from advisor.catalog.source.modules import (
    NEWEST,
    Binding,
    Function,
    Import,
    Module,
    Modules,
    bindings_of,
)

_MAX_HOPS = 30


@dataclass(frozen=True)
class External:
    """A name in a module that the environment does not have."""

    dotted: str

    @property
    def name(self) -> str:
        """Last part of the dotted name."""
        return self.dotted.rpartition(".")[2]


@dataclass(eq=False)
class Class:
    """A class in source; `mro` holds itself and its bases in the order of method resolution."""

    node: ast.ClassDef
    module: Module
    mro: tuple[Class | External, ...] = ()
    _members: dict[str, list[Binding]] | None = None

    @property
    def name(self) -> str:
        """Name without the module."""
        return self.node.name

    @property
    def is_core(self) -> bool:
        """Say whether it is machinery of Airflow itself, not an operator, sensor or trigger."""
        return is_machinery(self.module.name)

    @property
    def members(self) -> dict[str, list[Binding]]:
        """Names that the body of the class binds."""
        if self._members is None:
            self._members = bindings_of(self.node.body, self.module)
        return self._members

    def lineage(self) -> Iterator[Class]:
        """Yield itself and its bases that have source."""
        return (base for base in self.mro if isinstance(base, Class))

    def base_names(self) -> frozenset[str]:
        """Names of itself and all bases."""
        return frozenset(base.name for base in self.mro)

    def lookup(self, name: str, after: Class | None = None) -> tuple[Class, Binding] | None:
        """Find a member in the order of method resolution, only behind `after` if it is given."""
        lineage = list(self.lineage())
        start = lineage.index(after) + 1 if after in lineage else 0
        for owner in lineage[start:]:
            if name in owner.members:
                return owner, owner.members[name][0]
        return None

    def method(self, name: str) -> tuple[Class, Function] | None:
        """Find a method in the order of method resolution."""
        found = self.lookup(name)
        if found and isinstance(found[1], ast.FunctionDef | ast.AsyncFunctionDef):
            return found[0], found[1]
        return None


@dataclass(frozen=True)
class FunctionInModule:
    """A function at the top level of a module."""

    node: Function
    module: Module


@dataclass(frozen=True)
class ValueInModule:
    """A name that is bound to an expression."""

    node: ast.expr
    module: Module


Definition = Class | FunctionInModule | ValueInModule | Module | External


@dataclass
class Names:
    """Resolves names across modules."""

    modules: Modules
    _resolved: dict[tuple[str, str], Definition | None] = field(default_factory=dict)
    _classes: dict[ast.ClassDef, Class] = field(default_factory=dict)

    def resolve(self, module: Module, name: str) -> Definition | None:
        """Return what a top-level name of a module means, None if the module has no such name."""
        key = (module.name, name)
        if key not in self._resolved:
            # A name that is being resolved again is a cycle of imports.
            self._resolved[key] = None
            self._resolved[key] = self._resolve(module, name)
        return self._resolved[key]

    def resolve_dotted(self, module: Module, dotted: str) -> Definition | None:
        """Resolve `name.attribute.attribute` as far as modules go."""
        head, *rest = dotted.split(".")
        found = self.resolve(module, head)
        for part in rest:
            if isinstance(found, Module):
                found = self.member(found, part)
            elif isinstance(found, External):
                found = self.imported(f"{found.dotted}", part)
            else:
                return None
        return found

    def member(self, module: Module, name: str) -> Definition:
        """Return an attribute of a module, which can be a submodule."""
        found = self.resolve(module, name)
        return (
            found or self.modules.get(f"{module.name}.{name}") or External(f"{module.name}.{name}")
        )

    def imported(self, module_name: str, name: str) -> Definition:
        """Return what `from module_name import name` binds."""
        module = self.modules.get(module_name)
        if module is not None:
            return self.member(module, name)
        # A namespace package has no file.
        return self.modules.get(f"{module_name}.{name}") or External(f"{module_name}.{name}")

    def _resolve(self, module: Module, name: str) -> Definition | None:
        first: Definition | None = None
        for binding in module.bindings.get(name, []):
            found = self._bound(module, binding)
            if not isinstance(found, External) or self._belongs_to_missing_airflow(found):
                return found
            first = first or found
        if first is not None:
            return first
        return self._lazy(module, name) or self._starred(module, name)

    def _belongs_to_missing_airflow(self, found: External) -> bool:
        """Prefer the newest Airflow's name to a stand-in if no Airflow can be seen."""
        return (
            self.modules.airflow == NEWEST
            and found.dotted.startswith("airflow.")
            and not found.dotted.startswith("airflow.providers.")
        )

    def _bound(self, module: Module, binding: Binding) -> Definition:
        if isinstance(binding, Import):
            module.imports.add(binding.module)
            if not binding.name:
                return self.modules.get(binding.module) or External(binding.module)
            return self.imported(binding.module, binding.name)
        if isinstance(binding, ast.ClassDef):
            return self.class_of(binding, module)
        if isinstance(binding, ast.FunctionDef | ast.AsyncFunctionDef):
            return FunctionInModule(binding, module)
        return self._alias(module, binding)

    def _alias(self, module: Module, node: ast.expr) -> Definition:
        dotted = dotted_name(node)
        if dotted and dotted.partition(".")[0] in module.bindings:
            found = self.resolve_dotted(module, dotted)
            if found is not None:
                return found
        return ValueInModule(node, module)

    def _lazy(self, module: Module, name: str) -> Definition | None:
        first: Definition | None = None
        for paths in (lazy[name] for lazy in module.lazy_imports if name in lazy):
            # A renamed name is a tuple of new path, old path and old name.
            renamed = len(paths) > 1 and "." not in paths[-1]
            for number, path in enumerate(paths[:-1] if renamed else paths):
                target = paths[-1] if renamed and number else name
                found = self._lazy_target(module, path, target)
                if not isinstance(found, External):
                    return found
                first = first or found
        return first

    def _lazy_target(self, module: Module, path: str, name: str) -> Definition:
        if path.startswith("."):
            path = module.package + path
        module.imports.add(path)
        if path.endswith(f".{name}") and self.modules.find(path) is None:
            path = path[: -len(name) - 1]
        return self.imported(path, name)

    def _starred(self, module: Module, name: str) -> Definition | None:
        for binding in module.bindings.get("*", []):
            if isinstance(binding, Import):
                module.imports.add(binding.module)
                source = self.modules.get(binding.module)
                found = self.resolve(source, name) if source else None
                if found is not None:
                    return found
        return None

    def class_of(self, node: ast.ClassDef, module: Module) -> Class:
        """Return the class of a node, with the order of its bases."""
        if node not in self._classes:
            found = Class(node, module)
            self._classes[node] = found
            found.mro = (found,)
            found.mro = self._linearize(found)
        return self._classes[node]

    def _linearize(self, owner: Class) -> tuple[Class | External, ...]:
        bases = [base for node in owner.node.bases if (base := self._base(owner.module, node))]
        orders: list[list[Class | External]] = [
            list(base.mro) if isinstance(base, Class) else [base] for base in bases
        ]
        orders.append(list(bases))
        return (owner, *merge(orders))

    def _base(self, module: Module, node: ast.expr) -> Class | External | None:
        while isinstance(node, ast.Subscript):
            node = node.value
        dotted = dotted_name(node)
        found = self.resolve_dotted(module, dotted) if dotted else None
        for _ in range(_MAX_HOPS):
            if not isinstance(found, ValueInModule):
                break
            found = self._base_of_value(found)
        return found if isinstance(found, Class | External) else None

    def _base_of_value(self, value: ValueInModule) -> Definition | None:
        node = value.node
        if isinstance(node, ast.IfExp):
            node = node.body
        dotted = dotted_name(node)
        return self.resolve_dotted(value.module, dotted) if dotted else None


def merge(orders: list[list[Class | External]]) -> list[Class | External]:
    """Merge orders of bases as C3 does; if they contradict each other, take them one by one."""
    merged: list[Class | External] = []
    orders = [list(order) for order in orders if order]
    while orders:
        head = next(
            (o[0] for o in orders if not any(o[0] in other[1:] for other in orders)), orders[0][0]
        )
        merged.append(head)
        orders = [rest for o in orders if (rest := [item for item in o if item != head])]
    return merged


def dotted_name(node: ast.expr) -> str:
    """Return `a.b.c` for an expression that is only names, "" for others."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([node.id, *reversed(parts)])


def is_machinery(module: str) -> bool:
    """Say whether a module belongs to Airflow and has no operators, sensors or triggers to read."""
    if not module.startswith("airflow.") or module.startswith("airflow.providers."):
        return False
    folder, _, name = module.removeprefix("airflow.").partition(".")
    # Airflow 2 has the standard operators itself.
    return folder not in {"operators", "sensors", "triggers"} or name in {"base", ""}
