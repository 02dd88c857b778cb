"""What is wrong with answers, and the places in a document where it shows."""

from typing import NamedTuple

from advisor.documents.model import Document, Path
from advisor.documents.read import Locator
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
    first = flaws[:MOST_PROBLEMS]
    locator = Locator(document, [flaw.path for flaw in first]) if document else None
    problems = []
    for flaw in first:
        where = flaw.option or (locator.where(flaw.path) if locator else "")
        problems.append(Problem(where, flaw.said, flaw.tip))
    if len(flaws) > MOST_PROBLEMS:
        name = document.name if document else ""
        problems.append(Problem(name, f"{len(flaws) - MOST_PROBLEMS} more problems like these"))
    return InputError(problems)
