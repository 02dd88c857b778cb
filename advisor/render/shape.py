"""The published shape of a recommendation: plain mappings and lists for JSON and YAML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from advisor.decision.model import Concession, Fact, Reason, Recommendation, RuledOut
from advisor.decision.report import JobReport, Note
from advisor.knowledge.model import Advice, Source

if TYPE_CHECKING:
    from advisor.catalog.model import ExistingOperator

SCHEMA_VERSION = 2

Shape = dict[str, Any]


def shape_head(report: JobReport) -> Shape:
    """Return what was said about the job."""
    answers = report.answers
    return {"name": answers.name, "answers": dict(answers.values), "assumed": dict(answers.assumed)}


def shape_body(recommendation: Recommendation) -> Shape:
    """Return what follows from the classes of the answers alone."""
    return {
        "pattern": recommendation.pattern,
        "variant": recommendation.variant,
        "alternatives": [_alternatives(each) for each in recommendation.alternatives],
        "reasons": [_need(each, each.others) for each in recommendation.reasons],
        "concessions": [{**_need(each), "safe": each.safe} for each in recommendation.concessions],
        "ruled_out": [
            {"pattern": each.pattern, **_need(each)} for each in recommendation.ruled_out
        ],
        "would_change": [
            {
                "answers": {question: _answers(texts) for question, texts in each.answers.items()},
                "text": each.text,
                "pattern": each.pattern,
                "variant": each.variant,
                "headline": each.headline,
            }
            for each in recommendation.would_change
        ],
        "warnings": [_advice(each) for each in recommendation.warnings],
    }


def shape_tail(report: JobReport) -> Shape:
    """Return what depends on the exact answers."""
    return {
        "cost": _note(report.cost),
        "existing": [shape_existing(each) for each in report.existing],
        "key": _note(report.key),
        "next": list(report.next),
        "expect": report.answers.expect,
        "met": report.met,
    }


def shape_sources(sources: Iterable[Source]) -> list[Shape]:
    """Return sources, without the fields that are empty."""
    return [
        {
            key: value
            for key, value in (
                ("kind", source.kind),
                ("text", source.text),
                ("version", source.version),
                ("url", source.url),
            )
            if value
        }
        for source in sources
    ]


def shape_existing(existing: ExistingOperator) -> Shape:
    """Return an operator that exists already, in one of its modes."""
    return {
        "operator": existing.operator,
        "pattern": existing.pattern,
        "line": existing.line,
        "import": f"from {existing.module} import {existing.operator}",
        "package": existing.package,
        "provider": existing.provider,
        "note": existing.note,
        "source": shape_sources(existing.sources),
    }


def _note(note: Note | None) -> Shape | None:
    if note is None:
        return None
    return {"id": note.id, "text": note.text, "source": shape_sources(note.sources)}


def _answers(classes: tuple[str, ...]) -> list[str]:
    """Return classes of answers; a part of a band, such as `long>=30d`, goes with its band."""
    return [each for each in classes if ">=" not in each or each.split(">=")[0] not in classes]


def _advice(advice: Advice) -> Shape:
    return {
        "id": advice.id,
        "title": advice.title,
        "text": advice.text,
        "source": shape_sources(advice.sources),
    }


def _alternatives(advice: Advice) -> Shape:
    return {**_advice(advice), "headline": advice.headline}


def _need(message: Reason | Concession | RuledOut, others: tuple[Fact, ...] = ()) -> Shape:
    facts = ((message.fact,) if message.fact else ()) + others
    return {
        "id": message.id,
        "strength": message.strength,
        "text": message.text,
        "characteristic": message.characteristic,
        "facts": [_fact(each) for each in facts],
        "source": shape_sources(message.sources),
    }


def _fact(fact: Fact) -> Shape:
    return {"pattern": fact.pattern, "words": plain(fact.words), "verbatim": fact.verbatim}


def plain(words: str) -> str:
    """Return words of the documentation without the marks of its markup."""
    return words.replace("``", "")
