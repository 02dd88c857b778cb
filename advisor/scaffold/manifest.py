"""The template manifest: the patterns and systems with templates, and the systems' settings."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any, TypeAlias

from advisor.documents.model import hint_for, printable, shown
from advisor.documents.read import read_document
from advisor.documents.validation import Fields, ValidationIssue
from advisor.errors import InputError, KnowledgeError, Problem
from advisor.knowledge.versions import Version, parse_version
from advisor.resources import resource_folder
from advisor.scaffold.source import varied

WORDS = "words"
"""The kind of a setting with a list of texts; other settings have a single text."""

Value: TypeAlias = "str | tuple[str, ...]"
"""The value of a setting."""

OPTIONAL_CALLS = frozenset({"check_spec", "console_url"})
"""The calls that a hook may have or not."""


@dataclass(frozen=True)
class Setting:
    """A setting of a system."""

    id: str
    default: Value
    help: str
    accepts: str
    """A regular expression that must match each whole text."""
    says: str
    """What `accepts` matches, in words, for errors."""
    needs: tuple[str, ...] = ()
    """Settings that must be set if this one is set."""
    unlike: tuple[str, ...] = ()
    """Settings whose path or field must not overlap with the one in this setting."""


@dataclass(frozen=True)
class PatternTemplate:
    """A pattern that operators can follow."""

    id: str
    title: str
    summary: str
    since: Version
    refusal: str
    """What to use with older Airflow versions, as a hint."""
    async_calls: str
    """The calls of the hook that need an async version: `none`, `status` or `all`."""


@dataclass(frozen=True)
class SystemTemplate:
    """A system that runs the jobs of operators."""

    id: str
    title: str
    summary: str
    settings: Mapping[str, Setting]
    next: tuple[str, ...]
    """Commands to run after the files are written."""
    spec: Mapping[str, Any]
    """A valid job, for the example Dag and the drill."""
    part: tuple[str, ...]
    """The keys and indices that lead to the value that tells several jobs apart."""
    optional_calls: frozenset[str]
    """Those of OPTIONAL_CALLS that the hook has."""

    def jobs(self, count: int) -> list[dict[str, Any]]:
        """Return samples of several jobs."""
        return [
            varied(self.spec, self.part, partial(_numbered, number=number))
            for number in range(count)
        ]


@dataclass(frozen=True)
class TemplateManifest:
    """All patterns and systems, and the folders with their templates."""

    patterns: Mapping[str, PatternTemplate]
    systems: Mapping[str, SystemTemplate]
    folders: tuple[Path, ...]
    """The folders, in the order in which templates are looked up."""


def load_manifest(own_templates: Path | None = None) -> TemplateManifest:
    """Return the manifest; a user's own templates override the shipped ones.

    Raises InputError if the folder does not exist, or if a template.yaml in it is invalid.
    """
    if own_templates is None:
        return _manifest((resource_folder("templates"),))
    if not own_templates.is_dir():
        problem = "expected a folder, found a file" if own_templates.exists() else "no such folder"
        raise InputError.of("--templates", f"{printable(str(own_templates))}: {problem}")
    return _manifest((own_templates, resource_folder("templates")))


@cache
def _manifest(folders: tuple[Path, ...]) -> TemplateManifest:
    issues: list[ValidationIssue] = []
    patterns = {id_: _pattern(id_, each) for id_, each in _read(folders, "patterns", issues)}
    systems = {id_: _system(id_, each) for id_, each in _read(folders, "systems", issues)}
    if issues:
        problems = [Problem(f"{issue.path[0]}", issue.message, issue.hint) for issue in issues]
        raise KnowledgeError(problems) if len(folders) == 1 else InputError(problems)
    return TemplateManifest(patterns, systems, folders)


def _read(
    folders: tuple[Path, ...], kind: str, issues: list[ValidationIssue]
) -> Iterator[tuple[str, Fields]]:
    """Yield the fields of each template.yaml by its id; a user's own replaces a shipped one."""
    former = [file for folder in folders for file in folder.glob(f"{kind}/*/kit.yaml")]
    issues += [ValidationIssue((str(file),), "rename it to template.yaml") for file in former]
    files = {
        file.parent.name: file
        for folder in reversed(folders)
        for file in sorted(folder.glob(f"{kind}/*/template.yaml"))
    }
    for id_, file in sorted(files.items()):
        yield id_, Fields(read_document(str(file)).root, (str(file),), issues)


def _pattern(id_: str, fields: Fields) -> PatternTemplate:
    pattern = PatternTemplate(
        id_,
        fields.text("title"),
        fields.text("summary"),
        fields.parsed("since", parse_version, "2.2"),
        fields.text("refusal", ""),
        fields.choice("async_calls", ("none", "status", "all"), "none"),
    )
    fields.done()
    return pattern


def _system(id_: str, fields: Fields) -> SystemTemplate:
    system = SystemTemplate(
        id_,
        fields.text("title"),
        fields.text("summary"),
        _settings(fields),
        fields.texts("next"),
        _sample(fields),
        tuple(fields.text("part", "part").split(".")),
        frozenset(fields.texts("optional_calls")),
    )
    if system.spec and not _leads(system.spec, system.part):
        fields.add_issue(f"part: {shown('.'.join(system.part))} is not in spec", "part")
    for call in sorted(system.optional_calls - OPTIONAL_CALLS):
        message = f"optional_calls: unknown call {shown(call)}"
        fields.add_issue(message, "optional_calls", hint=hint_for(call, OPTIONAL_CALLS))
    fields.done()
    return system


def _leads(value: object, part: tuple[str, ...]) -> bool:
    """Return whether keys and indices lead to a value."""
    for key in part:
        if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict) and key in value:
            value = value[key]
        else:
            return False
    return True


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _numbered(value: object, number: int) -> object:
    """Return a number as a text if a value is one."""
    return str(number) if isinstance(value, str) else number


def _sample(fields: Fields) -> dict[str, Any]:
    """Return the sample, which is written as JSON because the values of a document are texts."""
    text = fields.text("spec", "{}")
    try:
        sample = json.loads(text, parse_constant=_no_constant)
    except ValueError as error:
        fields.add_issue(f"spec: invalid JSON: {error}", "spec")
        return {}
    if not isinstance(sample, dict):
        fields.add_issue(f"spec: expected a JSON object, found {shown(text)}", "spec")
        return {}
    return sample


def _settings(fields: Fields) -> dict[str, Setting]:
    settings = [_setting(each) for each in fields.each("settings")]
    ids = [each.id for each in settings]
    for setting, described in zip(settings, fields.inside, strict=True):
        for key, others in (("needs", setting.needs), ("unlike", setting.unlike)):
            for other in set(others) - set(ids):
                message = f"{key}: unknown setting {shown(other)}"
                described.add_issue(message, key, hint=hint_for(other, ids))
    return {each.id: each for each in settings}


def _setting(fields: Fields) -> Setting:
    many = fields.choice("kind", ("text", WORDS), "text") == WORDS
    return Setting(
        fields.text("id"),
        fields.texts("default") if many else fields.text("default", ""),
        fields.text("help"),
        _regex(fields),
        fields.text("says"),
        fields.texts("needs"),
        fields.texts("unlike"),
    )


def _regex(fields: Fields) -> str:
    pattern = fields.text("accepts")
    try:
        re.compile(pattern)
    except re.error as error:
        message = f"accepts: invalid regular expression {shown(pattern)}: {error}"
        fields.add_issue(message, "accepts")
    return pattern
