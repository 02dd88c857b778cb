"""The systems with templates and the services that they are tested with."""

from __future__ import annotations

from tests.services.bigquery import BigQuery
from tests.services.emr import Emr
from tests.services.kubernetes import Kubernetes
from tests.services.service import Service
from tests.services.spark import Spark
from tests.services.step_functions import StepFunctions

SERVICES: tuple[type[Service], ...] = (BigQuery, Emr, Kubernetes, Spark, StepFunctions)
