"""From an order to the files as they should be: a pure function of the order and the templates."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from advisor.errors import InputError, Problem
from advisor.knowledge.versions import parse_version
from advisor.scaffold.compiled import compiled_loader
from advisor.scaffold.kit import Kit
from advisor.scaffold.literals import assigned, constant, imported, literal
from advisor.scaffold.model import Folder, Name, Order, RenderedFile

if TYPE_CHECKING:
    from jinja2 import Environment

SUFFIX = ".jinja"
"""Of a template; a file without it is taken as it is."""
STORE_SINCE = parse_version("3.3")
ASYNC_STORE_SINCE = parse_version("3.4")


def render(order: Order, kit: Kit) -> tuple[RenderedFile, ...]:
    """Return every file of a scaffold, in the order of their paths.

    Raises InputError where a template of the user's own is wrong, or makes Python that is none.
    """
    environment = environment_of(kit.folders)
    values = _values(order, kit)
    return tuple(_file(environment, source, values) for source in _sources(order, kit))


def _values(order: Order, kit: Kit) -> dict[str, object]:
    """Return what a template can ask for."""
    release = parse_version(order.airflow)
    return {
        "name": order.name,
        "pattern": order.pattern,
        "system": order.system,
        "summary": kit.patterns[order.pattern].summary,
        "modules_with_time": kit.patterns[order.pattern].modules_with_time,
        "async_hook": kit.patterns[order.pattern].async_hook,
        "dag_imports": _dag_imports(order.name),
        "airflow": order.airflow,
        "on_kill": order.on_kill,
        "on_missing": order.on_missing,
        "has_store": release >= STORE_SINCE,
        "has_async_store": release >= ASYNC_STORE_SINCE,
        **order.settings,
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


def _sources(order: Order, kit: Kit) -> list[Source]:
    """Return the templates of an order; where two make the same file, the last room's stands."""
    found = {}
    for room in _rooms(order, kit):
        for folder in reversed(kit.folders):
            for source in _templates_in(folder, room, order.name):
                found[source.folder, source.path] = source
    return [found[place] for place in sorted(found)]


def _rooms(order: Order, kit: Kit) -> list[str]:
    """Return the folders of templates, from the most general to the most special."""
    shared = [f"shared/{each}" for each in ("every", *kit.patterns[order.pattern].shares)]
    return [*shared, f"systems/{order.system}", f"patterns/{order.pattern}"]


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
def environment_of(folders: tuple[Path, ...]) -> Environment:
    """Return the Jinja environment over folders of templates, of which ours is the last."""
    from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

    *own, ours = folders
    loaders = [*map(FileSystemLoader, own), compiled_loader(ours), FileSystemLoader(ours)]
    environment = Environment(  # noqa: S701 - what is written is Python, not HTML
        loader=ChoiceLoader([loader for loader in loaders if loader is not None]),
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
