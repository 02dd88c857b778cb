"""Operators that the drill has to find wrong: where it does not, the drill is broken."""
