"""The lines that a run can come by are those inside functions, without their first."""

from __future__ import annotations

from advisor.drill.executable import executable_lines

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


def test_only_what_runs_in_functions_counts() -> None:
    assert executable_lines(SOURCE) == {12, 13, 14}
