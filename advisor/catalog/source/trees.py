"""Import-path entries: folders and zip archives with Python source."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Protocol

MAX_SIZE = 5_000_000
"""The size above which a file is not parsed; one byte more is read."""


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

    def identity(self, folder: str) -> object:
        """Return the same for two paths of the same folder, or raise OSError."""

    def read(self, path: str) -> bytes:
        """Return the content of a file up to MAX_SIZE and one byte, or raise OSError."""

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

    def identity(self, folder: str) -> object:
        """Return what tells a folder from others."""
        status = (self.location / folder).stat()
        return status.st_dev, status.st_ino

    def read(self, path: str) -> bytes:
        """Return the start of a file."""
        file = self.location / path
        # A pipe or a device would keep us waiting.
        if not S_ISREG(file.stat().st_mode):
            raise OSError("not a regular file")
        with file.open("rb") as stream:
            return stream.read(MAX_SIZE + 1)

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

    def identity(self, folder: str) -> object:
        """Return what tells a folder from others."""
        return folder

    def read(self, path: str) -> bytes:
        """Return the start of a member."""
        try:
            with self._zip.open(path) as stream:
                return stream.read(MAX_SIZE + 1)
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
    """Yield the paths of all .py files below a folder of a tree, each folder once."""
    pending, seen = [folder], set()
    while pending:
        current = pending.pop()
        with suppress(OSError):
            # Symbolic links can point to a parent, or to each other.
            if (identity := tree.identity(current)) in seen:
                continue
            seen.add(identity)
        for name in tree.names(current):
            path = f"{current}/{name}".strip("/") if current else name.strip("/")
            if name.endswith("/"):
                if name != "__pycache__/":
                    pending.append(path)
            # Names that are not UTF-8 cannot be imported, or written as YAML.
            elif name.endswith(".py") and path.isprintable():
                yield path
