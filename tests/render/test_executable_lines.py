"""Executable lines are the lines inside functions, except the `def` lines."""

from __future__ import annotations

from advisor.render.drill_source import executable_lines

SOURCE = '''"""Module."""
import time

class A:
    """Class."""

    n = 1

    def b(self) -> int:
        """Method."""
        # A comment.
        if self.n:
            return 1
        return 2
'''


def test_executable_lines_are_those_inside_functions() -> None:
    assert executable_lines(SOURCE) == {12, 13, 14}
