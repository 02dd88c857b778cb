"""A kit whose patterns and systems do not change when our templates do."""

from __future__ import annotations

from advisor.knowledge.versions import Version
from advisor.scaffold.manifest import TemplateManifest, load_manifest
from advisor.scaffold.settings import Setting

OURS = load_manifest()
PATTERN = next(iter(OURS.patterns.values()))._replace(refusal="deferrable is possible")
SYSTEM = next(iter(OURS.systems.values()))
SINCE = {
    "deferrable": Version(2, 2),
    "resumable": Version(3, 3),
    "checkpoint": Version(3, 3),
    "async": Version(3, 2),
}
PATH = Setting("path", "/jobs", "Where jobs are.", "/.*", "a path")
KIT: TemplateManifest = OURS._replace(
    patterns={id_: PATTERN._replace(id=id_, since=since) for id_, since in SINCE.items()},
    systems={
        "http": SYSTEM._replace(id="http", settings={}),
        "custom": SYSTEM._replace(id="custom", settings={PATH.id: PATH}),
    },
)
