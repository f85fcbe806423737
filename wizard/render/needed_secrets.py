"""Which Secrets the rendered objects read. Their values are no part of a render: `wizard.secrets` makes them."""

from dataclasses import dataclass
from typing import Any, Literal

from wizard.render.trace import Origin

Random = Literal["password", "fernet-key", "hex-64-bytes"]
Check = Literal["ssh-private-key", "airflow-connection", "token", "password"]


@dataclass(frozen=True)
class Value:
    """How the value of one key comes to be; just one of these is said."""

    text: str | None = None
    """Said in the plan: no secret."""
    random: Random | None = None
    """Made once."""
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


def needed(declared: dict[str, Any], origin: Origin) -> list[NeededSecret]:
    """From an entry of `secrets:` in a `choice.yaml`.

    A key with `from` takes a source of the plan (a file, a variable, or a key of an existing Secret, which is then
    another Secret than the declared one).
    """
    found, keys = [], {}
    for key, value in declared["keys"].items():
        source = value.get("from", {})
        match source.get("type"):
            case None:
                keys[key] = Value(**value)
            case "secret":
                found.append(NeededSecret(source["name"], {source["key"]: Value()}, origin, existing=True))
            case "file":
                keys[key] = Value(file=source["path"], check=value.get("check"))
            case "environment":
                keys[key] = Value(environment=source["variable"], check=value.get("check"))
    return [*found, NeededSecret(declared["name"], keys, origin)] if keys else found
