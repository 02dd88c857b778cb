"""The published shape of a recommendation: plain mappings and lists for JSON and YAML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from advisor.decision.model import Change, Concession, Fact, Reason, RuledOut
from advisor.decision.report import JobReport, Note
from advisor.knowledge.model import Advice, Source
from advisor.render.wording import plain

if TYPE_CHECKING:
    from advisor.catalog.model import ExistingOperator

SCHEMA_VERSION = 2
"""Of every document that advisor writes as JSON or YAML."""

Shape = dict[str, Any]


def shape_report(report: JobReport) -> Shape:
    """Return a job with its recommendation."""
    answers, recommendation = report.answers, report.recommendation
    return {
        "name": answers.name,
        "answers": dict(answers.values),
        "assumed": dict(answers.assumed),
        "pattern": recommendation.pattern,
        "variant": recommendation.variant,
        "alternatives": [_alternative(each) for each in recommendation.alternatives],
        "reasons": [_need(each, each.others) for each in recommendation.reasons],
        "concessions": [{**_need(each), "safe": each.safe} for each in recommendation.concessions],
        "ruled_out": [
            {"pattern": each.pattern, **_need(each)} for each in recommendation.ruled_out
        ],
        "would_change": [_change(each) for each in recommendation.would_change],
        "warnings": [_advice(each) for each in recommendation.warnings],
        "cost": _note(report.cost),
        "existing": [_existing(each) for each in report.existing],
        "key": _note(report.key),
        "next": list(report.next),
        "expect": answers.expect,
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


def _existing(existing: ExistingOperator) -> Shape:
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


def _change(change: Change) -> Shape:
    return {
        "answers": {question: _answers(texts) for question, texts in change.answers.items()},
        "text": change.text,
        "pattern": change.pattern,
        "variant": change.variant,
        "headline": change.headline,
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


def _alternative(advice: Advice) -> Shape:
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
