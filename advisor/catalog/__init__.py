"""Operators that exist already: the systems they are for, and how to look them up."""
