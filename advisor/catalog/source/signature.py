"""The parameters that the constructor of an operator accepts, also those of its bases."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from advisor.catalog.source.classes import Class
from advisor.catalog.source.modules import Function, Module

MIXIN = "ResumableJobMixin"


@dataclass(frozen=True)
class Parameter:
    """A parameter, its default (None if it is required) and the module of the default."""

    name: str
    default: ast.expr | None
    module: Module | None


def constructor_parameters(owner: Class) -> dict[str, Parameter]:
    """Return the parameters without those of Airflow's own base classes."""
    found: dict[str, Parameter] = {}
    fixed: set[str] = set()
    for base in owner.mro:
        if base.name == MIXIN and (not isinstance(base, Class) or base.is_core):
            found.setdefault("durable", Parameter("durable", ast.Constant(True), None))
        if not isinstance(base, Class) or base.is_core:
            continue
        node = base.members.get("__init__", [None])[0]
        if not isinstance(node, ast.FunctionDef):
            continue
        own = {item.name: item for item in _declared(node, base.module)}
        found.update({k: v for k, v in own.items() if k not in found and k not in fixed})
        if node.args.kwarg is None:
            break
        fixed |= _passed_to_super(node) - own.keys() - found.keys()
    return found


def _declared(node: Function, module: Module) -> Iterator[Parameter]:
    arguments = node.args
    ordered = [*arguments.posonlyargs, *arguments.args][1:]
    required: list[ast.expr | None] = [None] * len(ordered)
    defaults = [*required, *arguments.defaults][-len(ordered) :] if ordered else []
    for item, default in zip(ordered, defaults, strict=True):
        yield Parameter(item.arg, default, module)
    for item, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield Parameter(item.arg, default, module)
    if arguments.kwarg is not None:
        yield from _taken_out(node, arguments.kwarg.arg, module)


def _taken_out(node: Function, kwargs: str, module: Module) -> Iterator[Parameter]:
    """Yield what the body takes out of its keyword arguments."""
    for call in _calls(node):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr == "pop"
            and isinstance(call.func.value, ast.Name)
            and call.func.value.id == kwargs
            and call.args
            and isinstance(call.args[0], ast.Constant)
            and isinstance(call.args[0].value, str)
        ):
            yield Parameter(
                call.args[0].value, call.args[1] if len(call.args) > 1 else None, module
            )


def _passed_to_super(node: Function) -> set[str]:
    return {
        keyword.arg
        for call in _calls(node)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "__init__"
        and isinstance(call.func.value, ast.Call)
        for keyword in call.keywords
        if keyword.arg is not None
    }


def _calls(node: Function) -> Iterator[ast.Call]:
    return (child for child in ast.walk(node) if isinstance(child, ast.Call))
