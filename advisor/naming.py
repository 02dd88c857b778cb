"""From what somebody calls an operator to its one name, in the spellings that Python wants."""

import re
from dataclasses import dataclass
from keyword import iskeyword, issoftkeyword

from advisor.documents.model import shown
from advisor.errors import InputError

LONGEST_PACKAGE = 40
LONGEST_TEXT = 200
SUFFIX = "operator"
ACCEPTED = "accepted are ASCII letters, digits, spaces, hyphens and underscores"
SPELLING = re.compile(r"[A-Za-z0-9 _-]+")
# An acronym ends where a capitalised word begins: EMRStep is EMR and Step, HTTP2Job HTTP2 and Job.
WORD = re.compile(r"[A-Z][A-Z0-9]*(?=[A-Z][a-z])|[A-Z]?[0-9]*[a-z][a-z0-9]*|[A-Z][A-Z0-9]*|[0-9]+")
RESERVED = {
    "airflow": "is Airflow itself",
    "airflow_local_settings": "is a module that Airflow imports where there is one",
    "config": "is a folder of Airflow's, which puts it on the import path",
    "dags": "is a folder of Airflow's, which puts it on the import path",
    "plugins": "is a folder of Airflow's, which puts it on the import path",
    "test": "is where tests are looked for",
    "tests": "is where tests are looked for",
}
"""Packages that no scaffold may be, and why."""


@dataclass(frozen=True)
class Name:
    """The one name of an operator, in the two spellings that Python wants."""

    stem: str
    """In capitalised words and without the suffix: `NightlySpark`."""
    package: str
    """In snake case: `nightly_spark`, the folder and its import name."""

    @property
    def operator(self) -> str:
        """Return the name of the class, such as `NightlySparkOperator`."""
        return f"{self.stem}Operator"


def parse_name(text: str, where: str = "NAME") -> Name:
    """Return the name that `my job`, `my-job`, `my_job`, `MyJob` and `MyJobOperator` all are.

    Raises InputError where it is none, or where its package would be a keyword, too long or
    another one's. `where` is where the text was given.
    """
    _check_spelling(text, where)
    stem = _without_suffix(_joined(text))
    name = Name(stem, "_".join(word.lower() for word in WORD.findall(stem)))
    message, hint = _issue(name)
    if message:
        raise InputError.of(where, f"{shown(text)} {message}", hint)
    return name


def _check_spelling(text: str, where: str) -> None:
    if not text.strip():
        raise InputError.of(where, f"found {shown(text)}, which is no name", ACCEPTED)
    if len(text) > LONGEST_TEXT:
        raise InputError.of(where, f"{shown(text)} has {len(text)} characters", "leave words out")
    if SPELLING.fullmatch(text) is None:
        found = next(each for each in text if SPELLING.fullmatch(each) is None)
        message = f"found {shown(found)} in {shown(text)}"
        hint = "--into says which folder it goes to" if found in "/\\." else ""
        raise InputError.of(where, f"{message}, {ACCEPTED}", hint)


def _joined(text: str) -> str:
    """Return text as the name of a class, which joined again stays as it is.

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


def _issue(name: Name) -> tuple[str, str]:
    """Return what is wrong with a name that is spelled well, and a tip; "" twice for nothing."""
    package = name.package
    if not package:
        return "says nothing but Operator", "name what it runs, such as NightlySpark"
    if package[0].isdigit():
        return "begins with a digit, which no Python name does", f"try Job{name.stem}"
    if iskeyword(package) or issoftkeyword(package):
        return f"makes the package {package}, a word of Python's own", f"try {name.stem}Job"
    if package in RESERVED:
        return f"makes the package {package}, which {RESERVED[package]}", f"try {name.stem}Job"
    if len(package) > LONGEST_PACKAGE:
        message = f"makes a package of {len(package)} characters, accepted are {LONGEST_PACKAGE}"
        return message, "leave a word out"
    return "", ""
