"""Facts about one operator, from the source of its module."""

from __future__ import annotations

import pytest

from tests.catalog.source.conftest import ReadOne

DEFERRING = """
class Job(BaseOperator):
    def __init__(self, *, waiter_delay=30, waiter_max_attempts=60, deferrable={default}, **kwargs):
        super().__init__(**kwargs)
        self.waiter_delay = waiter_delay
        self.waiter_max_attempts = waiter_max_attempts
        self.deferrable = deferrable

    def execute(self, context):
        if self.deferrable:
            self.defer(
                trigger=JobTrigger(self.waiter_delay, self.waiter_max_attempts),
                method_name="done",
                timeout={timeout},
            )

    def done(self, context, event): ...
"""


def deferring(default: str = "DEFAULT", timeout: str = "None") -> str:
    return DEFERRING.format(default=default, timeout=timeout)


@pytest.mark.parametrize(
    ("default", "expected"),
    [
        ("DEFAULT", "config"),
        ('conf.getboolean("operators", "default_deferrable", fallback=False)', "config"),
        ("True", "yes"),
        ("False", "no"),
    ],
)
def test_deferrable_default_is_read_from_constructor(
    read_one: ReadOne, default: str, expected: str
) -> None:
    facts = read_one(deferring(default))
    assert (facts.deferrable, facts.deferrable_default) == ("parameter", expected)


def test_wait_limit_follows_parameters_into_trigger(read_one: ReadOne) -> None:
    facts = read_one(deferring())
    assert facts.wait_limit_s == 1800
    assert facts.wait_parameters == {"waiter_delay": "30", "waiter_max_attempts": "60"}


def test_wait_limit_ends_with_shorter_timeout_of_deferral(read_one: ReadOne) -> None:
    assert read_one(deferring(timeout="timedelta(minutes=10)")).wait_limit_s == 600


def test_execution_timeout_passed_to_defer_holds_while_deferred(read_one: ReadOne) -> None:
    facts = read_one(deferring(timeout="self.execution_timeout"))
    assert facts.timeout_while_deferred == "yes"
    # Without an execution_timeout, which is the default, only the attempts limit the wait.
    assert facts.wait_limit_s == 1800


def test_execution_timeout_not_passed_on_does_not_hold(read_one: ReadOne) -> None:
    assert read_one(deferring()).timeout_while_deferred == "no"


def test_operator_that_defers_without_parameter_is_always_deferrable(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def execute(self, context):
                self.defer(trigger=JobTrigger(10, 6), method_name="done")
            def done(self, context, event): ...
        """
    )
    assert (facts.deferrable, facts.deferrable_default, facts.wait_limit_s) == ("always", "", 60)


def test_parameter_that_subclass_sets_itself_is_not_accepted(read_one: ReadOne) -> None:
    facts = read_one(
        deferring()
        + """
class AsyncJob(Job):
    def __init__(self, **kwargs):
        super().__init__(deferrable=True, **kwargs)
"""
    )
    assert (facts.name, facts.deferrable) == ("AsyncJob", "always")
    assert "deferrable" not in facts.parameters


def test_parameters_are_forwarded_through_kwargs(read_one: ReadOne) -> None:
    facts = read_one(
        deferring()
        + """
class Special(Job):
    def __init__(self, *, special, waiter_delay=5, **kwargs):
        super().__init__(waiter_delay=waiter_delay, **kwargs)
"""
    )
    assert facts.parameters == ("special", "waiter_delay", "waiter_max_attempts", "deferrable")
    assert facts.wait_limit_s == 300


def test_kwargs_that_constructor_pops_are_parameters(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def __init__(self, **kwargs):
                self.deferrable = kwargs.pop("deferrable", False)
                super().__init__(**kwargs)
            def execute(self, context): ...
        """
    )
    assert (facts.deferrable, facts.deferrable_default) == ("parameter", "no")


RESUMABLE = """
class Job(ResumableJobMixin, BaseOperator):
    def execute(self, context):
        {execute}
    def submit_job(self, context): ...
    def poll_until_complete(self, external_id, context):
        while not client.done():
            time.sleep(5)
"""


def test_operator_that_calls_execute_resumable_acts(read_one: ReadOne) -> None:
    facts = read_one(RESUMABLE.format(execute="return self.execute_resumable(context)"))
    assert (facts.durable, facts.acts) == ("yes", "yes")
    assert facts.retry_finds_job_by == "task-state-store"
    assert facts.wait_limit_s is None


def test_operator_with_mixin_that_overrides_execute_does_not_act(read_one: ReadOne) -> None:
    facts = read_one(RESUMABLE.format(execute="client.run()"))
    assert (facts.durable, facts.acts, facts.retry_finds_job_by) == ("yes", "no", "nothing")


@pytest.mark.parametrize(
    "look_up",
    [
        'context["task_state_store"].get("id")',
        '(context.get("task_state_store")).get("id")',
        "self.find(context)",
        "super().execute(context)",
    ],
)
def test_operator_that_reaches_task_state_store_acts(read_one: ReadOne, look_up: str) -> None:
    facts = read_one(
        f"""
        class Base(BaseOperator):
            def execute(self, context):
                self.find(context)
            def find(self, context):
                return context["task_state_store"]
        class Job(Base):
            def execute(self, context):
                {look_up}
        """
    )
    assert facts.acts == "yes"


def test_branch_that_value_from_function_excludes_is_not_reached(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            wait = True
            def __init__(self, wait_for_completion=True, **kwargs):
                super().__init__(**kwargs)
            def create(self) -> Pod:
                return client.create()
            def execute(self, context):
                self.pod = self.create()
                if self.pod is None:
                    context["task_state_store"]
        """
    )
    assert facts.acts == "no"


def test_pod_search_by_labels_finds_job(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def __init__(self, *, wait_for_completion=True, **kwargs): ...
            def find_pod(self): ...
            def execute(self, context):
                self.find_pod()
        """
    )
    assert facts.retry_finds_job_by == "labels"


def test_search_by_tag_counts_where_it_has_to_be_switched_on(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def __init__(self, *, resume_glue_job_on_retry=False, waiter_delay=30, **kwargs):
                super().__init__(**kwargs)
                self.resume = resume_glue_job_on_retry
            def _find_job_run_id_by_task_uuid(self): ...
            def execute(self, context):
                if self.resume:
                    self._find_job_run_id_by_task_uuid()
        """
    )
    assert facts.retry_finds_job_by == "tag"


def test_client_request_token_is_idempotency_parameter(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def __init__(self, *, client_request_token=None, waiter_delay=30, **kwargs): ...
            def execute(self, context): ...
        """
    )
    assert facts.retry_finds_job_by == "caller-id"
    assert facts.idempotency_parameter == "client_request_token"


def test_job_id_counts_only_where_conflict_is_handled(read_one: ReadOne) -> None:
    source = """
        class Job(BaseOperator):
            def __init__(self, *, job_id=None, wait_for_completion=True, **kwargs): ...
            def execute(self, context):
                try:
                    client.submit()
                except {error}:
                    client.get()
        """
    assert read_one(source.format(error="Conflict")).idempotency_parameter == "job_id"
    assert read_one(source.format(error="OSError")).idempotency_parameter == ""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("class Job(BaseOperator):", "no"),
        ("class Job(Killing):", "yes"),
        ("class Job(Killing, BaseOperator):", "yes"),
    ],
)
def test_on_kill_is_found_in_bases(read_one: ReadOne, body: str, expected: str) -> None:
    facts = read_one(
        f"""
        class Killing(BaseOperator):
            def on_kill(self): ...
        {body}
            def __init__(self, *, wait_for_completion=True, **kwargs): ...
            def execute(self, context): ...
        """
    )
    assert facts.on_kill == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        ("", "no"),
        ("    async def on_kill(self):\n        client.cancel()", "yes"),
        (
            "    async def run(self):\n        try:\n            pass\n"
            "        except asyncio.CancelledError:\n            client.cancel_job()",
            "yes",
        ),
    ],
)
def test_trigger_on_kill_is_read_from_trigger(
    read_one: ReadOne, members: str, expected: str
) -> None:
    facts = read_one(
        f"""
class Own(BaseTrigger):
    name = "own"
{members}

class Job(BaseOperator):
    def execute(self, context):
        self.defer(trigger=Own(), method_name="done")
"""
    )
    assert facts.trigger_on_kill == expected


def test_trigger_on_kill_is_no_if_one_of_two_triggers_has_none(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Own(JobTrigger):
            async def on_kill(self): ...
        class Job(BaseOperator):
            def execute(self, context):
                self.defer(trigger=Own(1, 1), method_name="started")
            def started(self, context, event):
                self.defer(trigger=JobTrigger(1, 1), method_name="done")
        """
    )
    assert facts.trigger_on_kill == "no"


def test_trigger_that_waits_before_submission_does_not_count(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Own(JobTrigger):
            async def on_kill(self): ...
        class Job(BaseOperator):
            def execute(self, context, event=None):
                if client.cluster_stopped():
                    self.defer(trigger=JobTrigger(1, 1), method_name="execute")
                self.defer(trigger=Own(30, 10), method_name="done")
        """
    )
    assert (facts.trigger_on_kill, facts.wait_limit_s) == ("yes", 300)


def test_default_that_constructor_replaces_is_shown_as_its_number(read_one: ReadOne) -> None:
    facts = read_one(
        """
        NOT_SET = object()
        class Job(BaseOperator):
            def __init__(self, *, attempts=None, delay=NOT_SET, **kwargs):
                super().__init__(**kwargs)
                self.attempts = attempts or 60
                self.delay = 30 if delay is NOT_SET else delay
            def execute(self, context):
                for _ in range(self.attempts):
                    time.sleep(self.delay)
        """
    )
    assert facts.wait_parameters == {"attempts": "60", "delay": "30"}
    assert facts.wait_limit_s == 1800


def test_check_of_parameters_does_not_end_the_execution(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def __init__(self, *, query=None, **kwargs):
                super().__init__(**kwargs)
                self.query = query
            def execute(self, context):
                if not self.query:
                    raise ValueError("query is required")
                self.defer(trigger=JobTrigger(30, 10), method_name="done")
        """
    )
    assert facts.wait_limit_s == 300


def test_operator_that_never_defers_has_no_trigger_on_kill(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def __init__(self, *, wait_for_completion=True, **kwargs): ...
            def execute(self, context): ...
        """
    )
    assert facts.trigger_on_kill == ""


def test_sensor_waits_seven_days_by_default(read_one: ReadOne) -> None:
    facts = read_one("class Wait(BaseSensorOperator):\n    def poke(self, context): ...")
    assert (facts.kind, facts.wait_limit_s) == ("sensor", 604_800)
    assert facts.wait_parameters == {"timeout": "604800"}
    assert facts.retry_finds_job_by == "nothing"


def test_sensor_with_own_timeout_waits_so_long(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Wait(BaseSensorOperator):
            def __init__(self, *, timeout=60 * 60, **kwargs):
                super().__init__(timeout=timeout, **kwargs)
            def poke(self, context): ...
        """
    )
    assert (facts.wait_limit_s, facts.wait_parameters) == (3600, {"timeout": "3600"})


WAITING = """
class Job(BaseOperator):
    def __init__(self, *, delay=20, timeout=600, attempts=30, **kwargs):
        super().__init__(**kwargs)
        self.delay, self.timeout, self.attempts = delay, timeout, attempts

    def execute(self, context):
        {loop}
"""


@pytest.mark.parametrize(
    ("loop", "expected"),
    [
        ("while not client.done(): time.sleep(self.delay)", None),
        (
            "for _ in range(self.attempts):\n"
            "            if client.done(): return\n"
            "            time.sleep(self.delay)",
            600,
        ),
        (
            "end = time.time() + self.timeout\n"
            "        while time.time() < end:\n"
            "            time.sleep(self.delay)",
            600,
        ),
        (
            "start = datetime.now()\n"
            "        while True:\n"
            "            if (datetime.now() - start).total_seconds() > self.timeout:\n"
            "                raise TimeoutError\n"
            "            time.sleep(self.delay)",
            600,
        ),
        (
            "waited = 0\n"
            "        while waited < self.timeout:\n"
            "            waited += self.delay\n"
            "            time.sleep(self.delay)",
            600,
        ),
        (
            "left = self.attempts\n"
            "        while left:\n"
            "            left -= 1\n"
            "            time.sleep(self.delay)",
            600,
        ),
        ("client.submit().result(timeout=self.timeout)", 600),
        ("client.submit().result()", None),
        (
            'client.get_waiter("done").wait(\n'
            '            Id=1, WaiterConfig={"Delay": self.delay, "MaxAttempts": self.attempts})',
            600,
        ),
        ('client.get_waiter("done").wait(Id=1)', "unknown"),
    ],
)
def test_wait_limit_of_polling(read_one: ReadOne, loop: str, expected: float | str | None) -> None:
    assert read_one(WAITING.format(loop=loop)).wait_limit_s == expected


def test_sleep_between_retries_of_a_request_is_no_wait(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Marker(BaseOperator):
            def execute(self, context):
                self.defer(trigger=JobTrigger(1, 1), method_name="done")

        class Job(BaseOperator):
            def execute(self, context):
                while True:
                    try:
                        return client.send()
                    except OSError:
                        time.sleep(1)
        """
    )
    assert facts.name == "Marker"


def test_timeout_for_the_start_of_a_job_is_no_wait_limit(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def __init__(self, *, startup_timeout_seconds=120, **kwargs):
                super().__init__(**kwargs)
                self.startup_timeout_seconds = startup_timeout_seconds
            def execute(self, context):
                start = time.monotonic()
                while not client.done():
                    if client.pending() and time.monotonic() - start > self.startup_timeout_seconds:
                        raise TimeoutError
                    time.sleep(1)
        """
    )
    assert facts.wait_limit_s is None


def test_poll_interval_of_zero_does_not_hide_the_wait(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Job(BaseOperator):
            def __init__(self, *, poll_interval=0, **kwargs):
                super().__init__(**kwargs)
                self.poll_interval = poll_interval
            def execute(self, context):
                if self.poll_interval > 0:
                    while not client.done():
                        time.sleep(self.poll_interval)
        """
    )
    assert facts.wait_limit_s is None


@pytest.mark.parametrize(
    ("name", "is_read"),
    [
        ("Job", True),
        ("_Job", False),
        ("BaseJob", False),
        ("JobBaseOperator", False),
        ("CreateKnowledgeBaseOperator", True),
    ],
)
def test_base_classes_are_left_out(read_one: ReadOne, name: str, is_read: bool) -> None:
    facts = read_one(
        f"""
        class Marker(BaseOperator):
            def execute(self, context):
                self.defer(trigger=JobTrigger(1, 1), method_name="done")

        class {name}(Marker):
            def execute(self, context):
                self.defer(trigger=JobTrigger(1, 1), method_name="done")
        """
    )
    assert (facts.name == name) is is_read


def test_class_with_abstract_methods_is_left_out(read_one: ReadOne) -> None:
    facts = read_one(
        """
        class Marker(BaseOperator):
            def execute(self, context):
                self.defer(trigger=JobTrigger(1, 1), method_name="done")

        class Unfinished(Marker):
            @abstractmethod
            def submit(self): ...
        """
    )
    assert facts.name == "Marker"
