"""Finds what is in the way of a scaffold: wrong file types, links, names that differ in case."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from advisor.documents.model import printable
from advisor.errors import InputError, Problem
from advisor.scaffold.model import Folder

BROKEN = "broken symbolic link"
IGNORED = "rename one; they are the same file if the file system ignores case"


def refuse_obstacles(
    into: Path, dags: Path, package: str, files: Iterable[tuple[Folder, PurePosixPath]]
) -> None:
    """Raise an InputError that lists everything that prevents writing a scaffold."""
    folder = into / package
    problems = [
        Problem(option, each.line())
        for option, top in (("--into", into), ("--dags", dags))
        for each in _folder(top, links=True)
    ]
    problems = problems or [*_package(into, dags, folder)]
    if not problems:
        for part, path in files:
            top, bound = (folder, into) if part is Folder.package else (dags, dags)
            problems += _file(top, path, bound)
    if problems:
        raise InputError(list(dict.fromkeys(problems)))


def hidden_module(package: str, folder: Path) -> str:
    """Return the location of another module with the name of a package, or "" if there is none.

    Imports nothing.
    """
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        # An import hook failed, or the module is loaded and has no spec.
        return "a loaded module" if package in sys.modules else ""
    for place in _places(spec) if spec else ():
        if Path(place).resolve() != folder.resolve():
            return place
    return ""


def _places(spec: ModuleSpec) -> list[str]:
    """Return the folders of a package, or the file of a module.

    A folder without `__init__.py` in the working directory does not count as a package.
    """
    if spec.submodule_search_locations is None:
        return [spec.origin or spec.name]
    places = list(spec.submodule_search_locations)
    here = Path.cwd()
    return places if spec.origin else [each for each in places if Path(each).parent != here]


def _package(into: Path, dags: Path, folder: Path) -> Iterator[Problem]:
    yield from _folder(folder, links=False)
    yield from _other_spellings(folder)
    module = folder.with_suffix(".py")
    if os.path.lexists(module):
        yield _problem(module, f"would be hidden by the package {printable(folder.name)}")
    if (into / folder.name).resolve() in (dags.resolve(), *dags.resolve().parents):
        yield Problem("--dags", f"must not be inside the package {printable(str(folder))}")


def _folder(folder: Path, *, links: bool) -> Iterator[Problem]:
    """Yield a problem if a path is not a folder and cannot be created as one."""
    if folder.is_symlink() and not (links and folder.exists()):
        kind = "symbolic link" if folder.exists() else BROKEN
        yield _problem(folder, f"expected a folder, found a {kind}")
        return
    existing = next(each for each in (folder, *folder.parents, Path("/")) if os.path.lexists(each))
    if not existing.is_dir():
        yield _problem(existing, "expected a folder, found a file")


def _file(top: Path, path: PurePosixPath, bound: Path) -> Iterator[Problem]:
    """Yield the problems that prevent writing a file inside a folder."""
    for parent in reversed(path.parents[:-1]):
        if problems := [*_folder(top / parent, links=False), *_other_spellings(top / parent)]:
            yield from problems
            return
    file = top / path
    yield from _other_spellings(file)
    if file.is_symlink():
        yield from _link(file, bound)
    elif os.path.lexists(file) and not file.is_file():
        kind = "folder" if file.is_dir() else "special file"
        yield _problem(file, f"expected a file, found a {kind}")


def _link(file: Path, bound: Path) -> Iterator[Problem]:
    try:
        leads_to = file.resolve(strict=True)
    except (OSError, RuntimeError):
        yield _problem(file, f"expected a file, found a {BROKEN}")
        return
    if bound.resolve() not in leads_to.parents:
        message = f"links to {printable(str(leads_to))}, which is outside {printable(str(bound))}"
        yield _problem(file, message)
    elif not leads_to.is_file():
        yield _problem(file, f"links to {printable(str(leads_to))}, which is not a file")


def _other_spellings(path: Path) -> Iterator[Problem]:
    """Yield a problem for each name in the same folder that differs only in case."""
    try:
        names = [each.name for each in path.parent.iterdir()]
    except OSError:
        return
    for name in names:
        if name != path.name and name.lower() == path.name.lower():
            message = f"differs from {printable(path.name)} only in case"
            yield _problem(path.parent / name, message, IGNORED)


def _problem(path: Path, message: str, hint: str = "") -> Problem:
    return Problem(printable(str(path)), message, hint)
