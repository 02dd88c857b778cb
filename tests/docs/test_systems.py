"""The pages about systems list every setting, and their evidence is about the current hooks."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from advisor.catalog.systems import load_systems
from advisor.scaffold.manifest import load_manifest
from tests.docs.pages import ROOT
from tests.scaffold.rendering import systems_with_services
from tests.services.evidence import FOLDER, digest
from tests.services.hooks import PATTERNS as HOOK_PATTERNS
from tests.services.hooks import default_hook
from tests.services.live import JOBS
from tests.services.service import Service
from tests.services.table import SERVICES

SYSTEMS = ROOT / "docs" / "systems"
PAGES = {
    "http": ROOT / "docs" / "job-api.md",
    "custom": ROOT / "docs" / "systems.md",
    **{each: SYSTEMS / f"{each}.md" for each in systems_with_services()},
}
FEWEST_MUTANTS = 10
LIVE_SCENARIOS = {
    ("example Dag", "resumable"),
    ("example Dag", "deferrable"),
    ("worker killed while polling", "resumable"),
    ("worker killed during the submission", "resumable"),
    ("worker killed during the submission", "deferrable"),
    ("Triggerer killed while polling", "deferrable"),
}
TABLE = re.compile(r"^\| Setting \|.*\n(?:\|.*\n)*", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| (?:`([^`]+)`)? ?\|", re.MULTILINE)


@pytest.mark.parametrize(("system", "page"), PAGES.items())
def test_pages_list_each_setting_with_its_default(system: str, page: Path) -> None:
    settings = load_manifest().systems[system].settings.values()
    defaults = {
        s.id: s.default if isinstance(s.default, str) else ",".join(s.default) for s in settings
    }
    tables = TABLE.findall(page.read_text(encoding="utf-8"))
    assert dict(ROW.findall("\n".join(tables))) == defaults


@pytest.mark.parametrize("service", SERVICES, ids=lambda each: each.system)
def test_evidence_is_about_the_current_hooks(service: type[Service]) -> None:
    evidence = json.loads((FOLDER / f"system-{service.system}.json").read_text(encoding="utf-8"))
    hooks = {each: digest(default_hook(each, service.system)) for each in HOOK_PATTERNS}
    assert evidence["hooks"] == hooks
    assert len(evidence["mutants"]) >= FEWEST_MUTANTS
    scenarios = {(each["scenario"], each["pattern"]) for each in evidence["runs"]}
    assert scenarios >= (LIVE_SCENARIOS if service.is_live else set())
    for run in evidence["runs"]:
        assert (run["state"], run["jobs"]) == ("success", JOBS[run["pattern"]])


def test_every_system_with_templates_has_a_service() -> None:
    assert [each.system for each in SERVICES] == sorted(systems_with_services())


def test_catalogue_names_every_system_with_templates() -> None:
    assert {each.template for each in load_systems()} == {"", *systems_with_services()}
