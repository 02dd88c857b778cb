"""The templates as a wheel carries them: compiled, beside the sources that people read and edit.

To parse a template takes ten times as long as to render it, and a scaffold has a dozen of them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.documents.model import Node

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment

FOLDER = "compiled"
"""Inside the folder of templates; a checkout has none."""
KITS = "kits.json"


def compile_templates(environment: Environment, kits: Mapping[str, Node], target: Path) -> None:
    """Write what `compiled_loader` and `compiled_kits` read, into the folder `target`."""
    import jinja2

    modules = target / _modules_of(jinja2.__version__)
    modules.mkdir(parents=True)
    environment.compile_templates(str(modules), extensions=["jinja"], zip=None)
    (target / KITS).write_text(json.dumps(kits), encoding="utf-8")


def compiled_loader(templates: Path) -> BaseLoader | None:
    """Return a loader of the compiled templates, None where this jinja2 cannot read them."""
    import jinja2

    modules = templates / FOLDER / _modules_of(jinja2.__version__)
    return jinja2.ModuleLoader(modules) if modules.is_dir() else None


def compiled_kits(templates: Path) -> dict[str, Node]:
    """Return the root of each kit.yaml by its path relative to the templates; {} in a checkout."""
    file = templates / FOLDER / KITS
    if not file.is_file():
        return {}
    kits: dict[str, Node] = json.loads(file.read_text(encoding="utf-8"))
    return kits


def _modules_of(version: str) -> str:
    """Return the folder of the modules, which only the jinja2 that made them can read."""
    return f"jinja2-{version}"
