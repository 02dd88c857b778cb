"""GlueJobOperator and EmrServerlessStartJobOperator, with real hooks and waiters but no AWS.

Every call of boto ends in one method of its client, which asks a fake API of one service instead.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
from aiobotocore.client import AioBaseClient
from airflow.providers.amazon.aws.operators.emr import EmrServerlessStartJobOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from botocore import xform_name
from botocore.client import BaseClient
from botocore.exceptions import ClientError
from botocore.loaders import JSONFileLoader

if TYPE_CHECKING:
    from advisor.drill.runtime.service import JobService

Arguments = dict[str, Any]

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "drill",
    "AWS_SECRET_ACCESS_KEY": "drill",
    "AWS_EC2_METADATA_DISABLED": "true",
}
COMMON: Arguments = {"aws_conn_id": None, "region_name": "us-east-1", "retries": 2}
HTTP_OK = {"ResponseMetadata": {"HTTPStatusCode": 200}}
GLUE_STATES = {"CANCELLED": "STOPPED"}
EMR_STATES = {"SUCCEEDED": "SUCCESS"}
"""How a system spells the statuses that it does not spell like the drill."""

# Read the descriptions of the APIs once; otherwise each attempt spends most of its time on that.
os.environ.update(ENVIRONMENT)
READ = functools.cache(JSONFileLoader().load_file)
JSONFileLoader.load_file = lambda _, path: READ(path)
for name in ("glue", "emr-serverless"):
    boto3.client(name, region_name=COMMON["region_name"])


def deferrable_glue(service: JobService) -> Any:
    connect(GlueApi(service))
    return GlueJobOperator(
        task_id="glue",
        job_name="nightly",
        script_location="s3://scripts/nightly.py",
        iam_role_name="glue",
        deferrable=True,
        **COMMON,
    )


def emr_serverless(service: JobService, **arguments: Any) -> Any:
    connect(EmrServerlessApi(service))
    return EmrServerlessStartJobOperator(
        task_id="emr",
        application_id="nightly",
        execution_role_arn="emr",
        job_driver={},
        **COMMON,
        **arguments,
    )


def emr_serverless_with_token(service: JobService) -> Any:
    return emr_serverless(service, client_request_token="nightly-2026-01-01")


def connect(api: object) -> None:
    """Answer every call of every client of boto and aiobotocore with a method of a fake API."""

    def answer(_: object, operation: str, arguments: Arguments) -> Arguments:
        method: Callable[[Arguments], Arguments] = getattr(api, xform_name(operation))
        return {**method(arguments), **HTTP_OK}

    async def async_answer(client: object, operation: str, arguments: Arguments) -> Arguments:
        return answer(client, operation, arguments)

    BaseClient._make_api_call, AioBaseClient._make_api_call = answer, async_answer


def error(code: str, operation: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "drill"}}, operation)


class GlueApi:
    """The operations of Glue, on jobs of the drill's service."""

    def __init__(self, service: JobService) -> None:
        self.service = service

    def get_job(self, arguments: Arguments) -> Arguments:
        return {"Job": {"Name": arguments["JobName"]}}

    def start_job_run(self, arguments: Arguments) -> Arguments:
        # Keep them first: a run that exists has its arguments.
        self.service.keep("arguments", arguments["Arguments"])
        return {"JobRunId": self.service.submit({"job": arguments["JobName"]})}

    def get_job_run(self, arguments: Arguments) -> Arguments:
        return {"JobRun": self.run(arguments["RunId"], self.service.status(arguments["RunId"]))}

    def get_job_runs(self, arguments: Arguments) -> Arguments:
        """Return all runs, the newest first, as Glue does."""
        jobs = reversed(self.service.jobs)
        return {"JobRuns": [self.run(job.id, self.service.status(job.id)) for job in jobs]}

    def run(self, run_id: str, status: str) -> Arguments:
        if status == "NOT_FOUND":
            raise error("EntityNotFoundException", "GetJobRun")
        return {
            "Id": run_id,
            "JobRunState": GLUE_STATES.get(status, status),
            "Arguments": self.service.kept("arguments"),
        }


class EmrServerlessApi:
    """The operations of EMR Serverless, on jobs of the drill's service."""

    def __init__(self, service: JobService) -> None:
        self.service = service

    def get_application(self, arguments: Arguments) -> Arguments:
        return {"application": {"state": "STARTED"}}

    def start_job_run(self, arguments: Arguments) -> Arguments:
        spec = {"application": arguments["applicationId"]}
        return {"jobRunId": self.service.submit(spec, arguments["clientToken"])}

    def get_job_run(self, arguments: Arguments) -> Arguments:
        status = self.service.status(arguments["jobRunId"])
        if status == "NOT_FOUND":
            raise error("ResourceNotFoundException", "GetJobRun")
        return {"jobRun": {"state": EMR_STATES.get(status, status)}}

    def cancel_job_run(self, arguments: Arguments) -> Arguments:
        self.service.cancel(arguments["jobRunId"])
        return {}
