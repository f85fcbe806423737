"""The steps from a plan to its manifests, each of which takes and returns drafts of objects."""

from dataclasses import dataclass, replace
from typing import Any

from wizard.plan.derived import values_of
from wizard.plan.model import Plan
from wizard.render.fill import fill
from wizard.render.folders import Folder, folders_of
from wizard.render.hashes import CONFIG_HASH, RE_READ, config_hash
from wizard.render.lift import Object, lift, lifted_path, main_container, pod_template
from wizard.render.merge import merge
from wizard.render.needed_secrets import NeededSecret, needed, secret_places
from wizard.render.text import ordered, text_of_manifest
from wizard.render.trace import Origin, Path, Trace

MANAGED_BY = {"app.kubernetes.io/managed-by": "airflow-wizard", "app.kubernetes.io/part-of": "airflow"}

ORDER = (
    "Namespace ServiceAccount Role RoleBinding ResourceQuota Secret ConfigMap PersistentVolumeClaim Service Ingress "
    "PodDisruptionBudget Deployment"
).split()
"""In this order kinds are sent: what others need comes first. All of one kind may go at once."""


@dataclass
class Manifest:
    """One object as it will be sent, and where each of its lines comes from."""

    body: Object
    trace: Trace

    @property
    def kind(self) -> str:
        return str(self.body["kind"])

    @property
    def name(self) -> str:
        return str(self.body["metadata"]["name"])

    @property
    def label(self) -> str:
        """As messages name it: `Deployment airflow-scheduler`."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Rendered:
    """All objects of a plan in the order of `ORDER`, and the Secrets that they read."""

    plan: Plan
    manifests: list[Manifest]
    secrets: list[NeededSecret]
    in_image: dict[str, str]
    """Files that Airflow's image must have, by their place there: they are no objects of the cluster."""


Drafts = dict[tuple[str, str], Manifest]


@dataclass(frozen=True)
class Patch:
    """A strategic merge patch of one object, where it comes from, and by path which values were answered."""

    body: Object
    origin: Origin
    answers: dict[Path, str]


def render(plan: Plan) -> Rendered:
    """The manifests of a plan: the same for the same plan, without asking any cluster."""
    values = values_of(plan)
    folders = folders_of(plan)
    drafts = patched(folders, values)
    _generate_config_maps(folders, drafts)
    in_image = _files_in_image(folders, drafts)
    for draft in drafts.values():
        draft.body["metadata"]["namespace"] = plan.namespace
        draft.trace.answered(("metadata", "namespace"), "namespace")
        draft.body["metadata"]["labels"] = {**draft.body["metadata"].get("labels", {}), **MANAGED_BY}
    _annotate_with_hashes(drafts)
    manifests = sorted(drafts.values(), key=lambda draft: (ORDER.index(draft.kind), draft.name))
    for manifest in manifests:
        manifest.body = ordered(manifest.body)
    return Rendered(plan, manifests, needed_secrets(folders, values), in_image)


def patched(folders: list[Folder], values: Object) -> Drafts:
    """The objects that the folders bring in, with the folders' patches laid over them."""
    drafts = _bases(folders, values)
    mains = {key: main_container(pod) for key, draft in drafts.items() if (pod := pod_template(draft.body))}
    for patch in plain_patches(folders, values):
        _lay_over(drafts, patch)
    _main_first(drafts, mains)
    for folder in folders:  # one by one: a patch of every container means those that came before
        for patch in pod_patches([folder], values, drafts):
            _lay_over(drafts, patch)
        _main_first(drafts, mains)
    return drafts


def base_objects(folders: list[Folder], values: Object) -> list[Object]:
    """The objects that the folders bring in, filled and not yet patched."""
    return [draft.body for draft in _bases(folders, values).values()]


def _bases(folders: list[Folder], values: Object) -> Drafts:
    drafts: Drafts = {}
    for folder in folders:
        for name, tree in folder.objects.items():
            body, answers = _filled(tree, values)
            trace = Trace(Origin(f"{folder.path}/{name}", folder.answer))
            _answered(trace, answers)
            key = (body["kind"], body["metadata"]["name"])
            if key in drafts:
                raise ValueError(f"two blueprints make {key}: {folder.path}/{name} is the second")
            drafts[key] = Manifest(body, trace)
    return drafts


def plain_patches(folders: list[Folder], values: Object) -> list[Patch]:
    """The patches of single objects, filled, in order."""
    found = []
    for folder in folders:
        for name, tree in folder.patches.items():
            body, answers = _filled(tree, values)
            found.append(Patch(body, Origin(f"{folder.path}/{name}", folder.answer), answers))
    return found


def pod_patches(folders: list[Folder], values: Object, drafts: Drafts) -> list[Patch]:
    """The pod patches, filled and lifted to each object that they match, in order."""
    found = []
    for folder in folders:
        for name, tree in folder.pod_patches.items():
            filled, answers = _filled(tree, values)
            origin = Origin(f"{folder.path}/{name}", folder.answer)
            for target in [draft.body for draft in drafts.values()]:
                body = lift(filled, target)
                if body is not None:
                    places = {lifted_path(path, target): answer for path, answer in answers.items()}
                    found.append(Patch(body, origin, places))
    return found


def _lay_over(drafts: Drafts, patch: Patch) -> None:
    key = (patch.body["kind"], patch.body["metadata"]["name"])
    if key not in drafts:
        raise ValueError(f"{patch.origin.file} patches {key}, which no blueprint of this plan makes")
    draft = drafts[key]
    draft.body = merge(draft.body, patch.body, draft.trace, patch.origin)
    _answered(draft.trace, patch.answers)


def _filled(tree: Any, values: Object) -> tuple[Any, dict[Path, str]]:
    """The filled tree, and by path the answer that a value follows from; of a derived one, where one is known."""
    filled, answers = fill(tree, values)
    reasons = {path: values["answered"].get(answer, answer) for path, answer in answers.items()}
    return filled, {path: reason for path, reason in reasons.items() if not reason.startswith("derived.")}


def _answered(trace: Trace, answers: dict[Path, str]) -> None:
    for path, answer in answers.items():
        trace.answered(path, answer)


def _main_first(drafts: Drafts, mains: dict[tuple[str, str], str]) -> None:
    """A pod's main container is its first; a strategic merge puts the sidecars that a patch brings in before it."""
    for key, main in mains.items():
        template = pod_template(drafts[key].body)
        if template is not None:
            template["spec"]["containers"].sort(key=lambda container, main=main: bool(container["name"] != main))


def _generate_config_maps(folders: list[Folder], drafts: Drafts) -> None:
    """`configMapGenerator` of the folders' `choice.yaml`: files of the folder, and Pods that are templates."""
    for folder in folders:
        for entry in folder.choice.get("configMapGenerator", []):
            key = ("ConfigMap", entry["name"])
            if key not in drafts:
                head = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": entry["name"]}}
                body: Object = {**head, "data": {}}
                drafts[key] = Manifest(body, Trace(Origin(f"{folder.path}/choice.yaml", folder.answer)))
            draft = drafts[key]
            for name in entry.get("files", []):
                draft.body["data"][name] = folder.file(name)
                draft.trace.set(("data", name), Origin(f"{folder.path}/{name}", folder.answer))
            for name, pod in entry.get("pods", {}).items():
                draft.body["data"][name] = text_of_manifest(_as_template(drafts.pop(("Pod", pod)).body))
                draft.trace.set(("data", name), Origin(f"{folder.path}/choice.yaml", folder.answer))
            if entry.get("reRead"):
                draft.body["metadata"].setdefault("annotations", {})[RE_READ] = "true"


def _files_in_image(folders: list[Folder], drafts: Drafts) -> dict[str, str]:
    """`image.pods` of the folders' `choice.yaml`: Pods that are templates, out of the cluster and into the image."""
    return {
        place: text_of_manifest(_as_template(drafts.pop(("Pod", pod)).body))
        for folder in folders
        for place, pod in folder.choice.get("image", {}).get("pods", {}).items()
    }


def _as_template(pod: Object) -> Object:
    """A Pod as KubernetesExecutor takes it: its first container gets the task, and must be called `base`."""
    main, *others = pod["spec"]["containers"]
    return {**pod, "spec": {**pod["spec"], "containers": [{**main, "name": "base"}, *others]}}


def _annotate_with_hashes(drafts: Drafts) -> None:
    config_maps = {draft.name: draft.body for draft in drafts.values() if draft.kind == "ConfigMap"}
    for draft in drafts.values():
        template = pod_template(draft.body)
        if template is not None:
            annotations = template["metadata"].setdefault("annotations", {})
            annotations[CONFIG_HASH] = config_hash(template, config_maps)


def needed_secrets(folders: list[Folder], values: dict[str, Any]) -> list[NeededSecret]:
    """What the folders say of Secrets; one that several name is one, with the keys that they name together."""
    found: dict[tuple[str, bool], NeededSecret] = {}
    for folder in folders:
        origin = Origin(f"{folder.path}/choice.yaml", folder.answer)
        for raw in folder.choice.get("secrets", []):
            entries = fill([raw], values)[0]
            for secret in [
                each for entry in entries for each in needed(entry, origin, folder.file, secret_places(raw))
            ]:
                known = found.setdefault((secret.name, secret.existing), secret)
                found[secret.name, secret.existing] = replace(known, keys={**known.keys, **secret.keys})
    return list(found.values())
