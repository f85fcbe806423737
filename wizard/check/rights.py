"""What we must be allowed to do: each verb on each kind that a plan sends, all that its Roles grant, and the proof."""

from collections.abc import Iterable, Iterator

from wizard.check.facts import Facts, Right
from wizard.check.finding import Finding
from wizard.cluster.interface import Object
from wizard.progress import Mark
from wizard.render import Rendered

CHECK = "rights"
DOCS = "https://kubernetes.io/docs/reference/access-authn-authz/rbac/"
KINDS = (
    ("v1", "ServiceAccount"),
    ("rbac.authorization.k8s.io/v1", "Role"),
    ("rbac.authorization.k8s.io/v1", "RoleBinding"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Service"),
    ("networking.k8s.io/v1", "Ingress"),
    ("policy/v1", "PodDisruptionBudget"),
    ("apps/v1", "Deployment"),
)
"""All kinds that some plan sends."""

TO_APPLY = ("get", "create", "patch")
LATER = ("list", "delete")
"""To find and take away what a later plan no longer has, and for `airflow-wizard delete`."""
WATCHING = (Right("list", "pods"), Right("get", "pods/log"), Right("list", "events"))
"""To see what pods wait for."""
PROVING = (Right("get", "pods/portforward"), Right("create", "pods/portforward"))
"""For `verify` and `open`; a websocket is a GET, and newer API servers want `create` too."""
MAKE_NAMESPACE = Right("create", "namespaces", cluster_wide=True)
ESCALATE = Right("escalate", "roles", "rbac.authorization.k8s.io")
GRANTED = (
    *(Right(verb, "pods") for verb in ("create", "get", "list", "watch", "patch", "delete")),
    Right("get", "pods/log"),
    Right("list", "events"),
    Right("list", "secrets"),
)
"""All that the Roles of some plan grant: who makes a Role must hold what it grants, or may `escalate`."""


def every_right() -> list[Right]:
    """All that some plan needs, so that one look at the cluster does for every change of answers."""
    sent = _on(KINDS, (*TO_APPLY, *LATER))
    return [*sent, *WATCHING, *PROVING, *GRANTED, MAKE_NAMESPACE, ESCALATE]


def needed(rendered: Rendered, facts: Facts) -> dict[Right, str]:
    """What applying this plan needs, and why where that isn't plain."""
    rights = dict.fromkeys(_on(_kinds(rendered), TO_APPLY), "")
    if facts.space is None and not facts.space_hidden:
        rights[MAKE_NAMESPACE] = f"since namespace {facts.namespace} does not exist"
    if not facts.rights.get(ESCALATE):
        bodies = (manifest.body for manifest in rendered.manifests)
        rights |= {right: "since its Roles grant it" for right in granted(bodies) if right not in rights}
    return rights | {right: "to see what pods wait for" for right in WATCHING if right not in rights}


def _kinds(rendered: Rendered) -> list[tuple[str, str]]:
    """Those of the plan's objects, and of what we write ourselves: Secrets and the record."""
    kinds = {(manifest.body["apiVersion"], manifest.kind) for manifest in rendered.manifests}
    return sorted(kinds | {("v1", "Secret"), ("v1", "ConfigMap")})


def granted(bodies: Iterable[Object]) -> list[Right]:
    """What the Roles of these objects grant."""
    return [
        Right(verb, resource, group)
        for body in bodies
        if body["kind"] == "Role"
        for rule in body["rules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    ]


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Whether all of it is allowed."""
    wanted = needed(rendered, facts)
    missing = {right: why for right, why in wanted.items() if not facts.rights.get(right, True)}
    later = {right: "" for right in _on(_kinds(rendered), LATER) if not facts.rights.get(right, True)}
    proof = {right: "" for right in PROVING if not facts.rights.get(right, True)}
    if missing:
        yield Finding(CHECK, Mark.FAILED, f"You may not {_listed(missing)}.", _grant(missing, facts.namespace), DOCS)
        return
    if later:
        sentence = f"You may apply this plan, but not take away what a later one no longer has: {_listed(later)}."
        yield Finding(CHECK, Mark.WARNING, sentence, _grant(later, facts.namespace), DOCS)
    if proof:
        sentence = f"You may not {_listed(proof)}, by which `airflow-wizard verify` and `open` reach Airflow."
        yield Finding(CHECK, Mark.WARNING, sentence, _grant(proof, facts.namespace), DOCS)
    if not later and not proof:
        count = len(wanted) + len(_on(_kinds(rendered), LATER)) + len(PROVING)
        yield Finding(CHECK, Mark.DONE, f"you may do all {count} things that applying, proving and deleting it need")


def _grant(missing: Iterable[Right], namespace: str) -> str:
    make = f"kubectl create namespace {namespace}; " if MAKE_NAMESPACE in missing else ""
    bind = f"kubectl create rolebinding airflow-wizard -n {namespace} --clusterrole=admin --user=YOU"
    return f"Whoever administers the cluster can grant it: {make}{bind}"


def _on(kinds: Iterable[tuple[str, str]], verbs: Iterable[str]) -> list[Right]:
    """Each verb on each kind."""
    named = [(f"{kind.lower()}{'es' if kind.endswith('s') else 's'}", version) for version, kind in kinds]
    return [Right(verb, plural, version.rpartition("/")[0]) for plural, version in named for verb in verbs]


def _listed(missing: dict[Right, str]) -> str:
    """`create/patch deployments.apps, get pods/log (since its Roles grant it)`."""
    by_kind: dict[tuple[str, str], list[str]] = {}
    for right, why in missing.items():
        by_kind.setdefault((right.kind, why), []).append(right.verb)
    told = [f"{'/'.join(verbs)} {kind}" + (f" ({why})" if why else "") for (kind, why), verbs in by_kind.items()]
    return ", ".join(told)
