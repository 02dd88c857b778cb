"""Operators with known faults, which a working drill must find."""
