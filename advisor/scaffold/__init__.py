"""Scaffolding: requests become specs, rendered files, a plan, and written files."""
