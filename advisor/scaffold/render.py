"""From an order to the files as they should be: a pure function of the order and the templates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from advisor.errors import InputError, Problem
from advisor.knowledge.versions import parse_version
from advisor.naming import Name
from advisor.scaffold.literals import assigned, constant, imported, literal
from advisor.scaffold.manifest import TemplateManifest
from advisor.scaffold.model import Folder, RenderedFile, ScaffoldSpec

if TYPE_CHECKING:
    from jinja2 import Environment

SUFFIX = ".jinja"
"""Of a template; a file without it is taken as it is."""
STORE_SINCE = parse_version("3.3")
ASYNC_STORE_SINCE = parse_version("3.4")


def render(spec: ScaffoldSpec, manifest: TemplateManifest) -> tuple[RenderedFile, ...]:
    """Return every file of a scaffold, in the order of their paths.

    Raises InputError where a template of the user's own is wrong, or makes Python that is none.
    """
    environment = _environment(manifest.folders)
    values = _values(spec, manifest)
    return tuple(_file(environment, source, values) for source in _sources(spec, manifest))


def _values(spec: ScaffoldSpec, manifest: TemplateManifest) -> dict[str, object]:
    """Return what a template can ask for."""
    release = parse_version(spec.airflow)
    return {
        "name": spec.name,
        "pattern": spec.pattern,
        "system": spec.system,
        "summary": manifest.patterns[spec.pattern].summary,
        "modules_with_time": manifest.patterns[spec.pattern].modules_with_time,
        "async_hook": manifest.patterns[spec.pattern].async_hook,
        "dag_imports": _dag_imports(spec.name),
        "airflow": spec.airflow,
        "on_kill": spec.on_kill,
        "on_missing": spec.on_missing,
        "has_store": release >= STORE_SINCE,
        "has_async_store": release >= ASYNC_STORE_SINCE,
        **spec.settings,
    }


def _dag_imports(name: Name) -> str:
    """Return the imports of the example Dag, in the order that import sorters want."""
    own = imported(name.package, name.operator)
    lines = {"airflow.sdk": "from airflow.sdk import DAG", name.package: own}
    return "\n".join(lines[module] for module in sorted(lines))


class Source(NamedTuple):
    """A template, and where the file that it makes goes."""

    template: str
    """Its name, relative to the folder of templates."""
    file: Path
    folder: Folder
    path: PurePosixPath


def _sources(spec: ScaffoldSpec, manifest: TemplateManifest) -> list[Source]:
    """Return the templates of an order; where two make the same file, the last room's stands."""
    found = {}
    for room in _rooms(spec, manifest):
        for folder in reversed(manifest.folders):
            for source in _templates_in(folder, room, spec.name):
                found[source.folder, source.path] = source
    return [found[place] for place in sorted(found)]


def _rooms(spec: ScaffoldSpec, manifest: TemplateManifest) -> list[str]:
    """Return the folders of templates, from the most general to the most special."""
    shared = [f"shared/{each}" for each in ("every", *manifest.patterns[spec.pattern].shares)]
    return [*shared, f"systems/{spec.system}", f"patterns/{spec.pattern}"]


def _templates_in(top: Path, room: str, name: Name) -> Iterator[Source]:
    for folder in Folder:
        inside = top / room / folder.value
        for file in inside.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                path = PurePosixPath(file.relative_to(inside).as_posix().removesuffix(SUFFIX))
                if folder is Folder.dags:
                    path = path.with_name(f"{name.package}_{path.name}")
                yield Source(file.relative_to(top).as_posix(), file, folder, path)


def _file(environment: Environment, source: Source, values: dict[str, object]) -> RenderedFile:
    if source.template.endswith(SUFFIX):
        text = _rendered(environment, source.template, values)
    else:
        text = source.file.read_text(encoding="utf-8")
    if source.path.suffix == ".py":
        _compiled(text, source.template)
    return RenderedFile(source.folder, source.path, text)


def _rendered(environment: Environment, template: str, values: dict[str, object]) -> str:
    from jinja2 import TemplateError

    try:
        return environment.get_template(template).render(values)
    except TemplateError as error:
        line = getattr(error, "lineno", None)
        where = f"{template}:{line}" if line else template
        raise InputError([Problem(where, f"is no template: {error.message}")]) from None


def _compiled(text: str, source: str) -> None:
    """Compile a file, so that nothing is written that Python could not read."""
    try:
        compile(text, source, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        raise InputError([Problem(source, f"makes no Python: {error}")]) from None


@cache
def _environment(folders: tuple[Path, ...]) -> Environment:
    """Return the Jinja environment over folders of templates, of which ours is the last."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(  # noqa: S701 - what is written is Python, not HTML
        loader=FileSystemLoader(folders),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = literal
    environment.globals["assigned"] = assigned
    environment.globals["constant"] = constant
    environment.globals["imported"] = imported
    return environment
