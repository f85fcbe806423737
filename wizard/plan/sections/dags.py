"""How DAGs reach Airflow."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from wizard.plan.fields import (
    AIRFLOW_DOCS,
    CONTROL,
    GIT_BUNDLE_DOCS,
    GIT_SYNC_DOCS,
    KUBERNETES_DOCS,
    VOLUME_DOCS,
    Closed,
    DnsName,
    Image,
    Misfit,
    Period,
    Quantity,
    ask,
    matching,
)
from wizard.plan.known_hosts import host_of, known_hosts_lines, lines_for, name_of
from wizard.plan.secret_sources import DeployKeySource, SecretSource


def folder_below(value: str) -> str:
    """A folder below the top of a repository or a volume, without slashes at the ends."""
    parts = [part for part in value.split("/") if part not in ("", ".")]
    if ".." in parts or not re.fullmatch(rf"[^\s\\${CONTROL}]+", value):
        raise ValueError("must be a folder below the top, such as dags or airflow/dags, without a blank or a $")
    return "/".join(parts) or "."


def certificates(value: str) -> str:
    """Certificates as PEM text."""
    from cryptography.x509 import load_pem_x509_certificates

    text = "\n".join(line.strip() for line in value.strip().splitlines()) + "\n"
    if "PRIVATE KEY" in text:
        raise ValueError("has a private key, which must not be in a plan; the certificate alone is wanted")
    try:
        load_pem_x509_certificates(text.encode())
    except ValueError:
        raise ValueError("is no certificate; it starts with -----BEGIN CERTIFICATE-----") from None
    return text


_SSH = re.compile(rf"ssh://[^\s/{CONTROL}]+/[^\s{CONTROL}]+|(?!-)[^\s@/:{CONTROL}]+@[^\s:/{CONTROL}]+:[^\s{CONTROL}]+")
_HTTP = re.compile(rf"https?://[^\s/@{CONTROL}]+/[^\s{CONTROL}]+")


def repository_address(value: str) -> str:
    """The address of a repository, by SSH or HTTPS, without a secret in it."""
    if re.match(r"https?://[^\s/]*@|ssh://[^\s/]*:[^\s/]*@", value):
        raise ValueError("has a user or a token in it; leave them out, a plan holds no secrets")
    if not _SSH.fullmatch(value) and not _HTTP.fullmatch(value):
        raise ValueError(
            "must be an address such as git@github.com:acme/dags.git, ssh://git@host:2222/acme/dags.git "
            "or https://github.com/acme/dags.git"
        )
    return value


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
    private_key: DeployKeySource = ask(
        "Where is the private key?",
        "A deploy key that may read this repository, without a passphrase. Only its place is kept in the plan.",
        GIT_SYNC_DOCS,
        choices="secret-sources",
    )
    known_hosts: Annotated[str, AfterValidator(known_hosts_lines)] = ask(
        "Known hosts",
        "The host's public keys, so that nobody can pose as your Git host: the lines that `airflow-wizard known-hosts "
        "ADDRESS` prints, or those of ~/.ssh/known_hosts. Compare their fingerprints with what the host publishes.",
        GIT_SYNC_DOCS,
        kind="lines",
        examples=["git.example.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"],
    )


class HttpsToken(Closed):
    """A user and a token."""

    type: Literal["https"] = "https"
    username: Annotated[str, matching(rf"[^\s{CONTROL}]+", "must be a name without blanks")] = ask(
        "User",
        "The name that goes with the token. For a personal token most hosts take any; a deploy token has its own.",
        GIT_SYNC_DOCS,
        default="git",
    )
    token: SecretSource = ask(
        "Where is the token?",
        "An access token that may read this repository. Only its place is kept in the plan.",
        GIT_SYNC_DOCS,
        choices="secret-sources",
    )
    ca_certificate: Annotated[str, AfterValidator(certificates)] | None = ask(
        "CA certificate",
        "The certificate of your own authority, as PEM text, where a public one has not signed the host's. "
        "It is the only one that is trusted then.",
        "https://git-scm.com/docs/git-config#Documentation/git-config.txt-httpsslCAInfo",
        kind="lines",
        default=None,
    )


class NoCredentials(Closed):
    """Everybody may read the repository."""

    type: Literal["none"] = "none"


def _fits(repository: str, credentials: SshKey | HttpsToken | NoCredentials) -> None:
    """That the address is of the kind that the credentials are for. Raises ValueError."""
    by_ssh = bool(_SSH.fullmatch(repository))
    if by_ssh and credentials.type != "ssh":
        raise Misfit("repository", f"is an SSH address; credentials of type {credentials.type} need an https:// one")
    if not by_ssh and credentials.type == "ssh":
        raise Misfit("repository", "is no SSH address; a deploy key needs one, such as git@github.com:acme/dags.git")
    if credentials.type == "https" and not repository.startswith("https://"):
        raise Misfit("repository", "must start with https://, since anybody on the way could read the token")
    if credentials.type == "ssh":
        _is_known(repository, credentials.known_hosts)


def _is_known(repository: str, known_hosts: str) -> None:
    """That the repository's host is one of those whose keys are known. Raises Misfit."""
    try:
        host, port = host_of(repository)
    except ValueError as error:
        raise Misfit("repository", str(error)) from None
    if not lines_for(known_hosts, host, port):
        raise Misfit("credentials.knownHosts", f"has no line for the repository's host, {name_of(host, port)}")


Repository = Annotated[str, AfterValidator(repository_address)]
_REPOSITORIES = ["git@git.example.org:acme/dags.git", "https://git.example.org/acme/dags.git"]
_REF = rf"[^\s~^:?*\[\\${CONTROL}]"
Ref = Annotated[str, matching(rf"(?!-){_REF}+", "must be a branch, a tag or a commit, without a $")]
Folder = Annotated[str, AfterValidator(folder_below)]


class GitSync(Closed):
    """A repository that a sidecar pulls."""

    type: Literal["git-sync"] = "git-sync"
    repository: Repository = ask(
        "Repository", "The address of the repository, by SSH or HTTPS.", GIT_SYNC_DOCS, examples=_REPOSITORIES
    )
    ref: Ref = ask("Branch", "Which branch (or tag, or commit) is deployed.", GIT_SYNC_DOCS, default="main")
    folder: Folder = ask(
        "Folder",
        "Where in the repository the DAGs are, such as dags; a single dot for the top.",
        AIRFLOW_DOCS + "core-concepts/dags.html#loading-dags",
        default="dags",
    )
    period: Period = ask(
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
    credentials: Annotated[SshKey | HttpsToken | NoCredentials, Field(discriminator="type")] = ask(
        "How does git-sync log in?", "What the Git host asks for.", GIT_SYNC_DOCS
    )

    @model_validator(mode="after")
    def _address_fits(self) -> Self:
        _fits(self.repository, self.credentials)
        return self


class GitBundle(Closed):
    """A repository that Airflow itself clones."""

    type: Literal["git-bundle"] = "git-bundle"
    repository: Repository = ask(
        "Repository", "The address of the repository, by SSH or HTTPS.", GIT_BUNDLE_DOCS, examples=_REPOSITORIES
    )
    ref: Ref = ask("Branch", "Which branch (or tag, or commit) is deployed.", GIT_BUNDLE_DOCS, default="main")
    folder: Folder = ask(
        "Folder",
        "Where in the repository the DAGs are, such as dags; a single dot for the top.",
        GIT_BUNDLE_DOCS,
        default="dags",
    )
    period: Period = ask("Period", "How often the repository is asked for news.", GIT_BUNDLE_DOCS, default="60s")
    credentials: Annotated[SshKey | HttpsToken | NoCredentials, Field(discriminator="type")] = ask(
        "How does Airflow log in?", "What the Git host asks for.", GIT_BUNDLE_DOCS
    )

    @model_validator(mode="after")
    def _address_fits(self) -> Self:
        _fits(self.repository, self.credentials)
        return self


class ExistingClaim(Closed):
    """A claim that is in the namespace already."""

    type: Literal["existing"] = "existing"
    name: DnsName = ask(
        "Claim",
        "The name of the PersistentVolumeClaim; it must be in the namespace.",
        VOLUME_DOCS,
        examples=["dags"],
    )


class NewClaim(Closed):
    """A claim that is made."""

    type: Literal["new"] = "new"
    size: Quantity = ask("Size", "How much storage to ask for.", VOLUME_DOCS, default="1Gi")
    storage_class: DnsName | None = ask(
        "StorageClass",
        "A class that offers the access mode: NFS, EFS, Azure Files, Filestore, CephFS. Empty: the default class.",
        KUBERNETES_DOCS + "storage/storage-classes/",
        picks="storageClass",
        default=None,
    )
    access_mode: Annotated[str, matching("ReadWriteMany|ReadWriteOnce", "must be ReadWriteMany or ReadWriteOnce")] = (
        ask(
            "Access mode",
            "ReadWriteMany, so that pods on all nodes can read; ReadWriteOnce only where all of them are on one node.",
            VOLUME_DOCS,
            default="ReadWriteMany",
        )
    )


class DagsVolume(Closed):
    """DAGs on a volume that all pods read."""

    type: Literal["volume"] = "volume"
    claim: Annotated[ExistingClaim | NewClaim, Field(discriminator="type")] = ask(
        "Which claim?", "The PersistentVolumeClaim that holds the DAGs. Airflow only reads it.", VOLUME_DOCS
    )
    folder: Folder = ask(
        "Folder",
        "Where on the volume the DAGs are; a single dot for the top.",
        AIRFLOW_DOCS + "core-concepts/dags.html#loading-dags",
        default=".",
    )
