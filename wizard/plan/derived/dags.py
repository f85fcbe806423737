"""How DAGs reach Airflow."""

import json
from typing import Any

from pydantic import BaseModel

from wizard.plan.derived.secret_places import place_of
from wizard.plan.fields import seconds
from wizard.plan.model import Plan
from wizard.plan.sections.dags import DagsVolume, GitBundle, GitSync, HttpsToken, NewClaim, SshKey

VERIFY_DAGS = "/opt/airflow/airflow-wizard/dags"
"""Where the DAG of `verify` is mounted: blueprints/airflow/verify.pod.patch.yaml."""

GIT_LINK = "/git/repo"
"""Where git-sync's link to the newest checkout is: its root and its link's name, blueprints/dags/git-sync."""

DAGS_VOLUME = "/opt/airflow/dags"
"""Where a volume with DAGs is mounted: blueprints/dags/volume/dags.pod.patch.yaml."""

GIT_SECRET = "/etc/git-secret"  # noqa: S105  a folder
"""Where what a Git host asks for is mounted: blueprints/dags/git-*/credentials."""

GIT_CONNECTION = "dags_repo"
"""The connection that the Git bundle uses: blueprints/dags/git-bundle/airflow-config.patch.yaml."""

ANSWERED = {
    "dagsFolder": "dags.folder",
    "dagBundles": "dags.folder",
    "refreshInterval": "dags.period",
    "dagsConnection": "dags.repository",
    "dagsClaim": "dags.claim",
    "gitTokenSecret": "dags.credentials.token",
    "gitTokenKey": "dags.credentials.token",
    "gitCredential": "dags.repository",
    "gitCaFile": "dags.credentials.caCertificate",
    "deployKeySecret": "dags.credentials.privateKey",
    "deployKeyKey": "dags.credentials.privateKey",
}

_LOCAL_BUNDLE = "airflow.dag_processing.bundles.local.LocalDagBundle"
_GIT_BUNDLE = "airflow.providers.git.bundles.git.GitDagBundle"


def values(plan: Plan) -> dict[str, Any]:
    """What blueprints can name below `derived`."""
    return {"dagsFolder": dags_folder(plan), "dagBundles": dag_bundles(plan), **_of_choice(plan)}


def _of_choice(plan: Plan) -> dict[str, Any]:
    match plan.dags:
        case GitSync(period=period, credentials=credentials):
            return {"refreshInterval": str(seconds(period)), **_of_credentials(credentials, "airflow-git-sync")}
        case GitBundle(credentials=credentials):
            said = {"dagsConnection": _connection(plan.dags), "gitCredential": _credential(plan.dags.repository)}
            return {**said, **_of_credentials(credentials, "airflow-git-bundle")}
        case DagsVolume(claim=claim):
            return {"dagsClaim": "airflow-dags" if isinstance(claim, NewClaim) else claim.name}
    return {}


def dags_folder(plan: Plan) -> str | None:
    """Where Airflow reads the user's DAGs; None where it clones them to a place of its own."""
    match plan.dags:
        case GitBundle():
            return None
        case GitSync(folder=folder):
            return _below(GIT_LINK, folder)
        case DagsVolume(folder=folder):
            return _below(DAGS_VOLUME, folder)
    return plan.dags.folder


def _below(top: str, folder: str) -> str:
    return top if folder == "." else f"{top}/{folder}"


def dag_bundles(plan: Plan) -> str:
    """`[dag_processor] dag_bundle_config_list`: the user's DAGs, and the one of `verify` in a bundle of its own."""
    return json.dumps([_users_bundle(plan), _local_bundle("airflow-wizard", VERIFY_DAGS)])


def _users_bundle(plan: Plan) -> dict[str, Any]:
    if not isinstance(plan.dags, GitBundle):
        return _local_bundle("dags-folder", dags_folder(plan))
    kwargs = {
        "git_conn_id": GIT_CONNECTION,
        "tracking_ref": plan.dags.ref,
        **({} if plan.dags.folder == "." else {"subdir": plan.dags.folder}),
        "refresh_interval": seconds(plan.dags.period),
    }
    return {"name": "dags-repository", "classpath": _GIT_BUNDLE, "kwargs": kwargs}


def _local_bundle(name: str, path: str | None) -> dict[str, Any]:
    return {"name": name, "classpath": _LOCAL_BUNDLE, "kwargs": {"path": path}}


def _of_credentials(credentials: BaseModel, secret: str) -> dict[str, Any]:
    """Where the pods find what the Git host asks for; `secret` begins the name of the Secret that is ours."""
    match credentials:
        case SshKey(private_key=source):
            name, key = place_of(source, f"{secret}-ssh", "ssh")
            return {"deployKeySecret": name, "deployKeyKey": key}
        case HttpsToken(token=source, ca_certificate=ca):
            name, key = place_of(source, f"{secret}-https", "token")
            return {"gitTokenSecret": name, "gitTokenKey": key, "gitCaFile": f"{GIT_SECRET}/ca.crt" if ca else None}
    return {}


def _credential(repository: str) -> str | None:
    """How Git's settings of credentials for the repository's host begin (gitcredentials(7)); None for SSH."""
    scheme, _, rest = repository.partition("://")
    return f"credential.{scheme}://{rest.partition('/')[0]}" if scheme == "https" else None


def _connection(dags: GitBundle) -> str:
    """Airflow's connection to the repository. It names the mounted files, and so holds no secret itself."""
    files = {
        "key_file": f"{GIT_SECRET}/ssh",
        "known_hosts_file": f"{GIT_SECRET}/known_hosts",
        "strict_host_key_checking": "yes",
    }
    extra = {"extra": files} if isinstance(dags.credentials, SshKey) else {}
    return json.dumps({"conn_type": "git", "host": dags.repository, **extra})
