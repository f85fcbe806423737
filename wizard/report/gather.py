"""What helps who helps: all that a cluster tells of an installation, as small files, without its secrets. Only reads.

What can't be read is told beside the rest. Whole texts are redacted, and only then cut, so that no secret is cut in
two and missed.
"""

import json
import platform
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from wizard import __version__, record, status
from wizard.apply import prepare
from wizard.check import check, every_right, look
from wizard.cluster.interface import Cluster, Forbidden
from wizard.errors import UserError
from wizard.history import history
from wizard.render import render
from wizard.report import secret_values
from wizard.report.objects import KINDS, LOG_LINES, Ask, asked, bare, cut, events, list_ours, logs
from wizard.report.secret_values import Secrets
from wizard.secret_words import MASK
from wizard.summary import summary
from wizard.yaml_files import write_yaml

_README = """\
What airflow-wizard {version} could tell of the Airflow in namespace {namespace}, at {at}.

version.txt          the wizard's, Python's and the API server's version, the context's name
plan.yaml            the plan that was applied last
history.json         which plans were applied when, and what changed
status.json          what runs, what Airflow says of itself, what differs from the plan
check.json           what the plan means on this cluster
diff.txt             what applying the plan again would change
objects/             the objects as they are; of Secrets only names and the names of keys
events.txt           what Kubernetes reported of them, oldest first
logs/                the last {lines} lines of each container, and of the one before it
errors.txt           what could not be read, where there is such

Redacted, as {mask}: the values of {count} Secrets (those of the wizard, those that its pods read, those that the plan
names) wherever they are, also as base64, in URLs and in JSON, with their lines and parts; the address of the API
server; and whatever looks like a secret, such as passwords in URLs, Authorization headers, tokens, private keys, keys
of clouds, and what is called password, token, secret or the like. What stays: a value that the plan itself shows, one
of less than four characters, and words such as "airflow" and "admin".
{unread}
Not known to this command are values that a Secret no longer has, and what your DAGs print: look through the files
before you send them.
"""


@dataclass(frozen=True)
class Report:
    """Files by name, redacted."""

    files: dict[str, str]
    left_out: list[str]
    """What could not be read, and why."""
    unread: list[str]
    """Secrets whose values could not be looked for."""


def report(cluster: Cluster, namespace: str, at: datetime) -> Report:
    """Ask for everything. Raises `UserError` where the wizard has applied nothing, or the cluster doesn't answer."""
    known = _record(cluster, namespace)
    kinds = sorted((KINDS | known.kinds) - {("v1", "Secret")})
    lists = [Ask(f"objects of kind {kind[1]}", partial(list_ours, cluster, namespace, kind)) for kind in kinds]
    objects, left_out = asked(lists)
    secrets = secret_values.read(cluster, namespace, known, list(objects.values()))
    found, more = asked([*_parts(cluster, namespace), *logs(cluster, namespace, objects.values())])
    left_out += [*secrets.problems, *more]
    files = {"plan.yaml": known.plan, **{name: bare(body) for name, body in objects.items()}, **found}
    files["events.txt"] = events(files.pop("events", []), objects.values())
    files["objects/secrets.yaml"] = secrets.listed
    files["errors.txt"] = "".join(f"{line}\n" for line in left_out)
    files["README.txt"] = _readme(namespace, at, secrets)
    told = [secrets.redaction.text(line) for line in left_out]
    return Report(_redacted(files, secrets), told, secrets.unread)


def _record(cluster: Cluster, namespace: str) -> record.Record:
    try:
        known = record.read(cluster, namespace)
    except Forbidden:
        return record.Record(frozenset(), "")
    if known is None:
        raise record.nothing_applied(namespace)
    return known


def _parts(cluster: Cluster, namespace: str) -> list[Ask]:
    def state() -> dict[str, Any]:
        found = status.look(cluster, namespace)
        return {"status.json": status.as_data(cluster, found, summary(found.plan, cluster.context))}

    def findings() -> dict[str, Any]:
        plan = record.applied_plan(cluster, namespace)
        found = check(render(plan), look(cluster, namespace, every_right()))
        return {"check.json": [each.as_data() for each in found]}

    def diff() -> dict[str, Any]:
        found = prepare(cluster, record.applied_plan(cluster, namespace), judge=False).differences()
        lines = [line for change in found for line in change.lines()] or ["nothing: all is as the plan has it"]
        return {"diff.txt": "".join(f"{line}\n" for line in lines)}

    return [
        Ask("version", lambda: {"version.txt": _version(cluster, namespace)}),
        Ask("history", lambda: {"history.json": [each.as_data() for each in history(cluster, namespace)]}),
        Ask("status", state),
        Ask("check", findings),
        Ask("diff", diff),
        Ask("events", lambda: {"events": cluster.list("v1", "Event", namespace)}),
    ]


def _version(cluster: Cluster, namespace: str) -> str:
    ours = f"airflow-wizard {__version__}\nPython {platform.python_version()}\nsystem {platform.platform()}\n"
    try:
        server = cluster.version()
    except UserError as error:
        server = f"not known: {error.message}"
    return f"{ours}Kubernetes {server}\ncontext {cluster.context}\nnamespace {namespace}\n"


def _readme(namespace: str, at: datetime, secrets: Secrets) -> str:
    unread = "".join(
        f"NOT looked for: the values of Secret {name}, which may not be read.\n" for name in secrets.unread
    )
    return _README.format(
        version=__version__,
        namespace=namespace,
        at=at.isoformat(timespec="seconds"),
        lines=LOG_LINES,
        mask=MASK,
        count=len(secrets.listed),
        unread=f"\n{unread}" if unread else "",
    )


def _redacted(files: dict[str, Any], secrets: Secrets) -> dict[str, str]:
    """As texts, under names that hold no secret either; empty ones are left out."""
    redact = secrets.redaction
    found: dict[str, str] = {}
    for name, content in files.items():
        text = redact.text(content if isinstance(content, str) else _written(name, redact.tree(content)))
        hidden = redact.text(name)
        safe = hidden if hidden not in found else f"{hidden}-{len(found)}"
        found[safe] = cut(text) if name.startswith("logs/") else text
    return {name: found[name] for name in sorted(found) if found[name]}


def _written(name: str, content: Any) -> str:
    if name.endswith(".yaml"):
        return write_yaml(content)
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
