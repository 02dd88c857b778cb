"""Whether a package would hide a module that something else imports by the same name."""

import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

from advisor.errors import InputError
from advisor.naming import Name


def refuse_shadowing(name: Name, folder: Path) -> None:
    """Raise InputError where the package of a name is importable from elsewhere than `folder`.

    Nothing is imported to find that out.
    """
    found = _found_at(name.package, folder.resolve())
    if found:
        message = f"makes the package {name.package}, which would hide {found}"
        raise InputError.of("", f"{name.operator} {message}", f"try {name.stem}Job")


def _found_at(package: str, folder: Path) -> str:
    """Return where a module of this name is, "" where it is in `folder` or nowhere."""
    if package in sys.stdlib_module_names:
        return "a module of Python's own"
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        # An import hook failed, or the module is loaded and says nothing of itself.
        return "a module that is loaded" if package in sys.modules else ""
    for place in _places(spec) if spec else ():
        if Path(place).resolve() != folder:
            return f"the one at {place}"
    return ""


def _places(spec: ModuleSpec) -> list[str]:
    """Return the folders of a package, or the file of a module.

    A folder of the working directory without an `__init__.py` is no package that anybody means.
    """
    if spec.submodule_search_locations is None:
        return [spec.origin or spec.name]
    places = list(spec.submodule_search_locations)
    here = Path.cwd()
    return places if spec.origin else [each for each in places if Path(each).parent != here]
