"""Renders the files of a spec from templates, and defines the functions that templates call."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import count
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from advisor.errors import InputError, Problem
from advisor.knowledge.versions import STORE_SINCE, SUPERVISOR_SINCE, Version, parse_version
from advisor.naming import Name
from advisor.scaffold.airflow_imports import by_module
from advisor.scaffold.manifest import TemplateManifest
from advisor.scaffold.model import Folder, RenderedFile, ScaffoldSpec
from advisor.scaffold.source import assigned, constant, imported, literal, sample, samples

if TYPE_CHECKING:
    from jinja2 import Environment

SUFFIX = ".jinja"
"""The suffix of a template; a file without it is copied unchanged."""
SHIPPED = "shipped"
"""The prefix that selects the shipped one of two templates with the same path."""
ASYNC_STORE_SINCE = parse_version("3.4")


def render(spec: ScaffoldSpec, manifest: TemplateManifest) -> tuple[RenderedFile, ...]:
    """Return all files of a scaffold, sorted by path.

    Raises InputError if a user's own template is invalid, or renders invalid Python.
    """
    environment = _environment(manifest.folders)
    values = _values(spec, manifest)
    return tuple(_file(environment, source, values) for source in _sources(spec, manifest))


def _values(spec: ScaffoldSpec, manifest: TemplateManifest) -> dict[str, object]:
    """Return the variables of the templates."""
    release = parse_version(spec.airflow)
    system = manifest.systems[spec.system]
    return {
        "name": spec.name,
        "pattern": spec.pattern,
        "system": spec.system,
        "summary": manifest.patterns[spec.pattern].summary,
        "async_calls": manifest.patterns[spec.pattern].async_calls,
        "dag_imports": _dag_imports(spec.name, release),
        "from_airflow": partial(from_airflow, release),
        "sample": partial(sample, system.spec),
        "samples": partial(samples, system.spec, system.part),
        "optional_calls": system.optional_calls,
        "airflow": spec.airflow,
        "on_kill": spec.on_kill,
        "on_missing": spec.on_missing,
        "has_store": release >= STORE_SINCE,
        "has_async_store": release >= ASYNC_STORE_SINCE,
        "has_supervisor": release >= SUPERVISOR_SINCE,
        **spec.settings,
    }


def _dag_imports(name: Name, release: Version) -> str:
    """Return the imports of the example Dag, sorted as by ruff."""
    return from_airflow(release, "DAG", others={name.package: [name.operator]})


@dataclass(frozen=True)
class _Source:
    """A template, and the path of the file rendered from it."""

    template: str
    """Its path relative to the folder of templates."""
    file: Path
    folder: Folder
    path: PurePosixPath


def _sources(spec: ScaffoldSpec, manifest: TemplateManifest) -> list[_Source]:
    """Return the templates for a spec; if two are for the same file, the later layer wins."""
    sources = {}
    for layer in _layers(spec):
        for folder in reversed(manifest.folders):
            for source in _templates_in(folder, layer, spec.name):
                sources[source.folder, source.path] = source
    return [sources[place] for place in sorted(sources)]


def _layers(spec: ScaffoldSpec) -> list[str]:
    """Return the folders of templates, from the most general to the most specific."""
    return ["shared/every", f"systems/{spec.system}", f"patterns/{spec.pattern}"]


def _templates_in(top: Path, layer: str, name: Name) -> Iterator[_Source]:
    for folder in Folder:
        inside = top / layer / folder.value
        for file in inside.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                path = PurePosixPath(file.relative_to(inside).as_posix().removesuffix(SUFFIX))
                if folder is Folder.dags:
                    path = path.with_name(f"{name.package}_{path.name}")
                yield _Source(file.relative_to(top).as_posix(), file, folder, path)


def _file(environment: Environment, source: _Source, values: dict[str, object]) -> RenderedFile:
    if source.template.endswith(SUFFIX):
        text = _rendered(environment, source.template, values)
    else:
        text = source.file.read_text(encoding="utf-8")
    if source.path.suffix == ".py":
        _compiled(text, source.template)
    return RenderedFile(source.folder, source.path, text)


def _rendered(environment: Environment, template: str, values: dict[str, object]) -> str:
    from jinja2 import TemplateError, TemplateNotFound

    try:
        return environment.get_template(template).render(values)
    except TemplateNotFound as error:
        where, message = template, f"includes an unknown template: {error.name}"
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where, message = f"{template}:{line}" if line else template, f"{error.message}"
    except RecursionError:
        where, message = template, "includes itself through another template, or calls itself"
    except Exception as error:  # noqa: BLE001 - expressions in templates can raise anything
        where, message = template, f"{type(error).__name__}: {error}"
    raise InputError([Problem(where, f"invalid template: {message}")])


def _compiled(text: str, source: str) -> None:
    """Compile a file to ensure that only valid Python is written."""
    try:
        compile(text, source, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise InputError([Problem(source, f"invalid Python after rendering: {error}")]) from None


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    """Return the Jinja environment for folders of templates, the shipped one last."""
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined

    class ExtendingEnvironment(Environment):
        """Resolves the inclusion of a template by itself to the shipped template with its path."""

        def join_path(self, template: str, parent: str) -> str:
            return f"{SHIPPED}:{template}" if template == parent else template

    shipped = PrefixLoader({SHIPPED: FileSystemLoader(folders[-1])}, delimiter=":")
    environment = ExtendingEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folders), shipped]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = literal
    environment.filters["member_of"] = member_of
    environment.globals["assigned"] = assigned
    environment.globals["constant"] = constant
    environment.globals["imported"] = imported
    environment.globals["member_names"] = member_names
    return environment


def member_names(words: Iterable[str]) -> dict[str, str]:
    """Return a name for each word as a member of an enum, by word.

    A word may hold spaces and punctuation, or start with a digit; two words may have one name.
    """
    names: dict[str, str] = {}
    for word in words:
        name = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", word)).upper().strip("_")
        name = name if name.isidentifier() else f"STATUS_{name}".rstrip("_")
        taken = {*names.values(), "NOT_FOUND"}
        different = (f"{name}_{number}" for number in count(2))
        names[word] = name if name not in taken else next(n for n in different if n not in taken)
    return names


def member_of(word: str, names: Mapping[str, str]) -> str:
    """Return the expression for a status, with the names of `member_names`."""
    return f"JobStatus.{names[word]}"


def from_airflow(
    release: Version, *names: str, others: Mapping[str, Sequence[str]] | None = None
) -> str:
    """Return the imports of names that Airflow has moved, and of others by module."""
    modules = by_module(names, others or {}, release)
    return "\n".join(imported(module, *each) for module, each in modules.items())
