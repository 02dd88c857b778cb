"""The settings of a system are resolved, or refused with every reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from advisor.errors import InputError
from advisor.scaffold.manifest import TemplateManifest, Value, load_manifest
from advisor.scaffold.specs import LONGEST_TEXT, resolve_settings

MANIFEST = load_manifest()
SYSTEM = "title: T\nsummary: S\nsettings:\n"


def resolve_values(system: str = "http", **given: str) -> dict[str, Value]:
    return resolve_settings(MANIFEST.systems[system].settings, given)


def problems(system: str = "http", **given: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        resolve_values(system, **given)
    return [problem.line() for problem in caught.value.problems]


def manifest_with(folder: Path, settings: str) -> TemplateManifest:
    """Return the manifest with a system from a user's own folder."""
    file = folder / "systems" / "mine" / "template.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(SYSTEM + settings, encoding="utf-8")
    return load_manifest(folder)


@pytest.mark.parametrize("system", sorted(MANIFEST.systems))
def test_resolve_settings_accepts_every_default(system: str) -> None:
    defaults = resolve_values(system)
    given = {id_: v if isinstance(v, str) else ",".join(v) for id_, v in defaults.items()}
    assert resolve_values(system, **given) == defaults


@pytest.mark.parametrize("system", sorted(MANIFEST.systems))
def test_every_setting_has_a_help_text_and_a_description_of_its_values(system: str) -> None:
    for setting in MANIFEST.systems[system].settings.values():
        assert setting.help.endswith(".")
        assert setting.says
        assert {*setting.needs, *setting.unlike} <= set(MANIFEST.systems[system].settings)


def test_resolve_settings_splits_words_at_commas_and_drops_repetitions() -> None:
    assert resolve_values(active=" In progress ,3,QUEUED,3")["active"] == (
        "In progress",
        "3",
        "QUEUED",
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"sumbit_path": "/x"},
            "--set sumbit_path: unknown setting 'sumbit_path' (did you mean 'submit_path'?)",
        ),
        (
            {"submit_path": "jobs"},
            "submit_path: invalid value 'jobs' (accepted: a path that starts",
        ),
        ({"submit_path": "/a b"}, "submit_path: invalid value '/a b'"),
        ({"submit_path": "/jobs/{id}"}, "submit_path: invalid value '/jobs/{id}'"),
        ({"submit_path": "/../admin"}, "submit_path: invalid value '/../admin'"),
        ({"submit_path": "/jobs?"}, "submit_path: invalid value '/jobs?'"),
        (
            {"status_path": "/jobs"},
            "status_path: invalid value '/jobs' (accepted: a path that starts",
        ),
        ({"status_path": "/{id}/{id}"}, "status_path: invalid value '/{id}/{id}'"),
        (
            {"cancel_method": "GET"},
            "cancel_method: invalid value 'GET' (accepted: DELETE, POST or PUT",
        ),
        ({"id_field": "a..b"}, "id_field: invalid value 'a..b' (accepted: a field"),
        ({"id_field": ""}, "id_field: value is empty (accepted: a field"),
        (
            {"key_header": "X Key"},
            "key_header: invalid value 'X Key' (accepted: the name of a header",
        ),
        ({"active": "A,,B"}, "active: value is empty (accepted: letters"),
        ({"active": ""}, "active: value is empty (accepted: letters"),
        ({"failed": "not found"}, "failed: invalid value 'not found' (accepted: letters"),
        (
            {"failed": "A,QUEUED"},
            "failed: 'QUEUED' is also in active (a status cannot have two meanings)",
        ),
        ({"key_header": "", "find_path": "/j?k={key}"}, "find_path: needs a value for key_header"),
        (
            {"find_path": "/jobs/{key}"},
            "find_path: must not overlap with status_path, '/jobs/{id}'",
        ),
        (
            {"id_field": "job", "status_field": "job.state"},
            "status_field: must not overlap with id",
        ),
        ({"id_field": "job.id", "status_field": "job"}, "status_field: must not overlap with id_"),
    ],
)
def test_resolve_settings_refuses_impossible_values(given: dict[str, str], message: str) -> None:
    assert len(problems(**given)) == 1
    assert message in problems(**given)[0]


def test_resolve_settings_reports_all_problems_at_once() -> None:
    assert len(problems(submit_path="jobs", id_field="", failed="A,A b c!,QUEUED", x="1")) == 5


def test_resolve_settings_refuses_values_too_long_for_a_line_of_code() -> None:
    longest = "/" + "a" * (LONGEST_TEXT - 1)
    assert resolve_values(submit_path=longest)["submit_path"] == longest
    assert problems(submit_path=f"{longest}a") == [
        f"--set submit_path: expected at most {LONGEST_TEXT} characters, "
        f"found {LONGEST_TEXT + 1} in '/{'a' * 36}...'"
    ]


def test_resolve_settings_matches_the_whole_value() -> None:
    assert problems(submit_path="/jobs\n")
    assert problems(key_header="Key\r\nHost: x")
    assert problems(active="Ä")  # \w is ASCII


def test_resolve_settings_accepts_the_status_path_for_the_result() -> None:
    assert resolve_values(result_path="/jobs/{id}")["result_path"] == "/jobs/{id}"


def test_load_manifest_adds_a_users_own_system(tmp_path: Path) -> None:
    manifest = manifest_with(
        tmp_path, "  - {id: queue, default: low, help: Which., accepts: low|high, says: x}"
    )
    settings = manifest.systems["mine"].settings
    assert resolve_settings(settings, {}) == {"queue": "low"}
    assert resolve_settings(settings, {"queue": "high"}) == {"queue": "high"}
    assert set(manifest.systems) == {*MANIFEST.systems, "mine"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "  - {id: a, help: H., accepts: x, says: x, color: red}",
            "unknown key 'color' (accepted: ",
        ),
        ("  - {id: a, help: H., says: x}", "missing key 'accepts'"),
        (
            "  - {id: a, kind: number, help: H., accepts: x, says: x}",
            "kind: unknown value 'number'",
        ),
        ("  - {id: a, help: H., accepts: '(', says: x}", "accepts: invalid regular expression '('"),
        ("  - {id: a, help: H., accepts: x, says: x, needs: b}", "needs: unknown setting 'b'"),
        ("  - {id: a, help: H., accepts: x, says: x, unlike: [b]}", "unlike: unknown setting 'b'"),
    ],
)
def test_load_manifest_refuses_an_invalid_system(
    tmp_path: Path, settings: str, message: str
) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        manifest_with(tmp_path, settings)


def test_load_manifest_refuses_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--templates: .*none: no such folder"):
        load_manifest(tmp_path / "none")


def test_load_manifest_refuses_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=r"--templates: .*file: expected a folder, found a file"):
        load_manifest(tmp_path / "file")
