"""Recommendations as mappings and lists, for JSON and YAML, and the schema of these documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from advisor.decision.changes import Change
from advisor.decision.choice import Use
from advisor.decision.needs_table import NeedCell, NeedRow, Standing
from advisor.decision.operators import ExistingOperator, SplitTask, release
from advisor.decision.recommend import Fact, Reason
from advisor.decision.report import JobReport, Note
from advisor.knowledge.model import (
    NO_PATTERN,
    Alternative,
    AppliesTo,
    Knowledge,
    PatternWarning,
    Strength,
)
from advisor.knowledge.operators import FactKind, ModePattern, OperatorFact, RetryDuplicates
from advisor.knowledge.versions import ALL_VERSIONS, VersionRange
from advisor.render.operators import later_lines, upgrade_text
from advisor.render.schemas import (
    COUNT,
    NAME,
    SCHEMA_VERSION,
    TEXT,
    Document,
    Schema,
    document_schema,
    list_of,
    object_of,
    or_null,
    source_documents,
)
from advisor.render.wording import plain


def recommendations_document(reports: Sequence[JobReport]) -> Document:
    """Return recommendations as mappings and lists."""
    versions = {report.answers.values["airflow_version"] for report in reports}
    return {
        "schema_version": SCHEMA_VERSION,
        "airflow_version": versions.pop() if len(versions) == 1 else None,
        "recommendations": [_report(report) for report in reports],
    }


def job_per_line(document: Mapping[str, Any]) -> str:
    """Return recommendations as JSON with one job per line, so that `grep` finds a job."""
    head = json.dumps({**document, "recommendations": []}).removesuffix("]}")
    lines = ",\n".join(json.dumps(each) for each in document["recommendations"])
    return f"{head}\n{lines}\n]}}\n"


def recommendation_schema(knowledge: Knowledge) -> Schema:
    """Return the schema of what `advisor recommend --format json` writes."""
    version = {**TEXT, "description": "The version all jobs run on, null where they differ."}
    recommendations = list_of({"$ref": "#/$defs/recommendation"})
    properties = {"airflow_version": or_null(version), "recommendations": recommendations}
    fact = {"pattern": {"$ref": "#/$defs/pattern"}, "words": TEXT, "verbatim": {"type": "boolean"}}
    return {
        **document_schema("Recommendations of advisor", properties),
        "$defs": {
            "pattern": {"enum": list(knowledge.patterns)},
            "source": _source_schema(),
            "fact": object_of(fact),
            "operator-fact": _fact_schema(),
            "operator": _existing_schema(),
            "recommendation": _recommendation_schema(knowledge),
        },
    }


def _report(report: JobReport) -> Document:
    """Return a job with its recommendation."""
    answers, recommendation = report.answers, report.recommendation
    return {
        "name": answers.name,
        "answers": dict(answers.values),
        "assumed": dict(answers.assumed),
        "notes": list(report.notes),
        "pattern": recommendation.pattern,
        "variant": recommendation.variant,
        "template": report.template or None,
        "standings": dict(recommendation.standings),
        "needs": [_row(each) for each in recommendation.needs],
        "use": report.use,
        "retry_duplicates": report.choice.retry_duplicates,
        "alternatives": [_alternative(each) for each in report.alternatives],
        "reasons": [_need(each) for each in recommendation.reasons],
        "concessions": [
            {**_need(each), "missed": each.missed, "safe": each.safe}
            for each in recommendation.concessions
        ],
        "ruled_out": [
            {"pattern": each.pattern, **_need(each)} for each in recommendation.ruled_out
        ],
        "would_change": [_change(each) for each in recommendation.would_change],
        "warnings": [_warning(each) for each in report.warnings],
        "core_facts": [_fact_document(each) for each in report.core_facts],
        "cost": _note(report.cost),
        "operator": _existing(report.operator) if report.operator else None,
        "existing": [_existing(each) for each in report.existing],
        "upgrade": next((text for _, text, _ in later_lines(report)), None),
        "split": _split(report.split),
        "key": _note(report.key),
        "next": list(report.next),
        "provider_versions": {name: str(each) for name, each in answers.releases.items()},
        "expect": answers.expect,
        "safe": answers.safe,
        "met": report.met,
    }


def _existing(existing: ExistingOperator) -> Document:
    """Return an existing operator, in the mode that suits the job best."""
    limit = existing.limit
    return {
        "operator": existing.name,
        "pattern": existing.pattern,
        "line": existing.line,
        "import": f"from {existing.operator.module} import {existing.name}",
        "package": existing.operator.package,
        "provider": existing.provider,
        "release": release(existing.release) if existing.release else None,
        "retry_duplicates": existing.retry_duplicates,
        "reruns_failed": existing.mode.reruns_failed,
        "retry": existing.mode.retry,
        "kill": existing.kill,
        "wait_limit_s": limit.seconds if limit else None,
        "raised": dict(existing.raised),
        "sound_from": [_fact_document(each) for each in existing.sound_from],
        "outdated": [_fact_document(each) for each in existing.outdated],
        "defects": [_fact_document(each) for each in existing.defects],
        "upcoming": [_fact_document(each) for each in existing.upcoming],
        "upgrade": upgrade_text(existing.upgrade, existing.operator.provider)
        if existing.upgrade
        else None,
        "source": source_documents(existing.sources),
    }


def _fact_document(fact: OperatorFact) -> Document:
    """Return a fact about an operator, or about Airflow itself."""
    return {
        "kind": fact.kind,
        "text": fact.text,
        "before": fact.before,
        "provider": _range(fact.provider),
        "airflow": _range(fact.airflow),
        "issues": list(fact.issues),
        "source": source_documents(fact.sources),
    }


def _range(versions: VersionRange) -> str:
    """Return a range as `>=9.24.0,<9.30.0`, "" for all versions."""
    low = [f">={versions.low}"] if versions.low > ALL_VERSIONS.low else []
    high = [f"<{versions.high}"] if versions.high < ALL_VERSIONS.high else []
    return ",".join([*low, *high])


def _split(split: SplitTask | None) -> Document | None:
    if split is None:
        return None
    return {"submit": split.submit, "wait": split.sensor.line}


def _change(change: Change) -> Document:
    return {
        "answers": {question: _answers(texts) for question, texts in change.answers.items()},
        "text": change.text,
        "pattern": change.pattern,
        "variant": change.variant,
        "headline": change.headline,
    }


def _note(note: Note | None) -> Document | None:
    if note is None:
        return None
    return {"id": note.id, "text": note.text, "source": source_documents(note.sources)}


def _answers(classes: tuple[str, ...]) -> list[str]:
    """Return classes of answers without parts, such as `long>=30d`, of a band that is included."""
    return [each for each in classes if ">=" not in each or each.split(">=")[0] not in classes]


def _alternative(alternative: Alternative) -> Document:
    return {
        "id": alternative.id,
        "title": alternative.title,
        "summary": alternative.summary,
        "text": alternative.text,
        "headline": alternative.headline,
        "source": source_documents(alternative.sources),
    }


def _warning(warning: PatternWarning) -> Document:
    return {
        "id": warning.id,
        "applies_to": warning.applies_to,
        "title": warning.title,
        "remedy": warning.remedy,
        "scaffold_handles": warning.scaffold_handles,
        "text": warning.text,
        "source": source_documents(warning.sources),
    }


def _row(row: NeedRow) -> Document:
    return {
        "characteristic": row.characteristic,
        "label": row.label,
        "strength": row.strength,
        "needs": list(row.needs),
        "cells": {pattern: _cell(cell) for pattern, cell in row.cells.items()},
    }


def _cell(cell: NeedCell | None) -> Document | None:
    if cell is None:
        return None
    return {
        "value": cell.value,
        "satisfied": cell.satisfied,
        "source": source_documents(cell.sources),
    }


def _need(need: Reason) -> Document:
    return {
        "id": need.id,
        "strength": need.strength,
        "text": need.text,
        "characteristic": need.characteristic,
        "facts": [_fact(each) for each in need.facts],
        "source": source_documents(need.sources),
    }


def _fact(fact: Fact) -> Document:
    return {"pattern": fact.pattern, "words": plain(fact.words), "verbatim": fact.verbatim}


def _recommendation_schema(knowledge: Knowledge) -> Schema:
    answers = {"type": "object", "additionalProperties": TEXT}
    note = or_null(object_of({"id": TEXT, "text": TEXT, **_sources()}))
    pattern = {"$ref": "#/$defs/pattern"}
    return object_of(
        {
            "name": NAME,
            "answers": answers,
            "assumed": answers,
            "notes": {"description": "Notes on the answers.", **list_of(TEXT)},
            **_outcome_schema(knowledge),
            "template": or_null({**TEXT, "description": "The system to scaffold for."}),
            "standings": object_of(
                {each: {"enum": list(get_args(Standing))} for each in knowledge.patterns}
            ),
            "needs": list_of(_row_schema(knowledge)),
            "use": {"enum": list(get_args(Use))},
            "retry_duplicates": {"enum": list(get_args(RetryDuplicates))},
            "alternatives": list_of(_advice_schema(summary=TEXT, headline={"type": "boolean"})),
            "reasons": list_of(_reason_schema()),
            "concessions": list_of(_reason_schema(missed=TEXT, safe=TEXT)),
            "ruled_out": list_of(_reason_schema(pattern=pattern)),
            "would_change": list_of(_change_schema(knowledge)),
            "warnings": list_of(_warning_schema()),
            "core_facts": list_of({"$ref": "#/$defs/operator-fact"}),
            "cost": note,
            "operator": or_null({"$ref": "#/$defs/operator"}),
            "existing": list_of({"$ref": "#/$defs/operator"}),
            "upgrade": or_null(TEXT),
            "split": or_null(object_of({"submit": TEXT, "wait": TEXT})),
            "key": note,
            "next": {"description": "Commands to run next.", **list_of(TEXT)},
            "provider_versions": answers,
            "expect": or_null(
                {
                    **TEXT,
                    "description": f"{', '.join(knowledge.patterns)}, {NO_PATTERN} or a class.",
                }
            ),
            "safe": or_null({"enum": ["yes", "window"]}),
            "met": or_null({"type": "boolean"}),
        }
    )


def _outcome_schema(knowledge: Knowledge) -> dict[str, Schema]:
    variants = sorted({v.id for p in knowledge.patterns.values() for v in p.variants})
    return {
        "pattern": or_null({"$ref": "#/$defs/pattern"}),
        "variant": or_null({"enum": variants}),
    }


def _change_schema(knowledge: Knowledge) -> Schema:
    return object_of(
        {
            "answers": {"type": "object", "additionalProperties": list_of(TEXT)},
            "text": TEXT,
            **_outcome_schema(knowledge),
            "headline": or_null(TEXT),
        }
    )


def _reason_schema(**more: Schema) -> Schema:
    return object_of(
        {
            "id": TEXT,
            "strength": {"enum": [*get_args(Strength), "order"]},
            "text": TEXT,
            "characteristic": or_null(TEXT),
            "facts": list_of({"$ref": "#/$defs/fact"}),
            **_sources(),
            **more,
        }
    )


def _advice_schema(**more: Schema) -> Schema:
    return object_of({"id": TEXT, "title": TEXT, "text": TEXT, **_sources(), **more})


def _warning_schema() -> Schema:
    return _advice_schema(
        applies_to={"enum": list(get_args(AppliesTo))},
        remedy=TEXT,
        scaffold_handles={"type": "boolean"},
    )


def _row_schema(knowledge: Knowledge) -> Schema:
    cell = object_of({"value": TEXT, "satisfied": {"type": "boolean"}, **_sources()})
    return object_of(
        {
            "characteristic": TEXT,
            "label": TEXT,
            "strength": {"enum": list(get_args(Strength))},
            "needs": list_of(TEXT),
            "cells": object_of({pattern: or_null(cell) for pattern in knowledge.patterns}),
        }
    )


def _existing_schema() -> Schema:
    texts = ("operator", "line", "import", "package", "provider", "retry", "kill")
    facts = list_of({"$ref": "#/$defs/operator-fact"})
    return object_of(
        {
            **dict.fromkeys(texts, TEXT),
            "pattern": {"enum": list(get_args(ModePattern))},
            "release": or_null(TEXT),
            "retry_duplicates": {"enum": list(get_args(RetryDuplicates))},
            "reruns_failed": {"type": "boolean"},
            "wait_limit_s": or_null(COUNT),
            "raised": {"type": "object", "additionalProperties": TEXT},
            **dict.fromkeys(("sound_from", "outdated", "defects", "upcoming"), facts),
            "upgrade": or_null(TEXT),
            **_sources(),
        }
    )


def _fact_schema() -> Schema:
    texts = ("text", "before", "provider", "airflow")
    kind = {"enum": list(get_args(FactKind))}
    return object_of(
        {"kind": kind, **dict.fromkeys(texts, TEXT), "issues": list_of(TEXT), **_sources()}
    )


def _source_schema() -> Schema:
    fields = {
        "kind": {"enum": ["documented", "measured", "judgement", "policy"]},
        "text": TEXT,
        "version": TEXT,
        "url": {"type": "string", "format": "uri"},
    }
    return {**object_of(fields), "required": ["kind", "text"]}


def _sources() -> Schema:
    return {"source": {**list_of({"$ref": "#/$defs/source"}), "minItems": 1}}
