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
        ("Must", "unknown strength 'Must' (accepted: required, preferred, info)"),
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
    [line] = lines("bands: {short: 20m}")
    assert line == "policy.yaml:1:1: limits must increase: short, medium, long"


def test_policy_lists_every_issue_with_its_position() -> None:
    text = (
        "order: [nothing]\nties: [async]\nneeds:\n  - id: free-slot\n    accepts: [magic]\nx: y\n"
    )
    assert [line.partition(": ")[0] for line in lines(text)] == [
        "policy.yaml:2:1",
        "policy.yaml:5:5",
        "policy.yaml:1:1",
        "policy.yaml:6:1",
    ]


QUESTIONS = (
    "triggerer, duration, duplicate_risk, async_client, work, job_id, idempotency_key, "
    "airflow_version, system"
)


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("when: {colour: red}", f"unknown question 'colour' (accepted: {QUESTIONS})"),
        ("when: {work: cake}", "unknown work 'cake' (accepted: job, batches, requests, event)"),
        ("when: {work: []}", "work: expected at least one value"),
        ("when: {system: spark}", "system: a condition cannot test free text"),
        (
            "when: {airflow_version: 3.3}",
            "airflow_version: expected a range such as '>=3.2, <3.4', found '3.3'",
        ),
        (
            "when: {duration: 20}",
            "duration: needs a unit, found '20' "
            "(accepted: short, medium, long, or a duration after >=)",
        ),
        ("accepts: []", "missing key 'accepts' (accepted: freed, held)"),
        ("accepts: [{a: b}]", "accepts: expected a list of text, found a list"),
        ("source: {page: nowhere, section: x}", "unknown page 'nowhere' (accepted: "),
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
