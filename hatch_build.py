"""Builds the knowledge into the wheel: one JSON file beside the YAML that people read and edit."""

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


class KnowledgeHook(BuildHookInterface[Any]):
    """Reads every file of the knowledge as advisor does, and puts the result into the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the compiled knowledge; a development install goes on reading the YAML."""
        if version == "editable":
            return
        sys.path.insert(0, self.root)
        from advisor.documents.yaml_text import parse_yaml
        from advisor.knowledge.load import load_knowledge, load_notes
        from advisor.knowledge.operators import load_systems

        for load in (load_knowledge, load_notes, load_systems):
            load()  # raises where the knowledge contradicts itself: no wheel then
        files = sorted((Path(self.root) / FOLDER).glob("*.yaml"))
        compiled = {file.stem: parse_yaml(file.read_bytes()) for file in files}
        self.folder = tempfile.mkdtemp()
        target = Path(self.folder) / COMPILED.name
        target.write_text(json.dumps(compiled), encoding="utf-8")
        build_data["force_include"][str(target)] = COMPILED.as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - hatchling's signature
        """Remove what initialize made for the time of the build."""
        if version != "editable":
            shutil.rmtree(self.folder)
