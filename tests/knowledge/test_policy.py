"""A policy file changes needs, bands and orders, and accepts the earlier names of strengths."""

from __future__ import annotations

import pytest

from advisor.documents.model import Document
from advisor.documents.yaml_text import parse_yaml
from advisor.errors import InputError
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Knowledge, Need, Source
from advisor.knowledge.policy import with_policy

SHIPPED = load_knowledge()
STRENGTHS = [
    ("must", "required"),
    ("prefer", "preferred"),
    ("mention", "info"),
    ("required", "required"),
    ("preferred", "preferred"),
    ("info", "info"),
]
ADDED = """
needs:
  - id: ours
    strength: {strength}
    text: Ours.
    characteristic: worker-slot
    accepts: [freed]
    source: {{judgement: "our platform team"}}
"""


def document(text: str) -> Document:
    return Document("policy.yaml", text.encode(), parse_yaml(text.encode()))


def under(text: str) -> Knowledge:
    return with_policy(SHIPPED, document(text))


def need(knowledge: Knowledge, need_id: str) -> Need:
    return next(each for each in knowledge.needs if each.id == need_id)


def lines(text: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        under(text)
    return [problem.line() for problem in refused.value.problems]


@pytest.mark.parametrize(("written", "strength"), STRENGTHS)
def test_policy_accepts_earlier_and_current_strengths_for_a_shipped_need(
    written: str, strength: str
) -> None:
    changed = under(f"needs: [{{id: free-slot, strength: {written}}}]")
    assert need(changed, "free-slot").strength == strength


@pytest.mark.parametrize(("written", "strength"), STRENGTHS)
def test_policy_accepts_earlier_and_current_strengths_for_an_added_need(
    written: str, strength: str
) -> None:
    changed = under(ADDED.format(strength=written))
    assert need(changed, "ours").strength == strength


@pytest.mark.parametrize(
    ("strength", "message"),
    [
        ("Must", "strength: unknown value 'Must' (accepted: required, preferred, info)"),
        ("[must]", "strength: expected text, found a list"),
    ],
)
def test_policy_rejects_other_strengths_with_the_current_names(strength: str, message: str) -> None:
    assert lines(f"needs:\n  - id: free-slot\n    strength: {strength}\n") == [
        f"policy.yaml:3:5: {message}"
    ]


def test_policy_marks_its_judgements_as_its_own_sources() -> None:
    assert need(under(ADDED.format(strength="info")), "ours").sources == (
        Source("policy", "policy.yaml: our platform team"),
    )


def test_policy_rejects_bands_whose_limits_do_not_rise() -> None:
    assert lines("bands: {short: 1h}") == [
        "policy.yaml:1:9: bands: short must be less than medium, found short=1h, medium=10m"
    ]
    assert lines("bands: {medium: 1s}") == [
        "policy.yaml:1:9: bands: short must be less than medium, found short=1m, medium=1s"
    ]


def test_policy_lists_every_issue_with_its_position() -> None:
    text = (
        "order: [nothing]\nties: [async]\nneeds:\n  - id: free-slot\n    accepts: [magic]\nx: y\n"
    )
    assert [line.partition(": ")[0] for line in lines(text)] == [
        "policy.yaml:2:1",
        "policy.yaml:5:5",
        "policy.yaml:1:9",
        "policy.yaml:6:1",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("order: 5", "1:1: order: expected a list, found '5'"),
        ("order: free-slot", "1:1: order: expected a list, found 'free-slot'"),
        ("order: {a: 1}", "1:1: order: expected a list, found a mapping"),
        ("order: [free-slot, free-slot]", "1:20: order: 'free-slot' is given twice"),
        ("order: [a: 1]", "1:9: order: expected text, found a mapping"),
        (
            "order: [deferrable]",
            "1:9: order: 'deferrable' is a pattern, not a need (patterns go in ties)",
        ),
        (
            "needs: [{id: free-slto, strength: info}]",
            "1:10: needs: unknown need 'free-slto' (did you mean 'free-slot'?)",
        ),
        (
            "needs: [{id: x, strength: info}]",
            "1:10: needs: 'x' is a new need, so it also requires text, characteristic, accepts, s",
        ),
        ("ties: {a: 1}", "1:1: ties: expected a list, found a mapping"),
        (
            "ties: [foo, resumable, async]",
            "1:8: ties: unknown pattern 'foo' (accepted: deferrable, resumable, async)",
        ),
        ("ties: [async, resumable, async]", "1:26: ties: 'async' is given twice"),
        ("ties: [deferrable, async]", "1:1: ties: missing 'resumable'"),
        ("bands: 5", "1:1: bands: expected a mapping, found '5'"),
        ("bands: {medium: [3]}", "1:9: medium: expected text, found a list"),
        ("bands: {medium: 1x}", "1:9: medium: expected a duration such as 45s, 20m, 1h30m or 2d, "),
        ("needs: [a]", "1:9: needs: expected a mapping, found 'a'"),
        ("needs: [{id: free-slot}, {id: free-slot}]", "1:27: needs: 'free-slot' is given twice"),
        (
            "needs: [{id: free-slot, source: x}]",
            "1:25: source: expected a mapping, found 'x'",
        ),
        (
            "needs: [{id: free-slot, accepts: {a: b}}]",
            "1:25: accepts: expected a list of text, found a mapping",
        ),
        (
            "needs: [{id: free-slot, when: {work: {a: b}}}]",
            "1:32: work: expected a list of text, found a mapping",
        ),
        ("[]", "policy.yaml: expected a mapping, found a list"),
    ],
)
def test_policy_reports_one_issue_for_each_fault(text: str, message: str) -> None:
    [line] = lines(text)
    assert line.removeprefix("policy.yaml:").startswith(message.removeprefix("policy.yaml:"))


QUESTIONS = (
    "system, triggerer, duration, duplicate_risk, async_client, work, job_id, idempotency_key, "
    "airflow_version, executor"
)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("when: {colour: red}", f"unknown question 'colour' (accepted: {QUESTIONS})"),
        (
            "when: {work: cake}",
            "work: unknown value 'cake' (accepted: job, batches, requests, event)",
        ),
        ("when: {work: []}", "work: expected at least one value"),
        ("when: {system: spark}", "system: a condition cannot test free text"),
        ("when: {executor: [celery]}", "executor: test it with 'given', not 'when'"),
        (
            "when: {airflow_version: 3.3}",
            "airflow_version: expected a range such as '>=3.2, <3.4', found '3.3'",
        ),
        (
            "when: {duration: 20}",
            "duration: no unit in '20' (accepted: short, medium, long, or a duration after >=)",
        ),
        ("accepts: []", "missing key 'accepts' (accepted: freed, held)"),
        ("accepts: [{a: b}]", "accepts: expected text, found a mapping"),
        ("source: {page: nowhere, section: x}", "page: unknown value 'nowhere' (accepted: "),
        ("source: {page: deferring, section: x}", "unknown section 'x' of deferring"),
    ],
)
def test_policy_rejects_a_need_that_cannot_be_met_or_raised(field: str, message: str) -> None:
    assert message in lines(f"needs:\n  - id: free-slot\n    {field}\n")[0]


def test_policy_texts_must_be_printable() -> None:
    [line] = lines('needs: [{id: free-slot, label: "a\\e[31mred"}]')
    assert "label: expected printable text" in line


def test_policy_changes_the_label_and_the_words_for_a_miss() -> None:
    changed = need(under("needs: [{id: free-slot, label: free, missed: it keeps it}]"), "free-slot")
    assert (changed.label, changed.missed) == ("free", "it keeps it")


def test_added_need_without_a_label_has_the_title_of_its_characteristic() -> None:
    added = need(under(ADDED.format(strength="info")), "ours")
    assert (added.label, added.missed) == ("Worker slot during external wait", "")
