"""Fetching pip from a package index without pip."""

from __future__ import annotations

import base64
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
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from bootstrapping.environment import BootstrapError
from bootstrapping.running import say

PUBLIC_INDEX = "https://pypi.org/simple"
JSON_OF_AN_INDEX = "application/vnd.pypi.simple.v1+json"
PIP_WHEEL = re.compile(r"pip-(\d+(?:\.\d+)*)-py3-none-any\.whl")  # no pre-releases


def download_pip(folder: Path) -> Path:
    """Fetch the newest pip from the package index into a folder and return its wheel.

    Raises:
        BootstrapError: the index did not answer, or not with what is expected.
    """
    index, secret = without_secret(os.environ.get("PIP_INDEX_URL", PUBLIC_INDEX))
    page = f"{index.rstrip('/')}/pip/"
    say(f"fetch pip from {page}")
    try:
        wheel = newest_pip(json.loads(fetch(page, secret))["files"], sys.version_info[:2])
        url = urljoin(page, wheel["url"])
        content = fetch(url, secret if urlsplit(url).netloc == urlsplit(page).netloc else "")
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


def without_secret(url: str) -> tuple[str, str]:
    """Return an address without its user and password, and these as `user:password` or ""."""
    parts = urlsplit(url)
    secret, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=host)), unquote(secret)


def fetch(url: str, secret: str) -> bytes:
    """Return what an address answers, trusting the certificates that pip would."""
    request = urllib.request.Request(url, headers={"Accept": f"{JSON_OF_AN_INDEX}, */*;q=0.1"})
    if secret:
        basic = base64.b64encode(secret.encode()).decode()
        request.add_unredirected_header("Authorization", f"Basic {basic}")
    certificates = ssl.create_default_context(cafile=os.environ.get("PIP_CERT"))
    with urllib.request.urlopen(request, timeout=60, context=certificates) as answer:
        content: bytes = answer.read()
    return content
