"""The entry point of the command line."""

from __future__ import annotations

import sys

from advisor import __version__


def main() -> int:
    """Run advisor on sys.argv and return its exit code."""
    # Before anything heavy is imported, so that it takes as long as Python itself.
    if sys.argv[1:] in (["--version"], ["-V"]):
        return _print_version()
    from advisor.cli.app import run

    return run(sys.argv[1:])


def _print_version() -> int:
    version = f"advisor {__version__}\n"
    try:
        sys.stdout.write(version)
        sys.stdout.flush()
    except (OSError, AttributeError):
        from advisor.cli.app import run

        return run(["--version"])  # it handles closed streams
    return 0


if __name__ == "__main__":
    sys.exit(main())
