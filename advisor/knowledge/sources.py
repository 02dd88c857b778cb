"""Builds the sources of facts from the fields of a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from advisor.documents.model import Node, hint_for, shown
from advisor.documents.validation import Fields
from advisor.knowledge.model import Source, Sources

ISSUE_URL = "https://github.com/apache/airflow/issues/{}"
EVIDENCE = "evidence/"
"""The prefix of the text of a source that is a file in docs/evidence/."""

Pages: TypeAlias = "Mapping[str, tuple[Source, Mapping[str, Node]]]"
"""Documentation pages by id: the page as a source, and the anchors of its sections."""


def build_page(fields: Fields) -> tuple[str, tuple[Source, Mapping[str, Node]]]:
    """Return the id of a page, the page as a source, and the anchors of its sections."""
    version = _release(fields.text("version", ""))
    page = Source("documented", fields.text("title"), version, fields.text("url"))
    sections = fields.node_of("sections")
    fields.node_of("read")  # the date when the page was read, for maintainers only
    return fields.text("id"), (page, sections if isinstance(sections, dict) else {})


def build_sources(fields: Fields, pages: Pages, key: str = "source") -> Sources:
    """Return the sources in a field that is a mapping or a list of mappings."""
    node = fields.node_of(key)
    if isinstance(node, list):
        return tuple(_source(each, pages) for each in fields.each(key))
    if not node:
        fields.add_issue(f"missing key '{key}'", hint="every fact needs a source")
        return ()
    return (_source(fields.inner(key), pages),)


def _source(fields: Fields, pages: Pages) -> Source:
    if fields.has("page"):
        return _citation(fields, pages)
    if fields.has("issue"):
        number = fields.text("issue")
        return Source("documented", f"apache/airflow#{number}", "", ISSUE_URL.format(number))
    if fields.has("evidence"):
        cell = fields.text("characteristic"), fields.text("pattern")
        return evidence_source(fields.text("evidence"), *cell)
    if fields.has("measured"):
        return Source("measured", fields.text("measured"), _release(fields.text("airflow", "")))
    if fields.has("documented"):
        return Source("documented", fields.text("documented"), "", fields.text("url", ""))
    return Source("judgement", fields.text("judgement"))


def evidence_source(evidence: str, characteristic: str, pattern: str) -> Source:
    """Return a cell of the evidence as a source; the id of the evidence ends with the release."""
    text = f"{EVIDENCE}{evidence}.json, {characteristic} of {pattern}"
    return Source("measured", text, _release(evidence.rpartition("-")[2]))


def _citation(fields: Fields, pages: Pages) -> Source:
    page_id, section = fields.choice("page", pages), fields.text("section")
    if page_id not in pages:
        return Source("documented", section)
    page, anchors = pages[page_id]
    if section not in anchors:
        hint = hint_for(section, anchors)
        fields.add_issue(f"unknown section {shown(section)} of {page_id}", "section", hint=hint)
    anchor = anchors.get(section)
    url = f"{page.url}#{anchor}" if anchor else page.url
    text = page.text if section == page.text else f"{page.text}, {section}"
    return replace(page, text=text, url=url)


def _release(version: str) -> str:
    """Return `Airflow 3.3.2` for a bare version; any other text is returned unchanged."""
    return f"Airflow {version}" if version[:1].isdigit() else version
