"""Attempts of a drilled operator run as Airflow would run them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from advisor.drill.api import DrillOptions, drill_target
from advisor.drill.command_line import read_target, text_of
from advisor.drill.model import DrillResult, Finding, Outcome, Pattern, Signal, Stage
from advisor.drill.runtime.attempts import DETECTION
from advisor.drill.runtime.events import Ended, Event, Given, SignalSent, Started, XComPushed
from advisor.drill.runtime.tracer import GRACE_PERIOD
from advisor.drill.scenarios import Sample
from advisor.errors import InputError
from tests.airflow.environments import python_with

pytestmark = pytest.mark.airflow

OPERATORS = Path(__file__).with_name("fidelity_operators.py")


def drilled(
    factory: str,
    *signals: Signal,
    file: Path = OPERATORS,
    pairs: Sample | None = None,
) -> DrillResult:
    target = read_target(f"{file}:{factory}", str(python_with("3.3.2")))
    return drill_target(target, DrillOptions(signals or (Signal.KILL,), pairs=pairs))


SENSED = (Stage.before, Stage.polling, Stage.after)


def _before_signal(outcome: Outcome) -> list[Event]:
    events = list(outcome.events)
    return events[: next(n for n, each in enumerate(events) if isinstance(each, SignalSent))]


def kills(result: DrillResult) -> list[Outcome]:
    return [each for each in result.outcomes if not each.scenario.service_fault]


def at(event: Event) -> float:
    assert event.at is not None
    return event.at


def starts(outcome: Outcome) -> list[Started]:
    return [event for event in outcome.events if isinstance(event, Started)]


@pytest.fixture(scope="module")
def with_token() -> DrillResult:
    return drilled("uuid_token", Signal.KILL, Signal.TERM)


def test_random_key_of_the_constructor_differs_in_each_attempt(with_token: DrillResult) -> None:
    assert with_token.counts[Finding.duplicate] > 0


def test_random_module_differs_in_each_attempt() -> None:
    assert drilled("random_token").counts[Finding.duplicate] > 0


def test_globals_set_by_the_factory_are_reset_before_each_attempt() -> None:
    assert drilled("patching").baseline.state == "success"


def test_retry_of_a_lost_worker_waits_for_the_retry_delay(with_token: DrillResult) -> None:
    killed = next(each for each in kills(with_token) if each.submissions > 1)
    end = next(event for event in killed.events if isinstance(event, Ended))
    assert end.state == "killed"
    assert at(starts(killed)[1]) - at(end) == DETECTION + 60.0


def test_process_that_ignores_sigterm_is_killed_after_the_grace_period(
    with_token: DrillResult,
) -> None:
    outcome = next(
        each
        for each in kills(with_token)
        if each.scenario.aims[0][1] is Signal.TERM and each.submissions > 1
    )
    signal = next(event for event in outcome.events if isinstance(event, SignalSent))
    end = next(event for event in outcome.events if isinstance(event, Ended))
    assert end.state == "killed"
    assert GRACE_PERIOD <= at(end) - at(signal) <= GRACE_PERIOD + 60.0


def test_lines_of_a_stand_in_are_no_crash_points(with_token: DrillResult) -> None:
    lines = OPERATORS.read_text(encoding="utf-8").splitlines()
    places = {point.place for point, _ in with_token.reached}
    numbers = [int(place.rpartition(":")[2]) for place in places if ".py:" in place]
    assert sorted(lines[number - 1].split()[0] for number in numbers) == [
        "Hook().wait(job)",
        "job",
        "return",
    ]


def test_operator_without_retries_is_drilled_with_one() -> None:
    result = drilled("no_retries")
    assert result.notes == ("the operator has no retries; it is drilled with 1",)
    assert max(each.attempt for outcome in result.outcomes for each in starts(outcome)) == 2


def test_pairs_are_drilled_with_two_retries() -> None:
    result = drilled("no_retries", pairs=Sample(budget=10))
    assert "pairs are drilled with 2 retries; the operator has 0" in result.notes
    assert result.sent == result.planned


def test_trigger_that_raises_fails_its_deferral_and_the_task_is_retried() -> None:
    outcomes = {text_of(each.scenario): each for each in drilled("deferring").outcomes}
    outcome = outcomes["the first status call fails"]
    assert outcome.state == "success"
    ends = [(each.phase, each.state) for each in outcome.events if isinstance(each, Ended)]
    assert ("trigger", "broken") in ends
    assert ("resume", "up_for_retry") in ends


def test_modules_imported_lazily_are_imported_again_only_once(tmp_path: Path) -> None:
    file = Path(shutil.copy(OPERATORS, tmp_path))
    lazy = (
        "from pathlib import Path\nwith Path(__file__ + '.imports').open('a') as f: f.write('.')\n"
    )
    (tmp_path / "lazily_imported.py").write_text(lazy)
    result = drilled("lazy", file=file)
    assert len(result.outcomes) > 10
    imports = (tmp_path / "lazily_imported.py.imports").read_text()
    assert imports == ".."


def test_factory_sets_the_duration_of_jobs() -> None:
    baseline = drilled("lasting").baseline.events
    assert at(baseline[-1]) - at(baseline[0]) == 300.0


def line_with(text: str) -> int:
    """Return the number of the line of the operators that contains a text."""
    lines = OPERATORS.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def refusal(factory: str) -> str:
    """Drill an operator that must be refused; return the error message."""
    with pytest.raises(InputError) as caught:
        drilled(factory)
    return caught.value.problems[0].message


def test_error_of_the_baseline_run_names_its_line() -> None:
    assert refusal("broken") == (
        "the baseline run must succeed on the first try: "
        f"KeyError: 'deep' (fidelity_operators.py:{line_with('deep')})"
    )


def test_error_of_a_factory_names_its_line() -> None:
    assert refusal("unmade") == (
        "cannot be loaded: AttributeError: 'JobService' object has no attribute 'nothing' "
        f"(fidelity_operators.py:{line_with('.nothing')})"
    )


def test_job_that_the_factory_submits_is_not_a_job_of_the_task() -> None:
    result = drilled("sensing", Signal.KILL, Signal.TERM)
    assert (result.pattern, result.counts) == (Pattern.no_submission, {})
    assert {each.submissions for each in result.outcomes} == {0}
    assert any(isinstance(event, Given) for event in result.baseline.events)


def test_each_poke_of_a_sensor_has_points_of_its_own() -> None:
    result = drilled("sensing", Signal.KILL)
    kills_ = kills(result)
    assert len({text_of(each.scenario) for each in kills_}) == len(kills_) > 0
    assert {each.moments[0].stage for each in kills_} == set(SENSED)
    pokes = [sum(isinstance(e, Started) for e in _before_signal(each)) for each in kills_]
    assert {*pokes} == {1, 2, 3}


@pytest.mark.parametrize(
    ("factory", "message"),
    [
        ("nothing_made", "TypeError: the factory returned None, not an operator"),
        ("lasting_forever", "ValueError: service.duration is 'x', expected seconds"),
    ],
)
def test_factory_with_a_mistake_is_refused_in_plain_words(factory: str, message: str) -> None:
    assert message in refusal(factory)


def test_message_that_cannot_be_answered_stops_the_drill_even_if_caught() -> None:
    assert refusal("asking") == "cannot be drilled: asks for GetDag"


def test_task_pulls_xcoms_of_its_own_and_of_other_tasks() -> None:
    events = drilled("pulling").baseline.events
    results = [event.value for event in events if isinstance(event, XComPushed)]
    assert results == ["job-1", [None, None]]
