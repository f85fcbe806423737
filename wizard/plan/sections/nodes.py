"""Which nodes the pods may go to."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from wizard.plan.fields import KUBERNETES_DOCS, Closed, Misfit, Number, ask
from wizard.plan.shorthand import labels_of, tolerations_of


class Toleration(Closed):
    """A taint that pods put up with, as Kubernetes has it."""

    key: str | None = None
    operator: Literal["Equal", "Exists"] | None = None
    value: str | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    toleration_seconds: Annotated[Number, Field(ge=0, le=2**31 - 1)] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if self.operator == "Exists" and self.value:
            raise Misfit("value", "goes with operator Equal alone")
        if self.operator != "Exists" and not self.key:
            raise Misfit("key", "is required, unless the operator is Exists")
        if self.toleration_seconds is not None and self.effect != "NoExecute":
            raise Misfit("tolerationSeconds", "goes with effect NoExecute alone")
        if self.key or self.value:
            tolerations_of(f"{self.key}={self.value or ''}")
        return self


class Placement(Closed):
    """Which nodes pods may go to."""

    node_selector: Annotated[dict[str, str], BeforeValidator(labels_of)] = ask(
        "labels",
        "Only nodes with these labels, such as pool=airflow,disk=ssd. Empty: any node.",
        KUBERNETES_DOCS + "scheduling-eviction/assign-pod-node/",
        picks="nodeLabel",
        default={},
    )
    tolerations: Annotated[list[Toleration], BeforeValidator(tolerations_of)] = ask(
        "taints",
        "Taints to tolerate, written as kubectl taint does: dedicated=airflow:NoSchedule. Empty: none.",
        KUBERNETES_DOCS + "scheduling-eviction/taint-and-toleration/",
        picks="nodeTaint",
        default=[],
    )


class NoAntiAffinity(Closed):
    """Pods go where there is room."""

    type: Literal["none"] = "none"


class SoftAntiAffinity(Closed):
    """Pods keep apart where they can."""

    type: Literal["soft"] = "soft"


class HardAntiAffinity(Closed):
    """Pods keep apart, or wait."""

    type: Literal["hard"] = "hard"


class Nodes(Closed):
    """Where pods run."""

    control_plane: Placement = Field(default=Placement(), title="Control plane")
    tasks: Placement = Field(default=Placement(), title="Task pods")
    anti_affinity: Annotated[NoAntiAffinity | SoftAntiAffinity | HardAntiAffinity, Field(discriminator="type")] = ask(
        "May the components share a node?",
        "On small nodes, api-server, scheduler, dag-processor and triggerer are better off on one each.",
        KUBERNETES_DOCS + "scheduling-eviction/assign-pod-node/#affinity-and-anti-affinity",
        default=NoAntiAffinity(),
    )
