"""Where a secret value comes from: the plan names its place, never the value."""

from typing import Annotated, Literal

from pydantic import Field

from wizard.plan.fields import CONTROL, SECRET_DOCS, Closed, DnsName, ask, matching


class ExistingSecret(Closed):
    """A key of a Secret that is in the namespace already."""

    type: Literal["secret"] = "secret"
    name: DnsName = ask(
        "Secret", "The name of the Secret; it must be in the namespace.", SECRET_DOCS, examples=["airflow-secrets"]
    )
    key: Annotated[str, matching(r"(?!\.$|\.\.)[-._A-Za-z0-9]{1,253}", "may hold only letters, digits and - _ .")] = (
        ask("Key", "Which key of the Secret holds the value.", SECRET_DOCS, examples=["value"])
    )


class SecretFile(Closed):
    """A file on the machine where apply runs; its content goes to a Secret, never into the plan."""

    type: Literal["file"] = "file"
    path: Annotated[str, matching(rf"[^{CONTROL}]+", "must be a path, such as ~/.ssh/dags_ed25519")] = ask(
        "File",
        "The path of the file on the machine where apply runs; ~ is your home.",
        SECRET_DOCS,
        examples=["~/airflow-secret"],
    )


class EnvironmentVariable(Closed):
    """An environment variable of apply; its content goes to a Secret, never into the plan."""

    type: Literal["environment"] = "environment"
    variable: Annotated[str, matching(r"[A-Za-z_][A-Za-z0-9_]*", "must be a name such as GIT_DEPLOY_KEY")] = ask(
        "Variable",
        "The name of the environment variable, as set where apply runs.",
        SECRET_DOCS,
        examples=["AIRFLOW_SECRET"],
    )


class SecretsBackend(Closed):
    """A Secret that Airflow's own Kubernetes secrets backend finds by its label."""

    type: Literal["secretsBackend"] = "secretsBackend"


class GeneratedKey(Closed):
    """A key pair that the wizard makes once; the private half is kept in a Secret and nowhere else."""

    type: Literal["generated"] = "generated"


SecretSource = Annotated[ExistingSecret | SecretFile | EnvironmentVariable, Field(discriminator="type")]

DeployKeySource = Annotated[
    ExistingSecret | SecretFile | EnvironmentVariable | GeneratedKey, Field(discriminator="type")
]
"""Of a deploy key alone, whose public half can be told to the Git host afterwards."""

ConnectionSource = Annotated[
    ExistingSecret | SecretFile | EnvironmentVariable | SecretsBackend, Field(discriminator="type")
]
"""Of an Airflow connection alone, which Airflow can look up for itself."""
