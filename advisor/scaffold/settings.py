"""The settings of a system: their descriptions, and the values that users give them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from advisor.documents.model import shown
from advisor.documents.validation import Fields
from advisor.errors import InputError, Problem

OPTION = "--set"
WORDS = "words"
"""The kind of a setting that has several texts; any other has one."""
LONGEST = 70
"""Characters of a text, so that its line fits into the width of generated code."""

Value: TypeAlias = "str | tuple[str, ...]"


@dataclass(frozen=True)
class Setting:
    """A setting of a system."""

    id: str
    default: Value
    help: str
    accepts: str
    """A regular expression that each text must match as a whole."""
    says: str
    """The same in words, for an error."""
    needs: tuple[str, ...] = ()
    """Settings that must have a value if this one has."""
    unlike: tuple[str, ...] = ()
    """Settings whose paths or fields this one's must not equal, contain or be part of."""


def read_settings(fields: Fields) -> dict[str, Setting]:
    """Return the settings of a system as its kit.yaml describes them."""
    settings = [_setting(each) for each in fields.each("settings")]
    ids = [each.id for each in settings]
    for setting, described in zip(settings, fields.inside, strict=True):
        for key, others in (("needs", setting.needs), ("unlike", setting.unlike)):
            for other in set(others) - set(ids):
                message = f"{key}: found {shown(other)}, accepted are {', '.join(ids)}"
                described.add_issue(message, key)
    return {each.id: each for each in settings}


def _setting(fields: Fields) -> Setting:
    many = fields.choice("kind", ("text", WORDS), "text") == WORDS
    return Setting(
        fields.text("id"),
        fields.texts("default") if many else fields.text("default", ""),
        fields.text("help"),
        _pattern(fields, "accepts"),
        fields.text("says"),
        fields.texts("needs"),
        fields.texts("unlike"),
    )


def _pattern(fields: Fields, key: str) -> str:
    pattern = fields.text(key)
    try:
        re.compile(pattern)
    except re.error as error:
        fields.add_issue(
            f"{key}: found {shown(pattern)}, which is not a regular expression: {error}", key
        )
    return pattern


def resolve_settings(settings: Mapping[str, Setting], given: Mapping[str, str]) -> dict[str, Value]:
    """Return every setting with the value that the user gave, else its default.

    Raises InputError with every problem: an unknown id, a value that is not accepted, values that
    exclude each other.
    """
    problems = [
        Problem(OPTION, f"found {shown(each)}, accepted are {', '.join(settings)}")
        for each in given
        if each not in settings
    ]
    values = {each.id: _value(each, given.get(each.id), problems) for each in settings.values()}
    problems += _shared_words(values)
    for each in settings.values():
        problems += _missing(each, values)
        problems += _alike(each, values)
    if problems:
        raise InputError(problems)
    return values


def _value(setting: Setting, given: str | None, problems: list[Problem]) -> Value:
    if given is None:
        return setting.default
    many = isinstance(setting.default, tuple)
    values = tuple(part.strip() for part in given.split(",")) if many else (given,)
    for each in values:
        problems += _refused(setting, each)
    return tuple(dict.fromkeys(values)) if many else given


def _refused(setting: Setting, text: str) -> Iterable[Problem]:
    if not re.fullmatch(setting.accepts, text, re.ASCII):
        yield _problem(setting, f"found {shown(text)}, accepted is {setting.says}")
    elif len(text) > LONGEST:
        message = f"found {len(text)} characters in {shown(text)}, accepted are up to {LONGEST}"
        yield _problem(setting, message)


def _shared_words(values: Mapping[str, Value]) -> Iterable[Problem]:
    """Yield a problem for each word that two settings have."""
    owner: dict[str, str] = {}
    for id_, words in values.items():
        for word in words if isinstance(words, tuple) else ():
            if owner.setdefault(word, id_) != id_:
                message = (
                    f"{id_}: {shown(word)} is also one of {owner[word]}; a word means one thing"
                )
                yield Problem(OPTION, message)


def _missing(setting: Setting, values: Mapping[str, Value]) -> Iterable[Problem]:
    """Yield a problem for each setting without a value that this one needs."""
    for other in setting.needs if values[setting.id] else ():
        if not values[other]:
            yield _problem(setting, f"needs {other}, which is empty")


def _alike(setting: Setting, values: Mapping[str, Value]) -> Iterable[Problem]:
    """Yield a problem for each setting that could not be told from this one."""
    for other in setting.unlike if values[setting.id] else ():
        one, two = _outline(values[setting.id]), _outline(values[other])
        if one.startswith(two) or two.startswith(one):
            yield _problem(setting, f"cannot be told from {other}, {shown(str(values[other]))}")


def _outline(value: Value) -> str:
    """Return a path without the names of its placeholders, or a field, with a dot at its end."""
    return re.sub(r"\{\w+\}", "{}", str(value)) + "."


def _problem(setting: Setting, message: str) -> Problem:
    return Problem(OPTION, f"{setting.id}: {message}")
