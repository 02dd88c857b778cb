"""The kit that operators are made from: what the templates' folder says of itself."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from advisor.documents.model import Node, shown
from advisor.documents.read import read_document
from advisor.errors import InputError, KnowledgeError, Problem
from advisor.knowledge.fields import Fields, Flaw
from advisor.knowledge.versions import Version, parse_version
from advisor.scaffold.compiled import compiled_kits
from advisor.scaffold.settings import Setting, Value, read_settings, settled

PACKAGE = Path(__file__).parent.parent


class PatternKit(NamedTuple):
    """A pattern that operators can follow."""

    id: str
    title: str
    summary: str
    since: Version
    refusal: str
    """Why an older Airflow cannot have it, and what is possible there instead."""
    shares: tuple[str, ...]
    """The rooms of `templates/shared/` that it uses, beside the one that every scaffold has."""
    modules_with_time: tuple[str, ...]
    """The modules whose clock the generated tests replace."""
    async_hook: bool
    """Whether the hook needs an asynchronous form of every call, and not of `status` alone."""


class SystemKit(NamedTuple):
    """A system that operators can talk to."""

    id: str
    title: str
    summary: str
    settings: Mapping[str, Setting]
    next: tuple[str, ...]
    """Commands that a user runs once the files are there."""


class Kit(NamedTuple):
    """All patterns and systems, and the folders that their templates are looked for in."""

    patterns: Mapping[str, PatternKit]
    systems: Mapping[str, SystemKit]
    folders: tuple[Path, ...]
    """In order: the first that has a template gives it."""


def load_kit(own_templates: Path | None = None) -> Kit:
    """Return the kit, with a user's own templates before ours.

    Raises InputError where that folder is none, or what it says of a system or pattern is wrong.
    """
    if own_templates is None:
        return _kit((our_templates(),))
    if not own_templates.is_dir():
        raise InputError.of("--templates", f"found no folder {shown(str(own_templates))}")
    return _kit((own_templates, our_templates()))


def settle(kit: Kit, system: str, given: Mapping[str, str]) -> dict[str, Value]:
    """Return every setting of a system, with what the user gave in place of the defaults.

    Raises InputError with every problem: an unknown id, a value that is not accepted or does not
    go with another one.
    """
    return settled(kit.systems[system].settings, given)


def our_templates() -> Path:
    """Return the folder of our templates: inside the package, or beside it in a checkout."""
    installed = PACKAGE / "templates"
    return installed if installed.is_dir() else PACKAGE.parent / "templates"


@cache
def _kit(folders: tuple[Path, ...]) -> Kit:
    flaws: list[Flaw] = []
    patterns = {n: _pattern(n, f) for n, f in _described(folders, "patterns", flaws)}
    systems = {n: _system(n, f) for n, f in _described(folders, "systems", flaws)}
    if flaws:
        problems = [Problem(f"{flaw.path[0]}", flaw.said) for flaw in flaws]
        raise KnowledgeError(problems) if len(folders) == 1 else InputError(problems)
    return Kit(patterns, systems, folders)


def _described(
    folders: tuple[Path, ...], what: str, flaws: list[Flaw]
) -> Iterator[tuple[str, Fields]]:
    """Return the description of every pattern or system by its id; a user's own replaces ours."""
    found: dict[str, tuple[str, Node]] = {}
    for folder in reversed(folders):
        for name, node in _kits_in(folder, what):
            found[name.split("/")[1]] = (str(folder / name), node)
    for id_, (file, node) in sorted(found.items()):
        yield id_, Fields(node, (file,), flaws)


def _kits_in(folder: Path, what: str) -> Iterator[tuple[str, Node]]:
    """Return the root of each kit.yaml in a folder of templates, by its path in there."""
    compiled = compiled_kits(folder)
    for name, node in compiled.items():
        if name.startswith(f"{what}/"):
            yield name, node
    for file in () if compiled else sorted(folder.glob(f"{what}/*/kit.yaml")):
        yield file.relative_to(folder).as_posix(), read_document(str(file)).root


def read_kits(folder: Path) -> dict[str, Node]:
    """Return the root of every kit.yaml of a folder of templates, for the wheel."""
    return {name: node for what in ("patterns", "systems") for name, node in _kits_in(folder, what)}


def _pattern(id_: str, fields: Fields) -> PatternKit:
    made = PatternKit(
        id_,
        fields.text("title"),
        fields.text("summary"),
        fields.parsed("since", parse_version, "2.2"),
        fields.text("refusal", ""),
        fields.texts("shares"),
        fields.texts("modules_with_time"),
        fields.choice("async_hook", ("yes", "no"), "no") == "yes",
    )
    fields.done()
    return made


def _system(id_: str, fields: Fields) -> SystemKit:
    made = SystemKit(
        id_,
        fields.text("title"),
        fields.text("summary"),
        read_settings(fields),
        fields.texts("next"),
    )
    fields.done()
    return made
