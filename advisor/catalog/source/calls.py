"""Abstract execution of calls: functions, constructors and what Python and Airflow provide."""

from __future__ import annotations

import ast
import re
from abc import abstractmethod
from collections.abc import Callable
from datetime import timedelta
from functools import cache

from advisor.catalog.source.classes import Class, External, Names, dotted_name
from advisor.catalog.source.events import Deferral, Limit
from advisor.catalog.source.expressions import STORE, Expressions, Frame
from advisor.catalog.source.loops import EXECUTION_TIMEOUT, Loop, as_limit
from advisor.catalog.source.values import (
    NONE,
    ClassValue,
    Clock,
    Elapsed,
    Instance,
    Items,
    Known,
    Method,
    Sequence,
    Super,
    Unknown,
    Value,
    alternatives,
    join,
    number,
    origins_of,
)

MAX_DEPTH = 25
# Functions that connect and authenticate: long, and without waits for a job.
_CONNECTS = re.compile(
    r"(_?get_)?(\w*_)?(async_)?(conn|connection|client|session|credentials?\w*|token|waiter)(_\w+)?"
    r"|_?(get_)?field|_?authorize|\w*api_call\w*|_?load_config|project_id|is_empty|prune_dict"
    r"|trim_none_values|serialize|provide_\w+|build_\w+_request_obj|__repr__|__str__"
)
DEFAULT_DEFERRABLE = "default_deferrable"
SENSOR_TIMEOUT = 7 * 24 * 3600
_OPTIONS: dict[tuple[str, ...], float] = {("sensors", "default_timeout"): SENSOR_TIMEOUT}
_PRUNES = {"prune_dict", "trim_none_values"}
_LOGGING = {"info", "debug", "warning", "error", "exception", "warn", "critical"}
_NOW = {"time", "monotonic", "now", "utcnow", "perf_counter"}
_PASSED_ON = {
    "sync_to_async",
    "partial",
    "to_thread",
    "run_in_executor",
    "create_task",
    "gather",
    "cast",
}
_LABEL_SEARCHES = {"find_pod", "get_pods_by_label", "_try_reattach_task", "_find_started_by"}
_TAG_SEARCHES = {"_find_previous_job_run", "_find_job_run_id_by_task_uuid"}


class Calls(Expressions):
    """Executes calls; statements are left to a subclass."""

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.active: set[tuple[int, int]] = set()
        self.resumed: set[str] = set()
        self.pending: list[tuple[Instance, str]] = []
        self.in_handler = 0
        self.operator: Instance | None = None
        # Trigger classes whose `run` was executed, to execute each only once per state.
        self.in_trigger = False

    @abstractmethod
    def execute_body(self, body: list[ast.stmt], frame: Frame) -> bool:
        """Execute statements; return whether the end cannot be reached."""

    def call(self, node: ast.Call, frame: Frame) -> Value:
        """Evaluate a call."""
        if isinstance(node.func, ast.Name) and node.func.id == "super":
            return self._super(frame)
        receiver: Value | None = None
        name = ""
        if isinstance(node.func, ast.Attribute):
            name = node.func.attr
            if name in _LOGGING:
                return Unknown()
            receiver = self.evaluate(node.func.value, frame)
        positional, keywords = self._arguments(node, frame)
        if receiver is None:
            callee = self.evaluate(node.func, frame)
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            return self._apply(callee, name, positional, keywords)
        special = self._special(receiver, name, positional, keywords)
        if special is not None:
            return special
        return self._apply(self.attribute(receiver, name), name, positional, keywords)

    def _super(self, frame: Frame) -> Value:
        receiver = frame.receiver
        if isinstance(receiver, Instance) and frame.owner:
            return Super(frame.owner, receiver)
        return Unknown()

    def _arguments(self, node: ast.Call, frame: Frame) -> tuple[list[Value], dict[str, Value]]:
        positional: list[Value] = []
        for item in node.args:
            value = self.evaluate(item, frame)
            if isinstance(item, ast.Starred):
                positional.extend(value.items if isinstance(value, Sequence) else [])
            else:
                positional.append(value)
        keywords: dict[str, Value] = {}
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, frame)
            if keyword.arg is not None:
                keywords[keyword.arg] = value
            elif isinstance(value, Items):
                keywords.update(value.items)
        return positional, keywords

    def _special(
        self, receiver: Value, name: str, positional: list[Value], keywords: dict[str, Value]
    ) -> Value | None:
        """Handle methods that mean the same on every object, or are known to Python."""
        if name == "execute_resumable":
            return self._resumable(receiver, positional)
        if name == "__init__" and isinstance(receiver, Super):
            return self._next_init(receiver, positional, keywords)
        if name == "sleep":
            self.sleep(positional[0] if positional else Unknown())
        elif name == "defer" and isinstance(receiver, Instance | Super):
            self.defer(keywords, positional)
        else:
            return self._searches_or_builtin(receiver, name, positional, keywords)
        return Known(None)

    def _searches_or_builtin(
        self, receiver: Value, name: str, positional: list[Value], keywords: dict[str, Value]
    ) -> Value | None:
        if name in _LABEL_SEARCHES:
            self.report.reached.add("labels")
        elif name in _TAG_SEARCHES:
            self.report.reached.add("tag")
        if isinstance(receiver, Items):
            return _items_method(receiver, name, positional)
        if isinstance(receiver, Unknown | External | Known | Clock | Elapsed):
            return self._builtin_method(receiver, name, positional, keywords)
        return None

    def _next_init(
        self, receiver: Super, positional: list[Value], keywords: dict[str, Value]
    ) -> Value | None:
        """Call the next constructor; the last one belongs to Airflow, even if it is not there."""
        instance = receiver.receiver
        if isinstance(instance, Instance) and not instance.owner.lookup("__init__", receiver.owner):
            self._core_init(instance, keywords)
            return Known(None)
        return self._apply(self.attribute(receiver, "__init__"), "", positional, keywords)

    def _builtin_method(
        self, receiver: Value, name: str, positional: list[Value], keywords: dict[str, Value]
    ) -> Value | None:
        if name in {"get", "getboolean", "getint", "getfloat"}:
            return self._lookup(name, positional, keywords)
        if name in {"result", "wait", "wait_for", "timeout", "communicate"}:
            return self._blocking(receiver, name, positional, keywords)
        if name in _PASSED_ON:
            return self._passed_on(name, positional, keywords)
        return _time_method(receiver, name, positional, keywords)

    def _lookup(
        self, name: str, positional: list[Value], keywords: dict[str, Value]
    ) -> Value | None:
        """Look up a key of the context or an option of Airflow."""
        if name == "get" and positional and positional[0] == Known(STORE):
            self.report.reached.add("store")
            return Unknown()
        if Known(DEFAULT_DEFERRABLE) in positional:
            return Unknown(frozenset({DEFAULT_DEFERRABLE}))
        if "fallback" in keywords:
            return keywords["fallback"]
        option = _option(positional)
        return None if option is None else Known(option)

    def _blocking(
        self, receiver: Value, name: str, positional: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """Note a call that blocks until something outside ends."""
        if name == "timeout" and isinstance(receiver, External):
            return Known(("timeout", positional[0] if positional else Unknown()))
        if "WaiterConfig" in keywords or (
            name == "wait" and keywords and "timeout" not in keywords
        ):
            self._wait(_boto_waiter(keywords.get("WaiterConfig")))
        elif name != "timeout":
            position = 1 if name == "wait_for" else 0
            timeout = keywords.get("timeout", Known(None))
            if len(positional) > position:
                timeout = positional[position]
            self._wait(as_limit(timeout))
        return Unknown()

    def _wait(self, limit: Limit) -> None:
        if self.in_handler:
            return
        if self.loops:
            self.loops[-1].inner.append(limit)
        else:
            self.report.waits.append(limit)

    def sleep(self, delay: Value) -> None:
        """Note a sleep; one in an exception handler is a retry, unless a waiter failed there."""
        loop = next((loop for loop in reversed(self.loops) if not loop.is_block), None)
        if loop is not None and (not self.in_handler or loop.inner):
            loop.sleeps = True
            loop.delay = loop.delay or delay

    def finish(self, loop: Loop) -> None:
        """Leave a loop and pass its waits on to what is around it."""
        self.loops.remove(loop)
        for wait in loop.waits():
            self._wait(wait)

    def _resumable(self, receiver: Value, positional: list[Value]) -> Value:
        instance = receiver.receiver if isinstance(receiver, Super) else receiver
        if not isinstance(instance, Instance):
            return Unknown()
        method = instance.owner.method("execute_resumable")
        if method is None or method[0].is_core:
            self.report.reached.add("store")
        elif method[0].name != "ResumableJobMixin":
            return self._apply(self.attribute(receiver, "execute_resumable"), "", positional, {})
        submitted = self._apply(self.attribute(instance, "submit_job"), "", positional, {})
        for name in ("get_job_status", "poll_until_complete", "get_job_result"):
            self._apply(self.attribute(instance, name), "", [submitted, *positional], {})
        return Unknown()

    def defer(self, keywords: dict[str, Value], positional: list[Value]) -> None:
        """Note a deferral, execute the trigger, and remember the method that resumes."""
        trigger = keywords.get("trigger", positional[0] if positional else Unknown())
        named = keywords.get("method_name", positional[1] if len(positional) > 1 else Unknown())
        method = str(named.value) if isinstance(named, Known) else ""
        timeout = keywords.get("timeout", Known(None))
        carries = EXECUTION_TIMEOUT in origins_of(timeout) or any(
            EXECUTION_TIMEOUT in origins_of(attribute)
            for item in alternatives(trigger)
            if isinstance(item, Instance)
            for attribute in item.attributes.values()
        )
        waits = tuple(self._trigger_waits(trigger))
        self.report.deferrals.append(Deferral(trigger, method, timeout, waits, carries))
        if self.operator and method:
            self.pending.append((self.operator, method))

    def _trigger_waits(self, trigger: Value) -> list[Limit]:
        waits, self.report.waits = self.report.waits, []
        loops, self.loops = self.loops, []
        handlers, self.in_handler = self.in_handler, 0
        for item in alternatives(trigger):
            if isinstance(item, Instance) and (run := item.owner.method("run")):
                self.invoke(Method(run[1], run[0].module, run[0], item), [], {})
        found, self.report.waits = self.report.waits, waits
        self.loops, self.in_handler = loops, handlers
        return found

    def _passed_on(self, name: str, positional: list[Value], keywords: dict[str, Value]) -> Value:
        if name in {"create_task", "cast"}:
            return positional[-1] if positional else Unknown()
        if name == "run_in_executor":
            positional = positional[1:]
        if not positional or not isinstance(positional[0], Method):
            return Unknown()
        if name in {"sync_to_async", "partial"}:
            method = positional[0]
            extra = tuple(positional[1:]) if name == "partial" else ()
            named = tuple(keywords.items()) if name == "partial" else ()
            return Method(
                method.node,
                method.module,
                method.owner,
                method.receiver,
                method.closure,
                (*method.arguments, *extra),
                (*method.keywords, *named),
            )
        return self.invoke(positional[0], positional[1:], keywords)

    def _apply(
        self, callee: Value, name: str, positional: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """Call a value."""
        results = [
            self._apply_one(item, name, positional, keywords) for item in alternatives(callee)
        ]
        return join(results)

    def _apply_one(
        self, callee: Value, name: str, positional: list[Value], keywords: dict[str, Value]
    ) -> Value:
        if isinstance(callee, Method):
            if name in _NOW and callee.owner is None and not positional:
                return Clock(0.0)
            return self.invoke(callee, positional, keywords)
        if isinstance(callee, ClassValue):
            return self.instantiate(callee.owner, positional, keywords)
        if isinstance(callee, External):
            return self._external(callee, positional, keywords)
        return Unknown()

    def _external(
        self, callee: External, positional: list[Value], keywords: dict[str, Value]
    ) -> Value:
        name = callee.name
        if name in _FUNCTIONS and positional:
            return _FUNCTIONS[name](positional)
        if name == "sleep":
            self.sleep(positional[0] if positional else Unknown())
        elif name in {"wait_for", "timeout"}:
            return self._blocking(callee, name, positional, keywords)
        elif name in _PASSED_ON:
            return self._passed_on(name, positional, keywords)
        elif name == "getattr" and len(positional) > 1 and isinstance(positional[1], Known):
            return self.attribute(positional[0], str(positional[1].value))
        return _made(name, positional, keywords)

    def instantiate(
        self, owner: Class, positional: list[Value], keywords: dict[str, Value]
    ) -> Value:
        """Construct an object of a class in source."""
        instance = Instance(owner)
        found = owner.method("__init__")
        if found is None or found[0].is_core:
            self._core_init(instance, keywords)
            if found is None:
                _set_fields(instance, positional, keywords)
            return instance
        self.invoke(Method(found[1], found[0].module, found[0], instance), positional, keywords)
        return instance

    def _core_init(self, instance: Instance, keywords: dict[str, Value]) -> None:
        """Do what the constructors of Airflow's own base classes do."""
        for name, value in keywords.items():
            instance.attributes.setdefault(name, value)
        names = instance.owner.base_names()
        if "BaseSensorOperator" in names:
            timeout = instance.attributes.get("timeout")
            if timeout is None or (isinstance(timeout, Known) and timeout.value is None):
                instance.attributes["timeout"] = Known(SENSOR_TIMEOUT, frozenset({"timeout"}))
            instance.attributes.setdefault("poke_interval", Known(60, frozenset({"poke_interval"})))
        if "ResumableJobMixin" in names:
            instance.attributes.setdefault("durable", Known(True, frozenset({"durable"})))

    def invoke(self, method: Method, positional: list[Value], keywords: dict[str, Value]) -> Value:
        """Execute a function, unless it is being executed already or belongs to Airflow itself."""
        if method.arguments or method.keywords:
            positional = [*method.arguments, *positional]
            keywords = {**dict(method.keywords), **keywords}
        if method.owner is not None and method.owner.is_core:
            return self._core_method(method, keywords)
        if not isinstance(method.node, ast.Lambda) and _connects(method.node.name):
            return positional[0] if method.node.name in _PRUNES and positional else Unknown()
        key = (id(method.node), id(method.receiver))
        if key in self.active or len(self.active) > MAX_DEPTH:
            return Unknown()
        self.active.add(key)
        try:
            return self._run(method, positional, keywords)
        finally:
            self.active.discard(key)

    def _core_method(self, method: Method, keywords: dict[str, Value]) -> Value:
        if (
            isinstance(method.node, ast.FunctionDef)
            and method.node.name == "__init__"
            and isinstance(method.receiver, Instance)
        ):
            self._core_init(method.receiver, keywords)
        return Unknown()

    def _run(self, method: Method, positional: list[Value], keywords: dict[str, Value]) -> Value:
        names = dict(method.closure or {})
        if method.receiver is not None:
            positional = [method.receiver, *positional]
        self._bind(method, positional, keywords, names)
        frame = Frame(method.module, names, method.owner, method.receiver)
        if frame.receiver is None and method.closure is not None:
            frame.receiver = method.closure.get("self")
        if isinstance(method.node, ast.Lambda):
            return self.evaluate(method.node.body, frame)
        judging, self.judging = self.judging, False
        ends = self.execute_body(method.node.body, frame)
        self.judging = judging
        returned = frame.returned if ends else [*frame.returned, Known(None)]
        result = join(returned) if frame.returned else Unknown()
        undecided = all(isinstance(item, Unknown | Known) for item in alternatives(result))
        if undecided and not isinstance(result, Known) and _never_none(method.node.returns):
            return Unknown(origins_of(result), present=True)
        return result

    def _bind(
        self,
        method: Method,
        positional: list[Value],
        keywords: dict[str, Value],
        names: dict[str, Value],
    ) -> None:
        arguments = method.node.args
        ordered = [*arguments.posonlyargs, *arguments.args]
        rest = dict(keywords)
        given = dict(zip((item.arg for item in ordered), positional, strict=False))
        defaults = _defaults(arguments)
        for item in [*ordered, *arguments.kwonlyargs]:
            if item.arg in given:
                names[item.arg] = given[item.arg]
                rest.pop(item.arg, None)
            elif item.arg in rest:
                names[item.arg] = rest.pop(item.arg)
            else:
                names[item.arg] = self._default(method, item, defaults.get(item.arg))
        if arguments.vararg:
            names[arguments.vararg.arg] = Sequence(tuple(positional[len(ordered) :]))
        if arguments.kwarg:
            names[arguments.kwarg.arg] = Items(rest)

    def _default(self, method: Method, item: ast.arg, default: ast.expr | None) -> Value:
        is_parameter = (
            method.receiver is self.operator
            and self.operator is not None
            and isinstance(method.node, ast.FunctionDef)
            and method.node.name == "__init__"
        )
        origins = frozenset({item.arg}) if is_parameter else NONE
        if default is None:
            return self._annotated(method, item) or Unknown(origins)
        names = self._class_scope(method.owner, default)
        value = self.evaluate(default, Frame(method.module, names, method.owner))
        if isinstance(value, Known) and origins:
            return Known(value.value, value.origins | origins)
        # A marker for "not given".
        if isinstance(value, Instance | External) and origins:
            return Known(value, origins)
        return Unknown(value.origins | origins) if isinstance(value, Unknown) else value

    def _class_scope(self, owner: Class | None, default: ast.expr) -> dict[str, Value]:
        """Return the name at the head of a default if the class binds it."""
        head = dotted_name(default).partition(".")[0]
        if owner is None or head not in owner.members:
            return {}
        return {head: self.attribute(ClassValue(owner), head)}

    def _annotated(self, method: Method, item: ast.arg) -> Value | None:
        """Take a parameter such as `hook: BatchHook` as an object of its class."""
        if not item.arg.endswith("hook") or not isinstance(item.annotation, ast.Name):
            return None
        found = self.names.resolve(method.module, item.annotation.id)
        return Instance(found) if isinstance(found, Class) else None


@cache
def _connects(name: str) -> bool:
    return _CONNECTS.fullmatch(name) is not None


def _never_none(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name | ast.Attribute) and dotted_name(annotation) != "Any"


def _defaults(arguments: ast.arguments) -> dict[str, ast.expr]:
    ordered = [*arguments.posonlyargs, *arguments.args]
    tail = ordered[len(ordered) - len(arguments.defaults) :]
    defaults = {item.arg: value for item, value in zip(tail, arguments.defaults, strict=True)}
    for item, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if value is not None:
            defaults[item.arg] = value
    return defaults


def _set_fields(instance: Instance, positional: list[Value], keywords: dict[str, Value]) -> None:
    fields = [
        node.target.id
        for owner in reversed(list(instance.owner.lineage()))
        for node in owner.node.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    instance.attributes.update(zip(fields, positional, strict=False))
    instance.attributes.update(keywords)


def _made(name: str, positional: list[Value], keywords: dict[str, Value]) -> Value:
    """Return what a function of Python or a library makes."""
    if name == "timedelta":
        return _timedelta(positional, keywords)
    if name in {"time", "monotonic", "utcnow"}:
        return Clock(0.0)
    if name == "dict" and not positional:
        return Items(dict(keywords))
    # A marker for "not given": only its identity matters.
    if name == "object":
        return Known(object())
    if name == "isinstance" and len(positional) > 1:
        return _is_instance(positional[0], positional[1])
    first = positional[0] if positional else None
    return ClassValue(first.owner) if name == "type" and isinstance(first, Instance) else Unknown()


def _items_method(items: Items, name: str, positional: list[Value]) -> Value:
    key = positional[0].value if positional and isinstance(positional[0], Known) else None
    default = positional[1] if len(positional) > 1 else Known(None)
    if name == "update" and positional and isinstance(positional[0], Items):
        items.items.update(positional[0].items)
    elif name in {"get", "pop", "setdefault"} and isinstance(key, str):
        found = items.items.pop(key, None) if name == "pop" else items.items.get(key)
        if name == "setdefault":
            items.items.setdefault(key, default)
        if found is not None:
            return found
        return default if items.complete else Unknown()
    elif name == "copy":
        return Items(dict(items.items), items.complete)
    return Unknown()


def _time_method(
    receiver: Value, name: str, positional: list[Value], keywords: dict[str, Value]
) -> Value | None:
    if name in {"total_seconds", "timestamp"}:
        seconds = number(receiver)
        return receiver if seconds is None else Known(seconds, origins_of(receiver))
    if name == "timedelta":
        return _timedelta(positional, keywords)
    return Clock(0.0) if name in _NOW and isinstance(receiver, External) else None


def _timedelta(positional: list[Value], keywords: dict[str, Value]) -> Value:
    order = ("days", "seconds", "microseconds", "milliseconds", "minutes", "hours", "weeks")
    given = {**dict(zip(order, positional, strict=False)), **keywords}
    origins = NONE.union(*(origins_of(value) for value in given.values()))
    if any(isinstance(value, Clock | Elapsed) for value in given.values()):
        return Elapsed(None, origins)
    numbers = {name: number(value) for name, value in given.items() if name in order}
    try:
        known = {name: value for name, value in numbers.items() if value is not None}
        if len(known) == len(given):
            return Known(timedelta(**known), origins)
    except OverflowError:
        pass
    return Unknown(origins)


_PLAIN = {"int": int, "float": float, "str": str, "bool": bool, "list": list, "dict": dict}


def _is_instance(value: Value, kinds: Value) -> Value:
    names = kinds.items if isinstance(kinds, Sequence) else (kinds,)
    plain = [_PLAIN.get(kind.name) if isinstance(kind, External) else None for kind in names]
    if not isinstance(value, Known) or isinstance(value.value, Instance | External):
        return Unknown()
    if value.value is None or all(kind is not None for kind in plain):
        known = tuple(kind for kind in plain if kind is not None)
        return Known(isinstance(value.value, known), value.origins)
    return Unknown()


def _option(positional: list[Value]) -> float | None:
    return _OPTIONS.get(tuple(str(item.value) for item in positional if isinstance(item, Known)))


def _boto_waiter(config: Value | None) -> Limit:
    if not isinstance(config, Items):
        return Limit(None, NONE, known=False)
    delay, attempts = config.items.get("Delay"), config.items.get("MaxAttempts")
    first = number(delay) if delay is not None else None
    second = number(attempts) if attempts is not None else None
    origins = NONE.union(*(origins_of(value) for value in (delay, attempts) if value is not None))
    if first is None or second is None:
        return Limit(None, origins, known=False)
    return Limit(first * second, origins)


def _converted(convert: Callable[[float], float]) -> Callable[[list[Value]], Value]:
    def apply(positional: list[Value]) -> Value:
        size = number(positional[0])
        if size is None:
            value = positional[0]
            return value if isinstance(value, Clock | Elapsed) else Unknown(origins_of(value))
        return Known(convert(size), origins_of(positional[0]))

    return apply


def _extreme(choose: Callable[[list[float]], float]) -> Callable[[list[Value]], Value]:
    def apply(positional: list[Value]) -> Value:
        numbers = [size for item in positional if (size := number(item)) is not None]
        origins = NONE.union(*(origins_of(item) for item in positional))
        if len(numbers) != len(positional):
            return Unknown(origins)
        return Known(choose(numbers), origins)

    return apply


_FUNCTIONS: dict[str, Callable[[list[Value]], Value]] = {
    "int": _converted(int),
    "float": _converted(float),
    "abs": _converted(abs),
    "min": _extreme(min),
    "max": _extreme(max),
}
