"""Abstract evaluation of expressions."""

from __future__ import annotations

import ast
import operator
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, ClassVar

from advisor.catalog.source.classes import (
    Class,
    Definition,
    External,
    FunctionInModule,
    Names,
    ValueInModule,
)
from advisor.catalog.source.events import Report
from advisor.catalog.source.loops import Loop, compare
from advisor.catalog.source.modules import Binding, Function, Module, flag_value
from advisor.catalog.source.values import (
    NONE,
    Choice,
    ClassValue,
    Clock,
    Counter,
    Elapsed,
    Instance,
    Items,
    Known,
    Method,
    ModuleValue,
    Sequence,
    Super,
    Unknown,
    Value,
    alternatives,
    join,
    number,
    origins_of,
    truth,
)

MAX_STEPS = 40_000
_MAX_PAIRS = 8
STORE = "task_state_store"

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda left, right: left in right,
    ast.NotIn: lambda left, right: left not in right,
}


class Exhausted(Exception):
    """The execution takes too many steps."""


@dataclass
class Frame:
    """A function that is being executed."""

    module: Module
    names: dict[str, Value]
    owner: Class | None = None
    receiver: Value | None = None
    returned: list[Value] = field(default_factory=list)


class Expressions(ABC):
    """Evaluates expressions; calls are left to a subclass."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.report = Report()
        self.loops: list[Loop] = []
        self.steps = 0
        self.judging = False
        self._constants: dict[ast.expr, Value] = {}

    @abstractmethod
    def call(self, node: ast.Call, frame: Frame) -> Value:
        """Evaluate a call."""

    @abstractmethod
    def invoke(self, method: Method, positional: list[Value], keywords: dict[str, Value]) -> Value:
        """Execute a function."""

    def evaluate(self, node: ast.expr | None, frame: Frame) -> Value:
        """Evaluate an expression."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Exhausted
        handler = self._handlers.get(type(node))
        return handler(self, node, frame) if handler else self._other(node, frame)

    def _other(self, node: ast.AST | None, frame: Frame) -> Value:
        """Evaluate the parts for what they reach."""
        if node is not None:
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    self.evaluate(child, frame)
        return Unknown()

    def _constant(self, node: ast.Constant, _: Frame) -> Value:
        return Known(node.value)

    def _name(self, node: ast.Name, frame: Frame) -> Value:
        found = frame.names.get(node.id)
        if found is not None:
            return found
        flag = flag_value(node, self.names.modules.airflow)
        if flag is not None:
            return Known(flag)
        definition = self.names.resolve(frame.module, node.id)
        return External(node.id) if definition is None else self.value_of(definition)

    def value_of(self, definition: Definition) -> Value:
        """Return the value of a definition in a module."""
        if isinstance(definition, Class):
            return ClassValue(definition)
        if isinstance(definition, FunctionInModule):
            return Method(definition.node, definition.module)
        if isinstance(definition, Module):
            return ModuleValue(definition)
        if isinstance(definition, ValueInModule):
            return self._module_constant(definition)
        return definition

    def _module_constant(self, definition: ValueInModule) -> Value:
        if definition.node not in self._constants:
            self._constants[definition.node] = Unknown()
            value = self.evaluate(definition.node, Frame(definition.module, {}))
            self._constants[definition.node] = value
        return self._constants[definition.node]

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Value:
        return self.attribute(self.evaluate(node.value, frame), node.attr)

    def attribute(self, value: Value, name: str) -> Value:
        """Return an attribute of a value."""
        match value:
            case Instance():
                return self._of_instance(value, name)
            case ClassValue() | Super():
                return self._of_class(value, name)
            case ModuleValue() | External():
                return self._of_module(value, name)
            case Choice(values=values):
                return join([self.attribute(item, name) for item in values])
        return _plain_attribute(value, name)

    def _of_class(self, value: ClassValue | Super, name: str) -> Value:
        if isinstance(value, ClassValue):
            found = value.owner.lookup(name)
            return self._member(*found, name, value) if found else Unknown()
        receiver = value.receiver
        if not isinstance(receiver, Instance):
            return Unknown()
        found = receiver.owner.lookup(name, after=value.owner)
        return self._member(*found, name, receiver) if found else Unknown()

    def _of_module(self, value: ModuleValue | External, name: str) -> Value:
        if isinstance(value, ModuleValue):
            return self.value_of(self.names.member(value.module, name))
        if (value.dotted, name) == ("sys", "maxsize"):
            return Known(sys.maxsize)
        return External(f"{value.dotted}.{name}")

    def _of_instance(self, instance: Instance, name: str) -> Value:
        if name in instance.attributes:
            return instance.attributes[name]
        if name == "__class__":
            return ClassValue(instance.owner)
        found = instance.owner.lookup(name)
        return self._member(*found, name, instance) if found else Unknown()

    def _member(self, owner: Class, binding: Binding, name: str, receiver: Value) -> Value:
        if isinstance(binding, ast.FunctionDef | ast.AsyncFunctionDef):
            return self._function(owner, binding, name, receiver)
        if isinstance(binding, ast.ClassDef):
            return ClassValue(self.names.class_of(binding, owner.module))
        if isinstance(binding, ast.expr):
            names: dict[str, Value] = {}
            if isinstance(binding, ast.Name) and binding.id in owner.members and binding.id != name:
                return self.attribute(receiver, binding.id)
            return self.evaluate(binding, Frame(owner.module, names, owner))
        return Unknown()

    def _function(self, owner: Class, node: Function, name: str, receiver: Value) -> Value:
        decorators = decorator_names(node)
        if "staticmethod" in decorators:
            return Method(node, owner.module, owner)
        if "classmethod" in decorators and isinstance(receiver, Instance):
            receiver = ClassValue(receiver.owner)
        if decorators & {"property", "cached_property"} and isinstance(receiver, Instance):
            if owner.is_core:
                return Unknown()
            value = self.invoke(Method(node, owner.module, owner, receiver), [], {})
            if "cached_property" in decorators:
                receiver.attributes[name] = value
            return value
        if isinstance(receiver, ClassValue) and "classmethod" not in decorators:
            return Method(node, owner.module, owner)
        return Method(node, owner.module, owner, receiver)

    def _binary(self, node: ast.BinOp, frame: Frame) -> Value:
        left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
        return combine(node.op, left, right)

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Value:
        value = self.evaluate(node.operand, frame)
        if isinstance(node.op, ast.Not):
            known = truth(value)
            return (
                Unknown(origins_of(value)) if known is None else Known(not known, origins_of(value))
            )
        size = number(value)
        if isinstance(node.op, ast.USub) and size is not None:
            return Known(-size, origins_of(value))
        return value if isinstance(node.op, ast.UAdd) else Unknown(origins_of(value))

    def _boolean(self, node: ast.BoolOp, frame: Frame) -> Value:
        stops = isinstance(node.op, ast.Or)
        origins = NONE
        possible: list[Value] = []
        for part in node.values[:-1]:
            value = self.evaluate(part, frame)
            origins |= origins_of(value)
            known = truth(value)
            if known is stops:
                return join([*possible, _with(value, origins)])
            if known is None:
                possible.append(value)
        return join([*possible, _with(self.evaluate(node.values[-1], frame), origins)])

    def _conditional(self, node: ast.IfExp, frame: Frame) -> Value:
        test = self.evaluate(node.test, frame)
        known = truth(test)
        if known is not None:
            chosen = self.evaluate(node.body if known else node.orelse, frame)
            return _with(chosen, origins_of(test))
        return join([self.evaluate(node.body, frame), self.evaluate(node.orelse, frame)])

    def _compare(self, node: ast.Compare, frame: Frame) -> Value:
        left = self.evaluate(node.left, frame)
        rights = [self.evaluate(item, frame) for item in node.comparators]
        if len(rights) != 1:
            return Unknown()
        if self.judging:
            self._note_bound(left, rights[0])
        return compared(node.ops[0], left, rights[0])

    def _note_bound(self, left: Value, right: Value) -> None:
        loop = next((loop for loop in reversed(self.loops) if not loop.is_block), None)
        if loop is not None:
            compare(loop, left, right)

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        key = self.evaluate(node.slice, frame)
        if isinstance(key, Known):
            if key.value == STORE:
                self.report.reached.add("store")
            return self._item(value, key.value)
        return Unknown(origins_of(value))

    def _item(self, value: Value, key: object) -> Value:
        if isinstance(value, Items) and isinstance(key, str):
            return value.items.get(key, Unknown())
        if (
            isinstance(value, Sequence)
            and isinstance(key, int)
            and -len(value.items) <= key < len(value.items)
        ):
            return value.items[key]
        return Unknown(origins_of(value))

    def _dictionary(self, node: ast.Dict, frame: Frame) -> Value:
        result = Items()
        for key, item in zip(node.keys, node.values, strict=True):
            value = self.evaluate(item, frame)
            name = self.evaluate(key, frame) if key is not None else None
            if isinstance(name, Known) and isinstance(name.value, str):
                result.items[name.value] = value
            elif name is None and isinstance(value, Items):
                result.items.update(value.items)
                result.complete = result.complete and value.complete
            else:
                result.complete = False
        return result

    def _sequence(self, node: ast.Tuple | ast.List, frame: Frame) -> Value:
        if any(isinstance(item, ast.Starred) for item in node.elts):
            return self._other(node, frame)
        return Sequence(tuple(self.evaluate(item, frame) for item in node.elts))

    def _inner(
        self, node: ast.Await | ast.Starred | ast.YieldFrom | ast.FormattedValue, frame: Frame
    ) -> Value:
        return self.evaluate(node.value, frame)

    def _named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        frame.names[node.target.id] = value
        return value

    def _lambda(self, node: ast.Lambda, frame: Frame) -> Value:
        return Method(node, frame.module, frame.owner, None, frame.names)

    def _call(self, node: ast.Call, frame: Frame) -> Value:
        return self.call(node, frame)

    def _text(self, node: ast.JoinedStr, _: Frame) -> Value:
        del node
        return Unknown()

    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp, frame: Frame
    ) -> Value:
        inner = Frame(frame.module, dict(frame.names), frame.owner, frame.receiver)
        for generator in node.generators:
            self.evaluate(generator.iter, inner)
            for name in ast.walk(generator.target):
                if isinstance(name, ast.Name):
                    inner.names[name.id] = Unknown()
        self.evaluate(node.value if isinstance(node, ast.DictComp) else node.elt, inner)
        return Unknown()

    _handlers: ClassVar[dict[type, Callable[..., Value]]] = {
        ast.Constant: _constant,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.BinOp: _binary,
        ast.UnaryOp: _unary,
        ast.BoolOp: _boolean,
        ast.IfExp: _conditional,
        ast.Compare: _compare,
        ast.Subscript: _subscript,
        ast.Dict: _dictionary,
        ast.Tuple: _sequence,
        ast.List: _sequence,
        ast.Await: _inner,
        ast.Starred: _inner,
        ast.YieldFrom: _inner,
        ast.NamedExpr: _named,
        ast.Lambda: _lambda,
        ast.JoinedStr: _text,
        ast.ListComp: _comprehension,
        ast.SetComp: _comprehension,
        ast.GeneratorExp: _comprehension,
        ast.DictComp: _comprehension,
        ast.Call: _call,
    }


def _plain_attribute(value: Value, name: str) -> Value:
    """Return an attribute of a value from outside, such as an enum's member."""
    if isinstance(value, Known) and name in {"value", "name"}:
        return value
    if name == "__name__" and isinstance(value, Method) and not isinstance(value.node, ast.Lambda):
        return Known(value.node.name)
    return Unknown(origins_of(value))


def decorator_names(node: Function) -> frozenset[str]:
    """Return the last parts of the names of a function's decorators."""
    return frozenset(
        item.attr if isinstance(item, ast.Attribute) else item.id
        for item in node.decorator_list
        if isinstance(item, ast.Attribute | ast.Name)
    )


def _with(value: Value, origins: frozenset[str]) -> Value:
    if not origins:
        return value
    if isinstance(value, Known):
        return Known(value.value, value.origins | origins)
    if isinstance(value, Unknown):
        return Unknown(value.origins | origins)
    return value


def combine(op: ast.operator, left: Value, right: Value) -> Value:
    """Apply an arithmetic operator."""
    origins = origins_of(left) | origins_of(right)
    if isinstance(left, Clock | Elapsed) or isinstance(right, Clock | Elapsed):
        return _time(op, left, right, origins)
    if isinstance(left, Choice) or isinstance(right, Choice):
        pairs = [(one, other) for one in alternatives(left) for other in alternatives(right)]
        return (
            join([combine(op, one, other) for one, other in pairs])
            if len(pairs) <= _MAX_PAIRS
            else Unknown(origins)
        )
    function = _OPERATORS.get(type(op))
    if not isinstance(left, Known) or not isinstance(right, Known) or function is None:
        return Unknown(origins)
    if not all(isinstance(item.value, int | float | timedelta) for item in (left, right)):
        return Unknown(origins)
    try:
        return Known(function(left.value, right.value), origins)
    except (TypeError, ValueError, ArithmeticError):
        return Unknown(origins)


def _time(op: ast.operator, left: Value, right: Value, origins: frozenset[str]) -> Value:
    first, second = _offset(left), _offset(right)
    offset: float | None = None
    if first is not None and second is not None:
        offset = first + second if isinstance(op, ast.Add) else first - second
    both = isinstance(left, Clock) and isinstance(right, Clock)
    if both or isinstance(left, Elapsed) or not isinstance(op, ast.Add | ast.Sub):
        return Elapsed(offset if isinstance(op, ast.Add | ast.Sub) else None, origins)
    return Clock(offset, origins)


def _offset(value: Value) -> float | None:
    return value.offset if isinstance(value, Clock | Elapsed) else number(value)


def compared(op: ast.cmpop, left: Value, right: Value) -> Value:
    """Compare two values."""
    origins = origins_of(left) | origins_of(right)
    if isinstance(op, ast.Is | ast.IsNot):
        same = _identical(left, right)
        return Unknown(origins) if same is None else Known(same is isinstance(op, ast.Is), origins)
    if isinstance(right, Sequence) and all(isinstance(item, Known) for item in right.items):
        right = Known(tuple(item.value for item in right.items if isinstance(item, Known)))
    function = _COMPARISONS.get(type(op))
    if not isinstance(left, Known) or not isinstance(right, Known) or function is None:
        return Unknown(origins)
    try:
        return Known(bool(function(left.value, right.value)), origins)
    except (TypeError, ValueError):
        return Unknown(origins)


def _identical(left: Value, right: Value) -> bool | None:
    marker = left.value if isinstance(left, Known) else None
    if isinstance(right, Instance | External):
        return marker == right if marker is not None else True if left == right else None
    if isinstance(left, Known) and isinstance(right, Known):
        return left.value is right.value
    if isinstance(right, Known) and right.value is None:
        concrete = (
            Instance
            | Method
            | ClassValue
            | ModuleValue
            | Items
            | Sequence
            | Clock
            | Elapsed
            | Counter
        )
        present = isinstance(left, Unknown) and left.present
        return False if present or isinstance(left, concrete) else None
    return None
