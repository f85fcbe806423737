"""Rehearsal of logs in Azure Blob Storage: one blob is put where logs go, read, and deleted."""

import os
import secrets

import rehearsal

TEXT = b"written by airflow-wizard rehearse, and deleted at once"
ONCE = {"retry_total": 0, "connection_timeout": 10}
"""Who is told of a wrong address need not wait for Azure's retries; seconds."""


def where():
    """Container and prefix, by Airflow's settings, or by those of our log_config.py."""
    if "WASB_LOGS_CONTAINER" in os.environ:
        return os.environ["WASB_LOGS_CONTAINER"], os.environ["WASB_LOGS_PREFIX"]
    folder = os.environ["AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER"].removeprefix("wasb://")
    return os.environ["AIRFLOW__AZURE_REMOTE_LOGGING__REMOTE_WASB_LOG_CONTAINER"], folder


def tried():
    from airflow.providers.microsoft.azure.hooks.wasb import WasbHook

    container, folder = where()
    name = f"{folder}/airflow-wizard-rehearsal-{secrets.token_hex(4)}"
    hook = WasbHook(wasb_conn_id=os.environ["AIRFLOW__LOGGING__REMOTE_LOG_CONN_ID"])
    blob = hook.get_conn().get_blob_client(container, name)
    blob.upload_blob(TEXT, **ONCE)
    try:
        if blob.download_blob(**ONCE).readall() != TEXT:
            raise rehearsal.Failed("the blob that was read is not the one that was put")
    finally:
        blob.delete_blob(**ONCE)
    return f"a blob was put, read and deleted in container {container} below {folder}"


if __name__ == "__main__":
    rehearsal.run(tried)
