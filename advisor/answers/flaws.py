"""What is wrong with answers, and the places in a document where it shows."""

from __future__ import annotations

from typing import NamedTuple

from advisor.documents.model import Document, Path, Place
from advisor.documents.read import located, places_of
from advisor.errors import InputError, Problem

MOST_PROBLEMS = 50


class Flaw(NamedTuple):
    """A problem at a path of a document, or with the option that `option` names."""

    path: Path
    said: str
    tip: str = ""
    option: str = ""


def input_error(flaws: list[Flaw], document: Document | None) -> InputError:
    """Return flaws as one error: at most MOST_PROBLEMS, and a count of the rest."""
    places = places_of(document) if document else {}
    name = document.name if document else ""
    problems = [
        Problem(flaw.option or located(name, _place(flaw.path, places)), flaw.said, flaw.tip)
        for flaw in flaws[:MOST_PROBLEMS]
    ]
    if len(flaws) > MOST_PROBLEMS:
        problems.append(Problem(name, f"{len(flaws) - MOST_PROBLEMS} more problems like these"))
    return InputError(problems)


def _place(path: Path, places: dict[Path, Place]) -> Place | None:
    """Return where a path stands, or the nearest thing around it that stands somewhere."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path)
