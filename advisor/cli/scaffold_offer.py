"""The offer after a recommendation at a terminal: to scaffold it."""

from __future__ import annotations

from advisor.answers.overwrite import ask_yes
from advisor.cli.output import say
from advisor.cli.prompts import make_prompter
from advisor.decision.next_steps import (
    class_name,
    scaffold_command,
    scaffold_target,
    scaffolded_pattern,
)
from advisor.decision.report import JobReport
from advisor.errors import DONE, INTERRUPTED, InputError
from advisor.knowledge.versions import Version
from advisor.naming import parse_name
from advisor.scaffold.model import Overrides, ScaffoldRequest
from advisor.scaffold.pipeline import default_places


def offer(report: JobReport) -> int:
    """Ask whether to scaffold a recommendation and under which name, and do it.

    Returns the exit code.
    """
    target = scaffold_target(report.recommendation, report.answers)
    if target is None:
        return DONE
    try:
        if ask_yes("\nScaffold it now?"):
            _scaffold(report, _ask_name(class_name(report.answers.name)), target)
    except (KeyboardInterrupt, EOFError):
        say("\nInterrupted; nothing was scaffolded.")
        return INTERRUPTED
    return DONE


def _scaffold(report: JobReport, name: str, target: Version) -> None:
    from advisor.cli.scaffold import WriteOptions, write_scaffolds

    say(f"\n{scaffold_command(report.recommendation, name, target)}\n")
    request = ScaffoldRequest(scaffolded_pattern(report.recommendation), name)
    write_scaffolds([request], Overrides(airflow=str(target)), WriteOptions(default_places()))


def _ask_name(default: str) -> str:
    help_ = "The class is called after it, and so is its folder: NightlySpark, nightly_spark/."
    typed = make_prompter().write("What is the operator called?", help_, default, _wrong)
    return parse_name(typed).stem


def _wrong(text: str) -> str:
    """Return what is wrong with a name, "" if it is possible."""
    try:
        parse_name(text)
    except InputError as error:
        problem = error.problems[0]
        return f"{problem.message}; {problem.hint}" if problem.hint else problem.message
    return ""
