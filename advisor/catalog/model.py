"""The facts about an operator or sensor that a program can read from its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["operator", "sensor"]
Truth = Literal["yes", "no", "unknown"]
Deferrable = Literal["parameter", "always", "never", "unknown"]
DeferrableDefault = Literal["config", "yes", "no", ""]
"""`config`: the option `[operators] default_deferrable`. "": there is no such parameter."""
FindsJobBy = Literal["task-state-store", "labels", "tag", "caller-id", "nothing", "unknown"]

NO_LIMIT = None
UNKNOWN: Literal["unknown"] = "unknown"


@dataclass(frozen=True)
class OperatorFacts:
    """What the source of one release says about an operator or sensor.

    `provider` is the short name of the provider, such as `amazon`, or the name of another installed
    distribution. `durable` says whether it accepts the parameter, and `acts` whether its effective
    `execute` reaches the task state store or ResumableJobMixin. `trigger_on_kill` is "" if it never
    defers. `wait_limit_s` is the time in seconds after which it stops waiting with its default
    parameters, None without a limit. `wait_parameters` are the parameters that set this limit, and
    their defaults as Python expressions. `timeout_while_deferred` says whether execution_timeout
    holds while it is deferred. `parameters` are the names that the constructor accepts, without
    those of BaseOperator and BaseSensorOperator.
    """

    module: str
    name: str
    provider: str
    kind: Kind
    deferrable: Deferrable
    deferrable_default: DeferrableDefault
    durable: Truth
    acts: Truth
    retry_finds_job_by: FindsJobBy
    on_kill: Truth
    trigger_on_kill: Truth | Literal[""]
    wait_limit_s: float | Literal["unknown"] | None
    wait_parameters: Mapping[str, str]
    timeout_while_deferred: Truth
    idempotency_parameter: str
    parameters: tuple[str, ...]
