"""Every accepted spelling of an answer has one canonical form; all others get a helpful error."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answers.parse import (
    LONGEST_SYSTEM,
    LONGEST_TEXT,
    PRINTABLE,
    InvalidAnswer,
    accepted_by,
    newer_than_known,
    parse_answer,
    parse_text,
)
from advisor.knowledge.versions import Version
from tests.answers.reading import KNOWLEDGE

QUESTIONS = KNOWLEDGE.questions
TIMES = "a duration such as 45s, 20m, 1h30m or 2d"
VERSION = "expected a version such as 3.3"


def parse(question: str, text: str) -> str:
    return parse_answer(QUESTIONS[question], text)


def refusal(question: str, text: str) -> tuple[str, str]:
    with pytest.raises(InvalidAnswer) as rejected:
        parse(question, text)
    return rejected.value.message, rejected.value.hint


@pytest.mark.parametrize(
    ("texts", "answer"),
    [
        (("yes", "Yes", "YES", "y", "true", "True", "on", " yes "), "yes"),
        (("no", "No", "NO", "n", "false", "FALSE", "off", "\tno\n"), "no"),
    ],
)
@pytest.mark.parametrize("question", ["triggerer", "async_client", "job_id", "idempotency_key"])
def test_parse_answer_accepts_yaml_spellings_of_yes_and_no(
    question: str, texts: tuple[str, ...], answer: str
) -> None:
    assert {parse(question, text) for text in texts} == {answer}


@pytest.mark.parametrize(
    ("question", "text", "answer"),
    [
        ("duplicate_risk", "Costly", "costly"),
        ("work", " EVENT ", "event"),
        ("idempotency_key", "unknown", "unknown"),
        ("duration", "90 min", "1h30m"),
        ("duration", "1.5 hours", "1h30m"),
        ("duration", "0.5d", "12h"),
        ("airflow_version", "2.10", "2.10"),
        ("airflow_version", "v3.3", "3.3"),
        ("airflow_version", " 3.3.2 ", "3.3.2"),
        ("airflow_version", "3.4.0b2", "3.4.0b2"),
        ("airflow_version", "9.9", "9.9"),
        ("system", " Spark on été ", "Spark on été"),
    ],
)
def test_parse_answer_returns_the_canonical_form(question: str, text: str, answer: str) -> None:
    assert parse(question, text) == answer


@pytest.mark.parametrize(
    ("question", "text", "message", "hint"),
    [
        ("triggerer", "nope", "expected yes or no, found 'nope'", ""),
        ("triggerer", "1", "expected yes or no, found '1'", ""),
        ("triggerer", "", "value is empty", "accepted: yes, no"),
        ("triggerer", "maybe\x1b[31m", "expected yes or no, found 'maybe\ufffd[31m'", ""),
        (
            "duplicate_risk",
            "Costy",
            "unknown value 'Costy'",
            "did you mean 'costly'? accepted: harmless, costly, unacceptable",
        ),
        ("work", "on", "unknown value 'on'", "accepted: job, batches, requests, event"),
        (
            "idempotency_key",
            "unk",
            "unknown value 'unk'",
            "did you mean 'unknown'? accepted: yes, no, unknown",
        ),
        (
            "duration",
            "20",
            "no unit in '20'",
            "write 20s, 20m, 20h or 20d",
        ),
        (
            "duration",
            "1h30",
            "no unit in '1h30'",
            "did you mean '1h30m'?",
        ),
        ("duration", "0", "no unit in '0'", ""),
        ("duration", "soon", f"expected {TIMES}, found 'soon'", ""),
        ("duration", "-3h", "must be positive, found '-3h'", ""),
        (
            "duration",
            "9" * 5000,
            f"no unit in '{'9' * 37}...'",
            "",
        ),
        ("airflow_version", "3", f"{VERSION}, found '3'", "accepted: 2.2 to 3.4"),
        ("airflow_version", "latest", f"{VERSION}, found 'latest'", "accepted: 2.2 to 3.4"),
        ("airflow_version", "3.+\ud800", f"{VERSION}, found '3.+\ufffd'", "accepted: 2.2 to 3.4"),
        (
            "airflow_version",
            "2.1.4",
            "Airflow 2.1.4 is not supported",
            "accepted: 2.2 to 3.4",
        ),
        ("system", " ", "value is empty", f"accepted: {PRINTABLE.format(LONGEST_SYSTEM)}"),
        ("system", "a\nb", f"expected {PRINTABLE.format(LONGEST_SYSTEM)}, found 'a\ufffdb'", ""),
        ("system", "\ud800", f"expected {PRINTABLE.format(LONGEST_SYSTEM)}, found '\ufffd'", ""),
        (
            "system",
            "x" * 151,
            f"expected {PRINTABLE.format(LONGEST_SYSTEM)}, found '{'x' * 37}...'",
            "",
        ),
    ],
)
def test_parse_answer_refuses_invalid_answers_with_a_hint(
    question: str, text: str, message: str, hint: str
) -> None:
    assert refusal(question, text) == (message, hint)


@given(
    st.sampled_from(sorted(QUESTIONS)), st.text() | st.from_regex(r"\A[0-9]+[.hm ]{0,2}[0-9]*\Z")
)
def test_canonical_form_is_printable_and_parses_to_itself(question: str, text: str) -> None:
    result = answer_or_refusal(question, text)
    if isinstance(result, InvalidAnswer):
        message = f"{result.message}; {result.hint}"
        assert message.isprintable()
        assert len(message) < 300
    else:
        assert result.isprintable()
        assert parse(question, result) == result


def answer_or_refusal(question: str, text: str) -> str | InvalidAnswer:
    try:
        return parse(question, text)
    except InvalidAnswer as rejected:
        return rejected


@pytest.mark.parametrize(
    ("question", "accepted"),
    [
        ("triggerer", "yes, no"),
        ("duration", TIMES),
        ("airflow_version", "2.2 to 3.4"),
        ("system", PRINTABLE.format(LONGEST_SYSTEM)),
    ],
)
def test_accepted_by_describes_accepted_answers(question: str, accepted: str) -> None:
    assert accepted_by(QUESTIONS[question]) == accepted


def test_parse_text_accepts_the_longest_text() -> None:
    assert parse_text("x" * LONGEST_TEXT) == "x" * LONGEST_TEXT


@pytest.mark.parametrize(
    ("text", "newest"),
    [
        ("3.4", None),
        ("3.4.9", None),
        ("3.5", Version(3, 4)),
        ("3.5.0b1", Version(3, 4)),
        ("4.0", Version(3, 4)),
    ],
)
def test_newer_than_known_returns_the_newest_known_version(
    text: str, newest: Version | None
) -> None:
    assert newer_than_known(QUESTIONS["airflow_version"], text) == newest
