"""Pod patches: one patch for many pods.

    selector:                 which pods, by the labels of their template
      matchLabels: {airflow-wizard/reads-dags: "true"}
    template:                 laid over the pod template
      spec:
        containers:
        - name: airflow       stands for each pod's main container, its first
          env: [...]

Plain strategic merge can't say this: it would add a second container. So the patch is lifted to the workload's own
path and its main container's own name, and is then a patch like every other.

A container called `"*"` stands for every container of its list (`containers`, `initContainers`) that the folders
before have brought in; so a folder late in the plan says something of all of them without naming one. What it takes
away, it sets to `null`, as in every strategic merge patch.
"""

from typing import Any

from wizard.render.trace import Path

Object = dict[str, Any]
MAIN = "airflow"
EVERY = "*"

_TEMPLATE_PATHS = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}


def template_path(body: Object) -> tuple[str, ...] | None:
    """Where the object's pod template is; the empty path for a Pod, None for what has no pods."""
    return _TEMPLATE_PATHS.get(body["kind"])


def pod_template(body: Object) -> Object | None:
    """The object's pod template (a Pod itself): a mapping with `metadata` and `spec`; None for what has no pods."""
    path = template_path(body)
    if path is None:
        return None
    for key in path:
        body = body[key]
    return body


def main_container(template: Object) -> str:
    """The name of a pod's main container."""
    return str(template["spec"]["containers"][0]["name"])


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether a label selector (matchLabels, matchExpressions) matches; an empty one matches all."""
    wanted = selector.get("matchLabels", {}).items()
    return all(labels.get(key) == value for key, value in wanted) and all(
        _expression(expression, labels) for expression in selector.get("matchExpressions", [])
    )


def _expression(expression: Object, labels: dict[str, str]) -> bool:
    key, values = expression["key"], expression.get("values", [])
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise ValueError(f"unknown operator {expression['operator']!r} in a pod patch's selector")


def lift(patch: Object, target: Object) -> Object | None:
    """The pod patch as a strategic merge patch of `target`; None where its selector doesn't match."""
    template = pod_template(target)
    if template is None or not selects(patch.get("selector", {}), template["metadata"].get("labels", {})):
        return None
    lifted = _named(patch["template"], template)
    for key in reversed(template_path(target) or ()):
        lifted = {key: lifted}
    metadata = {"name": target["metadata"]["name"], **lifted.pop("metadata", {})}
    return {"apiVersion": target["apiVersion"], "kind": target["kind"], "metadata": metadata, **lifted}


def lifted_path(path: Path, target: Object) -> Path:
    """Where a place in a pod patch, such as `("template", "spec", "volumes")`, is in the patch of `target`."""
    _, *below = path
    template = pod_template(target)
    if template is not None and below[:3] == ["spec", "containers", MAIN]:
        below[2] = main_container(template)
    return (*(template_path(target) or ()), *below)


def _named(patch: Object, target: Object) -> Object:
    """The patch of a pod template with its containers called as they are in the target."""
    spec = dict(patch.get("spec", {}))
    for key in spec.keys() & {"initContainers", "containers"}:
        there = [item["name"] for item in target["spec"].get(key, [])]
        spec[key] = [named for item in spec[key] for named in _containers(item, key, target, there)]
        if not spec[key]:
            del spec[key]
    return {**patch, "spec": spec} if "spec" in patch else dict(patch)


def _containers(item: Object, key: str, target: Object, there: list[str]) -> list[Object]:
    if item["name"] == EVERY:
        return [{**item, "name": name} for name in there]
    if item["name"] == MAIN and key == "containers":
        return [{**item, "name": main_container(target)}]
    return [item]
