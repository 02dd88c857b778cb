"""The published shape of a recommendation: plain mappings and lists for JSON and YAML."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from advisor.decision.case import Case, Remark
from advisor.decision.model import Concession, Fact, Reason, Recommendation, RuledOut
from advisor.knowledge.model import Advice, Source

if TYPE_CHECKING:
    from advisor.knowledge.operators import Existing

SCHEMA_VERSION = 1

Shape = dict[str, Any]


def shape_head(case: Case) -> Shape:
    """Return what was said about the job."""
    answers = case.answers
    return {"name": answers.name, "answers": dict(answers.values), "assumed": dict(answers.assumed)}


def shape_body(made: Recommendation) -> Shape:
    """Return what follows from the classes of the answers alone."""
    return {
        "pattern": made.pattern,
        "variant": made.variant,
        "instead": [_instead(each) for each in made.instead],
        "reasons": [_need(each, each.others) for each in made.reasons],
        "concessions": [{**_need(each), "safe": each.safe} for each in made.concessions],
        "ruled_out": [{"pattern": each.pattern, **_need(each)} for each in made.ruled_out],
        "would_change": [
            {
                "answers": {question: _answers(texts) for question, texts in each.answers.items()},
                "text": each.text,
                "pattern": each.pattern,
                "variant": each.variant,
                "headline": each.headline,
            }
            for each in made.would_change
        ],
        "warnings": [_advice(each) for each in made.warnings],
    }


def shape_tail(case: Case) -> Shape:
    """Return what depends on the exact answers."""
    return {
        "cost": _remark(case.cost),
        "existing": [shape_existing(each) for each in case.existing],
        "key": _remark(case.key),
        "next": list(case.next),
        "expect": case.answers.expect,
        "met": case.met,
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


def shape_existing(existing: Existing) -> Shape:
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


def _remark(remark: Remark | None) -> Shape | None:
    if remark is None:
        return None
    return {"id": remark.id, "text": remark.text, "source": shape_sources(remark.sources)}


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


def _instead(advice: Advice) -> Shape:
    return {**_advice(advice), "headline": advice.headline}


def _need(said: Reason | Concession | RuledOut, others: tuple[Fact, ...] = ()) -> Shape:
    facts = ((said.fact,) if said.fact else ()) + others
    return {
        "id": said.id,
        "strength": said.strength,
        "text": said.text,
        "characteristic": said.characteristic,
        "facts": [_fact(each) for each in facts],
        "source": shape_sources(said.sources),
    }


def _fact(fact: Fact) -> Shape:
    return {"pattern": fact.pattern, "words": plain(fact.words), "verbatim": fact.verbatim}


def plain(words: str) -> str:
    """Return words of the documentation without the marks of its markup."""
    return words.replace("``", "")
