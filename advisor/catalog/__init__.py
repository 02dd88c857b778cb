"""Existing operators, by the system that they are for."""
