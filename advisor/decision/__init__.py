"""Answers and knowledge to a recommendation: pure functions over a finite space."""
