"""Amazon EMR as moto, which keeps the steps of a cluster but runs none of them."""

from __future__ import annotations

from typing import Any

from tests.services.moto import Moto


class Emr(Moto):
    """A cluster; its first step is RUNNING and the others are PENDING, for ever."""

    system = "emr"
    is_live = False
    signed_for = "elasticmapreduce"
    targets = "ElasticMapReduce"

    def start(self) -> None:
        super().start()
        instances = {
            "MasterInstanceType": "m5.xlarge",
            "InstanceCount": 1,
            "KeepJobFlowAliveWhenNoSteps": True,
        }
        self.cluster: str = self.call("RunJobFlow", Name="drill", Instances=instances)["JobFlowId"]
        self.facts["cluster"] = self.cluster

    def spec(self, run: str, seconds: float, part: str = "1") -> dict[str, Any]:
        return {
            "JobFlowId": self.cluster,
            "ActionOnFailure": "CONTINUE",
            "HadoopJarStep": {
                "Jar": "command-runner.jar",
                "Args": ["bash", "-c", f"sleep {seconds}", run, part],
            },
        }

    def jobs(self, run: str) -> list[str]:
        steps = self.listed("ListSteps", "Steps", "Marker", ClusterId=self.cluster)
        return [f"{self.cluster}/{each['Id']}" for each in steps if run in each["Config"]["Args"]]
