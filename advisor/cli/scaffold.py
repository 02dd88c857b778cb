"""`advisor scaffold`: an operator, complete, in one folder."""

from __future__ import annotations

from advisor.cli import scaffold_options as options
from advisor.cli.output import say
from advisor.cli.scaffolding import WriteOptions, carry_out, default_places
from advisor.documents.read import read_document
from advisor.errors import ANSWER_IS_NO, DONE, InputError
from advisor.scaffold.specs import Overrides, ScaffoldRequest


def scaffold(
    pattern: options.Pattern = None,
    name: options.Name = None,
    from_: options.FromFile = None,
    system: options.System = None,
    airflow_version: options.AirflowVersion = None,
    on_kill: options.OnKillOption = None,
    on_missing: options.OnMissingOption = None,
    set_: options.Settings = None,
    templates: options.Templates = None,
    into: options.Into = None,
    dags: options.Dags = None,
    dry_run: options.DryRun = False,
    diff: options.Diff = False,
    force: options.Force = False,
    format_: options.ResultFormat = options.Format.terminal,
) -> int:
    """Write an operator that follows a pattern: a package with its tests, and an example Dag.

    Files that you edited are kept, unless you say otherwise. Exits with 1 where nothing was written
    for that reason, with 2 where the input is wrong.
    """
    requests = _requests(pattern, name, from_)
    if not requests:
        return ANSWER_IS_NO
    overrides = Overrides(
        system=system,
        airflow=airflow_version,
        on_kill=on_kill.value if on_kill else None,
        on_missing=on_missing.value if on_missing else None,
        settings=_settings(set_ or []),
    )
    as_json = format_ is options.Format.json
    wish = WriteOptions(default_places(into, dags), dry_run, diff, force, as_json)
    carry_out(requests, overrides, templates, wish)
    return DONE


def _settings(given: list[str]) -> dict[str, str]:
    if not given:
        return {}
    from advisor.cli.inputs import flags_from

    return flags_from({}, given)


def _requests(
    pattern: str | None, name: str | None, from_: str | None
) -> tuple[ScaffoldRequest, ...]:
    if from_ is not None:
        if pattern is not None:
            raise InputError.of("--from", "and PATTERN say the same thing; give one of them")
        return _recommended(from_)
    if pattern is None or name is None:
        message = f"{'NAME is' if pattern else 'PATTERN and NAME are'} missing"
        raise InputError.of("", message, "such as: advisor scaffold resumable NightlySpark")
    return (ScaffoldRequest(pattern, name),)


def _recommended(source: str) -> tuple[ScaffoldRequest, ...]:
    from advisor.scaffold.requests import read_recommended

    recommended = read_recommended(read_document(source))
    for note in recommended.notes:
        say(f"note: {note}")
    return recommended.requests
