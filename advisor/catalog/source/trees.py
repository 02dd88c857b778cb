"""Import-path entries: folders and zip archives with Python source."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

MAX_DEPTH = 30


@dataclass(frozen=True)
class SourceFile:
    """A Python file in a tree; `stamp` changes when its content does."""

    tree: Tree
    path: str
    is_package: bool

    @property
    def shown(self) -> str:
        """Path for messages."""
        return str(self.tree.location / self.path)


class Tree(Protocol):
    """A folder or archive that modules can be imported from."""

    @property
    def location(self) -> Path:
        """Path of the folder or archive."""

    def exists(self, path: str) -> bool:
        """Say whether there is such a file."""

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names in a folder ("" is the top), subfolders with a slash at the end."""

    def read(self, path: str) -> bytes:
        """Return the content of a file, or raise OSError."""

    def stamp(self, path: str) -> tuple[int, int]:
        """Return the size and the modification time (ns) of a file, or raise OSError."""


@dataclass(frozen=True)
class Folder:
    """A folder such as site-packages."""

    location: Path

    def exists(self, path: str) -> bool:
        """Say whether there is such a file."""
        return (self.location / path).is_file()

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names in a folder, subfolders with a slash at the end."""
        try:
            entries = sorted((self.location / folder).iterdir())
        except OSError:
            return ()
        return tuple(entry.name + "/" if entry.is_dir() else entry.name for entry in entries)

    def read(self, path: str) -> bytes:
        """Return the content of a file."""
        return (self.location / path).read_bytes()

    def stamp(self, path: str) -> tuple[int, int]:
        """Return the size and the modification time of a file."""
        status = (self.location / path).stat()
        return status.st_size, status.st_mtime_ns


class Archive:
    """A wheel or another zip archive."""

    def __init__(self, location: Path) -> None:
        self.location = location
        # In memory, because a seek for each of a thousand members is slow on network drives.
        self._zip = zipfile.ZipFile(io.BytesIO(location.read_bytes()))
        self._sizes = {member.filename: member.file_size for member in self._zip.infolist()}
        self._folders = _folders(self._sizes)
        self._mtime = location.stat().st_mtime_ns

    def exists(self, path: str) -> bool:
        """Say whether there is such a member."""
        return path in self._sizes

    def names(self, folder: str) -> tuple[str, ...]:
        """Return the names in a folder, subfolders with a slash at the end."""
        return tuple(sorted(self._folders.get(folder.strip("/"), ())))

    def read(self, path: str) -> bytes:
        """Return the content of a member."""
        try:
            return self._zip.read(path)
        except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile) as error:
            raise OSError(str(error)) from error

    def stamp(self, path: str) -> tuple[int, int]:
        """Return the size of a member and the modification time of the archive."""
        if path not in self._sizes:
            raise FileNotFoundError(path)
        return self._sizes[path], self._mtime


def _folders(members: dict[str, int]) -> dict[str, set[str]]:
    folders: dict[str, set[str]] = {"": set()}
    for member in members:
        parts = member.strip("/").split("/")
        for depth in range(len(parts) - 1):
            folders.setdefault("/".join(parts[:depth]), set()).add(parts[depth] + "/")
        folders.setdefault("/".join(parts[:-1]), set()).add(parts[-1])
    return folders


def open_tree(path: Path) -> Tree:
    """Open a folder or an archive; raise OSError if it is neither or cannot be read."""
    if path.is_dir():
        return Folder(path)
    try:
        return Archive(path)
    except zipfile.BadZipFile as error:
        raise OSError(f"not a zip archive: {error}") from error


def python_files(tree: Tree, folder: str) -> Iterator[str]:
    """Yield the paths of all .py files below a folder of a tree, without following cycles."""
    pending = [(folder, 0)]
    while pending:
        current, depth = pending.pop()
        for name in tree.names(current):
            path = f"{current}/{name}".strip("/") if current else name.strip("/")
            if name.endswith("/"):
                # Deeper than any package: a symbolic link that points to its own parent.
                if depth < MAX_DEPTH and name != "__pycache__/":
                    pending.append((path, depth + 1))
            elif name.endswith(".py"):
                yield path
