"""The pod that tries a question, purely: the real pod's template with another command, and our own copies of what it
reads. So what is tried is what will run: image, place, security context, variables, mounts, TLS and keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from wizard.plan.unexpanded import unexpanded
from wizard.rehearse.tries import Try
from wizard.render import NeededSecret
from wizard.render.lift import Object
from wizard.short_pods import SPEC

LABEL = "airflow-wizard/rehearsal"
"""On all that a rehearsal makes, with the name of the run: by it, and by nothing else, it is found and removed."""

SCRIPTS = "/opt/airflow/scripts"
"""Where the real pods have their scripts; ours join them."""

SCRIPTS_MAP = "airflow-scripts"

NO_DATABASE = "postgresql+psycopg2://nobody@127.0.0.1:1/none"
"""Airflow wants an address when it is imported, and asks there for nothing that is tried."""

_KEPT = ("name", "image", "imagePullPolicy", "env", "envFrom", "securityContext", "volumeMounts")
"""What of a main container matters to what it reaches; probes, ports and arguments do not."""

_PLACE = ("serviceAccountName", "securityContext", "nodeSelector", "tolerations")
"""And of a pod. What keeps real pods apart doesn't count for these, which share nothing and go at once."""

_RESOURCES = {"requests": {"cpu": "50m", "memory": "256Mi"}, "limits": {"memory": "1Gi"}}
"""Less than the real ones: it must find room beside what runs."""

_REFERENCES = {"configMapRef", "configMapKeyRef", "configMap", "secretRef", "secretKeyRef", "secret"}


@dataclass(frozen=True)
class Run:
    """One rehearsal: where, and how what it makes is called."""

    id: str
    namespace: str

    def name(self, of: str) -> str:
        """The name of our own copy."""
        return f"rehearsal-{self.id}-{of}"

    def labelled(self, api_version: str, kind: str, name: str, **parts: Any) -> Object:
        """An object of this rehearsal."""
        metadata = {"name": name, "namespace": self.namespace, "labels": {LABEL: self.id}}
        return {"apiVersion": api_version, "kind": kind, "metadata": metadata, **parts}


def pod_of(run: Run, attempt: Try, secrets: Mapping[str, str]) -> Object:
    """The pod. `secrets` has, by the name that the render knows, the Secret to read instead; others it doesn't get."""
    spec = attempt.template["spec"]
    containers = {each["name"]: each for each in [*spec.get("initContainers", []), *spec["containers"]]}
    inits = [containers[name] for name in attempt.init]
    main = {key: value for key, value in spec["containers"][0].items() if key in _KEPT}
    main |= {"command": ["python", f"{SCRIPTS}/{attempt.script}"], "resources": _RESOURCES}
    volumes = [each for each in spec.get("volumes", []) if _may_be_read(each, secrets)]
    names = {each["name"] for each in volumes}
    inits, mains = ([_within(each, names, secrets) for each in some] for some in (inits, [main]))
    _add_variables(mains[0], attempt, volumes)
    kept = {key: spec[key] for key in _PLACE if key in spec}
    pulls = {"imagePullSecrets": spec["imagePullSecrets"]} if spec.get("imagePullSecrets") else {}
    used = [each for each in volumes if any(each["name"] in _mounted(container) for container in [*inits, *mains])]
    body = {**kept, **SPEC, "initContainers": inits, "containers": mains, "volumes": used}
    renamed = _renamed(body, run, secrets) | pulls
    return run.labelled("v1", "Pod", run.name(attempt.place), spec=renamed)


def _within(container: Object, volumes: set[str], secrets: Mapping[str, str]) -> Object:
    """A container without what this pod doesn't get: Secrets of other sections, and claims."""
    env = [each for each in container.get("env", []) if not _is_of_others(each, secrets)]
    mounts = [mount for mount in container.get("volumeMounts", []) if mount["name"] in volumes]
    return {**container, "env": env, "volumeMounts": mounts, "terminationMessagePolicy": "FallbackToLogsOnError"}


def _is_of_others(variable: Object, secrets: Mapping[str, str]) -> bool:
    ref = variable.get("valueFrom", {}).get("secretKeyRef")
    # The URL of the database is made from variables that this pod may not have.
    return (ref is not None and ref["name"] not in secrets) or variable["name"].endswith("_CMD")


def _may_be_read(volume: Object, secrets: Mapping[str, str]) -> bool:
    """A claim may not be there yet, or be in use elsewhere."""
    return "persistentVolumeClaim" not in volume and all(name in secrets for name, _ in _secrets_in(volume))


def _secrets_in(volume: Object) -> Iterator[tuple[str, list[Object]]]:
    """The Secrets of a volume by name, with the keys that become files."""
    for source in [volume, *volume.get("projected", {}).get("sources", [])]:
        if "secret" in source:
            secret = source["secret"]
            yield secret.get("secretName") or secret["name"], secret.get("items", [])


def _mounted(container: Object) -> set[str]:
    return {mount["name"] for mount in container["volumeMounts"]}


def _add_variables(main: Object, attempt: Try, volumes: list[Object]) -> None:
    """What the scripts want to know: the try's own, and where the secrets are that they must not tell."""
    for secret in attempt.secrets:
        main["env"] += _found_by_label(secret)
    hidden = [each["name"] for each in main["env"] if "secretKeyRef" in each.get("valueFrom", {})]
    files = {volume["name"]: [item["path"] for _, items in _secrets_in(volume) for item in items] for volume in volumes}
    for mount in main["volumeMounts"]:
        hidden += [f"{mount['mountPath']}/{path}" for path in files[mount["name"]]]
    said = {"AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": NO_DATABASE, "REHEARSAL_SECRETS": " ".join(hidden)}
    main["env"] += [{"name": key, "value": unexpanded(value)} for key, value in {**said, **attempt.environment}.items()]


def _found_by_label(secret: NeededSecret) -> list[Object]:
    """A connection that Airflow would look up by its label, put before it: without a right to read all Secrets."""
    if not secret.label:
        return []
    connection = secret.label.partition("connection-id=")[2]
    ref = {"name": secret.name, "key": "value"}
    return [{"name": f"AIRFLOW_CONN_{connection.upper()}", "valueFrom": {"secretKeyRef": ref}}]


def _renamed(tree: Any, run: Run, secrets: Mapping[str, str]) -> Any:
    """The same tree, reading our copies of ConfigMaps, and of Secrets what `secrets` says."""
    if isinstance(tree, list):
        return [_renamed(each, run, secrets) for each in tree]
    if not isinstance(tree, dict):
        return tree
    found = {}
    for key, value in tree.items():
        if key in _REFERENCES and isinstance(value, dict):
            name = "secretName" if "secretName" in value else "name"
            other = run.name(value[name]) if key.startswith("configMap") else secrets[value[name]]
            found[key] = {**value, name: other}
        else:
            found[key] = _renamed(value, run, secrets)
    return found
