"""The facts about one operator or sensor, from its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.catalog.model import (
    Deferrable,
    DeferrableDefault,
    FindsJobBy,
    Kind,
    OperatorFacts,
    Truth,
)
from advisor.catalog.source.calls import DEFAULT_DEFERRABLE
from advisor.catalog.source.classes import Class, External, Names
from advisor.catalog.source.events import Deferral, Limit, Report, longest, shorter
from advisor.catalog.source.execution import Execution
from advisor.catalog.source.expressions import Exhausted, Frame, decorator_names
from advisor.catalog.source.loops import as_limit
from advisor.catalog.source.signature import Parameter, constructor_parameters
from advisor.catalog.source.values import (
    Instance,
    Known,
    Unknown,
    Value,
    alternatives,
    number,
    origins_of,
)

SENSOR = "BaseSensorOperator"
_WELL_KNOWN = re.compile(
    r"Base\w*|\w*Mixin|\w*MixIn|Generic|ABC|Protocol|object|Skip\w+|LoggingMixin"
)
# Not BedrockCreateKnowledgeBaseOperator.
_ABSTRACT = re.compile(r"_.*|Base.*|.*(?<!Knowledge)(?<!Data)Base(Operator|Sensor)?")
_WAIT_PARAMETER = re.compile(r"wait(_for_.*|_until_.*|er_.*)?|max_polling_attempts")
_WAITS = {"wait_for_completion", "wait_for_termination"}
# Off by default, but what the operator has for finding its job again.
_REATTACHES = {"reattach", "resume_glue_job_on_retry"}
_POLL_INTERVAL = re.compile(r"poll\w*_interval")
_SETS_LIMIT = re.compile(r".*(timeout|attempt|max|retries|iterations|count).*")
_FINDS_JOB_BY: dict[str, FindsJobBy] = {
    "store": "task-state-store",
    "labels": "labels",
    "tag": "tag",
}
_CALLER_IDS = (
    "client_request_token",
    "client_token",
    "idempotency_token",
    "trigger_run_id",
    "batch_id",
    "request_id",
)
_NAMES_IN_CONFLICT = ("job_id", "cluster_name", "job_name", "name", "instance_id", "run_id")


@dataclass(frozen=True)
class _Read:
    """A class, its parameters, and what its executions reported."""

    owner: Class
    kind: Kind
    parameters: Mapping[str, Parameter]
    deferring: Report
    plain: Report
    instance: Instance

    @property
    def reached(self) -> set[str]:
        return {*self.deferring.reached, *self.plain.reached}

    @property
    def deferrals(self) -> list[Deferral]:
        """Deferrals that wait for the job, not for what it needs before `execute` runs again."""
        every = self.deferring.deferrals
        return [item for item in every if item.method != "execute"] or every

    @property
    def effective(self) -> dict[str, float]:
        """Numbers that the constructor makes of parameters without a number as default."""
        numbers: dict[str, float] = {}
        for value in self.instance.attributes.values():
            size = number(value)
            if size is not None and len(origins_of(value)) == 1:
                numbers.update(dict.fromkeys(origins_of(value), size))
        return numbers


def kind_of(owner: Class) -> Kind | None:
    """Say whether a class is a sensor, another operator or neither."""
    names = owner.base_names()
    missing = [base.name for base in owner.mro if isinstance(base, External)]
    if SENSOR in names or any(name.endswith("Sensor") for name in missing):
        return "sensor"
    if "BaseOperator" in names or any(name.endswith("Operator") for name in missing):
        return "operator"
    return None


def is_concrete(owner: Class, kind: Kind) -> bool:
    """Say whether users can put the class into a Dag."""
    if _ABSTRACT.fullmatch(owner.name) or _abstract_methods(owner):
        return False
    entry = ("execute", "poke") if kind == "sensor" else ("execute",)
    methods = [found for name in entry if (found := owner.method(name))]
    missing = any(isinstance(b, External) and not _WELL_KNOWN.fullmatch(b.name) for b in owner.mro)
    return missing or any(not found[0].is_core for found in methods)


def _abstract_methods(owner: Class) -> bool:
    for base in owner.lineage():
        for name, bindings in base.members.items():
            node = bindings[0]
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.decorator_list:
                found = owner.method(name)
                if found and "abstractmethod" in decorator_names(found[1]):
                    return True
    return False


def read_operator(names: Names, owner: Class, provider: str) -> OperatorFacts | None:
    """Return the facts about an operator, None if it is another class or does not wait."""
    kind = kind_of(owner)
    if kind is None or owner.is_core or not is_concrete(owner, kind):
        return None
    read = _read(names, owner, kind)
    return _facts(names, read, provider) if _waits(read) else None


def _read(names: Names, owner: Class, kind: Kind) -> _Read:
    parameters = constructor_parameters(owner)
    deferring, instance = _execute(names, owner, parameters, deferrable=True)
    plain = deferring
    if "deferrable" in parameters and ("durable" in parameters or not deferring.deferrals):
        plain, _ = _execute(names, owner, parameters, deferrable=False)
    return _Read(owner, kind, parameters, deferring, plain, instance)


def _execute(
    names: Names, owner: Class, parameters: Mapping[str, Parameter], *, deferrable: bool
) -> tuple[Report, Instance]:
    execution = Execution(names)
    instance = Instance(owner)
    try:
        execution.construct(instance, _forced(parameters, deferrable=deferrable))
        execution.report.waits.clear()
        execution.run_operator(Instance(owner, dict(instance.attributes)))
    except (Exhausted, RecursionError):
        execution.report.exhausted = True
    return execution.report, instance


def _forced(parameters: Mapping[str, Parameter], *, deferrable: bool) -> dict[str, Value]:
    """Choose the parameters with which the operator waits."""
    forced: dict[str, Value] = {}
    for name, parameter in parameters.items():
        is_zero = isinstance(parameter.default, ast.Constant) and parameter.default.value == 0
        is_false = isinstance(parameter.default, ast.Constant) and parameter.default.value is False
        if name == "deferrable":
            forced[name] = Known(deferrable, frozenset({name}))
        elif name in _WAITS or (is_false and (name.startswith("wait") or name in _REATTACHES)):
            forced[name] = Known(True, frozenset({name}))
        elif _POLL_INTERVAL.fullmatch(name) and is_zero:
            forced[name] = Unknown(frozenset({name}))
    return forced


def _waits(read: _Read) -> bool:
    return (
        read.kind == "sensor"
        or bool({"deferrable", "durable"} & read.parameters.keys())
        or bool(read.deferrals or read.plain.waits)
        or "store" in read.reached
        or any(_WAIT_PARAMETER.fullmatch(name) for name in read.parameters)
    )


def _facts(names: Names, read: _Read, provider: str) -> OperatorFacts:
    owner, parameters = read.owner, read.parameters
    limit = _limit(read)
    finds = _finds_job_by(read)
    return OperatorFacts(
        module=owner.module.name,
        name=owner.name,
        provider=provider,
        kind=read.kind,
        deferrable=_deferrable(read),
        deferrable_default=_deferrable_default(names, parameters),
        durable=_accepts(owner, parameters, "durable"),
        acts=_acts(read),
        retry_finds_job_by=finds,
        on_kill=_on_kill(owner),
        trigger_on_kill=_trigger_on_kill(read.deferrals),
        wait_limit_s=limit.seconds if limit.known else "unknown",
        wait_parameters=_wait_parameters(names, limit, read),
        timeout_while_deferred=_timeout_while_deferred(read),
        idempotency_parameter=_caller_id(read),
        parameters=tuple(parameters),
    )


def _missing_base(owner: Class) -> bool:
    return any(isinstance(b, External) and not _WELL_KNOWN.fullmatch(b.name) for b in owner.mro)


def _accepts(owner: Class, parameters: Mapping[str, Parameter], name: str) -> Truth:
    if name in parameters:
        return "yes"
    return "unknown" if _missing_base(owner) else "no"


def _deferrable(read: _Read) -> Deferrable:
    accepts = _accepts(read.owner, read.parameters, "deferrable")
    if accepts == "yes":
        return "parameter"
    if read.deferrals:
        return "always"
    return "unknown" if accepts == "unknown" or read.deferring.exhausted else "never"


def _deferrable_default(names: Names, parameters: Mapping[str, Parameter]) -> DeferrableDefault:
    parameter = parameters.get("deferrable")
    if parameter is None or parameter.default is None:
        return ""
    value = _evaluated(names, parameter)
    if isinstance(value, Known):
        return "yes" if value.value else "no"
    return "config" if DEFAULT_DEFERRABLE in origins_of(value) else ""


def _evaluated(names: Names, parameter: Parameter) -> Value:
    if parameter.module is None or parameter.default is None:
        return Unknown()
    return Execution(names).evaluate(parameter.default, Frame(parameter.module, {}))


def _acts(read: _Read) -> Truth:
    if "store" in read.reached:
        return "yes"
    if read.plain.exhausted and "durable" in read.parameters:
        return "unknown"
    return "unknown" if _missing_base(read.owner) else "no"


def _finds_job_by(read: _Read) -> FindsJobBy:
    if read.kind == "sensor":
        return "nothing"
    for reach, by in _FINDS_JOB_BY.items():
        if reach in read.reached:
            return by
    if _caller_id(read):
        return "caller-id"
    return "unknown" if _missing_base(read.owner) or read.plain.exhausted else "nothing"


def _caller_id(read: _Read) -> str:
    if read.kind == "sensor":
        return ""
    for name in _CALLER_IDS:
        if name in read.parameters:
            return name
    if "conflict" in read.reached:
        return next((name for name in _NAMES_IN_CONFLICT if name in read.parameters), "")
    return ""


def _on_kill(owner: Class) -> Truth:
    found = owner.method("on_kill")
    if found and not found[0].is_core:
        return "yes"
    return "unknown" if _missing_base(owner) else "no"


def _trigger_on_kill(deferrals: list[Deferral]) -> Truth | Literal[""]:
    answers = {_kills(trigger) for item in deferrals for trigger in alternatives(item.trigger)}
    order: tuple[Truth, ...] = ("no", "unknown", "yes")
    return next((answer for answer in order if answer in answers), "")


def _kills(trigger: Value) -> Truth:
    if not isinstance(trigger, Instance):
        return "unknown"
    found = trigger.owner.method("on_kill")
    if found and not found[0].is_core:
        return "yes"
    run = trigger.owner.method("run")
    if run and any(
        _cancels(node) for node in ast.walk(run[1]) if isinstance(node, ast.ExceptHandler)
    ):
        return "yes"
    return "unknown" if _missing_base(trigger.owner) else "no"


def _cancels(handler: ast.ExceptHandler) -> bool:
    if handler.type is None or "CancelledError" not in ast.unparse(handler.type):
        return False
    calls = (
        node.func for stmt in handler.body for node in ast.walk(stmt) if isinstance(node, ast.Call)
    )
    return any(
        isinstance(func, ast.Attribute)
        and re.search("cancel|delete|stop|kill|terminate", func.attr)
        for func in calls
    )


def _timeout_while_deferred(read: _Read) -> Truth:
    if not read.deferrals:
        return "unknown" if read.deferring.exhausted else "no"
    return "yes" if any(item.carries_execution_timeout for item in read.deferrals) else "no"


def _limit(read: _Read) -> Limit:
    if read.kind == "sensor":
        return as_limit(read.instance.attributes.get("timeout", Unknown()))
    limits = [_deferral_limit(item) for item in read.deferrals]
    if limits:
        return limits[-1]
    return longest(read.plain.waits)


def _deferral_limit(deferral: Deferral) -> Limit:
    own = as_limit(deferral.timeout)
    return (
        shorter(own, longest(list(deferral.waits)))
        if deferral.waits
        else shorter(own, Limit(None, known=False))
    )


def _wait_parameters(names: Names, limit: Limit, read: _Read) -> dict[str, str]:
    if read.kind == "sensor":
        parameter = read.parameters.get("timeout")
        shown = (
            _shown(names, parameter, read.effective) if parameter else f"{limit.seconds or 0:.0f}"
        )
        return {"timeout": shown}
    return {
        name: _shown(names, read.parameters[name], read.effective)
        for name in sorted(limit.origins)
        if name in read.parameters
        and (limit.seconds is not None or _SETS_LIMIT.fullmatch(name))
        and not name.startswith("wait_for")
        and name not in {"deferrable", "durable"}
    }


def _shown(names: Names, parameter: Parameter, effective: Mapping[str, float]) -> str:
    if parameter.default is None:
        return ""
    value = _evaluated(names, parameter)
    if isinstance(value, Known) and isinstance(value.value, int | float | str):
        return repr(value.value)
    # None, or a marker, stands for a number that the constructor knows.
    if parameter.name in effective and not isinstance(parameter.default, ast.Call):
        return f"{effective[parameter.name]:g}"
    return ast.unparse(parameter.default)
