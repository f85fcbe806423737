"""Where the pods can go: which nodes admit them, and whether there is room.

Only warnings: a cluster may add nodes when pods wait, and the scheduler knows more than these rules.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from wizard.check.facts import Facts, Used
from wizard.check.finding import Finding
from wizard.check.pods import GROUPS, Amount, PlannedPod, planned
from wizard.check.quantity import cores, number, size
from wizard.cluster.interface import Object
from wizard.plan.fields import KUBERNETES_DOCS
from wizard.plan.shorthand import in_a_line
from wizard.progress import Mark
from wizard.render import Rendered
from wizard.render.lift import selects

CHECK = "nodes"
DOCS = KUBERNETES_DOCS + "scheduling-eviction/assign-pod-node/"
TAINT_DOCS = KUBERNETES_DOCS + "scheduling-eviction/taint-and-toleration/"
RESOURCE_DOCS = KUBERNETES_DOCS + "configuration/manage-resources-containers/"


@dataclass
class Room:
    """A node and what is left on it; pods are put on it one after the other."""

    node: Object
    left: Amount
    slots: Decimal
    guests: list[Object] = field(default_factory=list)
    """Templates of the plan's pods that were put here."""

    @property
    def name(self) -> str:
        return str(self.node["metadata"]["name"])

    def takes(self, pod: PlannedPod) -> bool:
        """Whether one more of these fits, and those that are here suffer it."""
        return self.slots > 0 and self.left.holds(pod.asks) and not self.keeps_apart(pod.template)

    def put(self, pod: PlannedPod) -> None:
        """Put one here."""
        self.left, self.slots = self.left - pod.asks, self.slots - 1
        self.guests.append(pod.template)

    def keeps_apart(self, template: Object) -> bool:
        """Whether something here never shares a node with it."""
        return any(_repels(template, guest) or _repels(guest, template) for guest in self.guests)


def _repels(one: Object, other: Object) -> bool:
    affinity = (one["spec"].get("affinity") or {}).get("podAntiAffinity") or {}
    terms = affinity.get("requiredDuringSchedulingIgnoredDuringExecution") or []
    return any(selects(term["labelSelector"], other["metadata"]["labels"]) for term in terms)


def refusal(node: Object, spec: Object) -> str:
    """Why a node admits no pod like this, however much room it has; empty where it does."""
    ready = any(each["status"] == "True" for each in node["status"]["conditions"])
    if not ready:
        return "not Ready"
    if node["spec"]["unschedulable"]:
        return "cordoned"
    labels = node["metadata"]["labels"]
    unlike = [f"{key}={value}" for key, value in (spec.get("nodeSelector") or {}).items() if labels.get(key) != value]
    if unlike:
        return f"without label {', '.join(unlike)}"
    tolerations = spec.get("tolerations") or []
    for taint in node["spec"]["taints"]:
        if keeps_out(taint, tolerations):
            return f"with taint {in_a_line([taint])}"
    return ""


def keeps_out(taint: Object, tolerations: list[Object]) -> bool:
    """By the rules of https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/."""
    return taint["effect"] != "PreferNoSchedule" and not any(_tolerates(each, taint) for each in tolerations)


def _tolerates(toleration: Object, taint: Object) -> bool:
    if toleration.get("effect") and toleration["effect"] != taint["effect"]:
        return False
    if toleration.get("key") and toleration["key"] != taint["key"]:
        return False
    exists = toleration.get("operator") == "Exists"
    return exists or (bool(toleration.get("key")) and toleration.get("value", "") == taint.get("value", ""))


def rooms(facts: Facts) -> list[Room]:
    """All nodes, with what others than ours leave free: ours make place for what replaces them."""
    found = []
    for node in facts.nodes or []:
        given = node["status"]["allocatable"]
        whole = Amount(number(given.get("cpu", 0)), number(given.get("memory", 0)))
        used = (facts.used or {}).get(node["metadata"]["name"], Used())
        found.append(Room(node, whole - used.asks, number(given.get("pods", 110)) - used.pods))
    return found


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Each group of pods that is placed alike; then the CPU architectures."""
    if facts.nodes is None:
        yield Finding(CHECK, Mark.WARNING, "You may not look at nodes, so nobody has checked whether there is room.")
        return
    free, pods = rooms(facts), planned(rendered)
    for section in sorted({pod.section for pod in pods}):
        yield from _section([pod for pod in pods if pod.section == section], free, facts)
    yield from _architectures(pods, facts)


def _section(pods: list[PlannedPod], free: list[Room], facts: Facts) -> Iterator[Finding]:
    """Pods that are placed alike: the control plane with its database, or tasks."""
    groups = [group for group in GROUPS if any(pod.group == group for pod in pods)]
    refusals = {room.name: refusal(room.node, pods[0].spec) for room in free}
    admit = [room for room in free if not refusals[room.name]]
    if not admit:
        yield _nowhere(" and ".join(groups), pods[0], list(refusals.values()))
        return
    of = "the node" if len(free) == 1 else f"{len(admit)} of {len(free)} nodes"
    for group in groups:
        yield from _group(group, [pod for pod in pods if pod.group == group], admit, of, facts)


def _group(group: str, pods: list[PlannedPod], admit: list[Room], of: str, facts: Facts) -> Iterator[Finding]:
    first = pods[0]
    homeless = [pod for pod in one_by_one(pods) if not place(pod, admit)]
    if homeless:
        yield _no_room(homeless[0], admit, of)
        return
    if first.role == "tasks":
        seen = "" if facts.used is not None else " (what else runs there could not be seen)"
        sentence = f"{of} can take {group}: {fit(first, admit)} at once{seen}"
    else:
        names = sorted({room.name for room in admit if any(pod.template in room.guests for pod in pods)})
        on = ", ".join(names) if len(names) < 4 else f"{len(names)} nodes"
        sentence = f"{of} can take {group}: {_count(pods)}, with room on {on}{_shared(pods, names)}"
    yield Finding(CHECK, Mark.DONE, sentence, place=f"{first.section}.nodeSelector")


def one_by_one(pods: list[PlannedPod]) -> list[PlannedPod]:
    """The largest first, as many of each as will run; of tasks, one."""
    ordered = sorted(pods, key=lambda pod: (pod.asks.memory, pod.asks.cpu), reverse=True)
    return [pod for pod in ordered for _ in range(max(pod.count, pod.role == "tasks"))]


def place(pod: PlannedPod, admit: list[Room]) -> bool:
    """On the node with the most room left, as the scheduler likes it; a task only looks."""
    able = [room for room in admit if room.takes(pod)]
    if able and pod.role != "tasks":
        max(able, key=lambda room: (room.left.memory, room.left.cpu)).put(pod)
    return bool(able)


def fit(pod: PlannedPod, admit: list[Room]) -> int:
    """How many of a pod fit at once."""
    asks = pod.asks
    total = 0
    for room in admit:
        by = [room.slots]
        by += [room.left.cpu // asks.cpu] if asks.cpu else []
        by += [room.left.memory // asks.memory] if asks.memory else []
        total += max(0, int(min(by)))
    return total


def _shared(pods: list[PlannedPod], names: list[str]) -> str:
    """What a wish to keep apart comes to here."""
    affinity = (pods[0].spec.get("affinity") or {}).get("podAntiAffinity") or {}
    wish = "preferredDuringSchedulingIgnoredDuringExecution" in affinity
    return "; they would rather not share it, and do" if wish and len(names) < sum(pod.count for pod in pods) else ""


def _count(pods: list[PlannedPod]) -> str:
    count = sum(pod.count for pod in pods)
    return "1 pod" if count == 1 else f"{count} pods"


def _nowhere(group: str, pod: PlannedPod, refusals: list[str]) -> Finding:
    if not refusals:
        return Finding(CHECK, Mark.WARNING, "This cluster has no nodes, so nothing would run.", docs=DOCS)
    why = ", ".join(f"{count} {reason}" for reason, count in Counter(refusals).most_common(3))
    tainted = any("taint" in reason for reason in refusals)
    place = f"{pod.section}.{'tolerations' if tainted else 'nodeSelector'}"
    taints = sorted({reason.removeprefix("with taint ") for reason in refusals if "taint" in reason})
    return Finding(
        CHECK,
        Mark.WARNING,
        f"No node takes {group}: {why}. The pods wait until one does.",
        f"Set {place} to {' or '.join(taints)}." if tainted else f"Mend {place}, or label a node like that.",
        TAINT_DOCS if tainted else DOCS,
        place,
    )


def _no_room(pod: PlannedPod, admit: list[Room], of: str) -> Finding:
    apart = all(room.keeps_apart(pod.template) for room in admit)
    if apart:
        return Finding(
            CHECK,
            Mark.WARNING,
            f"{pod.name} would wait: it never shares a node with what is on each of {of} already.",
            "Set nodes.antiAffinity.type to soft or none, or add nodes.",
            DOCS,
            "nodes.antiAffinity",
        )
    largest = max(admit, key=lambda room: (min(room.left.cpu, pod.asks.cpu), room.left.memory))
    left = Amount().at_least(largest.left)
    return Finding(
        CHECK,
        Mark.WARNING,
        f"{pod.name} would wait: it asks for {cores(pod.asks.cpu)} and {size(pod.asks.memory)}, and of {of} that admit "
        f"it {largest.name} has the most left: {cores(left.cpu)} and {size(left.memory)}.",
        "Free or add a node, or take the profile laptop, which asks for less.",
        RESOURCE_DOCS,
        f"{pod.section}.nodeSelector",
    )


def _architectures(pods: list[PlannedPod], facts: Facts) -> Iterator[Finding]:
    """The official images are made for amd64 and arm64; one of your own is what it was built for."""
    found = {
        node["status"]["architecture"]
        for node in facts.nodes or []
        for pod in pods
        if not refusal(node, pod.spec) and node["status"]["architecture"]
    }
    if len(found) > 1:
        yield Finding(
            CHECK,
            Mark.WARNING,
            f"Pods can land on nodes of {' and '.join(sorted(found))}: an image of your own must be built for all of "
            "these (docker buildx build --platform).",
            "Or keep the pods on nodes of one kind: nodeSelector kubernetes.io/arch=amd64.",
            "https://docs.docker.com/build/building/multi-platform/",
            "airflow.image",
        )
