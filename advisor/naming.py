"""Validates names of operators, and derives the class and package names from them."""

import re
import sys
from dataclasses import dataclass
from keyword import iskeyword, issoftkeyword

from advisor.documents.model import shown
from advisor.errors import InputError

LONGEST_PACKAGE = 40
LONGEST_TEXT = 200
SUFFIX = "operator"
STANDARD_LIBRARY = sys.stdlib_module_names | {
    # Added or removed between Python 3.10 and 3.14, so that a name is valid on all or none.
    *("annotationlib", "compression", "tomllib"),
    *("aifc", "asynchat", "asyncore", "audioop", "binhex", "cgi", "cgitb", "chunk", "crypt"),
    *("distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib"),
    *("ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
}
ACCEPTED = "accepted: ASCII letters, digits, spaces, hyphens and underscores"
USE_INTO = "use --into to choose the folder"
SPELLING = re.compile(r"[A-Za-z0-9 _-]+")
# An acronym ends where a capitalised word begins: EMRStep is EMR + Step, HTTP2Job HTTP2 + Job.
WORD = re.compile(r"[A-Z][A-Z0-9]*(?=[A-Z][a-z])|[A-Z]?[0-9]*[a-z][a-z0-9]*|[A-Z][A-Z0-9]*|[0-9]+")
RESERVED = {
    "advisor": "would hide advisor itself",
    "airflow": "would hide Airflow itself",
    "airflow_local_settings": "would be imported by Airflow as its settings",
    "config": "has the name of a folder that Airflow adds to the import path",
    "dags": "has the name of a folder that Airflow adds to the import path",
    "plugins": "has the name of a folder that Airflow adds to the import path",
    "test": "is commonly used for test folders",
    "tests": "is commonly used for test folders",
}
"""Names that a scaffolded package cannot have, and why."""


@dataclass(frozen=True)
class Name:
    """The name of an operator, as a class and as a package."""

    stem: str
    """Capitalised words without the suffix: `NightlySpark`."""
    package: str
    """Snake case, for the folder and for imports: `nightly_spark`."""

    @property
    def operator(self) -> str:
        """Return the name of the class, such as `NightlySparkOperator`."""
        return f"{self.stem}Operator"


FALLBACK = Name("MyJob", "my_job")
"""The name for a job if neither its own name nor a similar one can be used."""


@dataclass(frozen=True)
class _NameIssue:
    """Why a text is not a valid name, how to fix it, and a similar valid name, if any."""

    message: str
    advice: str = ""
    suggestion: str = ""

    @property
    def hint(self) -> str:
        """Return how to fix it."""
        return f"try {self.suggestion}" if self.suggestion else self.advice


def parse_name(text: str, where: str = "NAME") -> Name:
    """Return the name in a text: `my job`, `my-job`, `MyJob` and `MyJobOperator` are the same.

    Raises InputError if the text is not a valid name, or if the package name is reserved, too long,
    a keyword or a module of Python's standard library. `where` is the source of the text, for
    errors.
    """
    name = _parse(text)
    if isinstance(name, _NameIssue):
        raise InputError.of(where, name.message, name.hint)
    return name


def name_for_job(job: str) -> Name:
    """Return a name for the operator of a job: the job's name, a similar one, or FALLBACK."""
    name = _parse(job)
    if isinstance(name, _NameIssue):
        name = _parse(name.suggestion)
    return FALLBACK if isinstance(name, _NameIssue) else name


def _parse(text: str) -> Name | _NameIssue:
    issue = _spelling_issue(text)
    if issue is not None:
        return issue
    stem = _without_suffix(_joined(text))
    name = Name(stem, "_".join(word.lower() for word in WORD.findall(stem)))
    return _package_issue(text, name) or name


def _spelling_issue(text: str) -> _NameIssue | None:
    if not text.strip():
        return _NameIssue("name is empty", ACCEPTED)
    if len(text) > LONGEST_TEXT:
        return _NameIssue(f"name has {len(text)} characters, found {shown(text)}", "shorten it")
    if SPELLING.fullmatch(text) is None:
        refused = next(each for each in text if SPELLING.fullmatch(each) is None)
        message = f"invalid character {shown(refused)} in {shown(text)}"
        return _NameIssue(message, USE_INTO if refused in "/\\." else ACCEPTED)
    return None


def _joined(text: str) -> str:
    """Return a text as a class name; joining the result again does not change it.

    One pass is not enough: `AA_0a` becomes AA0a, which splits into the words AA0 and A.
    """
    joined = ""
    while joined != text:
        joined, text = text, "".join(word[0].upper() + word[1:] for word in WORD.findall(text))
    return text


def _without_suffix(stem: str) -> str:
    while stem.lower().endswith(SUFFIX):
        stem = stem[: -len(SUFFIX)]
    return stem


def _package_issue(text: str, name: Name) -> _NameIssue | None:
    """Return why the package name of a valid spelling cannot be used, or None if it can."""
    package = name.package
    if not package:
        message = f"expected a word besides 'Operator', found {shown(text)}"
        return _NameIssue(message, "use a descriptive name such as NightlySpark")
    if package[0].isdigit():
        message = f"{shown(text)} starts with a digit"
        return _NameIssue(message, suggestion=f"Job{name.stem}")
    if reason := _taken(package):
        cause = reason if text == package else f"cannot be used: '{package}' {reason}"
        message = f"{shown(text)} {cause}"
        return _NameIssue(message, suggestion=f"{name.stem}Job")
    if len(package) > LONGEST_PACKAGE:
        message = f"{shown(text)} is too long: the package name has {len(package)} characters"
        return _NameIssue(message, f"accepted: up to {LONGEST_PACKAGE}")
    return None


def _taken(package: str) -> str:
    """Return why a package name is reserved, or "" if it is free.

    Ignores installed modules, so that a name recommended on one machine can be scaffolded on
    another.
    """
    if iskeyword(package) or issoftkeyword(package):
        return "is a Python keyword"
    if package in STANDARD_LIBRARY:
        return "would hide a standard library module"
    return RESERVED.get(package, "")
