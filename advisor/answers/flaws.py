"""What is wrong with answers, and the places in a document where it shows."""

from typing import NamedTuple

from advisor.documents.model import MOST_SHOWN, Document, Path
from advisor.documents.read import Locator
from advisor.errors import InputError, Problem

MOST_COUNTED = 10_000


class Flaw(NamedTuple):
    """A problem at a path of a document, or with the option that `option` names."""

    path: Path
    said: str
    tip: str = ""
    option: str = ""


class Flaws:
    """All that is wrong with a document and its flags, collected to be told in one go."""

    def __init__(self, document: Document | None) -> None:
        self.document = document
        self.found: list[Flaw] = []

    def add(self, flaw: Flaw) -> None:
        """Keep a flaw. Raises the error at MOST_COUNTED, where nobody needs to know how many."""
        self.found.append(flaw)
        if len(self.found) == MOST_COUNTED:
            raise self.error()

    def error(self) -> InputError:
        """Return the flaws as one error: the first MOST_SHOWN located, the rest counted."""
        shown, rest = self.found[:MOST_SHOWN], len(self.found) - MOST_SHOWN
        document = self.document
        locator = Locator(document, [flaw.path for flaw in shown]) if document else None
        problems = []
        for flaw in shown:
            where = flaw.option or (locator.where(flaw.path) if locator else "")
            problems.append(Problem(where, flaw.said, flaw.tip))
        if rest > 0:
            least = "at least " if len(self.found) == MOST_COUNTED else ""
            name = document.name if document else ""
            problems.append(Problem(name, f"{least}{rest} more like these"))
        return InputError(problems)
