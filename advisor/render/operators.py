"""Phrases about existing operators: what a retry and a kill do, limits, defects and upgrades."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from advisor.decision.choice import Use
from advisor.decision.operators import ExistingOperator, is_safe, release
from advisor.decision.report import JobReport
from advisor.knowledge.durations import say_duration
from advisor.knowledge.model import Sources
from advisor.knowledge.operators import Mode, OperatorFact
from advisor.knowledge.versions import ALL_VERSIONS, Version

SAFETY = {
    "never": "a retry starts no second job",
    "window": "only the submit-persist window remains",
    "unknown": "whether a retry submits again is not known",
    "yes": "a retry may start a second job",
}
"""What `retry_duplicates` means, in words."""
ABOUT_WAITING = ("Limit", "Defect")
"""The labels of what concerns the sensor of two tasks."""
FLAGS = {"resumable": "durable", "deferrable": "deferrable"}
"""The argument that selects the mode of a pattern."""
SCAFFOLDED = {
    "never": "whose key prevents duplicates",
    "window": "which stores the job's id",
    "unknown": "as below",
    "yes": "as below",
}
"""What a scaffolded operator does about duplicates, by what its retry can still start."""
LONGEST_CALL, LONGEST_ARGUMENTS = 80, 60
MOST_NUMBERS = 3
MOST_CODE_LINES = 2
MOST_FACTS = 2
"""How many facts of a kind a screen shows."""

Line = tuple[str, str, Sources]
"""A label, a text and its sources."""


def operator_lines(operator: ExistingOperator) -> Iterator[Line]:
    """Yield what users of an operator need to know, the most important first."""
    if operator.newer_than_known:
        yield "Note", newer_than_known(operator), ()
    yield "Retry", operator.mode.retry, operator.sources
    yield "Kill", operator.kill, operator.sources
    for fact in operator.defects[:MOST_FACTS]:
        yield "Defect", _with_status(fact.text, fact), fact.sources
    yield from _limit(operator)
    yield from _versions(operator)
    for fact in operator.upcoming[:1]:
        yield "Planned", _with_status(fact.text, fact), fact.sources


def unused_lines(operator: ExistingOperator, use: Use) -> Iterator[Line]:
    """Yield what would make an operator safe that is not used."""
    for label, text, sources in operator_lines(operator):
        if label in ("Upgrade", "Defect") or (label == "Needs" and use == "alternative"):
            yield label, text, sources
        elif label == "Limit":
            yield label, f"{operator.name} {text.removesuffix('; the line raises it')}", sources


def newer_than_known(operator: ExistingOperator) -> str:
    """Return that a release is newer than the catalogue."""
    given = release(operator.release) if operator.release else ""
    return (
        f"{operator.operator.provider} {given} is newer than the catalogue, so its behaviour is "
        "not known; what follows is about the newest known release"
    )


def _limit(operator: ExistingOperator) -> Iterator[Line]:
    limit = operator.limit
    if limit is None or limit.seconds is None or not operator.too_short:
        return
    job = "is cancelled" if limit.cancels_job else "continues"
    stops = f"stops waiting after {_minutes(limit.seconds)} by default, and the job {job}"
    raised = "the line raises it" if operator.raised else "no parameter raises it"
    yield "Limit", f"{stops}; {raised}", limit.sources


def _minutes(seconds: int) -> str:
    """Return a limit as its parameters give it: 75 min, not 1 h 15 min."""
    return f"{seconds // 60} min" if 60 <= seconds < 7200 else say_duration(seconds)  # noqa: PLR2004


def _versions(operator: ExistingOperator) -> Iterator[Line]:
    provider, upgrade = operator.operator.provider, operator.upgrade
    if upgrade:
        yield "Upgrade", upgrade_text(upgrade, provider), upgrade.sources
    elif operator.outdated:
        fact = operator.outdated[0]
        yield "Upgrade", f"{fact.text} {needs(fact, provider)}; before, {fact.before}", fact.sources
    if operator.sound_from:
        yield from _sound_from(operator.sound_from)


def _sound_from(facts: tuple[OperatorFact, ...]) -> Iterator[Line]:
    """Yield what sets the lower bound, and then what the catalogue lists first."""
    highest = max(facts, key=lambda fact: fact.provider.low)
    shown = [highest, *(fact for fact in facts if fact != highest)][:MOST_FACTS]
    texts = [f"{release(fact.provider.low)} for {fact.text}{_number(fact)}" for fact in shown]
    yield "Needs", "; ".join(texts), shown[0].sources


def later_lines(report: JobReport) -> Iterator[Line]:
    """Yield which releases have an operator, if those of the user have none."""
    if report.later:
        operator, mode = report.later
        releases = _releases(mode.provider.low, mode.airflow.low, operator.provider)
        yield "Upgrade", f"{operator.name} needs {releases}", mode.sources


def upgrade_text(mode: Mode, provider: str) -> str:
    """Return what a mode of newer releases does: `from amazon 9.24.0 (Airflow 2.11), ...`."""
    releases = _releases(mode.provider.low, mode.airflow.low, provider)
    return f"from {releases}, {_arguments(mode) or 'a retry'} {mode.retry}"


def needs(fact: OperatorFact, provider: str) -> str:
    """Return since when something works: `needs amazon 9.24.0 (Airflow 2.11) (#62354)`."""
    return f"needs {_releases(fact.provider.low, fact.airflow.low, provider)}{_number(fact)}"


def fixed_in(fact: OperatorFact, provider: str) -> str:
    """Return since when something works: `fixed in amazon 9.24.0 (#62354)`."""
    return f"fixed in {_releases(fact.provider.low, fact.airflow.low, provider)}{_number(fact)}"


def _releases(provider_low: Version, airflow_low: Version, provider: str) -> str:
    """Return `amazon 9.24.0 (Airflow 2.11)`, with the parts that are known."""
    has_provider = provider_low > ALL_VERSIONS.low
    airflow = f"Airflow {airflow_low}" if airflow_low > ALL_VERSIONS.low else ""
    if not has_provider:
        return airflow
    return f"{provider} {release(provider_low)}" + (f" ({airflow})" if airflow else "")


def _number(fact: OperatorFact) -> str:
    """Return the first issues of a fact; its sources link to all of them."""
    numbers = ", ".join(f"#{number}" for number in fact.issues[:2])
    return f" ({numbers})" if numbers else ""


def operator_advice(report: JobReport) -> str:
    """Return why the operator to use is not simply the recommended pattern's, "" if it is."""
    operator, passed, pattern = report.operator, report.passed_over, report.recommendation.pattern
    if report.answers.values["work"] == "event" or report.recommendation.headline:
        return ""
    if operator is None:
        return _advice_without(report)
    if pattern is None:
        return f"{short_call(operator)} {operator.mode.retry}."
    if operator.pattern != pattern:
        lead = f"{_behaviour(passed)}, so" if passed else f"No existing operator is {pattern};"
        scaffold = ", or scaffold" if report.offers_scaffold else ""
        use = _arguments(operator.mode) or operator.name
        return f"{lead} use {use} ({SAFETY[operator.retry_duplicates]}){scaffold}."
    return _safer(report, operator)


def _advice_without(report: JobReport) -> str:
    """Return why an existing operator is not used."""
    if not report.existing:
        return _advice_in_two(report)
    best = report.passed_over or report.existing[0]
    instead = "scaffold" if report.use == "scaffold" else "submit and wait in two tasks"
    if report.use == "scaffold" and report.split:
        instead += ", or submit and wait in two tasks"
    return f"{_behaviour(best)}, so {instead}."


def _advice_in_two(report: JobReport) -> str:
    """Return why two tasks are used if no existing operator waits, "" if they are not."""
    if report.split is None or not report.choice.in_two_tasks:
        return ""
    scaffold = ", or scaffold" if report.offers_scaffold else ""
    pattern = report.recommendation.pattern
    lead = f"No existing operator is {pattern}, so" if pattern else "No existing operator waits;"
    return f"{lead} submit and wait in two tasks{scaffold}."


def _safer(report: JobReport, operator: ExistingOperator) -> str:
    """Return which other mode is safer than the one to use, "" if none is."""
    if is_safe(operator, report.risk):
        return ""
    safer = [each for each in report.existing if is_safe(each, report.risk)]
    if not safer:
        return ""
    slot = ", but it holds its worker slot" if safer[0].pattern in ("resumable", "plain") else ""
    return f"{short_call(safer[0])} is safer ({SAFETY[safer[0].retry_duplicates]}){slot}."


def _behaviour(operator: ExistingOperator) -> str:
    """Return what a retry of an operator does, as most people would use it.

    Without the token that would get a failed job back.
    """
    mode = operator.mode if operator.mode.reruns_failed else operator.simplest
    return f"{short_call(replace(operator, mode=mode))} {mode.retry}"


def short_call(operator: ExistingOperator) -> str:
    """Return the class with the arguments of its mode, or only with its flag if they are long."""
    flag = FLAGS.get(operator.pattern, "")
    fits = len(operator.call) <= LONGEST_CALL or flag not in operator.mode.arguments
    return operator.call if fits else f"{operator.name}({flag}=True)"


def _arguments(mode: Mode) -> str:
    """Return the arguments of a mode, or only its flag if they are long."""
    flag = FLAGS.get(mode.pattern, "")
    arguments = ", ".join(f"{name}={value}" for name, value in mode.arguments.items())
    fits = len(arguments) <= LONGEST_ARGUMENTS or flag not in mode.arguments
    return arguments if fits else f"{flag}=True"


def code_lines(line: str, essential: Iterable[str], width: int) -> list[str]:
    """Return a call in lines that fit a width; `...` may stand for arguments if two do not do."""
    if len(line) <= width:
        return [line]
    call = ast.parse(line, mode="eval").body
    if not isinstance(call, ast.Call):
        return [line]
    name = ast.get_source_segment(line, call.func) or ""
    texts = {each.arg or "": f"{each.arg}={_value(line, each.value)}" for each in call.keywords}
    unknown = [ast.unparse(each) for each in call.args]
    full = _wrapped(name, [*unknown, *texts.values()], width)
    if len(full) <= MOST_CODE_LINES:
        return full
    kept = {"task_id", *essential}
    short = [text for argument, text in texts.items() if argument in kept]
    return _wrapped(name, [*short[:1], "...", *short[1:]], width)


def _wrapped(name: str, arguments: list[str], width: int) -> list[str]:
    """Return a call with as many arguments on each line as fit; arguments are never broken."""
    lines, indent = [f"{name}("], " " * (len(name) + 1)
    for number, argument in enumerate(arguments, start=1):
        text = argument + (")" if number == len(arguments) else ",")
        if lines[-1].endswith("("):
            lines[-1] += text
        elif len(lines[-1]) + len(text) + 1 <= width:
            lines[-1] += f" {text}"
        else:
            lines.append(indent + text)
    return lines


def _value(line: str, value: ast.expr) -> str:
    if isinstance(value, ast.Dict) and value.keys:
        return "{...}"
    if isinstance(value, ast.List) and value.elts:
        return "[...]"
    return ast.get_source_segment(line, value) or "..."


def core_fact(fact: OperatorFact) -> str:
    """Return what is wrong with Airflow itself, and where it is fixed."""
    if fact.kind == "sound-from":
        fixed = fixed_in(fact, "").replace("fixed", "Fixed", 1)
        return f"{_sentence(fact.before)}. {fixed}."
    return f"{_with_status(_sentence(fact.text), fact)}."


def _with_status(text: str, fact: OperatorFact) -> str:
    """Return a text with the first issues of a fact, and whether it is open."""
    numbers = [f"#{number}" for number in fact.issues[:MOST_NUMBERS]]
    words = ", ".join([*numbers, _status(fact)])
    return f"{text} ({'apache/airflow' if numbers else ''}{words})"


def _status(fact: OperatorFact) -> str:
    """Return `open`, or in which releases a problem ends."""
    if fact.airflow.high != ALL_VERSIONS.high:
        return f"before Airflow {fact.airflow.high}"
    if fact.provider.high != ALL_VERSIONS.high:
        return f"before {release(fact.provider.high)}"
    return "open"


def _sentence(text: str) -> str:
    """Return a clause with a capital letter, unless it begins with an identifier."""
    return text if "_" in text.split(maxsplit=1)[0] else f"{text[0].upper()}{text[1:]}"
