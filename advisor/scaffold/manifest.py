"""The kit that operators are made from: what the templates' folder says of itself."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from advisor.documents.model import Node, shown
from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.errors import InputError, KnowledgeError, Problem
from advisor.knowledge.versions import Version, parse_version
from advisor.resources import resource_folder
from advisor.scaffold.settings import Setting, Value, read_settings, resolve_values


class PatternTemplate(NamedTuple):
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


class SystemTemplate(NamedTuple):
    """A system that operators can talk to."""

    id: str
    title: str
    summary: str
    settings: Mapping[str, Setting]
    next: tuple[str, ...]
    """Commands that a user runs once the files are there."""


class TemplateManifest(NamedTuple):
    """All patterns and systems, and the folders that their templates are looked for in."""

    patterns: Mapping[str, PatternTemplate]
    systems: Mapping[str, SystemTemplate]
    folders: tuple[Path, ...]
    """In order: the first that has a template gives it."""


def load_manifest(own_templates: Path | None = None) -> TemplateManifest:
    """Return the kit, with a user's own templates before ours.

    Raises InputError where that folder is none, or what it says of a system or pattern is wrong.
    """
    if own_templates is None:
        return _manifest((resource_folder("templates"),))
    if not own_templates.is_dir():
        raise InputError.of("--templates", f"found no folder {shown(str(own_templates))}")
    return _manifest((own_templates, resource_folder("templates")))


def resolve_settings(
    manifest: TemplateManifest, system: str, given: Mapping[str, str]
) -> dict[str, Value]:
    """Return every setting of a system, with what the user gave in place of the defaults.

    Raises InputError with every problem: an unknown id, a value that is not accepted or does not
    go with another one.
    """
    return resolve_values(manifest.systems[system].settings, given)


@cache
def _manifest(folders: tuple[Path, ...]) -> TemplateManifest:
    issues: list[ValidationIssue] = []
    patterns = {n: _pattern(n, f) for n, f in _described(folders, "patterns", issues)}
    systems = {n: _system(n, f) for n, f in _described(folders, "systems", issues)}
    if issues:
        problems = [Problem(f"{issue.path[0]}", issue.message) for issue in issues]
        raise KnowledgeError(problems) if len(folders) == 1 else InputError(problems)
    return TemplateManifest(patterns, systems, folders)


def _described(
    folders: tuple[Path, ...], what: str, issues: list[ValidationIssue]
) -> Iterator[tuple[str, Fields]]:
    """Return the description of every pattern or system by its id; a user's own replaces ours."""
    found: dict[str, tuple[str, Node]] = {}
    for folder in reversed(folders):
        for name, node in _manifests_in(folder, what):
            found[name.split("/")[1]] = (str(folder / name), node)
    for id_, (file, node) in sorted(found.items()):
        yield id_, Fields(node, (file,), issues)


def _manifests_in(folder: Path, what: str) -> Iterator[tuple[str, Node]]:
    """Return the root of each kit.yaml in a folder of templates, by its path in there."""
    for file in sorted(folder.glob(f"{what}/*/kit.yaml")):
        yield file.relative_to(folder).as_posix(), read_document(str(file)).root


def _pattern(id_: str, fields: Fields) -> PatternTemplate:
    made = PatternTemplate(
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


def _system(id_: str, fields: Fields) -> SystemTemplate:
    made = SystemTemplate(
        id_,
        fields.text("title"),
        fields.text("summary"),
        read_settings(fields),
        fields.texts("next"),
    )
    fields.done()
    return made
