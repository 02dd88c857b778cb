"""Starts the runner with any interpreter: `python start.py`, where advisor may not be installed."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def start() -> None:
    """Make this very advisor importable, and nothing beside it; then run the runner."""
    folder = Path(__file__).resolve().parent.parent
    # A script's own folder is on the path: its modules would hide others of their names.
    sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != folder / "drill"]
    spec = spec_from_file_location(
        "advisor", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(folder)
    sys.modules["advisor"] = advisor = module_from_spec(spec)
    spec.loader.exec_module(advisor)
    from advisor.drill.runtime.runner import main

    main()


if __name__ == "__main__":
    start()
