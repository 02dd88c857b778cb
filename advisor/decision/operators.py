"""Chooses among the existing operators: the mode, the line of code, and the release it needs."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from advisor.decision.needs_table import Standing
from advisor.knowledge.model import Sources
from advisor.knowledge.operators import (
    Candidate,
    Mode,
    ModePattern,
    Operator,
    OperatorFact,
    RetryDuplicates,
    Target,
    WaitLimit,
)
from advisor.knowledge.versions import ALL_VERSIONS, Version, VersionRange

HEADROOM = 4 / 3
"""How much longer than the usual wait an operator should wait, as a factor."""
ATTEMPTS_STEP, HOUR = 10, 3600
LEAVES_JOB = re.compile(r"leaves [^;,]* on SIGTERM")
SHORT = 60
"""Seconds below which a sensor that stays on its worker is enough."""
NOT_A_PATTERN = 3
"""The place of a mode that follows none of the three patterns."""
RULED_OUT = 9
PLACES: Mapping[str, int] = {"chosen": 0, "second": 1, "third": 2, "ruled out": RULED_OUT}
SENSOR_MODES = ("deferrable", "reschedule", "poke")


@dataclass(frozen=True)
class ExistingOperator:
    """An existing operator in the mode, and with the arguments, that suit a job.

    `line` creates it. `provider` is the range of provider releases, `>=9.24.0`, or "" if it is not
    known. `release` is the release that the facts are for, None if unknown; `given` says whether
    the user named it. `limit` is the wait limit with its default parameters; it is `too_short` if
    it ends before the usual wait, and `raised` are the arguments that raise it. `sound_from` and
    `defects` are the facts that apply, `outdated` is what is wrong in the user's releases and fixed
    in others. `upgrade` is a safer mode that needs newer releases, and `simplest` the mode of the
    same pattern with the fewest arguments. `kill` says what SIGTERM and a user's kill do in the
    user's Airflow.
    """

    operator: Operator
    mode: Mode
    line: str
    provider: str
    release: Version | None
    given: bool
    newer_than_known: bool
    retry_duplicates: RetryDuplicates
    limit: WaitLimit | None
    raised: Mapping[str, str]
    too_short: bool
    sound_from: tuple[OperatorFact, ...]
    outdated: tuple[OperatorFact, ...]
    defects: tuple[OperatorFact, ...]
    upcoming: tuple[OperatorFact, ...]
    upgrade: Mode | None
    simplest: Mode
    kill: str
    timeout_while_deferred: str = "unknown"

    @property
    def name(self) -> str:
        """Return the name of the class."""
        return self.operator.name

    @property
    def pattern(self) -> ModePattern:
        """Return how the operator waits."""
        return self.mode.pattern

    @property
    def call(self) -> str:
        """Return the class and the arguments of its mode: `GlueJobOperator(deferrable=True)`."""
        arguments = ", ".join(f"{name}={value}" for name, value in self.mode.arguments.items())
        return f"{self.name}({arguments})" if arguments else self.name

    @property
    def sources(self) -> Sources:
        """Return the sources of its behaviour."""
        return self.mode.sources


@dataclass(frozen=True)
class Situation:
    """What decides between the modes of an operator, from the answers and the recommendation.

    `duration` is the usual wait in seconds. `standings` are the results for the three patterns.
    `shutdown` is what Airflow does when a worker gets SIGTERM, "" if it passes the signal on.
    """

    airflow: Version
    duration: int
    risk: str
    standings: Mapping[str, Standing]
    event: bool
    triggerer: bool
    shutdown: str = ""


def danger(mode: Mode, risk: str, retry_duplicates: RetryDuplicates | None = None) -> int:
    """Return how badly a mode suits the risk of a duplicate job: 0 is best, from UNSAFE it is not.

    A mode whose retry gets the failed job back is less useful than one with a short window. If a
    duplicate is merely costly, it is enough that a retry finds the job while it runs.
    """
    if risk == "harmless":
        return 0
    duplicates = retry_duplicates or mode.retry_duplicates
    if duplicates == "yes" and mode.finds_running:
        return UNSAFE if risk == "unacceptable" else UNSAFE - 1
    never = 0 if mode.reruns_failed else 2
    return {"never": never, "window": 1, "unknown": UNSAFE + 1, "yes": UNSAFE + 2}[duplicates]


UNSAFE = 3


def is_safe(existing: ExistingOperator, risk: str) -> bool:
    """Return whether a retry of an operator is acceptable for the risk of a duplicate job."""
    return danger(existing.mode, risk, existing.retry_duplicates) < UNSAFE


def existing_operators(
    candidates: Iterable[Candidate], situation: Situation
) -> tuple[ExistingOperator, ...]:
    """Return the best mode of each operator and pattern, the best for the situation first.

    Leaves out modes that cannot be installed on the Airflow version, and those of patterns that the
    answers rule out.
    """
    found = [
        existing
        for candidate in candidates
        for modes in _by_pattern(candidate, situation).values()
        if (existing := _best(candidate, modes, situation)) is not None
    ]
    return tuple(sorted(found, key=lambda each: _rank(each, situation)))


def _by_pattern(candidate: Candidate, situation: Situation) -> dict[str, list[Mode]]:
    by_pattern: dict[str, list[Mode]] = {}
    for mode in candidate.operator.modes:
        if _exists(mode, candidate, situation) and _allowed(mode, situation):
            by_pattern.setdefault(mode.pattern, []).append(mode)
    return by_pattern


def _exists(mode: Mode, candidate: Candidate, situation: Situation) -> bool:
    return situation.airflow in mode.airflow and _installable(mode.provider.low, candidate)


def _installable(low: Version, candidate: Candidate) -> bool:
    """Return whether the release from which something works is not newer than the user's."""
    return candidate.release is None or low <= candidate.release


def _allowed(mode: Mode, situation: Situation) -> bool:
    return PLACES.get(situation.standings.get(mode.pattern, ""), 0) < RULED_OUT


def _best(candidate: Candidate, modes: list[Mode], situation: Situation) -> ExistingOperator | None:
    """Return the safest of the modes that follow one pattern, in the user's release."""
    usable = _usable(modes, candidate)
    if not usable:
        return None
    best = min(usable, key=lambda each: danger(each, situation.risk))
    simplest = min(usable, key=lambda each: len(each.arguments))
    return _existing(candidate, best, simplest, situation)


def later_mode(
    candidates: Iterable[Candidate], situation: Situation
) -> tuple[Operator, Mode] | None:
    """Return an operator and its mode that the user's releases do not have, the oldest first."""
    later = [
        (each.operator, mode)
        for each in candidates
        for mode in each.operator.modes
        if _allowed(mode, situation)
        and (situation.airflow < mode.airflow.low or not _installable(mode.provider.low, each))
    ]
    return min(later, key=lambda e: (e[1].airflow.low, e[1].provider.low), default=None)


def _usable(modes: list[Mode], candidate: Candidate) -> list[Mode]:
    """Return the modes of the user's release or, if it is not known, of the newest one."""
    if candidate.release is not None:
        return [each for each in modes if candidate.release in each.provider]
    newest = max(each.provider.high for each in modes)
    return [each for each in modes if each.provider.high == newest]


def _existing(
    candidate: Candidate, mode: Mode, simplest: Mode, situation: Situation
) -> ExistingOperator:
    operator = candidate.operator
    limit = next(_limits(candidate, mode.pattern), None)
    raised = _raised(limit, situation) if limit else {}
    facts = [
        each
        for each in operator.facts
        if concerns(each.patterns, mode.pattern) and situation.airflow in each.only_on
    ]
    sound = [each for each in facts if each.kind == "sound-from"]
    reached = [each for each in sound if _is_reached(each, candidate, situation)]
    newer = _is_newer_than_known(candidate, mode)
    return ExistingOperator(
        operator=operator,
        mode=mode,
        line=with_arguments(operator.line, {**mode.arguments, **raised}),
        provider=_provider(mode, reached),
        release=candidate.release,
        given=candidate.given,
        newer_than_known=newer,
        retry_duplicates="unknown" if newer else mode.retry_duplicates,
        limit=limit,
        raised=raised,
        too_short=_is_too_short(limit, situation),
        sound_from=tuple(reached),
        outdated=tuple(
            replace(
                each, airflow=_needed_airflow(each.airflow, each.provider, candidate, situation)
            )
            for each in sound
            if each not in reached
        ),
        defects=tuple(_applying(facts, "defect", candidate, situation)),
        upcoming=tuple(_applying(facts, "upcoming", candidate, situation)),
        upgrade=_upgrade(candidate, mode, situation),
        simplest=simplest,
        kill=_kill(mode, situation),
        timeout_while_deferred=candidate.timeout_while_deferred,
    )


def _kill(mode: Mode, situation: Situation) -> str:
    """Return what a kill does, and whether SIGTERM reaches the task at all if it does something."""
    says_more = situation.shutdown and acts_on_sigterm(mode)
    return f"{mode.kill}; {situation.shutdown}" if says_more else mode.kill


def acts_on_sigterm(mode: Mode) -> bool:
    """Return whether SIGTERM does anything to the job."""
    return "SIGTERM" in mode.kill and not LEAVES_JOB.search(mode.kill)


def _limits(candidate: Candidate, pattern: ModePattern) -> Iterator[WaitLimit]:
    for limit in candidate.operator.waits:
        in_release = candidate.release is None or candidate.release in limit.provider
        if in_release and concerns(limit.patterns, pattern):
            yield limit


def concerns(patterns: tuple[str, ...], pattern: str) -> bool:
    """Return whether something that is about some patterns, or all, is about this one."""
    return not patterns or pattern in patterns


def _is_reached(fact: OperatorFact, candidate: Candidate, situation: Situation) -> bool:
    """Return whether what a `sound-from` fact names works in the user's releases."""
    return fact.airflow.low <= situation.airflow and _installable(fact.provider.low, candidate)


def _is_newer_than_known(candidate: Candidate, mode: Mode) -> bool:
    """Return whether the user's release is newer than what was read, and not documented either."""
    if not candidate.given or candidate.release is None or candidate.newest is None:
        return False
    return candidate.release > candidate.newest and mode.provider.low <= candidate.newest


def _applying(
    facts: Iterable[OperatorFact], kind: str, candidate: Candidate, situation: Situation
) -> Iterator[OperatorFact]:
    for fact in facts:
        in_release = candidate.release is None or candidate.release in fact.provider
        if fact.kind == kind and in_release and situation.airflow in fact.airflow:
            yield fact


def _provider(mode: Mode, reached: Iterable[OperatorFact]) -> str:
    """Return the range of releases in which a mode exists and works."""
    low = max(mode.provider.low, *(each.provider.low for each in reached), ALL_VERSIONS.low)
    bounds = [f">={release(low)}"] if low > ALL_VERSIONS.low else []
    if mode.provider.high != ALL_VERSIONS.high:
        bounds.append(f"<{release(mode.provider.high)}")
    return ",".join(bounds)


def release(version: Version) -> str:
    """Return a provider's release with all three numbers, as its changelog has it."""
    return f"{version.major}.{version.minor}.{version.patch}"


def _upgrade(candidate: Candidate, mode: Mode, situation: Situation) -> Mode | None:
    """Return a safer mode that the user's releases do not have, with the lowest requirements."""
    if situation.risk == "harmless" or situation.event:
        return None
    better = [
        each
        for each in candidate.operator.modes
        if danger(each, situation.risk) < danger(mode, situation.risk)
        and (situation.airflow < each.airflow.low or not _installable(each.provider.low, candidate))
        and _allowed(each, replace(situation, standings={}))
    ]
    best = min(better, key=lambda each: (each.airflow.low, each.provider.low), default=None)
    return best and _made_sound(best, candidate, situation)


def _made_sound(mode: Mode, candidate: Candidate, situation: Situation) -> Mode:
    """Return a mode from the release on from which it is sound, with the Airflow for that."""
    sound = [
        each.provider.low
        for each in candidate.operator.facts
        if each.kind == "sound-from"
        and concerns(each.patterns, mode.pattern)
        and each.provider.low in mode.provider
        and situation.airflow in each.only_on
    ]
    provider = mode.provider._replace(low=max([mode.provider.low, *sound]))
    airflow = _needed_airflow(mode.airflow, provider, candidate, situation)
    return replace(mode, provider=provider, airflow=airflow)


def _needed_airflow(
    airflow: VersionRange, provider: VersionRange, candidate: Candidate, situation: Situation
) -> VersionRange:
    """Return the Airflow that something needs, and its provider with it, if not the user's."""
    required = [bound for start, bound in candidate.requires if start <= provider.low]
    if not required or required[-1] <= max(airflow.low, situation.airflow):
        return airflow
    return airflow._replace(low=required[-1])


def _raised(limit: WaitLimit, situation: Situation) -> dict[str, str]:
    """Return the arguments that raise a limit above the usual wait, {} if it is high enough."""
    if not _is_too_short(limit, situation):
        return {}
    needed = situation.duration * HEADROOM
    if limit.timeout:
        name, default = limit.timeout
        hours = max(math.ceil(needed / HOUR), 1)
        in_timedelta = "timedelta" in default
        return {name: f"timedelta(hours={hours})" if in_timedelta else str(hours * HOUR)}
    if limit.attempts is None or limit.seconds is None:
        return {}
    interval = limit.seconds / float(limit.attempts[1])
    attempts = math.ceil(needed / interval / ATTEMPTS_STEP) * ATTEMPTS_STEP
    return {**dict([limit.interval] if limit.interval else []), limit.attempts[0]: str(attempts)}


def _is_too_short(limit: WaitLimit | None, situation: Situation) -> bool:
    """Return whether an operator stops waiting before the usual wait, with headroom, is over."""
    if limit is None or limit.seconds is None:
        return False
    return limit.seconds < situation.duration * HEADROOM


def _rank(existing: ExistingOperator, situation: Situation) -> tuple[int, ...]:
    """Return a sort key: safety decides first only if a duplicate is unacceptable."""
    place = _place(existing, situation)
    level = danger(existing.mode, situation.risk, existing.retry_duplicates)
    return (level, place) if situation.risk == "unacceptable" else (place, level)


def _place(existing: ExistingOperator, situation: Situation) -> int:
    if situation.event:
        order = SENSOR_MODES if situation.duration >= SHORT else SENSOR_MODES[::-1]
        return order.index(existing.pattern) if existing.pattern in order else RULED_OUT
    standing = situation.standings.get(existing.pattern, "")
    return PLACES.get(standing, NOT_A_PATTERN)


def with_arguments(line: str, arguments: Mapping[str, str]) -> str:
    """Return a call with arguments added, or replaced if it has them already."""
    if not arguments:
        return line
    call = ast.parse(line, mode="eval").body
    if not isinstance(call, ast.Call):
        raise TypeError(f"not a call: {line}")
    kept = {
        each.arg or "": ast.get_source_segment(line, each.value) or "" for each in call.keywords
    }
    # A line that a program derived has `...` for the arguments that it does not know.
    unknown = [ast.unparse(each) for each in call.args]
    texts = [*unknown, *(f"{name}={value}" for name, value in {**kept, **arguments}.items())]
    return f"{ast.get_source_segment(line, call.func)}({', '.join(texts)})"


@dataclass(frozen=True)
class SplitTask:
    """Two tasks instead of one: `submit` is the line of the first, `sensor` waits for its job.

    `arguments` are those of the first task that make it submit only, and once.
    """

    operator: Operator
    submit: str
    arguments: Mapping[str, str]
    sensor: ExistingOperator


def split_task(target: Target, situation: Situation) -> SplitTask | None:
    """Return how to submit without retries and to wait in a sensor, None if nothing can do that."""
    waiting = existing_operators(target.sensors, replace(situation, event=True, standings={}))
    modes = ("reschedule", "deferrable") if situation.triggerer else ("reschedule",)
    # Later modes replace earlier ones: a deferrable sensor is better, if the release has it.
    sensors = {e.name: e for mode in modes for e in waiting if e.pattern == mode}
    for candidate in target.operators:
        split = candidate.operator.split
        if split and split.sensor in sensors:
            arguments = {**split.submit, "retries": "0"}
            line = with_arguments(candidate.operator.line, arguments)
            return SplitTask(candidate.operator, line, arguments, sensors[split.sensor])
    return None
