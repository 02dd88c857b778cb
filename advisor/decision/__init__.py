"""Derives a recommendation from answers and knowledge, without any input or output."""
