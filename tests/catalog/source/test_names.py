"""Names are resolved across modules as Python would, without importing them."""

from __future__ import annotations

import pytest

from tests.catalog.source.conftest import Read

BASE = """
    from airflow.sdk import BaseOperator
    class Submit(BaseOperator):
        def __init__(self, *, deferrable=False, **kwargs): ...
        def execute(self, context): ...
        def on_kill(self): ...
    """
JOB = "class Job({}): pass"


@pytest.mark.parametrize(
    ("imports", "base"),
    [
        ("from ours.base import Submit", "Submit"),
        ("from ours.base import Submit as Other", "Other"),
        ("from .base import Submit", "Submit"),
        ("from . import base", "base.Submit"),
        ("from ours import base as b", "b.Submit"),
        ("import ours.base", "ours.base.Submit"),
        ("import ours.base as b", "b.Submit"),
        ("from ours.base import *", "Submit"),
        ("from ours.again import Submit", "Submit"),
        ("from ours.lazy import Submit", "Submit"),
        ("from ours.lazy import Renamed", "Renamed"),
        ("from ours.base import Submit\nAlias = Submit", "Alias"),
        ("from ours.base import Submit", "Submit[int]"),
        (
            "try:\n    from ours.base import Submit\nexcept ImportError:\n    Submit = object",
            "Submit",
        ),
        (
            "try:\n    from missing import Submit\n"
            "except ImportError:\n    from ours.base import Submit",
            "Submit",
        ),
        (
            "from v import AIRFLOW_V_3_0_PLUS\n"
            "if AIRFLOW_V_3_0_PLUS:\n    from ours.base import Submit\n"
            "else:\n    from ours.other import Submit",
            "Submit",
        ),
        (
            "from v import AIRFLOW_V_9_0_PLUS\n"
            "if AIRFLOW_V_9_0_PLUS:\n    from ours.other import Submit\n"
            "else:\n    from ours.base import Submit",
            "Submit",
        ),
        (
            "if not AIRFLOW_V_3_0_PLUS:\n    from ours.other import Submit\n"
            "else:\n    from ours.base import Submit",
            "Submit",
        ),
        (
            "if TYPE_CHECKING:\n    from ours.other import Submit\n"
            "else:\n    from ours.base import Submit",
            "Submit",
        ),
    ],
)
def test_base_class_is_found(read: Read, imports: str, base: str) -> None:
    files = {
        "ours/__init__.py": "",
        "ours/base.py": BASE,
        "ours/other.py": BASE.replace("deferrable", "nothing").replace("on_kill", "none"),
        "ours/again.py": "from ours.base import Submit",
        "ours/lazy.py": """
            _IMPORTS = {"Submit": ("missing.module", "ours.base")}
            _RENAMED = {"Renamed": ("missing.module", "ours.base", "Submit")}
            def __getattr__(name): ...
            """,
        "ours/job.py": f"{imports}\nclass JobOperator({base}): pass\n",
    }
    facts = {row.name: row for row in read(files).operators}["JobOperator"]
    assert (facts.deferrable, facts.on_kill) == ("parameter", "yes")


def test_mro_takes_first_base_with_the_method(read: Read) -> None:
    files = {
        "ours/job.py": """
            from airflow.sdk import BaseOperator
            class Left(BaseOperator):
                def execute(self, context): ...
            class Right(BaseOperator):
                def execute(self, context):
                    context["task_state_store"]
            class First(Left, Right):
                def __init__(self, wait_for_completion=True, **kwargs): ...
            class Second(Right, Left):
                def __init__(self, wait_for_completion=True, **kwargs): ...
            """
    }
    acts = {row.name: row.acts for row in read(files).operators}
    assert (acts["First"], acts["Second"]) == ("no", "yes")


def test_contradicting_bases_are_read(read: Read) -> None:
    files = {
        "ours/job.py": """
            from airflow.sdk import BaseOperator
            class A(BaseOperator): pass
            class B(A):
                def execute(self, context): ...
            class JobOperator(A, B):
                def __init__(self, deferrable=True, **kwargs): ...
            """
    }
    assert [row.name for row in read(files).operators] == ["JobOperator"]


def test_cyclic_imports_and_bases_are_read(read: Read) -> None:
    files = {
        "ours/__init__.py": "",
        "ours/one.py": "from ours.two import B\nclass A(B): pass  # Operator",
        "ours/two.py": "from ours.one import A\nclass B(A): pass  # Operator",
        "ours/job.py": BASE + "    X = 1",
    }
    assert [row.name for row in read(files).operators] == ["Submit"]


def test_fact_that_depends_on_missing_base_is_unknown(read: Read) -> None:
    files = {
        "ours/job.py": """
            from airflow.providers.missing.operators import MissingOperator
            class JobOperator(MissingOperator):
                def __init__(self, *, wait_for_completion=True, **kwargs): ...
            """
    }
    (facts,) = read(files).operators
    assert (facts.deferrable, facts.durable, facts.acts) == ("unknown", "unknown", "unknown")
    assert (facts.on_kill, facts.retry_finds_job_by) == ("unknown", "unknown")


def test_constants_of_modules_and_classes_are_followed(read: Read) -> None:
    files = {
        "ours/__init__.py": "",
        "ours/settings.py": "MINUTE = 60\nHOUR = 60 * MINUTE",
        "ours/job.py": """
            import time
            from airflow.sdk import BaseOperator
            from ours.settings import HOUR
            class JobOperator(BaseOperator):
                DAYS = 2
                def execute(self, context):
                    end = time.monotonic() + self.DAYS * 24 * HOUR
                    while time.monotonic() < end:
                        time.sleep(1)
            """,
    }
    assert read(files).operators[0].wait_limit_s == 172_800


def test_wait_in_hook_of_other_module_is_followed(read: Read) -> None:
    files = {
        "ours/__init__.py": "",
        "ours/hook.py": """
            import time
            class JobHook:
                def __init__(self, delay): self.delay = delay
                def wait(self, attempts):
                    for _ in range(attempts):
                        time.sleep(self.delay)
            """,
        "ours/job.py": """
            from functools import cached_property
            from airflow.sdk import BaseOperator
            from ours.hook import JobHook
            class JobOperator(BaseOperator):
                hook_class = JobHook
                @cached_property
                def hook(self):
                    return self.hook_class(delay=15)
                def execute(self, context):
                    self.hook.wait(attempts=4)
            """,
    }
    assert read(files).operators[0].wait_limit_s == 60


@pytest.mark.usefixtures("site_without_airflow")
def test_stand_in_for_older_airflow_is_not_taken_without_airflow(read: Read) -> None:
    files = {
        "ours/job.py": """
            try:
                from airflow.sdk import BaseOperator, ResumableJobMixin
            except ImportError:
                from airflow.models import BaseOperator
                class ResumableJobMixin:
                    def execute_resumable(self, context): ...
            class JobOperator(ResumableJobMixin, BaseOperator):
                def execute(self, context):
                    return self.execute_resumable(context)
            """
    }
    (facts,) = read(files).operators
    assert (facts.durable, facts.acts) == ("yes", "yes")


def test_resumable_stand_in_of_older_airflow_does_not_act(read: Read) -> None:
    files = {
        "ours/job.py": """
            from airflow.sdk import BaseOperator
            try:
                from airflow.sdk.not_there_yet import ResumableJobMixin
            except ImportError:
                class ResumableJobMixin:
                    def __init__(self, *, durable=True, **kwargs): ...
                    def execute_resumable(self, context):
                        self.submit_job(context)
            class JobOperator(ResumableJobMixin, BaseOperator):
                def execute(self, context):
                    return self.execute_resumable(context)
            """
    }
    (facts,) = read(files).operators
    assert (facts.durable, facts.acts) == ("yes", "no")
