"""Rewrites the usage errors of typer in the form of all other errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeAlias

from advisor.documents.model import hint_for, nearest, shown
from advisor.errors import Problem

UsageError: TypeAlias = Any
"""An error of typer, whose classes are private; they are recognised by their names."""
Parameter: TypeAlias = Any
"""An option or argument of typer."""


def usage_problem(error: UsageError) -> Problem:
    """Return the problem that a usage error describes. An error of another class keeps its text."""
    describe = DESCRIBE.get(type(error).__name__)
    problem = describe(error) if describe else None
    return problem or Problem("", " ".join(error.format_message().split()))


def _unknown_option(error: UsageError) -> Problem:
    options = [name for each in error.ctx.command.get_params(error.ctx) for name in each.opts]
    hint = nearest(error.option_name, options)
    return Problem("", f"unknown option {shown(error.option_name)}", hint)


def _option_usage(error: UsageError) -> Problem:
    takes_none = "does not take a value" in error.message
    return Problem(error.option_name, "takes no value" if takes_none else "missing value")


def _missing(error: UsageError) -> Problem:
    choices = getattr(error.param.type, "choices", ())
    hint = f"accepted: {', '.join(choices)}" if choices else ""
    return Problem("", f"missing argument {_name(error.param)}", hint)


def _invalid(error: UsageError) -> Problem | None:
    match = re.match(r"(.+?) is not ", error.message, re.DOTALL)
    if match is None:
        return None
    where, value, type_ = _name(error.param), match[1].strip("'\""), error.param.type
    if choices := getattr(type_, "choices", ()):
        name = error.param.name.strip("_")
        noun = "value" if "_" in name else name
        return Problem(where, f"unknown {noun} {shown(value)}", hint_for(value, choices))
    return Problem(where, f"expected {_number(type_)}, found {shown(value)}")


def _number(type_: Any) -> str:  # noqa: ANN401 - its class is private
    least, most = getattr(type_, "min", None), getattr(type_, "max", None)
    if least is None:
        return "a whole number"
    limits = f"of at least {least}" if most is None else f"from {least} to {most}"
    return f"a whole number {limits}"


def _other(error: UsageError) -> Problem | None:
    if match := re.match(r"No such command '(.*?)'\.", error.message, re.DOTALL):
        hint = hint_for(match[1], error.ctx.command.commands)
        return Problem("", f"unknown command {shown(match[1])}", hint)
    if match := re.match(r"Got unexpected extra argument\(s\) \((.*)\)", error.message, re.DOTALL):
        return Problem("", f"unexpected argument {shown(match[1])}")
    return None


def _name(param: Parameter) -> str:
    """Return the long option, or the name of the argument as in the usage line."""
    if param.param_type_name == "option":
        return str(param.opts[0])
    return str(param.metavar or param.name).strip("[].")


DESCRIBE: dict[str, Callable[[UsageError], Problem | None]] = {
    "NoSuchOption": _unknown_option,
    "BadOptionUsage": _option_usage,
    "MissingParameter": _missing,
    "BadParameter": _invalid,
    "UsageError": _other,
}
