"""Deploy keys: made, judged, and their public halves, which the Git host must know."""

import re
from typing import TYPE_CHECKING

from wizard.plan.known_hosts import fingerprint, host_of
from wizard.plan.model import Plan
from wizard.plan.secret_sources import GeneratedKey

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
    from cryptography.hazmat.primitives.serialization.ssh import SSHPrivateKeyTypes

_SETTINGS = {
    "github.com": "https://github.com/{path}/settings/keys",
    "gitlab.com": "https://gitlab.com/{path}/-/settings/repository#js-deploy-keys-settings",
    "bitbucket.org": "https://bitbucket.org/{path}/admin/access-keys/",
}
"""Where these hosts take the deploy keys of a repository."""


def new_private_key() -> str:
    """A new ed25519 key in OpenSSH's format, without a passphrase."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()).decode()


def load_private_key(text: str) -> "SSHPrivateKeyTypes | PrivateKeyTypes":
    """A key of either format.

    Raises TypeError for one with a passphrase, ValueError or UnsupportedAlgorithm for what is none.
    """
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    load = load_ssh_private_key if "BEGIN OPENSSH PRIVATE KEY" in text else load_pem_private_key
    return load(text.encode(), password=None)


def public_half(private_key: str) -> str:
    """The line that a Git host takes: `ssh-ed25519 AAAA...`. Raises ValueError for what is no private key."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    public = load_private_key(private_key).public_key()
    return public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()


def described(private_key: str) -> str:
    """Which key it is, by what anybody may see: `ssh-ed25519, SHA256:...`."""
    kind, key = public_half(private_key).split()[:2]
    return f"{kind}, {fingerprint(key)}"


def is_made(plan: Plan) -> bool:
    """Whether the plan has the wizard make the deploy key."""
    credentials = getattr(plan.dags, "credentials", None)
    return isinstance(getattr(credentials, "private_key", None), GeneratedKey)


def request(plan: Plan, public: str) -> str:
    """What somebody must do with a key that was made: the key is a line of its own, to be copied."""
    place = where_to_add(getattr(plan.dags, "repository", ""))
    return f"Deploy key: let it read the repository ({place}); no DAGs arrive until it may.\n{public}"


def where_to_add(repository: str) -> str:
    """The page of the Git host that takes deploy keys, where we know it."""
    host, _ = host_of(repository)
    path = re.sub(r"\.git$", "", re.sub(r"^(ssh://[^/]+/|[^:]+:)", "", repository))
    known = _SETTINGS.get(host)
    return known.format(path=path) if known else f"on {host}, as its deploy key or SSH key"
