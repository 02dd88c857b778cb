"""Reads and validates YAML and JSON whose scalars stay text, with positions for errors."""
