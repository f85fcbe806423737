"""How DAGs reach Airflow."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator

from wizard.plan.fields import AIRFLOW_DOCS, GIT_SYNC_DOCS, Closed, Image, ask, matching
from wizard.plan.secret_sources import SecretSource


def known_hosts_lines(value: str) -> str:
    """Lines of a known_hosts file (sshd(8)): a host, a key type and the key; comments may stand between them."""
    lines = [line.strip() for line in value.splitlines() if line.strip() and not line.startswith("#")]
    for line in lines:
        if not re.fullmatch(r"(@[a-z-]+ )?\S+ (ssh|ecdsa|sk)-[\w@.-]+ [A-Za-z0-9+/=]+( .*)?", line):
            raise ValueError(f"has a line that is none of known_hosts: {line[:40]}")
    if not lines:
        raise ValueError("needs the host's line, as `ssh-keyscan HOST` prints it")
    return "\n".join(lines) + "\n"


def folder_in_repository(value: str) -> str:
    """A folder below the top of a repository, without slashes at the ends."""
    parts = [part for part in value.split("/") if part not in ("", ".")]
    if ".." in parts or not re.fullmatch(r"[^\s\\]+", value):
        raise ValueError("must be a folder in the repository, such as dags or airflow/dags")
    return "/".join(parts) or "."


class DagsInImage(Closed):
    """DAGs that are part of the image."""

    type: Literal["image"] = "image"
    folder: Annotated[str, matching(r"/[\w./-]*", "must be an absolute path, such as /opt/airflow/dags")] = ask(
        "DAGs folder",
        "Where in the image the DAGs are.",
        AIRFLOW_DOCS + "configurations-ref.html#dags-folder",
        default="/opt/airflow/dags",
    )


class SshKey(Closed):
    """A deploy key."""

    type: Literal["ssh"] = "ssh"
    private_key: SecretSource = ask(
        "Where is the private key?",
        "A deploy key that may read this repository, without a passphrase. Only its place is kept in the plan.",
        GIT_SYNC_DOCS,
        choices="secret-sources",
    )
    known_hosts: Annotated[str, AfterValidator(known_hosts_lines)] = ask(
        "Known hosts",
        "The host's public key, as `ssh-keyscan HOST` prints it, so that nobody can pose as your Git host. "
        "Compare it with what the host publishes.",
        GIT_SYNC_DOCS,
        kind="lines",
    )


class GitSync(Closed):
    """A repository that a sidecar pulls."""

    type: Literal["git-sync"] = "git-sync"
    repository: Annotated[
        str,
        matching(
            r"ssh://[^\s/]+/\S+|[^\s@/:]+@[^\s:/]+:\S+",
            "must be an SSH address such as git@github.com:acme/dags.git or ssh://git@host:2222/acme/dags.git",
        ),
    ] = ask("Repository", "The address of the repository, by SSH.", GIT_SYNC_DOCS)
    ref: Annotated[str, matching(r"[^\s~^:?*\[\\-][^\s~^:?*\[\\]*", "must be a branch, a tag or a commit")] = ask(
        "Branch", "Which branch (or tag, or commit) is deployed.", GIT_SYNC_DOCS, default="main"
    )
    folder: Annotated[str, AfterValidator(folder_in_repository)] = ask(
        "Folder",
        "Where in the repository the DAGs are, such as dags; a single dot for the top.",
        AIRFLOW_DOCS + "core-concepts/dags.html#loading-dags",
        default="dags",
    )
    period: Annotated[str, matching(r"[1-9][0-9]*[sm]", "must be a time such as 30s or 5m")] = ask(
        "Period",
        "How often the repository is asked for news. Airflow looks for changed files as often.",
        GIT_SYNC_DOCS,
        default="60s",
    )
    image: Image = ask(
        "git-sync image",
        "The sidecar's image.",
        GIT_SYNC_DOCS,
        default="registry.k8s.io/git-sync/git-sync:v4.7.1",
    )
    credentials: SshKey = ask("How does git-sync log in?", "What the Git host asks for.", GIT_SYNC_DOCS)
