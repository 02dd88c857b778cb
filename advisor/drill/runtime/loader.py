"""Loads the operator under drill from a scaffold or a factory, connected to the job service."""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from advisor.drill.runtime.service import JobService, Statuses

CALLS: Final = ("submit", "status", "cancel", "result")
RETRIES: Final = 2
"""The number of retries of a scaffold's operator."""
AIRFLOWS_OWN: Final = ("airflow.sdk", "airflow.models")
JOBS: Final = ({"drill": 1}, {"drill": 2}, {"drill": 3})
"""The jobs of a scaffold whose record has no samples."""
ARGUMENTS: Final[dict[str, Any]] = {
    "max_concurrency": 2,
    # Short waits, because long ones only repeat the same lines.
    "poll_interval": 1.0,
    "max_poll_interval": 1.0,
}

Make = Callable[[JobService], Any]
"""Returns the operator, connected to a job service."""


class UnsupportedTarget(Exception):
    """The target cannot be drilled; the message says why."""


@dataclass(frozen=True)
class Subject:
    """The operator under drill, before it is connected to the job service."""

    make: Make
    statuses: Statuses
    files: dict[str, str]
    """The operator's own files: their names in points, by path. {}: those of its classes."""
    honours_keys: bool = True
    """Whether the system honours idempotency keys, according to the hook."""
    listing_lag: float | None = 0.0
    """Seconds until the hook can find a job by its key; None if it never can."""
    adapter: str = ""
    """The file of the factory, in which only the lines of operators and triggers are watched."""


def scaffolded(folder: Path, stem: str, jobs: Sequence[Any] = ()) -> Subject:
    """Return the operator of a scaffolded package.

    Args:
        folder: the package.
        stem: the class names without the suffix Operator, Hook or Trigger.
        jobs: samples of jobs; () for JOBS.
    """
    sys.path.insert(0, str(folder.parent))
    package = importlib.import_module(folder.name)
    if Path(package.__file__ or "").parent != folder:
        raise UnsupportedTarget(f"{package.__file__} has the same module name {folder.name!r}")
    hooks = importlib.import_module(f"{folder.name}.hooks")
    operator = _member(package, f"{stem}Operator")
    hook = _member(hooks, f"{stem}Hook")
    modules = _modules_of(folder.name)

    def make(service: JobService) -> Any:
        _replace(hook, wired(hook, service), modules)
        return operator(task_id="drilled", retries=RETRIES, **arguments_of(operator, jobs))

    honours_keys, lag = declared_by(hook)
    # Half of the declared time, so that an operator that waits that long finds the job.
    listing_lag = lag / 2 if lag else (0.0 if honours_keys else None)
    statuses = statuses_of(hook, hooks)
    return Subject(make, statuses, _files_in(folder), honours_keys, listing_lag)


def from_factory(file: Path, name: str) -> Subject:
    """Return the operator that a factory in a file creates."""
    return Subject(factory_in(file, name), Statuses(), {}, adapter=str(file))


def factory_in(file: Path, name: str) -> Callable[[JobService], Any]:
    """Import a file under its name without `.py`; return a function from it."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise UnsupportedTarget(f"not a Python file: {file}")
    # The file must be able to import its neighbours, and Airflow to import its triggers by name.
    sys.path.insert(0, str(file.parent))
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return _member(module, name)  # type: ignore[no-any-return]


def files_of(operator: Any) -> dict[str, str]:
    """Return the files of an operator's classes and base classes, except Airflow's own."""
    found = {}
    for each in type(operator).__mro__:
        if each.__module__.split(".")[0] not in {"builtins", "abc", "typing"}:
            path = inspect.getsourcefile(each)
            if path is not None and not each.__module__.startswith(AIRFLOWS_OWN):
                found[path] = Path(path).name
    return found


def _member(module: ModuleType, name: str) -> Any:
    try:
        return getattr(module, name)
    except AttributeError:
        raise UnsupportedTarget(f"module {module.__name__} does not define {name!r}") from None


def declared_by(hook: Any) -> tuple[bool, float]:
    """Return whether a scaffold's hook says that the system honours keys, and the delay of lists.

    The names of the attributes were different in scaffolds written before December 2026.
    """
    if hasattr(hook, "HONOURS_IDEMPOTENCY_KEY"):
        return bool(hook.HONOURS_IDEMPOTENCY_KEY), float(hook.LIST_CONSISTENCY_DELAY)
    return bool(hook.KEY_CLOSES_WINDOW), float(hook.LISTING_LAG)


def arguments_of(operator: type, jobs: Sequence[Any]) -> dict[str, Any]:
    """Return those arguments that a scaffold's operator accepts: jobs and ARGUMENTS."""
    jobs = list(jobs or JOBS)
    given = {"spec": jobs[0], "batches": jobs[:2], "requests": jobs, **ARGUMENTS}
    accepted = inspect.signature(operator.__init__).parameters  # type: ignore[misc]
    return {name: value for name, value in given.items() if name in accepted}


def statuses_of(hook: Any, hooks: Any) -> Statuses:
    """Return the statuses, as a scaffold's hook spells them; `hooks` is its module."""
    # Before December 2026, scaffolds had constants instead of an enum.
    own = getattr(hooks, "JobStatus", hooks)
    failed = sorted(hook.FAILED)
    named = [word for word in failed if "cancel" in word.lower()]
    cancelled = getattr(own, "CANCELLED", None) or (named or failed)[0]
    others = [word for word in failed if word != cancelled] or failed
    return Statuses(min(hook.ACTIVE), min(hook.SUCCEEDED), others[0], cancelled, own.NOT_FOUND)


def _files_in(folder: Path) -> dict[str, str]:
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*.py")))
    return {str(folder / each): each.as_posix() for each in paths if each.parts[0] != "tests"}


def wired(hook: type, service: JobService) -> type:
    """Return a subclass of the hook that calls the service instead of the network."""
    members: dict[str, Any] = {"__init__": lambda *_, **__: None}
    for call in CALLS:
        members[call] = _forward(service, call)
        members[f"a{call}"] = _awaitable(members[call])
    # Before December 2026, the find of a scaffold's hook had only one argument.
    members["find"] = lambda _, *args, key=None: service.find(key or args[-1])
    members["afind"] = _awaitable(members["find"])
    if hasattr(hook, "connected"):
        members["connected"] = lambda _: nullcontext()
    if hasattr(hook, "console_url"):
        members["console_url"] = lambda _, job_id: f"https://drill.invalid/{job_id}"
    return type(hook.__name__, (hook,), members)


def _forward(service: JobService, call: str) -> Callable[..., Any]:
    return lambda _, *args, **kwargs: getattr(service, call)(*args, **kwargs)


def _awaitable(call: Callable[..., Any]) -> Callable[..., Any]:
    async def forwarded(*args: Any, **kwargs: Any) -> Any:
        await asyncio.sleep(0)  # let other tasks run, as a real call would
        return call(*args, **kwargs)

    return forwarded


def _modules_of(package: str) -> list[ModuleType]:
    return [each for name, each in sys.modules.items() if f"{name}.".startswith(f"{package}.")]


def _replace(old: object, new: object, modules: Iterable[ModuleType]) -> None:
    """Replace an object in the globals of modules."""
    for module in modules:
        for name, value in list(vars(module).items()):
            if value is old:
                setattr(module, name, new)
