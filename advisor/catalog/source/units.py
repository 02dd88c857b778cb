"""What an environment holds to read: providers, Airflow itself, and packages that use Airflow."""

from __future__ import annotations

import ast
import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.catalog.source.parsing import UnreadableSource, parse_source
from advisor.catalog.source.trees import Folder, SourceFile, Tree, open_tree, python_files

PROVIDER_PREFIX = "apache-airflow-providers-"
AIRFLOW = "apache-airflow"
_PROVIDERS = "airflow/providers"
_BASE_CLASS = re.compile(
    rb"BaseOperator|BaseSensorOperator|airflow[\w.]* import \w*(Operator|Sensor)"
)
_REQUIRES = re.compile(r"^Requires-Dist: *([\w.-]+)", re.MULTILINE)
NOT_OWN = ("airflow", __name__.partition(".")[0])
"""Airflow itself, and this package, whose operators are there to be drilled."""
_SKIPPED = re.compile(r"(^|/)(tests?|example_dags|_vendor|node_modules|\.[^/]*)/")


@dataclass(frozen=True)
class Distribution:
    """An installed distribution, its top-level names and the distributions that it requires."""

    name: str
    version: str
    top_level: frozenset[str]
    requires: frozenset[str]


@dataclass(frozen=True)
class Unit:
    """Files that are read and cached together; without a version their stamps tell changes."""

    name: str
    version: str
    files: tuple[SourceFile, ...]

    def fingerprint(self) -> str:
        """Return the version, or a digest of the sizes and times of the files."""
        if self.version:
            return self.version
        digest = hashlib.sha256()
        for file in self.files:
            digest.update(os.fsencode(f"{file.shown} {_stamp(file)}\n"))
        return digest.hexdigest()


def _stamp(file: SourceFile) -> tuple[int, int]:
    try:
        return file.tree.stamp(file.path)
    except OSError:
        return (-1, -1)


@dataclass(frozen=True)
class Installation:
    """The trees of an import path and what they hold."""

    trees: tuple[Tree, ...]
    mapped: Mapping[str, Tree]
    distributions: Mapping[str, Distribution]
    units: tuple[Unit, ...]
    notes: tuple[str, ...]

    @property
    def airflow(self) -> str:
        """Version of Airflow, "" if it is not there."""
        for name in ("apache-airflow-core", AIRFLOW):
            if name in self.distributions:
                return self.distributions[name].version
        return ""

    def owner_of(self, module: str) -> str:
        """Return the name of the unit that a module belongs to."""
        parts = module.split(".")
        if parts[:2] == ["airflow", "providers"]:
            return _provider_of("/".join(parts), self.distributions)
        return AIRFLOW if parts[0] == "airflow" else parts[0]


def inspect_paths(paths: Sequence[Path]) -> Installation:
    """Find the trees, distributions and units of an import path."""
    notes: list[str] = []
    trees: list[Tree] = []
    mapped: dict[str, Tree] = {}
    for path in paths:
        _open(path, trees, notes)
    for tree in trees:
        for linked in _linked_folders(tree):
            _open(linked, trees, notes)
        mapped.update(_editable_packages(tree))
    distributions = _distributions(trees)
    units = [*_provider_units(trees, distributions), *_airflow_units(trees, distributions)]
    units += _own_units([*trees, *dict.fromkeys(mapped.values())], distributions, mapped)
    return Installation(tuple(trees), mapped, distributions, tuple(units), tuple(notes))


def _open(path: Path, trees: list[Tree], notes: list[str]) -> None:
    if any(tree.location == path for tree in trees):
        return
    try:
        trees.append(open_tree(path))
    except OSError as error:
        notes.append(f"{path}: not read: {error.strerror or error}")


def _linked_folders(tree: Tree) -> Iterator[Path]:
    """Yield the folders that .pth files add to the import path."""
    for name in tree.names(""):
        if name.endswith(".pth"):
            for line in _text(tree, name).splitlines():
                path = tree.location / line.strip()
                if (
                    line.strip()
                    and not line.startswith(("import ", "import\t", "#"))
                    and path.is_dir()
                ):
                    yield path


def _editable_packages(tree: Tree) -> dict[str, Tree]:
    """Return the packages that setuptools' finders of editable installs map to folders."""
    mapped: dict[str, Tree] = {}
    for name in tree.names(""):
        if name.startswith("__editable__") and name.endswith("_finder.py"):
            for module, path in _mapping(tree, name).items():
                parents = Path(path).parents
                depth = module.count(".")
                if len(parents) > depth and parents[depth].is_dir():
                    mapped[module.partition(".")[0]] = Folder(parents[depth])
    return mapped


def _mapping(tree: Tree, name: str) -> dict[str, str]:
    try:
        body = parse_source(tree.read(name)).body
    except (OSError, UnreadableSource):
        return {}
    for node in body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if any(isinstance(target, ast.Name) and target.id == "MAPPING" for target in targets):
            try:
                literal = ast.literal_eval(node.value)
            except ValueError:
                return {}
            return literal if isinstance(literal, dict) else {}
    return {}


def _text(tree: Tree, path: str) -> str:
    try:
        return tree.read(path).decode("utf-8", "replace")
    except OSError:
        return ""


def _distributions(trees: Iterable[Tree]) -> dict[str, Distribution]:
    found: dict[str, Distribution] = {}
    for tree in trees:
        for name in tree.names(""):
            if name.endswith((".dist-info/", ".egg-info/")):
                distribution = _distribution(tree, name.strip("/"))
                if distribution:
                    found.setdefault(distribution.name, distribution)
    return found


def _distribution(tree: Tree, folder: str) -> Distribution | None:
    name, _, version = folder.rpartition(".")[0].partition("-")
    if not version:
        return None
    name = _normalized(name)
    record = _text(tree, f"{folder}/RECORD") if not name.startswith(AIRFLOW) else ""
    top = {line.partition("/")[0].partition(",")[0] for line in record.splitlines()}
    metadata = _text(tree, f"{folder}/METADATA")
    requires = frozenset(_normalized(name) for name in _REQUIRES.findall(metadata))
    return Distribution(name, version, frozenset(top), requires)


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _required_by_airflow(distributions: Mapping[str, Distribution]) -> set[str]:
    """Return what Airflow and its providers require: libraries, which have no operators."""
    found: set[str] = set()
    pending = [name for name in distributions if name.startswith(AIRFLOW)]
    while pending:
        name = pending.pop()
        if name in distributions and name not in found:
            found.add(name)
            pending += distributions[name].requires
    return found


def _provider_units(
    trees: Iterable[Tree], distributions: Mapping[str, Distribution]
) -> Iterator[Unit]:
    files: dict[str, list[SourceFile]] = {}
    for tree in trees:
        for path in python_files(tree, _PROVIDERS):
            if not _SKIPPED.search(path):
                name = _provider_of(path, distributions)
                files.setdefault(name, []).append(_source_file(tree, path))
    for name, found in sorted(files.items()):
        distribution = distributions.get(PROVIDER_PREFIX + name)
        yield Unit(name, distribution.version if distribution else "", tuple(_unique(found)))


def _provider_of(path: str, distributions: Mapping[str, Distribution]) -> str:
    parts = path.removesuffix(".py").split("/")[2:]
    for length in (2, 1, 3):
        name = "-".join(parts[:length])
        if PROVIDER_PREFIX + name.replace("_", "-") in distributions:
            return name.replace("_", "-")
    # Not installed as a distribution: a folder with subfolders of providers cannot be told apart.
    nested = parts[:1] and parts[0] in {"apache", "cncf", "common", "dbt", "microsoft", "atlassian"}
    return "-".join(parts[: 2 if nested else 1])


def _source_file(tree: Tree, path: str) -> SourceFile:
    return SourceFile(tree, path, path.endswith("/__init__.py"))


def _unique(files: Iterable[SourceFile]) -> Iterable[SourceFile]:
    """Keep the first file of each path, as Python does."""
    return {file.path: file for file in reversed(list(files))}.values().__reversed__()


def _airflow_units(
    trees: Iterable[Tree], distributions: Mapping[str, Distribution]
) -> Iterator[Unit]:
    """Yield the operators and sensors that Airflow 2 has itself."""
    files = [
        _source_file(tree, path)
        for tree in trees
        for folder in ("airflow/operators", "airflow/sensors")
        for path in python_files(tree, folder)
    ]
    if files:
        distribution = distributions.get("apache-airflow-core") or distributions.get(AIRFLOW)
        yield Unit(AIRFLOW, distribution.version if distribution else "", tuple(_unique(files)))


def _own_units(
    trees: Sequence[Tree],
    distributions: Mapping[str, Distribution],
    mapped: Mapping[str, Tree],
) -> Iterator[Unit]:
    """Yield each other top-level package or module that mentions a base class of Airflow."""
    seen: set[str] = set()
    owners = {top: dist.name for dist in distributions.values() for top in dist.top_level}
    libraries = _required_by_airflow(distributions)
    for tree in trees:
        for entry in tree.names(""):
            name = entry.removesuffix("/").removesuffix(".py")
            if name in seen or not _is_own(entry, name) or mapped.get(name, tree) is not tree:
                continue
            if owners.get(name, owners.get(entry)) in libraries:
                continue
            paths = list(python_files(tree, name)) if entry.endswith("/") else [entry]
            paths = [path for path in paths if not _SKIPPED.search(path)]
            if any(_mentions_airflow(_bytes(tree, path)) for path in paths):
                seen.add(name)
                files = tuple(_source_file(tree, path) for path in paths)
                yield Unit(owners.get(name, owners.get(entry, name)), "", files)


def _mentions_airflow(source: bytes) -> bool:
    return b"airflow" in source and _BASE_CLASS.search(source) is not None


def _is_own(entry: str, name: str) -> bool:
    is_module = entry.endswith(("/", ".py"))
    return is_module and name.isidentifier() and name not in NOT_OWN and not name.startswith("__")


def _bytes(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path)
    except OSError:
        return b""
