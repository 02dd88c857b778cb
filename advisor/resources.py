"""Folders of files that a wheel carries inside the package and a checkout has at its top."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).parent
IN_CHECKOUT = {"templates": "templates", "examples": "docs/examples", "evidence": "docs/evidence"}

Resource = Literal["templates", "examples", "evidence"]


def resource_folder(name: Resource, package: Path = PACKAGE) -> Path:
    """Return the folder of the templates, the example answers or the evidence.

    Args:
        name: which folder.
        package: the `advisor` package that it belongs to.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    installed, checkout = package / name, package.parent / IN_CHECKOUT[name]
    # A development install has no copy inside the package: it uses the checkout.
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{installed} is missing; install advisor again")
