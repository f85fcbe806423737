"""Logging as Airflow has it, with task logs in Azure Blob Storage.

Airflow 3 takes three names from this module: LOGGING_CONFIG, which `[logging] logging_config_class` points to,
REMOTE_TASK_LOG, by which logs are written and read back, and DEFAULT_REMOTE_CONN_ID. Without the second, logs stay in
the pods and Airflow says so only in a warning.
"""

import os
from copy import deepcopy

from airflow.config_templates.airflow_local_settings import BASE_LOG_FOLDER, DEFAULT_LOGGING_CONFIG
from airflow.providers.microsoft.azure.log.wasb_task_handler import WasbRemoteLogIO

LOGGING_CONFIG = deepcopy(DEFAULT_LOGGING_CONFIG)

REMOTE_TASK_LOG = WasbRemoteLogIO(
    base_log_folder=BASE_LOG_FOLDER,
    remote_base=os.environ["WASB_LOGS_PREFIX"],
    wasb_container=os.environ["WASB_LOGS_CONTAINER"],
    delete_local_copy=True,
)

# The hook itself asks for `[logging] remote_log_conn_id`, which must say the same.
DEFAULT_REMOTE_CONN_ID = "wasb_logs"
