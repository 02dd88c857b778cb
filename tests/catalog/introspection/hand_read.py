"""Facts about operators that were read by hand, in the releases of environment.PROVIDERS.

Each fact names the file and line, below airflow/providers, where it was read.
"""

from __future__ import annotations

from typing import Final

WEEK: Final = 604800.0

ACTS: Final = {
    # Calls execute_resumable, or reads the task state store itself.
    "amazon.aws.operators.glue.GlueJobOperator": ("yes", "amazon/aws/operators/glue.py:345"),
    "amazon.aws.operators.redshift_data.RedshiftDataOperator": (
        "yes",
        "amazon/aws/operators/redshift_data.py:155",
    ),
    "apache.livy.operators.livy.LivyOperator": ("yes", "apache/livy/operators/livy.py:185"),
    "apache.spark.operators.spark_submit.SparkSubmitOperator": (
        "yes",
        "apache/spark/operators/spark_submit.py:457",
    ),
    "databricks.operators.databricks.DatabricksRunNowOperator": (
        "yes",
        "databricks/operators/databricks.py:1432",
    ),
    "databricks.operators.databricks.DatabricksSubmitRunOperator": (
        "yes",
        "databricks/operators/databricks.py:937",
    ),
    "google.cloud.operators.bigquery.BigQueryInsertJobOperator": (
        "yes",
        "google/cloud/operators/bigquery.py:2520",
    ),
    "snowflake.operators.snowflake.SnowflakeSqlApiOperator": (
        "yes",
        "snowflake/operators/snowflake.py:454",
    ),
    # Its execute only builds the SQL and calls the one of SnowflakeSqlApiOperator.
    "snowflake.operators.snowflake.SnowflakeNotebookOperator": (
        "yes",
        "snowflake/operators/snowflake.py:669",
    ),
    "cncf.kubernetes.operators.pod.KubernetesPodOperator": (
        "yes",
        "cncf/kubernetes/operators/pod.py:750",
    ),
    # These two call the execute of KubernetesPodOperator.
    "amazon.aws.operators.eks.EksPodOperator": ("yes", "amazon/aws/operators/eks.py:1258"),
    "google.cloud.operators.kubernetes_engine.GKEStartPodOperator": (
        "yes",
        "google/cloud/operators/kubernetes_engine.py:922",
    ),
    # Calls the hook, not the execute of SparkSubmitOperator.
    "apache.spark.operators.spark_jdbc.SparkJDBCOperator": (
        "no",
        "apache/spark/operators/spark_jdbc.py:139",
    ),
    # Sets self.pod before the execute of KubernetesPodOperator, which then looks for no pod.
    "cncf.kubernetes.operators.spark_kubernetes.SparkKubernetesOperator": (
        "no",
        "cncf/kubernetes/operators/spark_kubernetes.py:416",
    ),
    # These four create a job, and never call get_or_create_pod.
    "cncf.kubernetes.operators.job.KubernetesJobOperator": (
        "no",
        "cncf/kubernetes/operators/job.py:191",
    ),
    "cncf.kubernetes.operators.kueue.KubernetesStartKueueJobOperator": (
        "no",
        "cncf/kubernetes/operators/kueue.py:104",
    ),
    "google.cloud.operators.kubernetes_engine.GKEStartJobOperator": (
        "no",
        "google/cloud/operators/kubernetes_engine.py:1074",
    ),
    "google.cloud.operators.kubernetes_engine.GKEStartKueueJobOperator": (
        "no",
        "google/cloud/operators/kubernetes_engine.py:1428",
    ),
}
"""Whether an operator that accepts `durable` acts on it.

The other two of the 20 that accept it are private: _KubernetesDecoratedOperator and
_KubernetesCmdDecoratedOperator, behind the decorators @task.kubernetes and @task.kubernetes_cmd.
"""

BASES: Final = {
    "google.cloud.operators.dataproc.DataprocJobBaseOperator": (
        "google/cloud/operators/dataproc.py:1411"
    ),
    "amazon.aws.sensors.kinesis_analytics.KinesisAnalyticsV2BaseSensor": (
        "amazon/aws/sensors/kinesis_analytics.py:55"
    ),
}
"""Classes without abstract methods that work only with a subclass, which sets their attributes."""

FIXED: Final = {
    "standard.sensors.time.TimeSensorAsync": "standard/sensors/time.py:128",
    "standard.sensors.time_delta.TimeDeltaSensorAsync": "standard/sensors/time_delta.py:176",
}
"""Deprecated classes that pass deferrable=True to their base class.

Their signatures accept `deferrable`, through **kwargs, but passing it raises TypeError.
"""

WAIT_LIMITS: Final[dict[str, tuple[float | None, str]]] = {
    # max_polling_attempts falls back to 999999, and sleep_time is 30.
    "amazon.aws.operators.athena.AthenaOperator": (29999970, "amazon/aws/operators/athena.py:117"),
    # poll_interval=30, max_retries=4200
    "amazon.aws.operators.batch.BatchOperator": (126000, "amazon/aws/operators/batch.py:166"),
    "amazon.aws.operators.ecs.EcsRunTaskOperator": (6000000, "amazon/aws/operators/ecs.py:469"),
    "amazon.aws.operators.eks.EksCreateClusterOperator": (1200, "amazon/aws/operators/eks.py:293"),
    "amazon.aws.operators.eks.EksCreateNodegroupOperator": (
        2400,
        "amazon/aws/operators/eks.py:545",
    ),
    "amazon.aws.operators.emr.EmrAddStepsOperator": (1800, "amazon/aws/operators/emr.py:136"),
    # Without max_polling_attempts the trigger waits for sys.maxsize attempts.
    "amazon.aws.operators.emr.EmrContainerOperator": (None, "amazon/aws/triggers/emr.py:219"),
    "amazon.aws.operators.emr.EmrCreateJobFlowOperator": (3600, "amazon/aws/operators/emr.py:797"),
    "amazon.aws.operators.emr.EmrServerlessStartJobOperator": (
        1500,
        "amazon/aws/operators/emr.py:1360",
    ),
    "amazon.aws.operators.glue.GlueJobOperator": (4500, "amazon/aws/operators/glue.py:175"),
    # poll_interval=5; the 1500 attempts are the default of the trigger.
    "amazon.aws.operators.glue_crawler.GlueCrawlerOperator": (
        7500,
        "amazon/aws/triggers/glue_crawler.py:41",
    ),
    "amazon.aws.operators.glue_databrew.GlueDataBrewStartJobOperator": (
        1800,
        "amazon/aws/operators/glue_databrew.py:82",
    ),
    "amazon.aws.operators.rds.RdsStartDbOperator": (1200, "amazon/aws/operators/rds.py:807"),
    # poll_interval=60, max_attempt=5
    "amazon.aws.operators.redshift_cluster.RedshiftCreateClusterOperator": (
        300,
        "amazon/aws/operators/redshift_cluster.py:197",
    ),
    "amazon.aws.operators.redshift_data.RedshiftDataOperator": (
        None,
        "amazon/aws/operators/redshift_data.py:186",
    ),
    # check_interval is 30, and max_attempts falls back to 60.
    "amazon.aws.operators.sagemaker.SageMakerTrainingOperator": (
        1800,
        "amazon/aws/operators/sagemaker.py:1242",
    ),
    "amazon.aws.operators.step_function.StepFunctionStartExecutionOperator": (
        1800,
        "amazon/aws/operators/step_function.py:91",
    ),
    "amazon.aws.operators.ssm.SsmRunCommandOperator": (9000, "amazon/aws/operators/ssm.py:90"),
    "amazon.aws.operators.lambda_function.LambdaCreateFunctionOperator": (
        900,
        "amazon/aws/operators/lambda_function.py:89",
    ),
    "amazon.aws.operators.mwaa.MwaaTriggerDagRunOperator": (
        1200,
        "amazon/aws/operators/mwaa.py:102",
    ),
    "amazon.aws.sensors.s3.S3KeySensor": (WEEK, "default_timeout of [sensors]"),
    "google.cloud.operators.bigquery.BigQueryInsertJobOperator": (
        None,
        "google/cloud/operators/bigquery.py:2527",
    ),
    # timeout_seconds=None, and the trigger loops while timeout is None
    "google.cloud.operators.cloud_batch.CloudBatchSubmitJobOperator": (
        None,
        "google/cloud/triggers/cloud_batch.py:100",
    ),
    "google.cloud.operators.cloud_run.CloudRunExecuteJobOperator": (
        None,
        "google/cloud/triggers/cloud_run.py:137",
    ),
    "google.cloud.operators.dataproc.DataprocSubmitJobOperator": (
        None,
        "google/cloud/triggers/dataproc.py:207",
    ),
    "google.cloud.operators.dataproc.DataprocCreateBatchOperator": (
        None,
        "google/cloud/triggers/dataproc.py:653",
    ),
    # timeout=1 * 60 * 60 limits only the synchronous path.
    "google.cloud.operators.dataproc.DataprocCreateClusterOperator": (
        None,
        "google/cloud/operators/dataproc.py:929",
    ),
    # pipeline_timeout=5 * 60 limits only the synchronous path.
    "google.cloud.operators.datafusion.CloudDataFusionStartPipelineOperator": (
        None,
        "google/cloud/operators/datafusion.py:830",
    ),
    "google.cloud.operators.cloud_build.CloudBuildCreateBuildOperator": (
        None,
        "google/cloud/operators/cloud_build.py:244",
    ),
    # The timeouts of these two limit only the start of the pod.
    "google.cloud.operators.kubernetes_engine.GKEStartPodOperator": (
        None,
        "google/cloud/operators/kubernetes_engine.py:947",
    ),
    "cncf.kubernetes.operators.pod.KubernetesPodOperator": (
        None,
        "cncf/kubernetes/operators/pod.py:1127",
    ),
    "cncf.kubernetes.operators.job.KubernetesJobOperator": (
        None,
        "cncf/kubernetes/operators/job.py:271",
    ),
    "databricks.operators.databricks.DatabricksSubmitRunOperator": (
        None,
        "databricks/triggers/databricks.py:137",
    ),
    "snowflake.operators.snowflake.SnowflakeSqlApiOperator": (
        None,
        "snowflake/operators/snowflake.py:480",
    ),
    "apache.livy.operators.livy.LivyOperator": (None, "apache/livy/triggers/livy.py:131"),
    "apache.spark.operators.spark_submit.SparkSubmitOperator": (
        None,
        "apache/spark/operators/spark_submit.py:442",
    ),
    "microsoft.azure.operators.data_factory.AzureDataFactoryRunPipelineOperator": (
        WEEK,
        "microsoft/azure/operators/data_factory.py:147",
    ),
    "microsoft.azure.operators.synapse.AzureSynapseRunPipelineOperator": (
        WEEK,
        "microsoft/azure/operators/synapse.py:225",
    ),
    "microsoft.azure.operators.powerbi.PowerBIDatasetRefreshOperator": (
        WEEK,
        "microsoft/azure/operators/powerbi.py:92",
    ),
    # timeout=25 is in minutes
    "microsoft.azure.operators.batch.AzureBatchOperator": (
        1500,
        "microsoft/azure/operators/batch.py:317",
    ),
    "dbt.cloud.operators.dbt.DbtCloudRunJobOperator": (WEEK, "dbt/cloud/operators/dbt.py:275"),
    "airbyte.operators.airbyte.AirbyteTriggerSyncOperator": (
        3600,
        "airbyte/operators/airbyte.py:102",
    ),
    "standard.operators.trigger_dagrun.TriggerDagRunOperator": (
        None,
        "standard/operators/trigger_dagrun.py:397",
    ),
    "standard.sensors.external_task.ExternalTaskSensor": (WEEK, "default_timeout of [sensors]"),
}
"""The seconds after which an operator stops waiting by default, None without a limit.

Of the deferrable path if it has one. `execution_timeout` is not a limit of the operator.
"""
