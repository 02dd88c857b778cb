"""Fetching pip from a package index without pip."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import ssl
import sys
import urllib.request
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from bootstrapping.environment import BootstrapError
from bootstrapping.running import say

PUBLIC_INDEX = "https://pypi.org/simple"
JSON_OF_AN_INDEX = "application/vnd.pypi.simple.v1+json"
PIP_WHEEL = re.compile(r"pip-(\d+(?:\.\d+)*)-py3-none-any\.whl")  # no pre-releases


def download_pip(folder: Path) -> Path:
    """Fetch the newest pip from the package index into a folder and return its wheel."""
    page = os.environ.get("PIP_INDEX_URL", PUBLIC_INDEX).rstrip("/") + "/pip/"
    say(f"fetch pip from {page}")
    try:
        wheel = newest_pip(json.loads(fetch(page))["files"], sys.version_info[:2])
        content = fetch(urljoin(page, wheel["url"]))
        if hashlib.sha256(content).hexdigest() != wheel["hashes"]["sha256"]:
            raise ValueError("the file does not have the hash that the index gives")
    except (OSError, LookupError, ValueError, http.client.HTTPException) as error:
        tip = "Install pip or ensurepip (on Debian and Ubuntu, the package python3-venv)."
        raise BootstrapError(f"cannot fetch pip from {page}: {error}.\n{tip}") from error
    path = folder / str(wheel["filename"])
    path.write_bytes(content)
    return path


def newest_pip(files: Iterable[Mapping[str, Any]], python: tuple[int, int]) -> Mapping[str, Any]:
    """Return the newest wheel in an index's list of pip's files that works with a Python.

    Raises:
        LookupError: there is none.
    """
    wheels = {}
    for file in files:
        name = PIP_WHEEL.fullmatch(file["filename"])
        lowest = re.search(r">=\s*(\d+)\.(\d+)", file.get("requires-python") or "")
        fits = lowest is None or python >= (int(lowest[1]), int(lowest[2]))
        if name and fits and not file.get("yanked"):
            wheels[tuple(map(int, name[1].split(".")))] = file
    if not wheels:
        raise LookupError("the index has no wheel of pip for this Python")
    return wheels[max(wheels)]


def fetch(url: str) -> bytes:
    """Return what an address answers, trusting the certificates that pip would."""
    request = urllib.request.Request(url, headers={"Accept": f"{JSON_OF_AN_INDEX}, */*;q=0.1"})
    certificates = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    with urllib.request.urlopen(request, timeout=60, context=certificates) as answer:
        content: bytes = answer.read()
    return content
