"""Versions of Airflow: compared by number, in ranges that exclude their high end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.knowledge.versions import (
    ALL_VERSIONS,
    NO_UPPER_END,
    Version,
    VersionRange,
    parse_range,
    parse_version,
    say_range,
)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("3.3", Version(3, 3)),
        ("3.3.0", Version(3, 3)),
        ("3.3.2", Version(3, 3, 2)),
        ("v3.3", Version(3, 3)),
        (" 3.3\n", Version(3, 3)),
        ("2.10", Version(2, 10)),
        ("1.10.15", Version(1, 10, 15)),
        ("9.9", Version(9, 9)),
        ("3.4.0b2", Version(3, 4)),
        ("3.4.0a1", Version(3, 4)),
        ("3.4.0rc1", Version(3, 4)),
        ("3.4.0.dev0", Version(3, 4)),
        ("3.4.0b2.dev1", Version(3, 4)),
        ("3.3.2.post1", Version(3, 3, 2)),
        ("3.4rc1", Version(3, 4)),
        ("2.11.0+astro.1", Version(2, 11)),
    ],
)
def test_parse_version_accepts_releases(text: str, version: Version) -> None:
    assert parse_version(text) == version


@pytest.mark.parametrize(
    "text",
    [
        *("", "3", "3.", ".3", "three", "latest", "3.x", "3.3.2.1", "3 .3", "V3.3", "-3.3", "3.-3"),
        *(">=3.3", "3.3 3.4", "3.3+", "3.3+a b", "3.3b", "3.4.0-b2", "12345.0", "9" * 5000 + ".0"),
        *("\u0663.\u0663", "3.3+\x1b[31m", "3.3+\ud800", "3.3\0"),
    ],
)
def test_parse_version_rejects_other_texts_in_a_short_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a version such as 3\.3, found") as refused:
        parse_version(text)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) <= 80


@pytest.mark.parametrize(
    ("older", "newer"),
    [("2.9", "2.10"), ("2.2", "2.10"), ("2.11", "3.0"), ("3.3", "3.3.2"), ("3.3.9", "3.3.10")],
)
def test_versions_are_compared_by_number(older: str, newer: str) -> None:
    assert parse_version(older) < parse_version(newer)


versions = st.builds(Version, st.integers(0, 9999), st.integers(0, 9999), st.integers(0, 9999))


@given(versions)
def test_version_reads_back_as_it_is_written(version: Version) -> None:
    assert parse_version(str(version)) == version


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        (">=3.2", Version(3, 2), NO_UPPER_END),
        ("<3.3", ALL_VERSIONS.low, Version(3, 3)),
        (">=3.2, <3.4", Version(3, 2), Version(3, 4)),
        ("<3.4,>=3.2", Version(3, 2), Version(3, 4)),
        (" >= 3.2.1 ", Version(3, 2, 1), NO_UPPER_END),
    ],
)
def test_parse_range_accepts_ranges(text: str, low: Version, high: Version) -> None:
    assert parse_range(text) == VersionRange(low, high)


@pytest.mark.parametrize(
    "text", ["", "3.2", "==3.2", ">3.2", "<=3.2", ">=", ">=3.2,", "~=3.2", "x" * 5000]
)
def test_parse_range_rejects_other_texts_in_a_short_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a (version|range) such as") as refused:
        parse_range(text)
    assert len(str(refused.value)) < 100


@given(versions, versions, versions)
def test_range_includes_its_low_end_but_not_its_high_end(
    low: Version, high: Version, version: Version
) -> None:
    assert (version in VersionRange(low, high)) == (low <= version < high)


@pytest.mark.parametrize("other", ["3.3", (3, 3, 0), 3.3, None])
def test_range_contains_only_versions(other: object) -> None:
    assert other not in ALL_VERSIONS


@pytest.mark.parametrize(
    ("versions", "words"),
    [
        (">=0.0", "any version"),
        (">=3.3", "3.3 or newer"),
        ("<3.3.1", "before 3.3.1"),
        (">=3.2, <3.4", "3.2 to before 3.4"),
    ],
)
def test_say_range_names_its_limits(versions: str, words: str) -> None:
    assert say_range(parse_range(versions)) == words
