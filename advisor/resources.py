"""Finds the data folders, which are in the package (wheel) or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

PACKAGE = Path(__file__).parent
IN_CHECKOUT = {"templates": "templates", "examples": "docs/examples", "evidence": "docs/evidence"}
"""Where each folder is in a checkout; pyproject.toml copies it into the wheel's package."""

Resource = Literal["templates", "examples", "evidence"]


def resource_folder(name: Resource, package: Path = PACKAGE) -> Path:
    """Return the folder with the templates, the example answers or the evidence.

    Raises FileNotFoundError if the installation is incomplete.
    """
    installed, checkout = package / name, package.parent / IN_CHECKOUT[name]
    # An editable install has no copy in the package, so it uses the checkout.
    for folder in (installed, checkout):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"{installed} is missing; reinstall advisor")
