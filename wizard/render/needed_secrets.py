"""Which Secrets the rendered objects read. Their values are no part of a render: `wizard.secrets` makes them."""

from dataclasses import dataclass
from typing import Any, Literal

from wizard.render.trace import Origin

Random = Literal["password", "fernet-key", "hex-64-bytes"]


@dataclass(frozen=True)
class Value:
    """How the value of one key comes to be: `text` is said in the plan (no secret), `random` is made once."""

    text: str | None = None
    random: Random | None = None


@dataclass(frozen=True)
class NeededSecret:
    """A Secret and its keys."""

    name: str
    keys: dict[str, Value]
    origin: Origin


def needed(declared: dict[str, Any], origin: Origin) -> NeededSecret:
    """From an entry of `secrets:` in a `choice.yaml`."""
    return NeededSecret(declared["name"], {key: Value(**value) for key, value in declared["keys"].items()}, origin)
