"""Claims that are there already: Kubernetes changes neither their class nor their access modes, and makes none smaller.

So a plan that names no class, or a smaller size, leaves a claim as it is; what can't be had is refused before anything
is written, since the way out costs data. A claim that waits for its volume holds none, and is made anew.
"""

from collections.abc import Iterable, Iterator

from wizard.check.facts import Facts
from wizard.check.finding import Finding
from wizard.check.quantity import number
from wizard.check.storage import CHECK, claim_named, made_claims, place_of, wanted_size
from wizard.cluster.interface import Object
from wizard.progress import Mark
from wizard.render import Manifest, Rendered
from wizard.unbound import CLAIM, unbound

DOCS = "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#expanding-persistent-volumes-claims"


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """What the plan wants otherwise of a claim that is there."""
    for claim in made_claims(rendered):
        live = claim_named(facts, claim.name)
        if live is not None and live.get("spec") and unbound(live):
            yield from _anew(claim, live)
        elif live is not None and live.get("spec"):
            yield from _class(claim, live, facts)
            yield from _size(claim, live, facts)


def keep(bodies: Iterable[Object], claims: Iterable[Object]) -> None:
    """Let claims that have a volume keep the class that the plan doesn't name, and a size that it has smaller."""
    there = {claim["metadata"]["name"]: claim["spec"] for claim in claims if claim.get("spec") and not unbound(claim)}
    for body in bodies:
        live = there.get(body["metadata"]["name"]) if body["kind"] == CLAIM else None
        if live is None:
            continue
        wanted = body["spec"]
        if live.get("storageClassName") is not None:
            wanted.setdefault("storageClassName", live["storageClassName"])
        if number(_asked(live)) > number(_asked(wanted)):
            wanted["resources"]["requests"]["storage"] = _asked(live)


def _asked(spec: Object) -> str:
    return str(spec["resources"]["requests"]["storage"])


def _anew(claim: Manifest, live: Object) -> Iterator[Finding]:
    """What of it differs, so that it is made anew."""
    wanted, spec = claim.body["spec"], live["spec"]
    there, named = spec.get("storageClassName") or "none", wanted.get("storageClassName")
    place = place_of(claim, "storageClass")
    if named in (None, there):
        there, named = ", ".join(spec["accessModes"]), ", ".join(wanted["accessModes"])
        place = claim.trace.of(("spec", "accessModes", 0)).answer
    if named == there:
        there, named, place = _asked(spec), wanted_size(claim), place_of(claim, "size")
    if named != there:
        sentence = f"Claim {claim.name} waits for its volume with {there}, and the plan says {named}: it is deleted "
        sentence += "and made anew (unbound, holds nothing)."
        yield Finding(CHECK, Mark.WARNING, sentence, f"Set {place} to {there} to keep it.", DOCS, place)


def _class(claim: Manifest, live: Object, facts: Facts) -> Iterator[Finding]:
    wanted, spec = claim.body["spec"], live["spec"]
    named, there = wanted.get("storageClassName"), spec.get("storageClassName")
    place = place_of(claim, "storageClass")
    if named is not None and there is not None and named != there:
        what = f"of class {there}, and the plan says {named}"
        yield _refused(claim, what, f"Set {place} to {there or 'nothing'}", place, facts)
    modes = spec.get("accessModes") or wanted["accessModes"]
    if set(wanted["accessModes"]) != set(modes):
        what = f"for {', '.join(modes)}, and the plan says {', '.join(wanted['accessModes'])}"
        place = claim.trace.of(("spec", "accessModes", 0)).answer
        answered = place.endswith(".accessMode")
        yield _refused(claim, what, f"Set {place} to {modes[0]}" if answered else "Take another choice", place, facts)


def _size(claim: Manifest, live: Object, facts: Facts) -> Iterator[Finding]:
    wanted, there = wanted_size(claim), _asked(live["spec"])
    place = place_of(claim, "size")
    if number(wanted) < number(there):
        sentence = f"Claim {claim.name} has {there} already, and stays so: Kubernetes makes no claim smaller."
        yield Finding(CHECK, Mark.WARNING, sentence, f"Set {place} to {there}.", DOCS, place)
    elif number(wanted) > number(there) and not _grows(live, facts):
        yield _refused(claim, f"of {there}, and does not grow to {wanted}", f"Set {place} to {there}", place, facts)


def _grows(live: Object, facts: Facts) -> bool:
    """Whether it may be made larger: its class says so. True where the class can't be looked at."""
    if facts.storage_classes is None:
        return True
    name = live["spec"].get("storageClassName")
    return any(each.get("allowVolumeExpansion") for each in facts.storage_classes if each["metadata"]["name"] == name)


def _refused(claim: Manifest, what: str, way_out: str, place: str, facts: Facts) -> Finding:
    sentence = f"Claim {claim.name} is there already, {what}: Kubernetes does not change that."
    clean = f"; or, if its data may go, kubectl delete pvc {claim.name} -n {facts.namespace} --wait=false, delete the "
    clean += "pods that mount it, and apply again."
    return Finding(CHECK, Mark.FAILED, sentence, way_out + clean, DOCS, place)
