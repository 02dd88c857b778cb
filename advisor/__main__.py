"""The entry of the command line: the version at once, everything else through the commands."""

from __future__ import annotations

import sys

from advisor import __version__

# typing itself would take longer to import than the version takes to print.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


def main() -> int:
    """Run advisor on sys.argv and return its exit code."""
    # Answered before anything heavy is imported: it then takes as long as Python itself.
    if sys.argv[1:] in (["--version"], ["-V"]):
        return _print_version()
    import gc

    # A run lives for a moment: looking for cycles takes longer than leaving them.
    gc.disable()
    from advisor.cli.app import run

    return _leave(run(sys.argv[1:]))


def _print_version() -> int:
    version = f"advisor {__version__}\n"
    try:
        sys.stdout.write(version)
        sys.stdout.flush()
    except (OSError, AttributeError):
        from advisor.cli.app import run

        _leave(run(["--version"]))  # it knows what to do where nobody listens
    return 0


def _leave(code: int) -> NoReturn:
    """End the process at once.

    Everything is written by now. Python would go on to take apart each module it loaded, which is
    a tenth of a run; the system frees it all in one go.
    """
    import os
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
