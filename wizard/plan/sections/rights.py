"""What tasks may do in Kubernetes."""

from typing import Literal

from wizard.plan.fields import Closed


class NoRights(Closed):
    """Tasks have no rights in Kubernetes."""

    type: Literal["none"] = "none"


class PodRights(Closed):
    """Tasks may start pods in Airflow's namespace."""

    type: Literal["pods"] = "pods"
