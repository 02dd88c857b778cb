"""The example policy does what its page says, and needs each of its keys for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from advisor.answers.batch import Reader
from advisor.answers.complete import complete_answers
from advisor.decision.recommend import Advisor, Recommendation
from advisor.decision.report import make_report
from advisor.documents.model import Document
from advisor.documents.read import read_document
from advisor.knowledge.loader import load_knowledge
from advisor.knowledge.model import Knowledge
from advisor.knowledge.policy import with_policy
from tests.docs.pages import ROOT

SHIPPED = load_knowledge()
POLICY = read_document(str(ROOT / "docs" / "examples" / "policy" / "no_workers_held.yaml"))

JOBS = {
    "three hours, no Triggerer": {"triggerer": "no"},
    "three hours, unacceptable, no async client": {
        "duplicate_risk": "unacceptable",
        "async_client": "no",
    },
    "forty seconds": {"duration": "40s"},
    "no store": {"duplicate_risk": "unacceptable", "airflow_version": "2.10"},
    "batches": {
        "duration": "5s",
        "duplicate_risk": "harmless",
        "work": "batches",
        "airflow_version": "3.4",
    },
}
"""The rows of the table in docs/policy.md: where they differ from a costly job of three hours."""
USUAL = {
    "triggerer": "yes",
    "duration": "3h",
    "duplicate_risk": "costly",
    "async_client": "yes",
    "airflow_version": "3.3",
}


def under(policy: Document) -> Knowledge:
    return with_policy(SHIPPED, policy)


def without(key: str) -> Document:
    assert isinstance(POLICY.root, dict)
    return replace(POLICY, root={k: v for k, v in POLICY.root.items() if k != key})


def recommend(knowledge: Knowledge, answers: Mapping[str, str]) -> Recommendation:
    draft = Reader(knowledge).read(None, {**USUAL, **answers}, refuse_missing=True).drafts[0]
    completed = complete_answers(draft, knowledge.questions)
    return make_report(Advisor(knowledge), completed, None).recommendation


@pytest.mark.parametrize(
    ("job", "shipped", "changed"),
    [
        ("three hours, no Triggerer", "resumable", None),
        ("three hours, unacceptable, no async client", "resumable", "deferrable"),
        ("forty seconds", "resumable", "deferrable"),
        ("no store", "deferrable", None),
        ("batches", "resumable", "async"),
    ],
)
def test_policy_changes_the_jobs_that_its_page_lists(
    job: str, shipped: str | None, changed: str | None
) -> None:
    assert recommend(SHIPPED, JOBS[job]).pattern == shipped
    assert recommend(under(POLICY), JOBS[job]).pattern == changed


@pytest.mark.parametrize("key", ["bands", "needs", "order", "ties"])
def test_each_key_of_the_policy_affects_a_job(key: str) -> None:
    whole, rest = under(POLICY), under(without(key))
    assert any(recommend(whole, job) != recommend(rest, job) for job in JOBS.values())
