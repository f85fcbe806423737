"""What kind of Kubernetes it is."""

from typing import Literal

from wizard.plan.fields import Closed


class Kubernetes(Closed):
    """Containers run as the users that the manifests name."""

    type: Literal["kubernetes"] = "kubernetes"


class OpenShift(Closed):
    """Containers run as a user that the cluster chooses."""

    type: Literal["openshift"] = "openshift"
