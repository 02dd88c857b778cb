"""The releases of Airflow that operators are scaffolded for."""

from advisor.knowledge.versions import Version

TARGETS = (Version(3, 2), Version(3, 3), Version(3, 4))
STABLE = Version(3, 3)
"""The newest of them that is no pre-release."""
STORE_SINCE = Version(3, 3)
"""The first with a task state store. Source: Airflow 3.3.0, release notes."""
