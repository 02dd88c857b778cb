"""Starts the runner with any interpreter: `python start.py`, which need not have advisor."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path


def start() -> None:
    """Make the advisor that this file belongs to importable, and nothing else; run the runner."""
    here = Path(__file__).resolve().parent
    package = here.parents[1]
    # A script's folder is on the path, where its modules would hide others of their names.
    sys.path[:] = [each for each in sys.path if Path(each or ".").resolve() != here]
    spec = spec_from_file_location(
        "advisor", package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(package)
    sys.modules["advisor"] = advisor = module_from_spec(spec)
    spec.loader.exec_module(advisor)
    from advisor.drill.runtime.runner import main

    main()


if __name__ == "__main__":
    start()
