"""Builds into the wheel what is slow to read: the knowledge and the templates, compiled.

What people read and edit, the YAML and the Jinja sources, is in there too.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDER = Path("advisor") / "knowledge"
COMPILED = FOLDER / "compiled.json"
TEMPLATES = Path("templates")


class CompilingHook(BuildHookInterface[Any]):
    """Reads knowledge and templates as advisor does, and puts the result into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add what is compiled; a development install goes on reading the sources."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        self.folder = tempfile.mkdtemp()
        included = build_data["force_include"]
        included[str(self._compiled_knowledge())] = COMPILED.as_posix()
        included[str(self._compiled_templates())] = "advisor/templates/compiled"

    def _compiled_knowledge(self) -> Path:
        from advisor.documents.yaml_text import parse_yaml
        from advisor.knowledge.evidence import check_evidence, load_evidence
        from advisor.knowledge.load import load_knowledge, load_notes
        from advisor.knowledge.operators import load_systems

        # Each raises where the knowledge contradicts itself: no wheel then.
        load_systems()
        check_evidence(load_evidence(), load_knowledge(), load_notes())
        files = sorted((Path(self.root) / FOLDER).glob("*.yaml"))
        compiled = {file.stem: parse_yaml(file.read_bytes()) for file in files}
        target = Path(self.folder) / COMPILED.name
        target.write_text(json.dumps(compiled), encoding="utf-8")
        return target

    def _compiled_templates(self) -> Path:
        from advisor.scaffold.compiled import compile_templates
        from advisor.scaffold.kit import read_kits
        from advisor.scaffold.render import environment_of

        templates = Path(self.root) / TEMPLATES
        target = Path(self.folder) / TEMPLATES
        compile_templates(environment_of((templates,)), read_kits(templates), target)
        return target

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's signature
        """Remove what initialize made for the time of the build."""
        if version != "editable":
            shutil.rmtree(self.folder)
