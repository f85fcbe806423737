"""Rehearsal of logs in S3: one object is put where logs go, read, and deleted."""

import os
import secrets
from urllib.parse import urlsplit

import rehearsal

TEXT = b"written by airflow-wizard rehearse, and deleted at once"


def tried():
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    os.environ.setdefault("AWS_MAX_ATTEMPTS", "1")  # who is told of a wrong endpoint need not wait for five tries
    logs = urlsplit(os.environ["AIRFLOW__LOGGING__REMOTE_BASE_LOG_FOLDER"])
    bucket, folder = logs.netloc, logs.path.strip("/")
    client = S3Hook(aws_conn_id=os.environ["AIRFLOW__LOGGING__REMOTE_LOG_CONN_ID"]).get_conn()
    place = {"Bucket": bucket, "Key": f"{folder}/airflow-wizard-rehearsal-{secrets.token_hex(4)}"}
    client.put_object(**place, Body=TEXT)
    try:
        if client.get_object(**place)["Body"].read() != TEXT:
            raise rehearsal.Failed("the object that was read is not the one that was put")
    finally:
        client.delete_object(**place)
    return f"an object was put, read and deleted in s3://{bucket}/{folder}"


if __name__ == "__main__":
    rehearsal.run(tried)
