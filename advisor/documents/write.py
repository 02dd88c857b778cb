"""Writing plain values as YAML."""

from __future__ import annotations

from typing import Any

import yaml

WIDTH = 100
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def to_yaml(value: object) -> str:
    """Return mappings, lists and scalars as a YAML document in ASCII, keys in their order."""
    text: str = yaml.dump(value, Dumper=DUMPER, sort_keys=False, width=WIDTH)
    return text
