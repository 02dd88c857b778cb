"""The offer at the end of a conversation: to scaffold what was just recommended."""

from __future__ import annotations

from advisor.answers.overwrite import ask_yes
from advisor.answers.prompts import make_prompter
from advisor.cli.output import say
from advisor.decision.case import Case
from advisor.decision.next_steps import (
    class_name,
    scaffold_command,
    scaffold_target,
    scaffolded_pattern,
)
from advisor.errors import DONE, INTERRUPTED, InputError
from advisor.knowledge.versions import Version
from advisor.scaffold.names import parse_name
from advisor.scaffold.ordering import Choices, Wanted


def offer(case: Case) -> int:
    """Ask whether to scaffold the recommendation and under which name, say how, and do it.

    Returns the exit code of that.
    """
    target = scaffold_target(case.recommendation, case.answers)
    if target is None:
        return DONE
    try:
        if ask_yes("\nScaffold it now?"):
            _scaffold(case, _ask_name(class_name(case.answers.name)), target)
    except (KeyboardInterrupt, EOFError):
        say("\nInterrupted; nothing was scaffolded.")
        return INTERRUPTED
    return DONE


def _scaffold(case: Case, name: str, target: Version) -> None:
    from advisor.cli.scaffolding import Wish, carry_out, default_places

    say(f"\n{scaffold_command(case.recommendation, name, target)}\n")
    wanted = Wanted(scaffolded_pattern(case.recommendation), name)
    choices = Choices(None, str(target), None, None, {})
    carry_out([wanted], choices, None, Wish(default_places()))


def _ask_name(default: str) -> str:
    help_ = "The class is called after it, and so is its folder: NightlySpark, nightly_spark/."
    typed = make_prompter().write("What is the operator called?", help_, default, _wrong)
    return parse_name(typed).stem


def _wrong(text: str) -> str:
    """Return what is wrong with a name, "" where nothing is."""
    try:
        parse_name(text)
    except InputError as error:
        problem = error.problems[0]
        return f"{problem.said}; {problem.tip}" if problem.tip else problem.said
    return ""
