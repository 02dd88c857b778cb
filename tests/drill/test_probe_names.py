"""The probe of names reports missing names and fields, and other required parameters."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType

import pytest

from advisor.drill.runtime import probe

Change = Callable[[dict[str, ModuleType]], None]


def fake_sdk() -> dict[str, ModuleType]:
    """Return modules that have every name, parameter and field that the probe expects."""
    where = {*probe.NAMES, *probe.PARAMETERS, *probe.FIELDS}
    modules = {name: ModuleType(name) for name in (each.partition(":")[0] for each in where)}
    for path, names in probe.NAMES.items():
        for name in names:
            setattr(owner(modules, path), name, object())
    for path, parameters in probe.PARAMETERS.items():
        parent, _, name = path.replace(":", ".").rpartition(".")
        module = path.partition(":")[0]
        inside = parent.removeprefix(module).strip(".")
        holder = owner(modules, f"{module}:{inside}" if inside else module)
        setattr(holder, name, function(*parameters))
    for path, fields in probe.FIELDS.items():
        model = owner(modules, path)
        public = [each for each in fields if not each.startswith("_")]
        model.model_fields = dict.fromkeys(public)  # type: ignore[attr-defined]
        private = dict.fromkeys(each for each in fields if each.startswith("_"))
        model.__private_attributes__ = private  # type: ignore[attr-defined]
    return modules


def owner(modules: dict[str, ModuleType], path: str) -> object:
    """Return the module or class at a path; create the class if it does not exist."""
    module, _, name = path.partition(":")
    if not name:
        return modules[module]
    if not hasattr(modules[module], name):
        setattr(modules[module], name, type(name, (), {}))
    return getattr(modules[module], name)


def function(*parameters: str) -> object:
    return eval(f"lambda {', '.join([*parameters, 'optional=None'])}: None")


def differences(monkeypatch: pytest.MonkeyPatch, change: Change) -> list[str]:
    modules = fake_sdk()
    change(modules)
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    return probe.differences()


def without(module: str, name: str) -> Change:
    return lambda modules: delattr(modules[module], name)


def test_sdk_with_everything_has_no_differences(monkeypatch: pytest.MonkeyPatch) -> None:
    assert differences(monkeypatch, lambda _: None) == []


@pytest.mark.parametrize(
    ("module", "name", "expected"),
    [
        (probe.TASK_RUNNER, "run", [f"{probe.TASK_RUNNER} has no run"]),
        (probe.TASK_RUNNER, "SUPERVISOR_COMMS", [f"{probe.TASK_RUNNER} has no SUPERVISOR_COMMS"]),
        (probe.COMMS, "SetXCom", [f"{probe.COMMS} has no SetXCom"]),
        ("airflow.sdk", "ResumableJobMixin", ["airflow.sdk has no ResumableJobMixin"]),
    ],
)
def test_missing_name_is_reported(
    monkeypatch: pytest.MonkeyPatch, module: str, name: str, expected: list[str]
) -> None:
    assert differences(monkeypatch, without(module, name)) == expected


def test_annotated_name_is_not_reported_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def annotate(modules: dict[str, ModuleType]) -> None:
        del modules[probe.TASK_RUNNER].SUPERVISOR_COMMS
        modules[probe.TASK_RUNNER].__annotations__ = {"SUPERVISOR_COMMS": object}

    assert differences(monkeypatch, annotate) == []


def test_additional_optional_parameters_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(ti: object, context: object, log: object, *args: object, **kwargs: object) -> None: ...

    def change(modules: dict[str, ModuleType]) -> None:
        modules[probe.TASK_RUNNER].run = run  # type: ignore[attr-defined]

    assert differences(monkeypatch, change) == []


def test_changed_required_parameters_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(modules: dict[str, ModuleType]) -> None:
        modules[probe.TASK_RUNNER].run = function("ti", "context")  # type: ignore[attr-defined]

    assert differences(monkeypatch, change) == [
        f"{probe.TASK_RUNNER}:run requires (ti, context), expected (ti, context, log)"
    ]


@pytest.mark.parametrize(
    ("model", "field"),
    [("DagRun", "partition_key"), ("TIRunContext", "should_retry")],
)
def test_missing_field_is_reported(monkeypatch: pytest.MonkeyPatch, model: str, field: str) -> None:
    def change(modules: dict[str, ModuleType]) -> None:
        getattr(modules[probe.GENERATED], model).model_fields.pop(field)

    expected = f"{probe.GENERATED}:{model} has no field {field}"
    assert differences(monkeypatch, change) == [expected]


def test_missing_private_field_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def change(modules: dict[str, ModuleType]) -> None:
        instance = modules[probe.TASK_RUNNER].RuntimeTaskInstance
        instance.__private_attributes__.clear()

    expected = f"{probe.TASK_RUNNER}:RuntimeTaskInstance has no field _ti_context_from_server"
    assert differences(monkeypatch, change) == [expected]


def test_module_that_cannot_be_imported_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    modules = fake_sdk()
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setitem(sys.modules, "airflow.sdk.serde", None)
    (text,) = set(probe.differences())
    assert text.startswith("airflow.sdk.serde cannot be imported: ")
