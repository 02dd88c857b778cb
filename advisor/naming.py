"""Names of operators: validates them, and derives the names of class and package."""

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
    # Added or removed between Python 3.10 and 3.14: a name is judged alike on all of them.
    *("annotationlib", "compression", "tomllib"),
    *("aifc", "asynchat", "asyncore", "audioop", "binhex", "cgi", "cgitb", "chunk", "crypt"),
    *("distutils", "imghdr", "imp", "lib2to3", "mailcap", "msilib", "nis", "nntplib"),
    *("ossaudiodev", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
}
ACCEPTED = "accepted are ASCII letters, digits, spaces, hyphens and underscores"
SPELLING = re.compile(r"[A-Za-z0-9 _-]+")
# An acronym ends where a capitalised word begins: EMRStep is EMR + Step, HTTP2Job HTTP2 + Job.
WORD = re.compile(r"[A-Z][A-Z0-9]*(?=[A-Z][a-z])|[A-Z]?[0-9]*[a-z][a-z0-9]*|[A-Z][A-Z0-9]*|[0-9]+")
RESERVED = {
    "advisor": "would hide advisor itself",
    "airflow": "is Airflow itself",
    "airflow_local_settings": "is a module that Airflow imports if it exists",
    "config": "is a folder of Airflow's, which puts it on the import path",
    "dags": "is a folder of Airflow's, which puts it on the import path",
    "plugins": "is a folder of Airflow's, which puts it on the import path",
    "test": "is where tests are looked for",
    "tests": "is where tests are looked for",
}
"""Names that no scaffolded package may have, and why."""


@dataclass(frozen=True)
class Name:
    """The name of an operator, spelled as a class and as a package."""

    stem: str
    """In capitalised words and without the suffix: `NightlySpark`."""
    package: str
    """In snake case: `nightly_spark`, the folder and its import name."""

    @property
    def operator(self) -> str:
        """Return the name of the class, such as `NightlySparkOperator`."""
        return f"{self.stem}Operator"


FALLBACK = Name("MyJob", "my_job")
"""The name for a job whose own name cannot be used and resembles none that can."""


@dataclass(frozen=True)
class _NameIssue:
    """Why a text cannot be a name, how to fix it, and a similar valid name, if any."""

    message: str
    advice: str = ""
    suggestion: str = ""

    @property
    def hint(self) -> str:
        """Return how to fix it."""
        return f"try {self.suggestion}" if self.suggestion else self.advice


def parse_name(text: str, where: str = "NAME") -> Name:
    """Return the name that a text such as `my job`, `my-job`, `MyJob` or `MyJobOperator` spells.

    Raises InputError if the text is not a name, or if its package would be reserved, too long, a
    keyword or a module of Python's standard library. `where` is where the text was given.
    """
    name = _parse(text)
    if isinstance(name, _NameIssue):
        raise InputError.of(where, name.message, name.hint)
    return name


def name_for_job(job: str) -> Name:
    """Return a name for a job's operator: the job's own, or else a similar one or FALLBACK."""
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
        return _NameIssue(f"found {shown(text)}, which is not a name", ACCEPTED)
    if len(text) > LONGEST_TEXT:
        return _NameIssue(f"{shown(text)} has {len(text)} characters", "leave words out")
    if SPELLING.fullmatch(text) is None:
        refused = next(each for each in text if SPELLING.fullmatch(each) is None)
        message = f"found {shown(refused)} in {shown(text)}, {ACCEPTED}"
        return _NameIssue(
            message, "--into says which folder it goes to" if refused in "/\\." else ""
        )
    return None


def _joined(text: str) -> str:
    """Return text as the name of a class; joining the result again does not change it.

    Once is not enough: `AA_0a` becomes AA0a, which as a class has the words AA0 and A.
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
    """Return why the package of a well-spelled name cannot be used, or None if it can."""
    package = name.package
    if not package:
        message = f"{shown(text)} says nothing but Operator"
        return _NameIssue(message, "name what it runs, such as NightlySpark")
    if package[0].isdigit():
        message = f"{shown(text)} begins with a digit, which no Python name does"
        return _NameIssue(message, suggestion=f"Job{name.stem}")
    if reason := _taken(package):
        message = f"{shown(text)} makes the package {package}, {reason}"
        return _NameIssue(message, suggestion=f"{name.stem}Job")
    if len(package) > LONGEST_PACKAGE:
        message = f"{shown(text)} makes a package of {len(package)} characters, accepted are "
        return _NameIssue(f"{message}{LONGEST_PACKAGE}", "leave a word out")
    return None


def _taken(package: str) -> str:
    """Return what already has the name of a package, or "" if nothing does.

    Modules that happen to be installed do not count: a name that is recommended on one machine can
    be scaffolded on another.
    """
    if iskeyword(package) or issoftkeyword(package):
        return "a word of Python's own"
    if package in STANDARD_LIBRARY:
        return "which would hide a module of Python's own"
    return f"which {RESERVED[package]}" if package in RESERVED else ""
