"""Existing operators: the systems that they are for, and how to find them."""
