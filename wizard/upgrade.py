"""To another version of Airflow: its image migrates the database first, in a pod of its own, and only then do the pods
roll. Until the migration has ended well, Airflow runs on as it was.

A migration is never cut off by us: who is interrupted leaves the pod at work, and the same command goes on with it.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from wizard import seen
from wizard.causes import explain
from wizard.cluster.interface import Cluster, Exists, Object
from wizard.errors import Exit, UserError
from wizard.plan.file import answers_of, complete
from wizard.plan.model import Plan
from wizard.plan.sections.airflow import release
from wizard.plan.sections.database import PostgreSQL
from wizard.progress import Mark, Row
from wizard.render import render
from wizard.render.manifests import MANAGED_BY
from wizard.short_pods import INTERVAL, SPEC, has_ended, is_over
from wizard.watch import answers, asked_again, pod_state

NAME = "airflow-migrations"
SETTINGS = "settings"
"""The pod's first container: https://airflow.apache.org/docs/apache-airflow/stable/cli-and-env-variables-ref.html#lint"""
LABELS = {**MANAGED_BY, "airflow-wizard/role": "migrations", "component": "migrations"}
VERSION = "airflow-wizard/airflow-image"
"""The annotation with the image whose migration it is."""

_PLACE = ("serviceAccountName", "securityContext", "nodeSelector", "tolerations", "imagePullSecrets", "volumes")
_ALONE = {key: SPEC[key] for key in ("restartPolicy", "automountServiceAccountToken", "enableServiceLinks")}
"""As our other short-lived pods; but no deadline cuts off a migration."""


def plan_for(applied: Plan, version: str, image: str = "") -> Plan:
    """The plan that is applied, with this version. Raises `UserError` for an older one, and where the image is open."""
    airflow = applied.airflow
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise UserError(f"{version} is no version of Airflow.", "Say one such as 3.3.2.", Exit.USAGE)
    if release(version) < release(airflow.version):
        raise UserError(
            f"Airflow {airflow.version} is applied, and {version} is older: its database is not migrated back.",
            "Restore the database from before, and apply the plan of then: airflow-wizard history shows it.",
            Exit.USAGE,
        )
    if airflow.image and not image and version != airflow.version:
        raise UserError(
            f"The plan names an image of its own, {airflow.image}, and which one has Airflow {version} isn't known.",
            "Name that with --image.",
            Exit.USAGE,
        )
    given = answers_of(applied)
    changed = {**given.get("airflow", {}), "version": version, **({"image": image} if image else {})}
    return complete({**given, "airflow": changed}, "the plan with this version")


def backup(plan: Plan) -> str:
    """What to do before: a command where the database is the plan's own."""
    if isinstance(plan.database, PostgreSQL):
        return (
            f"kubectl exec -n {plan.namespace} deploy/postgres-db -- sh -c "
            '\'pg_dump -U "$POSTGRES_USER" "$POSTGRES_DB"\' > airflow-before.sql'
        )
    return "the database is somebody else's: ask for a backup, or make one"


def migrate(cluster: Cluster, plan: Plan, timeout: float) -> Iterator[Row]:
    """Rows until the database is as the plan's image wants it. Raises `UserError` where that fails or takes longer."""
    started = time.monotonic()
    body = pod_of(plan)
    _begin(cluster, body)
    said = ""
    while True:
        pod = yield from asked_again(partial(cluster.get, "v1", "Pod", NAME, plan.namespace), started + timeout)
        if pod is None:
            raise UserError(f"Pod {NAME} was deleted by somebody else.", "The same command begins it again.")
        if has_ended(pod):
            break
        seconds = time.monotonic() - started
        mark, text = pod_state(cluster, pod)
        if seconds > timeout:
            raise _stuck(cluster, pod, f"has not ended within {timeout:.0f} s")
        if text != said and not is_over(pod):
            said = text
            yield Row("migration", mark if mark is Mark.WARNING else Mark.WAITING, text, seconds)
        time.sleep(INTERVAL)
    yield from _of_settings(cluster, pod, time.monotonic() - started)
    if pod["status"]["phase"] != "Succeeded":
        error = _stuck(cluster, pod, "failed")
        cluster.delete("v1", "Pod", NAME, plan.namespace)
        raise error
    lines = cluster.logs(plan.namespace, NAME, "migrations", tail=2000).splitlines()
    text = next((line for line in lines if line.startswith(("the database has", "to do: "))), "")
    cluster.delete("v1", "Pod", NAME, plan.namespace)
    yield Row("migration", Mark.DONE, f"done: {text.removeprefix('to do: ')}", time.monotonic() - started)


def pod_of(plan: Plan) -> Object:
    """The api-server's init container that migrates, as a pod; with the settings and Secrets that are there, which it
    looks through first."""
    found = [each.body for each in render(plan).manifests if each.kind == "Deployment"]
    api_server = next(body for body in found if body["metadata"]["name"] == "airflow-api-server")
    spec = api_server["spec"]["template"]["spec"]
    main = next(each for each in spec["initContainers"] if each["name"] == "migrations")
    mounted = {mount["name"] for mount in main["volumeMounts"]}
    kept = {key: spec[key] for key in _PLACE if key in spec}
    kept["volumes"] = [volume for volume in spec["volumes"] if volume["name"] in mounted]
    metadata = {"name": NAME, "namespace": plan.namespace, "labels": LABELS, "annotations": {VERSION: main["image"]}}
    # It has its say and no more: a setting that has moved keeps nobody from going on.
    settings = {**main, "name": SETTINGS, "command": ["sh", "-c", "airflow config lint || true"]}
    spec = {**_ALONE, **kept, "initContainers": [settings], "containers": [main]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec}


def _of_settings(cluster: Cluster, pod: Object, seconds: float) -> Iterator[Row]:
    """What the new version says of settings that it has moved or dropped; of defaults that changed it says so where
    somebody has answered otherwise."""
    text = cluster.logs(pod["metadata"]["namespace"], NAME, SETTINGS, tail=2000)
    told = [line.strip().removeprefix("- ") for line in text.splitlines() if line.strip().startswith("- ")]
    told = [line for line in told if not line.startswith("Changed default value")]
    if told:
        way_out = "Take them away, or say them anew, where they are set: in the image, or in patches of yours."
        yield Row(SETTINGS, Mark.WARNING, "; ".join(told), seconds, way_out)
    else:
        yield Row(SETTINGS, Mark.DONE, "none that this version has moved or dropped", seconds)


def _begin(cluster: Cluster, body: Object) -> None:
    """Make the pod, or go on with the one that is at work; one of another image, or that failed, makes way."""
    metadata = body["metadata"]
    end = time.monotonic() + 60
    while True:
        try:
            cluster.create(body)
        except Exists:
            there = cluster.get("v1", "Pod", NAME, metadata["namespace"]) or {}
            same = there.get("metadata", {}).get("annotations", {}).get(VERSION) == metadata["annotations"][VERSION]
            going = "deletionTimestamp" in there.get("metadata", {})
            if same and not going and there.get("status", {}).get("phase") != "Failed":
                return
            if not same and not going and not has_ended(there):
                raise UserError(
                    "A migration by another image is at work.", "Wait until it has ended, then run again."
                ) from None
            cluster.delete("v1", "Pod", NAME, metadata["namespace"])
            if time.monotonic() > end:
                raise UserError(f"Pod {NAME} of before does not go.", f"kubectl delete pod {NAME} --force") from None
            time.sleep(INTERVAL)
        else:
            return


def _stuck(cluster: Cluster, pod: Object, what: str) -> UserError:
    """Why, where a cause is known; and that Airflow runs on."""
    namespace = pod["metadata"]["namespace"]
    things = [
        replace(each, about=f"control-plane/{each.about.partition('/')[2]}") for each in seen.of_pod(cluster, pod)
    ]
    found = explain(things, answers(cluster, namespace), namespace)
    text = found.text if found else pod_state(cluster, pod)[1]
    way_out = found.way_out if found else f"kubectl logs -n {namespace} {NAME} has the whole."
    return UserError(f"The migration {what}: {text}", f"{way_out} Airflow runs on as it was; the same command goes on.")
