"""Where Airflow's page is, who may log in there, and a browser that shows it."""

import os
import subprocess
import sys
from dataclasses import dataclass

from wizard import record
from wizard.airflow_api import AirflowApi
from wizard.cluster.interface import Cluster
from wizard.errors import UserError
from wizard.plan.model import Plan
from wizard.summary import summary


@dataclass(frozen=True)
class Page:
    """The page of one Airflow."""

    public_url: str
    """Empty where a port-forward leads to it."""
    prefix: str
    """The path below which Airflow answers, such as `/airflow`; empty for none."""
    who: tuple[tuple[str, str], ...]
    """Label and text of who logs in, and of the command that shows a password."""


def page(cluster: Cluster, namespace: str, context: str = "", kubeconfig: str = "") -> Page:
    """By the plan that was applied; where it isn't recorded, by the settings that the pods have.

    Raises UserError where there is no Airflow. `context` and `kubeconfig` are named in commands where given.
    """
    settings = cluster.get("v1", "ConfigMap", "airflow-config", namespace)
    if settings is None:
        raise UserError(
            f"There is no Airflow in namespace {namespace}.",
            "Name the namespace with -n, and the cluster with --context; or apply first.",
        )
    prefix = AirflowApi(cluster, namespace).prefix
    plan = _applied(cluster, namespace)
    if plan is None:
        url = (settings.get("data") or {}).get("AIRFLOW__API__BASE_URL", "")
        return Page(url, prefix, (("User", "user and password are in Secret airflow-admin"),))
    lines = summary(plan, context, kubeconfig).lines()
    return Page(plan.access.public_url or "", prefix, tuple(line for line in lines if line[0] in _WHO))


_WHO = ("User", "Admin", "Password")


def _applied(cluster: Cluster, namespace: str) -> Plan | None:
    return record.plan_in(record.read(cluster, namespace))


def show(url: str) -> bool:
    """Open a browser, where there is a screen for one; whether it was tried.

    In a process of its own: some browsers write to stdout, and one for text would take the terminal.
    """
    if sys.platform.startswith("linux") and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))):
        return False
    nothing = subprocess.DEVNULL
    subprocess.Popen(
        [sys.executable, "-m", "webbrowser", url],
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        start_new_session=True,
    )
    return True
