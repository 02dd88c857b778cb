"""Durations are parsed into whole seconds, and formatted so that they parse to the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.knowledge.durations import LONGEST, parse_duration, say_duration, spell_duration

NO_DURATION = "expected a duration such as 45s, 20m, 1h30m or 2d, found "
NO_UNIT = "no unit in "
TOO_SHORT = "must be at least 1 second, found "
TOO_LONG = "must be at most 365 days, found "
NEGATIVE = "must be positive, found "


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("45s", 45),
        ("20m", 1200),
        ("3h", 10800),
        ("2d", 172800),
        ("1h30m", 5400),
        ("1h30m15s", 5415),
        ("1d 2h 3m 4s", 93784),
        ("1.5h", 5400),
        ("0.5 hours", 1800),
        ("1.5555h", 5599),
        ("90m", 5400),
        ("1h 90m", 9000),
        ("30m 1h", 5400),
        ("  3   hours  ", 10800),
        ("3 HOURS", 10800),
        ("1 day 1 hr 1 min 1 sec", 90061),
        ("2 days 2 hrs 2 mins 2 secs", 180122),
        ("1 hour 1 minute 1 second", 3661),
        ("2 hours 2 minutes 2 seconds", 7322),
        ("3\u00a0h", 10800),
        ("007m", 420),
        ("1s", 1),
        ("365d", LONGEST),
    ],
)
def test_parse_duration_returns_whole_seconds(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1.15m", 69), ("4.35m", 261), ("0.1h", 360), ("1.1h", 3960), ("0.7d", 60480)],
)
def test_parse_duration_rounds_fractions_correctly(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("3", NO_UNIT),
        ("3.5", NO_UNIT),
        ("1h30", NO_UNIT),
        ("30 1h", NO_UNIT),
        ("9" * 5000, NO_UNIT),
        ("0s", TOO_SHORT),
        ("0h0m", TOO_SHORT),
        ("0.5s", TOO_SHORT),
        ("366d", TOO_LONG),
        ("1e9d", NO_DURATION),
        ("999999999999h", TOO_LONG),
        ("9" * 5000 + "s", TOO_LONG),
        ("1d" * 5000, TOO_LONG),
        ("-3h", NEGATIVE),
        ("- 3h", NEGATIVE),
        ("1h-30m", NO_DURATION),
        ("", NO_DURATION),
        ("h", NO_DURATION),
        ("soon", NO_DURATION),
        ("3 weeks", NO_DURATION),
        ("3 mon", NO_DURATION),
        ("3ms", NO_DURATION),
        ("1,5h", NO_UNIT),
        ("3h!", NO_DURATION),
        ("1:30:00", NO_UNIT),
        ("PT3H", NO_DURATION),
        (".5h", NO_DURATION),
        ("+3h", NO_DURATION),
        ("inf h", NO_DURATION),
        ("\u0663h", NO_DURATION),
        ("\u00bdh", NO_DURATION),
        ("3\u043c", NO_UNIT),
    ],
)
def test_parse_duration_rejects_invalid_durations_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}.{{2,42}}$"):
        parse_duration(text)


@given(st.integers(1, LONGEST))
def test_parse_duration_reads_back_both_formats(seconds: int) -> None:
    assert parse_duration(spell_duration(seconds)) == seconds
    assert parse_duration(say_duration(seconds)) == seconds


@given(st.integers(1, LONGEST))
def test_spell_duration_is_canonical(seconds: int) -> None:
    spelling = spell_duration(seconds)
    assert spell_duration(parse_duration(spelling)) == spelling
    assert " " not in spelling


@pytest.mark.parametrize(
    ("seconds", "spelled", "message"),
    [
        (45, "45s", "45 s"),
        (60, "1m", "1 min"),
        (5400, "1h30m", "1 h 30 min"),
        (86401, "1d1s", "1 d 1 s"),
    ],
)
def test_spell_duration_has_no_spaces_and_say_duration_does(
    seconds: int, spelled: str, message: str
) -> None:
    assert (spell_duration(seconds), say_duration(seconds)) == (spelled, message)


@given(st.text(alphabet="0123456789.-+ dhmsecinutyar\n\u0663") | st.text())
def test_parse_duration_accepts_or_rejects_any_text(text: str) -> None:
    result = seconds_or_reason(text)
    reasons = {NO_DURATION, NO_UNIT, TOO_SHORT, TOO_LONG, NEGATIVE}
    if isinstance(result, str):
        [found] = [result.removeprefix(each) for each in reasons if result.startswith(each)]
        assert found.isprintable()
    else:
        assert 1 <= result <= LONGEST


def seconds_or_reason(text: str) -> int | str:
    try:
        return parse_duration(text)
    except ValueError as error:
        return str(error)
