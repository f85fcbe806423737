"""Claims: whether this cluster can give what each asks for."""

from collections.abc import Iterator

from wizard.check.facts import DEFAULT_STORAGE_CLASS, Facts, is_default
from wizard.check.finding import Finding
from wizard.cluster.interface import Object, Objects
from wizard.plan.fields import VOLUME_DOCS
from wizard.progress import Mark
from wizard.render import Manifest, Rendered
from wizard.render.lift import pod_template, template_path
from wizard.unbound import CLAIM, unbound

CHECK = "storage"

ONE_NODE = (
    "ebs.csi.aws.com kubernetes.io/aws-ebs pd.csi.storage.gke.io kubernetes.io/gce-pd disk.csi.azure.com "
    "kubernetes.io/azure-disk rancher.io/local-path k8s.io/minikube-hostpath docker.io/hostpath "
    "dobs.csi.digitalocean.com csi.hetzner.cloud cinder.csi.openstack.org csi.vsphere.vmware.com "
    "topolvm.io local.csi.openebs.io openebs.io/local rbd.csi.ceph.com linodebs.csi.linode.com"
).split()
"""Provisioners of block devices or folders of a node, which offer no ReadWriteMany for a filesystem.

Source: https://kubernetes-csi.github.io/docs/drivers.html, column "Supported Access Modes".
"""
MANY_NODES = (
    "efs.csi.aws.com file.csi.azure.com kubernetes.io/azure-file filestore.csi.storage.gke.io nfs.csi.k8s.io "
    "cluster.local/nfs-subdir-external-provisioner k8s-sigs.io/nfs-subdir-external-provisioner "
    "cephfs.csi.ceph.com smb.csi.k8s.io csi.trident.netapp.io driver.longhorn.io"
).split()
"""Provisioners that offer ReadWriteMany."""


def offers_many(storage_class: Object) -> bool | None:
    """Whether a class is known to offer ReadWriteMany; None for one that we don't know.

    Operators put their own name in front of a driver's (`rook-ceph.cephfs.csi.ceph.com`).
    """
    provisioner = storage_class.get("provisioner", "")
    if provisioner.endswith(tuple(MANY_NODES)):
        return True
    return False if provisioner.endswith(tuple(ONE_NODE)) else None


def default_class(classes: Objects) -> Object | None:
    """The class of claims that name none."""
    return next((each for each in classes if is_default(each, DEFAULT_STORAGE_CLASS)), None)


def made_claims(rendered: Rendered) -> list[Manifest]:
    """The claims that the plan makes."""
    return [manifest for manifest in rendered.manifests if manifest.kind == CLAIM]


def wanted_size(claim: Manifest) -> str:
    """How much storage a claim asks for, as a quantity."""
    return str(claim.body["spec"]["resources"]["requests"]["storage"])


def place_of(claim: Manifest, answer: str) -> str:
    """The place of an answer about a claim: `logs.size`."""
    return f"{claim.trace.of(()).answer.removesuffix('.type')}.{answer}"


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Each claim that the plan makes, and each that it takes to be there."""
    for claim in made_claims(rendered):
        yield from list(_made(claim, facts)) or [_fine(claim, facts)]
    yield from _named(rendered, facts)


def _fine(claim: Manifest, facts: Facts) -> Finding:
    default = default_class(facts.storage_classes or [])
    named = claim.body["spec"].get("storageClassName")
    by = f"gets class {named}"
    if bound(facts, claim.name):
        by = "is there already"
    elif not named:
        by = f"gets class {default['metadata']['name']}, the default" if default else "gets the default class, if any"
    return Finding(CHECK, Mark.DONE, f"claim {claim.name} {by}", place=place_of(claim, "storageClass"))


def claim_named(facts: Facts, name: str) -> Object | None:
    """The claim of this name, if it is there."""
    return next((each for each in facts.claims or [] if each["metadata"]["name"] == name), None)


def bound(facts: Facts, name: str) -> bool:
    """Whether there is a claim of this name that may hold something."""
    claim = claim_named(facts, name)
    return claim is not None and not unbound(claim)


def _made(claim: Manifest, facts: Facts) -> Iterator[Finding]:
    if facts.storage_classes is None or bound(facts, claim.name):
        return
    place = place_of(claim, "storageClass")
    names = ", ".join(each["metadata"]["name"] for each in facts.storage_classes)
    named = claim.body["spec"].get("storageClassName")
    if named is None:
        chosen = default_class(facts.storage_classes)
        sentence = f"This cluster has no default StorageClass, so claim {claim.name} would stay Pending."
    else:
        chosen = next((each for each in facts.storage_classes if each["metadata"]["name"] == named), None)
        sentence = f"This cluster has no StorageClass {named}, so claim {claim.name} would stay Pending."
    if chosen is None and any(volume["class"] == (named or "") for volume in facts.volumes or []):
        return  # somebody has made a volume for it
    if chosen is None:
        ephemeral = "Add a class; or keep the database on none (database.storage.type: ephemeral), and lose its data "
        way_out = f"Set {place} to one of: {names}." if names else ephemeral + "with its pod."
        mark = Mark.WARNING if named and facts.volumes is None else Mark.FAILED
        yield Finding(CHECK, mark, sentence, way_out, VOLUME_DOCS, place)
    elif "ReadWriteMany" in claim.body["spec"]["accessModes"]:
        yield from _many(claim, chosen, facts, place)


def _many(claim: Manifest, chosen: Object, facts: Facts, place: str) -> Iterator[Finding]:
    if offers_many(chosen) is not False:
        return
    name, provisioner = chosen["metadata"]["name"], chosen.get("provisioner", "")
    able = [each["metadata"]["name"] for each in facts.storage_classes or [] if offers_many(each) is not False]
    yield Finding(
        CHECK,
        Mark.FAILED,
        f"Claim {claim.name} asks for ReadWriteMany, and StorageClass {name} ({provisioner}) does not offer it: "
        "it would stay Pending.",
        f"Set {place} to one of: {', '.join(able)}." if able else "No class here offers it: take another choice.",
        VOLUME_DOCS,
        place,
    )


def _named(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Claims that pods mount and the plan doesn't make."""
    made = {claim.name for claim in made_claims(rendered)}
    for name, place in _mounted(rendered).items():
        if name in made or facts.claims is None or claim_named(facts, name):
            continue
        others = ", ".join(each["metadata"]["name"] for each in facts.claims)
        yield Finding(
            CHECK,
            Mark.FAILED,
            f"Namespace {facts.namespace} has no PersistentVolumeClaim {name}, which the plan takes to be there.",
            f"Set {place} to one that is there: {others}." if others else "Make it first, or let the plan make one.",
            VOLUME_DOCS,
            place,
        )


def _mounted(rendered: Rendered) -> dict[str, str]:
    """By the name of each claim that a pod mounts, the answer that names it."""
    found = {}
    for manifest in rendered.manifests:
        template = pod_template(manifest.body)
        for volume in (template or {"spec": {}})["spec"].get("volumes", []):
            if "persistentVolumeClaim" in volume:
                path = (*(template_path(manifest.body) or ()), "spec", "volumes", volume["name"])
                answer = manifest.trace.of((*path, "persistentVolumeClaim", "claimName")).answer
                found[str(volume["persistentVolumeClaim"]["claimName"])] = answer
    return found
