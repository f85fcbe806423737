"""Where the pods find a secret value."""

from wizard.plan.secret_sources import ConnectionSource, DeployKeySource, ExistingSecret, SecretSource


def place_of(source: SecretSource | DeployKeySource | ConnectionSource, name: str, key: str) -> tuple[str, str]:
    """The Secret, and its key, that a value is in: somebody else's, or ours of this name."""
    return (source.name, source.key) if isinstance(source, ExistingSecret) else (name, key)
