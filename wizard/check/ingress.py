"""The Ingress: whether somebody here will serve it."""

from collections.abc import Iterator

from wizard.check.facts import DEFAULT_INGRESS_CLASS, Facts, is_default
from wizard.check.finding import Finding
from wizard.plan.sections.access import INGRESS_DOCS
from wizard.progress import Mark
from wizard.render import Rendered

CHECK = "ingress"
PLACE = "access.ingressClass"


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Silent for a plan without one."""
    ingresses = [manifest.body for manifest in rendered.manifests if manifest.kind == "Ingress"]
    if not ingresses or facts.ingress_classes is None:
        return
    named = ingresses[0]["spec"].get("ingressClassName")
    names = [each["metadata"]["name"] for each in facts.ingress_classes]
    marked = [each["metadata"]["name"] for each in facts.ingress_classes if is_default(each, DEFAULT_INGRESS_CLASS)]
    way_out = f"Set {PLACE} to one of: {', '.join(names)}." if names else "Install an Ingress controller, or take the "
    way_out += "" if names else "Service (access.type: service) and port-forward."
    if named and named not in names:
        sentence = f"This cluster has no IngressClass {named}, so nobody would serve the Ingress."
        yield Finding(CHECK, Mark.FAILED, sentence, way_out, INGRESS_DOCS, PLACE)
    elif not named and not marked:
        sentence = (
            "No IngressClass is named and none of this cluster is the default, so nobody would serve the Ingress."
        )
        yield Finding(CHECK, Mark.FAILED, sentence, way_out, INGRESS_DOCS, PLACE)
    else:
        yield Finding(CHECK, Mark.DONE, f"class {named or marked[0] + ', the default'}", place=PLACE)
