"""Which Secrets the rendered objects read. Their values are no part of a render: `wizard.secrets` makes them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from wizard.render.trace import Origin

Random = Literal["password", "fernet-key", "hex-64-bytes", "ed25519-key"]
Check = Literal["ssh-private-key", "airflow-connection", "token", "password"]


@dataclass(frozen=True)
class Value:
    """How the value of one key comes to be; just one of these is said."""

    text: str | None = None
    """Said in the plan, or a file of the blueprints: no secret."""
    random: Random | None = None
    """Made once."""
    public_half_of: str | None = None
    """The key of the same Secret that holds the private half; this one may be shown."""
    file: str | None = None
    """Read from this path where apply runs."""
    environment: str | None = None
    """Read from this variable where apply runs."""
    check: Check | None = None
    """What a value from outside must be."""

    @property
    def brought(self) -> bool:
        """Whether it comes from where apply runs: then that source wins over the cluster's value."""
        return self.file is not None or self.environment is not None


@dataclass(frozen=True)
class NeededSecret:
    """A Secret and its keys."""

    name: str
    keys: dict[str, Value]
    origin: Origin
    existing: bool = False
    """Somebody else makes it; it must be there."""
    label: str = ""
    """By which it is found, whatever its name; then `name` is only what we call it."""

    @property
    def answer(self) -> str:
        """The answer of the plan that wants it: `dags.credentials.privateKey`."""
        return self.origin.answer.removesuffix(".type").removesuffix(".name")


def needed(
    declared: dict[str, Any], origin: Origin, file: Callable[[str], str], places: Mapping[str, str]
) -> list[NeededSecret]:
    """From an entry of `secrets:` in a `choice.yaml`; `file` reads one of the files beside it. `places` are the answers
    that keys come `from`.

    A key with `content` holds such a file: no secret in itself, but people may put their own into it.

    A key with `from` takes a source of the plan (a file, a variable, a key pair to be made, or a key of an existing
    Secret, or one that is found by a label, which is then another Secret than the declared one).
    """
    found, keys = [], {}
    for key, value in declared["keys"].items():
        source = value.get("from", {})
        asked = replace(origin, answer=places.get(key, origin.answer))
        match source.get("type"):
            case None if "content" in value:
                keys[key] = Value(text=file(value["content"]))
            case None:
                keys[key] = Value(**value)
            case "secret":
                asked = replace(asked, answer=declared.get("answer", f"{asked.answer}.name"))
                found.append(NeededSecret(source["name"], {source["key"]: Value()}, asked, existing=True))
            case "file":
                keys[key] = Value(file=source["path"], check=value.get("check"))
            case "environment":
                keys[key] = Value(environment=source["variable"], check=value.get("check"))
            case "secretsBackend":
                found.append(_labelled(key.removeprefix("AIRFLOW_CONN_").lower(), asked))
            case "generated":
                keys |= {key: Value(random="ed25519-key"), f"{key}.pub": Value(public_half_of=key)}
    return [*found, NeededSecret(declared["name"], keys, origin)] if keys else found


def secret_places(declared: Any) -> dict[str, str]:
    """By key of an entry of `secrets:`, the answer that it comes `from`: `logs.credentials.source`.

    An entry that the plan makes as a whole (`${...}`) is somebody else's Secret, and has none.
    """
    keys = declared["keys"] if isinstance(declared, dict) else {}
    found = {key: re.fullmatch(r"\$\{(.+)\}", str(value.get("from", ""))) for key, value in keys.items()}
    return {key: place[1] for key, place in found.items() if place}


def _labelled(connection: str, origin: Origin) -> NeededSecret:
    """The Secret that Airflow's Kubernetes secrets backend takes for a connection, by its own defaults."""
    name = f"airflow-connection-{connection.replace('_', '-')}"
    label = f"airflow.apache.org/connection-id={connection}"
    return NeededSecret(name, {"value": Value()}, origin, existing=True, label=label)
