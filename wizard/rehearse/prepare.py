"""Before a rehearsal: what will be tried and made, and what is known to fail already. Only reads."""

import base64
import secrets as random
from collections.abc import Iterable
from dataclasses import dataclass, replace

from wizard import record, secrets
from wizard.apply import usable
from wizard.at_hand import checks
from wizard.cluster.interface import Cluster, Object
from wizard.deploy_key import is_made
from wizard.errors import Exit, UserError
from wizard.plan.model import Plan
from wizard.plan.rules import said_by
from wizard.progress import Mark, Row
from wizard.rehearse.pods import LABEL, SCRIPTS_MAP, Run, pod_of
from wizard.rehearse.tries import Try, can_name_people, files_of, tries_of
from wizard.render import NeededSecret, Rendered, render
from wizard.render.hashes import reads
from wizard.threads import in_parallel

_PULL_SECRET = "airflow.pullSecret"  # noqa: S105  an answer's place

SHORTEST = 4
"""Characters; a shorter secret value can't be told from ordinary words."""


@dataclass(frozen=True, kw_only=True)
class Outcome(Row):
    """What a try came to."""

    change: str = ""
    """The place of the answer to change; empty where nothing is wrong."""
    said: str = ""
    """The failure in the words of who refused."""


@dataclass(frozen=True, repr=False)
class Pod:
    """A try, and all that is made for it. It holds secret values, so nothing prints it."""

    attempt: Try
    body: Object
    secrets: tuple[Object, ...] = ()
    """Our own copies."""
    hidden: tuple[str, ...] = ()
    """Values that no row may hold, whoever says them."""


@dataclass(frozen=True, repr=False)
class Prepared:
    """All that a rehearsal will make, and what needs no pod to be told."""

    plan: Plan
    run: Run
    namespace: str
    """`there`, `made` for this rehearsal, or `left` by one that was cut off."""
    pods: tuple[Pod, ...]
    objects: tuple[Object, ...] = ()
    """ConfigMaps, and the ServiceAccounts that apply has not made yet."""
    known: tuple[Outcome, ...] = ()

    def questions(self) -> list[str]:
        """What is tried in pods."""
        return [pod.attempt.question for pod in self.pods]


def prepare(cluster: Cluster, plan: Plan, ldap_user: str = "") -> Prepared:
    """Look up what there is. Raises `UserError` for a person to ask for where there is no directory."""
    if ldap_user and not can_name_people(plan):
        raise UserError("The plan's login has no directory to look people up in.", "Leave --ldap-user out.", Exit.USAGE)
    run, rendered = Run(random.token_hex(3), plan.namespace), render(plan)
    there = usable(cluster, plan.namespace)
    state = ("left" if _is_left(cluster, plan.namespace) else "there") if there else "made"
    found = in_parallel(lambda each: _prepared(cluster, run, plan, each, there), tries_of(plan, rendered, ldap_user))
    pods = tuple(each for each in found if isinstance(each, Pod))
    objects = (
        [*_config_maps(run, plan, rendered, pods), *_accounts(cluster, run, rendered, pods, there)] if pods else []
    )
    known = tuple(each for each in found if isinstance(each, Outcome))
    return Prepared(plan, run, state, pods, tuple(objects), known)


def _is_left(cluster: Cluster, namespace: str) -> bool:
    try:
        body = cluster.get("v1", "Namespace", namespace)
    except UserError:
        return False
    # Where Airflow was applied meanwhile, it is Airflow's.
    return body is not None and _has_label(body) and record.read(cluster, namespace) is None


def _has_label(body: Object) -> bool:
    return LABEL in (body["metadata"].get("labels") or {})


def _prepared(cluster: Cluster, run: Run, plan: Plan, attempt: Try, there: bool) -> Pod | Outcome:
    """The pod of a try, with the Secrets it reads: those in the cluster, or copies of what apply would send."""
    wanted = [secret for secret in attempt.secrets if _is_read(secret, attempt)]
    made = []
    for secret in wanted:
        try:
            live = secrets.find(cluster, secret, plan.namespace) if there else None
            made.append(secrets.make(secret, plan.namespace, live))
        except UserError as error:
            text = f"{error.message} {error.way_out}".strip()
            return Outcome(attempt.question, Mark.FAILED, text, 0.0, change=_place(plan, attempt.place))
    if attempt.place == "dags" and is_made(plan) and any(each.what != "keep" for each in made):
        text = "The deploy key is made by apply, and in no cluster yet: it can be tried once apply has run."
        return Outcome(attempt.question, Mark.WARNING, text, 0.0, change="dags.credentials.privateKey")
    names, copies = {}, []
    for secret, each in zip(wanted, made, strict=True):
        kept = each.what == "keep"
        names[secret.name] = each.name if kept else run.name(each.name)
        if not kept:
            copies.append(run.labelled("v1", "Secret", run.name(each.name), data=each.body["data"]))
    own = replace(attempt, secrets=tuple(wanted))
    return Pod(own, pod_of(run, own, names), tuple(copies), tuple(_values(wanted, made)))


def _place(plan: Plan, section: str) -> str:
    """The answer that names the Secret of a section, of which each has one."""
    said = said_by(plan)
    return next((place for place in checks() if place in said and place.startswith(f"{section}.")), _PULL_SECRET)


def _is_read(secret: NeededSecret, attempt: Try) -> bool:
    """Whether the pod reads it: by its template, by a label, or to pull its images."""
    spec = attempt.template["spec"]
    pulls = {each["name"] for each in spec.get("imagePullSecrets") or []}
    kept = [each for each in spec.get("initContainers", []) if each["name"] in attempt.init]
    template = {"spec": {**spec, "initContainers": kept, "containers": spec["containers"][:1]}}
    answered = any(value.random is None or value.random == "ed25519-key" for value in secret.keys.values())
    return answered and (secret.name in reads(template, "Secret").keys() | pulls or bool(secret.label))


def _values(wanted: Iterable[NeededSecret], made: Iterable[secrets.Made]) -> list[str]:
    """The secret values line by line, longest first."""
    found = set()
    for secret, each in zip(wanted, made, strict=True):
        for key, value in secret.keys.items():
            if value.text is None:
                text = base64.b64decode(each.body["data"].get(key, "")).decode("utf-8", "replace")
                found |= {text, *text.splitlines()}
    return sorted((value for value in found if len(value) >= SHORTEST), key=len, reverse=True)


def _config_maps(run: Run, plan: Plan, rendered: Rendered, pods: Iterable[Pod]) -> list[Object]:
    """Copies of the plan's own, since the cluster may hold those of an older plan; our scripts join Airflow's."""
    wanted = {name for pod in pods for name in reads(pod.body, "ConfigMap")}
    found = []
    for manifest in rendered.manifests:
        if manifest.kind == "ConfigMap" and run.name(manifest.name) in wanted:
            data = {**manifest.body.get("data", {}), **(files_of(plan) if manifest.name == SCRIPTS_MAP else {})}
            found.append(run.labelled("v1", "ConfigMap", run.name(manifest.name), data=data))
    return found


def _is_kept(account: Object | None) -> bool:
    """Whether it will still be there: one that a killed rehearsal left is removed first."""
    return account is not None and (record.is_ours(account) or not _has_label(account))


def _accounts(cluster: Cluster, run: Run, rendered: Rendered, pods: Iterable[Pod], there: bool) -> list[Object]:
    """The ServiceAccounts of the pods that are not there yet, by their own names: a cloud knows pods by these."""
    wanted = {pod.body["spec"].get("serviceAccountName") for pod in pods}
    found = []
    for manifest in rendered.manifests:
        if manifest.kind != "ServiceAccount" or manifest.name not in wanted:
            continue
        if there and _is_kept(cluster.get("v1", "ServiceAccount", manifest.name, run.namespace)):
            continue
        account = run.labelled("v1", "ServiceAccount", manifest.name)
        annotations = manifest.body["metadata"].get("annotations")
        account["metadata"] |= {"annotations": annotations} if annotations else {}
        found.append({**account, "automountServiceAccountToken": False})
    return found
