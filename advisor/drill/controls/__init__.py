"""Operators with known faults: a drill that does not find them is broken."""
