"""Phrases about the operators in the catalogue, which the terminal and Markdown share."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import groupby

from advisor.catalog.listing import DEFERRABLE
from advisor.knowledge.durations import say_duration
from advisor.knowledge.model import Source
from advisor.knowledge.operators import FactKind
from advisor.knowledge.versions import STORE_SINCE, parse_version
from advisor.render.catalog_document import (
    CatalogPage,
    ChangeRow,
    FactRow,
    Known,
    ModeRow,
    OperatorRow,
    ProviderRow,
    SplitRow,
    UpgradeRow,
    WaitRow,
)
from advisor.render.operators import SAFETY

HEADS = ("Defers", "Durable", "Retry finds", "on_kill", "deferred", "Waits")
"""The columns of a list of operators, after the class."""
PROVIDER_HEADS = (
    *("Provider", "Release", "Airflow", "Operators", "Sensors"),
    *("Deferrable", "Durable", "Acting"),
)
MARK = "*"
"""Marks operators whose facts are from another release than the listed one."""
NOT_APPLICABLE = "-"
UNKNOWN = "unknown"
ISSUE = "apache/airflow#"
MINUTE = 60
LONGEST_IN_MINUTES = 120 * MINUTE
"""From this time on (s), a wait limit is said in hours and days."""
YES_NO: Mapping[Known, str] = {True: "yes", False: "no", "unknown": UNKNOWN}
FINDS = {
    "task-state-store": "stored id",
    "labels": "labels",
    "tag": "tag",
    "caller-id": "your id",
    "nothing": "nothing",
    UNKNOWN: UNKNOWN,
}
FINDS_IN_FULL = {
    "task-state-store": "finds the job by the id in the task state store",
    "labels": "finds the running job by its labels",
    "tag": "finds the running job by a tag",
    "caller-id": "finds the job by an id or token that you set",
    "nothing": "finds no job, so it submits again",
    UNKNOWN: "not decided by the source",
}
DEFAULTS = {
    "config": "default: the option [operators] default_deferrable",
    "yes": "default: True",
    "no": "default: False",
    None: "",
}
FACT_HEADINGS: Mapping[FactKind, str] = {
    "sound-from": "Sound from",
    "defect": "Defects",
    "upcoming": "Upcoming",
    "shutdown": "If a worker stops",
}
MODE_HEADINGS: Mapping[Known, str] = {
    True: "Modes",
    "unknown": "Modes of the newest known release",
    False: "Modes of other releases",
}
"""The headings of modes, by whether the release of a row has them."""
NOTHING_WRITTEN = "No hand-written facts about this operator."
IN_OWN_LINE = ("deferrable", "durable", "acts", "exists")
"""What has a line of its own, in which its first release is named."""

Line = tuple[str, str]
"""A label and a text."""


def cells(row: OperatorRow) -> tuple[str, ...]:
    """Return an operator in the columns of HEADS."""
    is_sensor = row.kind == "sensor"
    return (
        _deferrable_cell(row),
        NOT_APPLICABLE if is_sensor and not row.durable else durable_cell(row),
        NOT_APPLICABLE if is_sensor else FINDS[row.retry_finds_job_by],
        NOT_APPLICABLE if is_sensor and row.on_kill is False else YES_NO[row.on_kill],
        NOT_APPLICABLE if row.trigger_on_kill is None else YES_NO[row.trigger_on_kill],
        say_limit(row.wait_limit_s),
    )


def _deferrable_cell(row: OperatorRow) -> str:
    if row.deferrable == "parameter":
        return "default" if row.deferrable_default == "yes" else "yes"
    return "no" if row.deferrable == "never" else row.deferrable


def durable_cell(row: OperatorRow) -> str:
    """Return whether durable acts: an accepted parameter may have no effect."""
    if row.durable is True and row.acts is False:
        return "no effect"
    return YES_NO[row.acts if row.durable is True else row.durable]


def say_limit(seconds: float | str | None) -> str:
    """Return a wait limit as its parameters give it: 75 min, not 1 h 15 min."""
    if seconds is None:
        return "no limit"
    if isinstance(seconds, str):
        return seconds
    whole = round(seconds)
    if MINUTE <= whole < LONGEST_IN_MINUTES and whole % MINUTE == 0:
        return f"{whole // MINUTE} min"
    return say_duration(whole) or "0 s"


def provider_cells(row: ProviderRow) -> tuple[str, ...]:
    """Return a provider in the columns of PROVIDER_HEADS."""
    counts = (row.operators, row.sensors, row.deferrable, row.durable, row.acts)
    return (
        row.name,
        row.release or NOT_APPLICABLE,
        f">={row.requires_airflow}" if row.requires_airflow else NOT_APPLICABLE,
        *(str(count) if count else NOT_APPLICABLE for count in counts),
    )


def title(row: OperatorRow) -> str:
    """Return what an operator is: `operator for AWS Glue`."""
    return f"{row.kind} for {row.system}" if row.system else row.kind


def provider_line(row: OperatorRow) -> str:
    """Return the provider of an operator, its release, and the Airflow that it requires."""
    text = " ".join(each for each in (row.provider, row.release) if each)
    if row.requires_airflow:
        text += f", Airflow {row.requires_airflow} or newer"
    return text


def provider_heading(rows: list[OperatorRow]) -> str:
    """Return the provider of operators, and what the mark of some of them means."""
    others = {row.facts_of for row in rows if row.facts_of != row.release}
    return provider_line(rows[0]) + "".join(f"; {MARK} facts of {each}" for each in others)


def marked_class(row: OperatorRow) -> str:
    """Return a class, with a mark if its facts are from another release than the listed one."""
    return row.class_ if row.facts_of == row.release else f"{row.class_} {MARK}"


def source_lines(row: OperatorRow) -> Iterator[Line]:
    """Yield the facts that were read from source."""
    yield (
        "Deferrable",
        _with_since(_deferrable_text(row), row, "deferrable", holds=row.deferrable in DEFERRABLE),
    )
    yield "Durable", _with_since(_durable_text(row), row, "acts", holds=row.acts is True)
    if row.kind == "operator":
        yield "Retry", FINDS_IN_FULL[row.retry_finds_job_by]
        yield "on_kill", _kill_text(row)
    yield "Wait limit", _limit_text(row)
    if row.deferrable != "never":
        holds = {True: "holds", False: "does not hold", UNKNOWN: "unknown whether it holds"}
        yield "execution_timeout", f"{holds[row.timeout_while_deferred]} while deferred"
    if row.idempotency_parameter:
        yield "Idempotency", f"{row.idempotency_parameter} makes a submission idempotent"
    if since := ", ".join(_since(row)):
        yield "Since", since


def _with_since(text: str, row: OperatorRow, what: str, *, holds: bool) -> str:
    """Return a text with the release since which something is so, or from which on it will be."""
    since = row.since.get(what)
    if since is None:
        return text
    if holds:
        return f"{text}, since {since}"
    try:
        is_older = parse_version(row.release or "") < parse_version(since)
    except ValueError:  # a release that is spelled in another way
        return text
    # Only `durable` depends on more than the release.
    return f"{text}; from {since} on" if is_older else f"{text} before Airflow {STORE_SINCE}"


def _since(row: OperatorRow) -> Iterator[str]:
    if "exists" in row.since:
        yield f"class {row.since['exists']}"
    yield from (
        f"{what} {release}"
        for what, release in sorted(row.since.items())
        if what not in IN_OWN_LINE
    )


def _deferrable_text(row: OperatorRow) -> str:
    if row.deferrable == "parameter":
        default = DEFAULTS[row.deferrable_default]
        return "with deferrable=True" + (f" ({default})" if default else "")
    return {"never": "no", "always": "always"}.get(row.deferrable, row.deferrable)


def _durable_text(row: OperatorRow) -> str:
    if row.durable is not True:
        return YES_NO[row.durable]
    used = {
        True: " and used",
        False: ", but has no effect",
        UNKNOWN: ", unknown whether it is used",
    }
    return f"accepted{used[row.acts]}"


def _kill_text(row: OperatorRow) -> str:
    text = f"operator: {YES_NO[row.on_kill]}"
    if row.trigger_on_kill is not None:
        text += f"; trigger, while deferred: {YES_NO[row.trigger_on_kill]}"
    return text


def _limit_text(row: OperatorRow) -> str:
    parameters = assignments(row.wait_parameters)
    return say_limit(row.wait_limit_s) + (f" ({parameters})" if parameters else "")


def assignments(parameters: Mapping[str, str]) -> str:
    """Return parameters as in a call: `waiter_delay=60, waiter_max_attempts=75`."""
    return ", ".join(f"{name}={value}" for name, value in parameters.items())


def mode_title(mode: ModeRow, row: OperatorRow) -> str:
    """Return the pattern of a mode and the releases that have it."""
    return f"{mode.pattern}: {releases_text(mode.provider, mode.airflow, row.provider)}"


def releases_text(provider: str, airflow: str, name: str) -> str:
    """Return `amazon >=9.35.0, Airflow >=3.3`, or `all releases`."""
    parts = [f"{name} {provider}" if provider else "", f"Airflow {airflow}" if airflow else ""]
    return ", ".join(each for each in parts if each) or "all releases"


def mode_lines(mode: ModeRow) -> Iterator[Line]:
    """Yield what a retry and a kill do in a mode."""
    yield "Retry", f"{mode.retry} ({_safety(mode)})"
    yield "Kill", mode.kill


def _safety(mode: ModeRow) -> str:
    """Return whether a retry can start a second job, and whether it runs a failed one again."""
    if mode.retry_duplicates == "yes" and mode.finds_running:
        return "a retry starts a second job only if the first has ended"
    again = "" if mode.reruns_failed else "; a failed job is not run again"
    return SAFETY[mode.retry_duplicates] + again


def modes_by_heading(row: OperatorRow) -> Iterator[tuple[str, list[ModeRow]]]:
    """Yield the modes of the release, and those of others, if there are any."""
    for applies, heading in MODE_HEADINGS.items():
        if modes := [each for each in row.modes or () if each.applies == applies]:
            yield heading, modes


def split_heading(split: SplitRow) -> str:
    """Return the heading of a line that only submits."""
    return f"Submit without waiting, then wait in {split.sensor}"


def waits_of_release(row: OperatorRow) -> list[WaitRow]:
    """Return the wait limits of the release."""
    return [each for each in row.waits or () if each.applies]


def wait_text(wait: WaitRow) -> str:
    """Return a wait limit of some modes: `deferrable: 75 min (waiter_delay=60)`."""
    modes = ", ".join(wait.patterns) or "all modes"
    parameters = f" ({assignments(wait.parameters)})" if wait.parameters else ""
    return f"{modes}: {say_limit(wait.limit_s)}{parameters}"


def facts_of_kind(row: OperatorRow, kind: FactKind) -> list[FactRow]:
    """Return the hand-written facts of a kind; the problems only if the release has them."""
    return [
        each
        for each in row.facts or ()
        if each.kind == kind and (each.applies or kind == "sound-from")
    ]


def fact_text(fact: FactRow, row: OperatorRow) -> str:
    """Return since when something works and what happened before, or a problem with its issues."""
    if fact.kind != "sound-from":
        return f"{fact.text}{_only(fact)}{_until(fact, row)}{_numbers(fact)}"
    since = releases_text(fact.provider, fact.airflow, row.provider)
    before = f"before, on Airflow {fact.only_on}," if fact.only_on else "before,"
    return f"{since}: {fact.text}{_only(fact)}; {before} {fact.before}{_numbers(fact)}"


def _until(fact: FactRow, row: OperatorRow) -> str:
    """Return the releases with a problem if some later ones do not have it."""
    is_fixed = "<" in fact.provider + fact.airflow
    return f", {releases_text(fact.provider, fact.airflow, row.provider)}" if is_fixed else ""


def _only(fact: FactRow) -> str:
    return f" [{', '.join(fact.patterns)}]" if fact.patterns else ""


def _numbers(fact: FactRow) -> str:
    return f" ({', '.join(f'#{number}' for number in fact.issues)})" if fact.issues else ""


def is_issue(source: Source) -> bool:
    """Return whether a source is an issue, whose number the text has."""
    return source.text.startswith(ISSUE)


def upgrade_title(diff: UpgradeRow, row: OperatorRow) -> str:
    """Return the heading of what an upgrade changes."""
    return f"{row.provider} {diff.old} to {diff.new}"


def upgrade_note(diff: UpgradeRow) -> str:
    """Return what is not known about an upgrade, or that it changes nothing, "" otherwise."""
    if not diff.recorded:
        return "No recorded history of the facts in source."
    return "" if diff.changes else "No recorded fact changes."


def changes_by_release(diff: UpgradeRow) -> Iterator[tuple[str, list[ChangeRow]]]:
    """Yield the releases of an upgrade that change something, and the changes of each."""
    for release, changes in groupby(diff.changes, lambda each: each.release):
        yield release, list(changes)


def change_text(change: ChangeRow) -> str:
    """Return what a release changes, and what was before."""
    numbers = [each.text.removeprefix(ISSUE) for each in change.source if is_issue(each)]
    cited = f" ({', '.join(f'#{number}' for number in numbers)})" if numbers else ""
    return _change_text(change) + cited


def _change_text(change: ChangeRow) -> str:
    if change.kind == "requires":
        return f"requires Airflow {change.new}; before, {change.old}"
    if change.kind == "sound-from":
        return f"{change.about} works; before, {change.old}"
    if change.kind == "defect":
        return f"new defect: {change.new}" if change.new else f"fixed defect: {change.old}"
    if not change.old:
        return f"new: {change.about}: {change.new}"
    return f"{change.about}: {change.new or 'no longer'}; before, {change.old}"


def call_lines(line: str, width: int) -> list[str]:
    """Return a call on one line if it fits, else with its arguments on lines of their own."""
    if len(line) <= width:
        return [line]
    call = ast.parse(line, mode="eval").body
    if not isinstance(call, ast.Call):
        return [line]
    name = ast.get_source_segment(line, call.func)
    values = [(each, ast.get_source_segment(line, each.value)) for each in call.keywords]
    named = [f"{each.arg}={value}" if each.arg else f"**{value}" for each, value in values]
    texts = [*(ast.get_source_segment(line, each) or "..." for each in call.args), *named]
    return [f"{name}(", *(f"    {text}," for text in texts), ")"]


def by_provider(page: CatalogPage) -> Iterator[tuple[str, list[OperatorRow]]]:
    """Yield the providers of a page, and the operators of each, sensors last."""
    for name in sorted({row.provider for row in page.operators}):
        rows = [row for row in page.operators if row.provider == name]
        yield name, sorted(rows, key=lambda row: (row.kind, row.class_, row.module))
