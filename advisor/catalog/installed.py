"""The versions that a user names: of an environment, or of a requirements file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from advisor.catalog.model import OperatorFacts
from advisor.knowledge.versions import Version


@dataclass(frozen=True, eq=False)
class Installed:
    """What is installed where the job runs, as far as the user named it.

    `source` names the file or environment, "" if there is none. `releases` are those of the
    providers, by short name, and `facts` what was read from source there, by full class name.
    """

    source: str = ""
    airflow: Version | None = None
    releases: Mapping[str, Version] = field(default_factory=dict)
    facts: Mapping[str, OperatorFacts] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


NOTHING = Installed()
"""No environment and no file is named."""
