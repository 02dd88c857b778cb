"""The report of a bug of ours: all that an issue needs, and nothing of the user's answers."""

from __future__ import annotations

import platform
import sys
import traceback

from advisor import __version__

REPORT = """
advisor stopped on a bug of its own. Please open an issue with the text below.

--- report ---
advisor {version}, Python {python}, {system}
command: advisor {command}

{trace}--- end of report ---
"""


def report_bug(error: BaseException, arguments: list[str]) -> None:
    """Write a report on standard error that is ready to be sent."""
    # The values of options are the user's; their names are enough to find the command again.
    command = " ".join(word for word in arguments[:1] + [a for a in arguments if a.startswith("-")])
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    sys.stderr.write(
        REPORT.format(
            version=__version__,
            python=platform.python_version(),
            system=platform.platform(terse=True),
            command=command,
            trace=trace,
        )
    )
