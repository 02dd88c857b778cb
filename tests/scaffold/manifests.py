"""A manifest whose patterns and systems do not change when the templates do."""

from __future__ import annotations

from dataclasses import replace

from advisor.knowledge.versions import Version
from advisor.scaffold.manifest import Setting, TemplateManifest, load_manifest

OURS = load_manifest()
PATTERN = replace(next(iter(OURS.patterns.values())), refusal="deferrable is possible")
SYSTEM = next(iter(OURS.systems.values()))
SINCE = {
    "deferrable": Version(2, 2),
    "resumable": Version(3, 3),
    "checkpoint": Version(3, 3),
    "async": Version(3, 2),
}
PATH = Setting("path", "/jobs", "Where jobs are.", "/.*", "a path")
MANIFEST: TemplateManifest = replace(
    OURS,
    patterns={id_: replace(PATTERN, id=id_, since=since) for id_, since in SINCE.items()},
    systems={
        "http": replace(SYSTEM, id="http", settings={}),
        "custom": replace(SYSTEM, id="custom", settings={PATH.id: PATH}),
    },
)
