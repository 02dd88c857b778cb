"""Facts about operators and sensors, read from source without importing it."""

from advisor.catalog.source.environment import Reading, read_environment

__all__ = ["Reading", "read_environment"]
