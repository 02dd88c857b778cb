"""Names for specs, by what they say and not by where they stand."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

from airflow.sdk.exceptions import AirflowFailException


def identities(specs: Iterable[Any]) -> list[str]:
    """
    Return a name of 24 characters for each spec, the same in every try.

    A spec that is inserted, moved or removed leaves the names of the others as they
    are. Equal specs are told apart by their order.

    :raises AirflowFailException: a spec is no dictionary that JSON can hold.
    """
    seen: Counter[str] = Counter()
    names = []
    for spec in specs:
        text = _canonical(spec)
        seen[text] += 1
        digest = hashlib.sha256(f"{seen[text]} {text}".encode())
        names.append(digest.hexdigest()[:24])
    return names


def _canonical(spec: Any) -> str:
    # A template that renders to text would else be taken for a list of characters.
    if not isinstance(spec, dict):
        raise AirflowFailException(f"Not a dictionary: {spec!r:.200}")
    try:
        return json.dumps(spec, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise AirflowFailException(f"Not what JSON can hold: {spec!r:.200}") from error
