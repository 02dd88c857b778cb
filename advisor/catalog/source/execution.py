"""Abstract execution of statements: every path that the known values leave open is taken."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import ClassVar

from advisor.catalog.source.calls import Calls
from advisor.catalog.source.classes import Class, External
from advisor.catalog.source.expressions import Exhausted, Frame, combine
from advisor.catalog.source.loops import (
    EXECUTION_TIMEOUT,
    Loop,
    as_limit,
    breaks,
    changed_names,
    compare,
    counter_for,
    leaves,
)
from advisor.catalog.source.values import (
    NONE,
    Instance,
    Items,
    Known,
    Method,
    ModuleValue,
    Sequence,
    Unknown,
    Value,
    alternatives,
    join,
    number,
    origins_of,
    truth,
)

_CONFLICTS = {"AlreadyExists", "Conflict", "DagRunAlreadyExists", "ResourceExistsError"}


class Execution(Calls):
    """Executes an operator with its default parameters."""

    def construct(self, instance: Instance, parameters: dict[str, Value]) -> None:
        """Construct the operator."""
        self.operator = instance
        instance.attributes[EXECUTION_TIMEOUT] = Unknown(frozenset({EXECUTION_TIMEOUT}))
        found = instance.owner.method("__init__")
        if found and not found[0].is_core:
            self.invoke(Method(found[1], found[0].module, found[0], instance), [], dict(parameters))
        else:
            self._core_init(instance, parameters)

    def run_operator(self, instance: Instance) -> None:
        """Execute `execute` and the methods that resume after its deferrals."""
        self.operator = instance
        found = instance.owner.method("execute")
        if found is None:
            return
        try:
            self.invoke(Method(found[1], found[0].module, found[0], instance), [Unknown()], {})
            self.resume()
        except Exhausted:
            self.report.exhausted = True

    def resume(self) -> None:
        """Execute each method that a deferral resumes with, once."""
        while self.pending:
            receiver, name = self.pending.pop(0)
            if name not in self.resumed:
                self.resumed.add(name)
                method = self.attribute(receiver, name)
                if isinstance(method, Method):
                    self.invoke(method, [Unknown(), Unknown()], {})

    def execute_body(self, body: list[ast.stmt], frame: Frame) -> bool:
        """Execute statements; return whether the end cannot be reached."""
        return any(self._statement(node, frame) for node in body)

    def _statement(self, node: ast.stmt, frame: Frame) -> bool:
        handler = self._handlers_of_statements.get(type(node))
        return handler(self, node, frame) if handler else False

    def _assignment(self, node: ast.Assign, frame: Frame) -> bool:
        result = self.evaluate(node.value, frame)
        for target in node.targets:
            self._assign(target, result, frame)
        return False

    def _annotated_assignment(self, node: ast.AnnAssign, frame: Frame) -> bool:
        if node.value is not None:
            self._assign(node.target, self.evaluate(node.value, frame), frame)
        return False

    def _return(self, node: ast.Return, frame: Frame) -> bool:
        value = Known(None) if node.value is None else self.evaluate(node.value, frame)
        frame.returned.append(value)
        return True

    def _leave(self, _node: ast.Break | ast.Continue, _frame: Frame) -> bool:
        return True

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> bool:
        frame.names[node.name] = Method(node, frame.module, frame.owner, None, frame.names)
        return False

    def _assert(self, node: ast.Assert, frame: Frame) -> bool:
        self.evaluate(node.test, frame)
        return False

    def _expression(self, node: ast.Expr, frame: Frame) -> bool:
        before = len(self.report.deferrals)
        self.evaluate(node.value, frame)
        call = node.value.value if isinstance(node.value, ast.Await) else node.value
        deferred = len(self.report.deferrals) > before
        # self.defer never returns.
        return deferred and isinstance(call, ast.Call) and _called(call) == "defer"

    def _assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        match target:
            case ast.Name(id=name):
                frame.names[name] = value
            case ast.Attribute(value=receiver, attr=name):
                for item in alternatives(self.evaluate(receiver, frame)):
                    if isinstance(item, Instance):
                        item.attributes[name] = value
            case ast.Subscript(value=receiver, slice=key):
                owner, index = self.evaluate(receiver, frame), self.evaluate(key, frame)
                if isinstance(owner, Items) and isinstance(index, Known):
                    owner.items[str(index.value)] = value
            case ast.Tuple(elts=items) | ast.List(elts=items):
                self._unpack(items, value, frame)

    def _unpack(self, targets: list[ast.expr], value: Value, frame: Frame) -> None:
        values = value.items if isinstance(value, Sequence) else ()
        if len(values) != len(targets):
            values = tuple(Unknown() for _ in targets)
        for target, item in zip(targets, values, strict=True):
            self._assign(target, item, frame)

    def _augment(self, node: ast.AugAssign, frame: Frame) -> bool:
        step = self.evaluate(node.value, frame)
        read = ast.copy_location(_as_load(node.target), node)
        before = self.evaluate(read, frame)
        if not self.loops or isinstance(before, Known):
            self._assign(node.target, combine(node.op, before, step), frame)
        return False

    def _raise(self, node: ast.Raise, frame: Frame) -> bool:
        if isinstance(node.exc, ast.Call):
            self._raise_call(node.exc, frame)
        return True

    def _raise_call(self, raised: ast.Call, frame: Frame) -> None:
        name = _called(raised)
        if name == "TaskDeferred":
            positional, keywords = self._arguments(raised, frame)
            self.defer(keywords, positional)
        elif name == "DagRunTriggerException":
            self._trigger_dag_run(raised, frame)
        else:
            self.evaluate(raised, frame)

    def _trigger_dag_run(self, raised: ast.Call, frame: Frame) -> None:
        """Airflow 3 itself waits for the run, or defers to a DagStateTrigger, without a limit."""
        _, keywords = self._arguments(raised, frame)
        if truth(keywords.get("deferrable", Known(False))) is False:
            self._wait(as_limit(Known(None)))
            return
        standard = self.names.imported(
            "airflow.providers.standard.triggers.external_task", "DagStateTrigger"
        )
        trigger = Instance(standard) if isinstance(standard, Class) else Unknown()
        self.defer({"trigger": trigger}, [])

    def _if(self, node: ast.If, frame: Frame) -> bool:
        judging, self.judging = (
            self.judging,
            bool(self.loops) and leaves(node),
        )
        test = truth(self.evaluate(node.test, frame))
        self.judging = judging
        # A check of parameters that have no useful default is not the way that users take.
        if test is not None and not (test and _only_raises(node.body)):
            return self.execute_body(node.body if test else node.orelse, frame)
        return self._branches([node.body, node.orelse], frame, node.test)

    def _branches(
        self, bodies: list[list[ast.stmt]], frame: Frame, test: ast.expr | None = None
    ) -> bool:
        """Execute alternatives from the same state and join what they leave behind."""
        start = _State(frame)
        ends: list[_State] = []
        for index, body in enumerate(bodies):
            start.restore(frame)
            if index == 0 and isinstance(test, ast.Name):
                _narrow(test.id, frame)
            if not self.execute_body(body, frame):
                ends.append(_State(frame))
        if ends:
            _merge(ends, frame)
        return not ends

    def _loop(self, node: ast.While | ast.For | ast.AsyncFor, frame: Frame) -> bool:
        loop = Loop()
        counted = self._iterate(node, frame) if isinstance(node, ast.For | ast.AsyncFor) else None
        if counted is not None:
            loop.attempts.append(counted)
            loop.is_retry = counted[0] is not None and counted[0] <= 1
        self._widen(node, frame)
        self.loops.append(loop)
        if isinstance(node, ast.While):
            self.judging = True
            value = self.evaluate(node.test, frame)
            compare(loop, value, Known(0))
            test = truth(value)
            self.judging = False
        else:
            test = None
        if test is not False:
            self._branches([node.body, []], frame)
        self.finish(loop)
        endless = test is True and not breaks(node)
        return endless or self.execute_body(node.orelse, frame)

    def _iterate(
        self, node: ast.For | ast.AsyncFor, frame: Frame
    ) -> tuple[float | None, frozenset[str]] | None:
        if not isinstance(node.iter, ast.Call) or _called(node.iter) != "range":
            self.evaluate(node.iter, frame)
            return None
        values = [self.evaluate(item, frame) for item in node.iter.args]
        numbers = [number(value) for value in values]
        origins = NONE.union(*(origins_of(value) for value in values))
        if not numbers or any(size is None for size in numbers):
            return None, origins
        sizes = [int(size or 0) for size in numbers]
        try:
            return float(len(range(*sizes))), origins
        except (ValueError, TypeError, OverflowError):
            return None, origins

    def _widen(self, node: ast.While | ast.For | ast.AsyncFor, frame: Frame) -> None:
        """Forget what the loop changes, except counters."""
        for name, step in changed_names(node).items():
            attribute = name.removeprefix("self.") if name.startswith("self.") else ""
            receiver = frame.names.get("self")
            store = (
                receiver.attributes if attribute and isinstance(receiver, Instance) else frame.names
            )
            key = attribute or name
            if attribute and not isinstance(receiver, Instance):
                continue
            before = store.get(key)
            store[key] = counter_for(before, self.evaluate(step, frame)) if step else Unknown()
        if isinstance(node, ast.For | ast.AsyncFor):
            for leaf in ast.walk(node.target):
                if isinstance(leaf, ast.Name):
                    frame.names[leaf.id] = Unknown()

    def _try(self, node: ast.Try, frame: Frame) -> bool:
        start = _State(frame)
        ends: list[_State] = []
        if not (self.execute_body(node.body, frame) or self.execute_body(node.orelse, frame)):
            ends.append(_State(frame))
        for handler in node.handlers:
            start.restore(frame)
            if not self._handler(handler, frame):
                ends.append(_State(frame))
        if ends:
            _merge(ends, frame)
        return self.execute_body(node.finalbody, frame) or not ends

    def _handler(self, handler: ast.ExceptHandler, frame: Frame) -> bool:
        if _caught(handler) & _CONFLICTS:
            self.report.reached.add("conflict")
        if handler.name:
            frame.names[handler.name] = Unknown()
        # A missing optional package is not a path of the operator.
        if "ImportError" in _caught(handler):
            return True
        self.in_handler += 1
        ends = self.execute_body(handler.body, frame)
        self.in_handler -= 1
        return ends

    def _with(self, node: ast.With | ast.AsyncWith, frame: Frame) -> bool:
        blocks: list[Loop] = []
        for item in node.items:
            value = self.evaluate(item.context_expr, frame)
            if (
                isinstance(value, Known)
                and isinstance(value.value, tuple)
                and value.value[:1] == ("timeout",)
            ):
                blocks.append(Loop(is_block=True, limits=[as_limit(value.value[1])]))
                self.loops.append(blocks[-1])
            if item.optional_vars is not None:
                self._assign(item.optional_vars, value, frame)
        ends = self.execute_body(node.body, frame)
        for block in reversed(blocks):
            self.finish(block)
        return ends

    def _import(self, node: ast.Import | ast.ImportFrom, frame: Frame) -> bool:
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            if isinstance(node, ast.Import):
                module = self.names.modules.get(alias.name if alias.asname else name)
                frame.names[name] = ModuleValue(module) if module else External(name)
            elif node.module and not node.level:
                frame.module.imports.add(node.module)
                frame.names[name] = self.value_of(self.names.imported(node.module, alias.name))
        return False

    def _match(self, node: ast.Match, frame: Frame) -> bool:
        self.evaluate(node.subject, frame)
        return self._branches([*(case.body for case in node.cases), []], frame)

    _handlers_of_statements: ClassVar[dict[type, Callable[..., bool]]] = {
        ast.Expr: _expression,
        ast.Assign: _assignment,
        ast.AnnAssign: _annotated_assignment,
        ast.AugAssign: _augment,
        ast.Return: _return,
        ast.Raise: _raise,
        ast.Break: _leave,
        ast.Continue: _leave,
        ast.If: _if,
        ast.While: _loop,
        ast.For: _loop,
        ast.AsyncFor: _loop,
        ast.Try: _try,
        ast.With: _with,
        ast.AsyncWith: _with,
        ast.FunctionDef: _define,
        ast.AsyncFunctionDef: _define,
        ast.Import: _import,
        ast.ImportFrom: _import,
        ast.Match: _match,
        ast.Assert: _assert,
    }


class _State:
    """The variables of a frame and the attributes of its receiver at one point."""

    def __init__(self, frame: Frame) -> None:
        self.names = dict(frame.names)
        self.attributes = (
            dict(frame.receiver.attributes) if isinstance(frame.receiver, Instance) else {}
        )

    def restore(self, frame: Frame) -> None:
        """Set the frame back to this point."""
        frame.names.clear()
        frame.names.update(self.names)
        if isinstance(frame.receiver, Instance):
            frame.receiver.attributes = dict(self.attributes)


def _merge(states: list[_State], frame: Frame) -> None:
    states[0].restore(frame)
    if len(states) == 1:
        return
    frame.names.update(_joined([state.names for state in states]))
    if isinstance(frame.receiver, Instance):
        frame.receiver.attributes.update(_joined([state.attributes for state in states]))


def _joined(scopes: list[dict[str, Value]]) -> dict[str, Value]:
    result: dict[str, Value] = {}
    for name in dict.fromkeys(name for scope in scopes for name in scope):
        values = [scope[name] for scope in scopes if name in scope]
        result[name] = values[0] if all(value is values[0] for value in values) else join(values)
    return result


def _narrow(name: str, frame: Frame) -> None:
    """Note that a variable is not empty where `if name:` was true."""
    values = [
        item for item in alternatives(frame.names.get(name, Unknown())) if truth(item) is not False
    ]
    frame.names[name] = join(
        [
            Unknown(item.origins, present=True) if isinstance(item, Unknown) else item
            for item in values
        ]
    )


def _only_raises(body: list[ast.stmt]) -> bool:
    return isinstance(body[-1], ast.Raise) and not any(isinstance(node, ast.If) for node in body)


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _as_load(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.Attribute(target.value, target.attr, ast.Load())
    return ast.Constant(None)


def _caught(handler: ast.ExceptHandler) -> set[str]:
    names = ast.walk(handler.type) if handler.type else ()
    return {
        n.attr if isinstance(n, ast.Attribute) else n.id
        for n in names
        if isinstance(n, ast.Attribute | ast.Name)
    }
