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
        "reasons": [_reason(each) for each in made.reasons],
        "concessions": [_concession(each) for each in made.concessions],
        "ruled_out": [_ruled_out(each) for each in made.ruled_out],
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
        "warnings": [_warning(each) for each in made.warnings],
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


def _instead(advice: Advice) -> Shape:
    return {
        "id": advice.id,
        "title": advice.title,
        "text": advice.text,
        "headline": advice.headline,
        "source": shape_sources(advice.sources),
    }


def _warning(advice: Advice) -> Shape:
    return {
        "id": advice.id,
        "title": advice.title,
        "text": advice.text,
        "source": shape_sources(advice.sources),
    }


def _reason(reason: Reason) -> Shape:
    return {
        "id": reason.id,
        "strength": reason.strength,
        "text": reason.text,
        "characteristic": reason.characteristic,
        "facts": [_fact(each) for each in (reason.fact, *reason.others) if each],
        "source": shape_sources(reason.sources),
    }


def _concession(concession: Concession) -> Shape:
    return {
        "id": concession.id,
        "strength": concession.strength,
        "text": concession.text,
        "characteristic": concession.characteristic,
        "facts": [_fact(concession.fact)],
        "safe": concession.safe,
        "source": shape_sources(concession.sources),
    }


def _ruled_out(ruled_out: RuledOut) -> Shape:
    return {
        "pattern": ruled_out.pattern,
        "id": ruled_out.id,
        "strength": ruled_out.strength,
        "text": ruled_out.text,
        "characteristic": ruled_out.characteristic,
        "facts": [_fact(ruled_out.fact)] if ruled_out.fact else [],
        "source": shape_sources(ruled_out.sources),
    }


def _fact(fact: Fact) -> Shape:
    return {"pattern": fact.pattern, "words": plain(fact.words), "verbatim": fact.verbatim}


def plain(words: str) -> str:
    """Return words of the documentation without the marks of its markup."""
    return words.replace("``", "")
