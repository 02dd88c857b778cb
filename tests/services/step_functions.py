"""AWS Step Functions as moto, which interprets the state machines."""

from __future__ import annotations

import json
import math
from typing import Any

from tests.services.moto import ACCOUNT, Moto

WAITS = {
    "StartAt": "Wait",
    "States": {"Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "End": True}},
}
PASSES = {"StartAt": "Pass", "States": {"Pass": {"Type": "Pass", "End": True}}}
SAMPLE = "NightlyLoad"
"""The machine of the sample of a job in the templates."""
FAILS = {"StartAt": "Fail", "States": {"Fail": {"Type": "Fail", "Error": "E", "Cause": "broken"}}}


class StepFunctions(Moto):
    """State machines that wait and return their input, that fail, and of the type EXPRESS."""

    system = "step-functions"
    signed_for = "states"
    targets = "AWSStepFunctions"

    def start(self) -> None:
        super().start()
        self.post("/moto-api/config", {"stepfunctions": {"execute_state_machine": True}}, {})
        self.facts["waits"] = self._create("Waits", WAITS, "STANDARD")
        self.sample = self._create(SAMPLE, PASSES, "STANDARD")
        self.facts["fails"] = self._create("Fails", FAILS, "STANDARD")
        self.facts["express"] = self._create("Express", WAITS, "EXPRESS")

    def _create(self, name: str, definition: dict[str, Any], kind: str) -> str:
        created = self.call(
            "CreateStateMachine",
            name=name,
            definition=json.dumps(definition),
            roleArn=f"arn:aws:iam::{ACCOUNT}:role/machine",
            type=kind,
        )
        return str(created["stateMachineArn"])

    def spec(self, run: str, seconds: float, part: str = "1") -> dict[str, Any]:
        values = {"run": run, "seconds": math.ceil(seconds), "part": part}
        return {"stateMachineArn": self.facts["waits"], "input": values}

    def jobs(self, run: str) -> list[str]:
        machines = (self.facts["waits"], self.sample)
        arns = [arn for machine in machines for arn in self._executions(machine)]
        return [arn for arn in arns if self._input(arn).get("run") == run]

    def _executions(self, machine: str) -> list[str]:
        listed = self.listed("ListExecutions", "executions", "nextToken", stateMachineArn=machine)
        return [each["executionArn"] for each in listed]

    def _input(self, arn: str) -> dict[str, Any]:
        values: dict[str, Any] = json.loads(
            self.call("DescribeExecution", executionArn=arn)["input"]
        )
        return values
