"""A DAG of the image for tests: its task is a pod of its own, as strict as Pod Security "restricted" wants it."""

from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG
from kubernetes.client import models as k8s

with DAG("starts_a_pod"):
    KubernetesPodOperator(
        task_id="say",
        name="started-by-a-task",
        image="docker.io/apache/airflow:3.3.2",
        image_pull_policy="IfNotPresent",
        cmds=["bash", "-c"],
        arguments=["echo six times seven is $((6 * 7))"],
        container_resources=k8s.V1ResourceRequirements(
            requests={"cpu": "10m", "memory": "32Mi"}, limits={"memory": "128Mi"}
        ),
        automount_service_account_token=False,
        security_context=k8s.V1PodSecurityContext(
            run_as_non_root=True, run_as_user=50000, seccomp_profile=k8s.V1SeccompProfile(type="RuntimeDefault")
        ),
        container_security_context=k8s.V1SecurityContext(
            allow_privilege_escalation=False, capabilities=k8s.V1Capabilities(drop=["ALL"])
        ),
    )
