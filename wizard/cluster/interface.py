"""What the rest of the wizard may ask of a cluster.

Two implementations: `real` (the `kubernetes` package) and `sandbox` (in memory, for `demo`). Objects are plain dicts
as the API sends them. Every method may raise one of the errors below, and nothing else, for what goes wrong outside.
All methods may be called from several threads at once.
"""

import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wizard.errors import UserError

Object = dict[str, Any]
Objects = list[Object]
"""A name of its own, since inside a class with a method `list` that word is no type any more."""

Keep = Callable[[Object], Object]
"""What is kept of each object of a list."""

FIELD_MANAGER = "airflow-wizard"


class ClusterError(UserError):
    """The cluster said no, or said nothing."""


class Unreachable(ClusterError):
    """No answer from the API server: refused, timed out, wrong certificate."""


class Forbidden(ClusterError):
    """401 or 403: who we are may not do this."""


class Missing(ClusterError):
    """404 where something was needed: a namespace, a kind this cluster doesn't know."""


class Invalid(ClusterError):
    """400, 422, or a 500 about the schema: the API server does not take the object."""


class Exists(ClusterError):
    """409 on create: somebody was faster."""

    perhaps_ours = False
    """Whether it may be what we made by an earlier try, the answer to which was lost."""


@dataclass(frozen=True)
class Owned:
    """One field that another field manager owns, such as manager `kubectl`, field `.data.a`."""

    manager: str
    field: str


class Conflict(ClusterError):
    """409 on apply: other field managers own fields that we would change; `owned` names them."""

    def __init__(self, message: str, way_out: str = "", owned: tuple[Owned, ...] = ()) -> None:
        super().__init__(message, way_out)
        self.owned = owned


class Stream(Protocol):
    """A connected byte stream, as much of `socket.socket` as `http.client` needs."""

    def sendall(self, data: bytes, /) -> None: ...

    def makefile(self, mode: str, /) -> Any: ...

    def close(self) -> None: ...

    def relay(self, client: socket.socket, /) -> None:
        """Carry bytes both ways between `client` and the pod, until either has ended; closes neither.

        Raises ClusterError where the pod's end is gone before it answered anything, OSError for what `client` raises.
        """


class Cluster(Protocol):
    """A connection to one cluster by one context of a kubeconfig."""

    context: str
    """Name of the context, such as `kind-lab`."""
    server: str
    """Address of the API server, such as `https://127.0.0.1:6443`."""
    insecure: bool
    """Whether the kubeconfig says not to check the server's certificate (`insecure-skip-tls-verify`)."""

    def version(self) -> str:
        """`gitVersion` of the API server, such as `v1.34.4`."""

    def may(self, verb: str, resource: str, *, group: str = "", namespace: str = "", subresource: str = "") -> bool:
        """Whether we may do this (SelfSubjectAccessReview). `resource` is the plural: `deployments`."""

    def get(self, api_version: str, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object, or None where it (or its namespace) is not there."""

    def list(
        self,
        api_version: str,
        kind: str,
        namespace: str = "",
        *,
        labels: str = "",
        fields: str = "",
        metadata_only: bool = False,
        keep: Keep | None = None,
    ) -> Objects:
        """All objects of a kind, asked for in pages; each has apiVersion and kind. No namespace: of all of them.

        `metadata_only` asks the API server for nothing else, so a Secret's values stay where they are. `keep` reduces
        each object as its page arrives, so that a big cluster's pods need not all be held at once.
        """

    def create(self, body: Object) -> Object:
        """Create; raises `Exists` where the name is taken."""

    def apply(self, body: Object, *, dry_run: bool = False, force: bool = False) -> Object:
        """Server-side apply as `FIELD_MANAGER`; the answer is the whole object. Raises `Conflict`."""

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str = "", *, seen: Object | None = None
    ) -> bool:
        """Delete in the background; False where it was gone already.

        With `seen` only if it is still that object, and as it was: raises `Conflict` where uid or resourceVersion
        differ.
        """

    def events(self, namespace: str, kind: str, name: str) -> Objects:
        """Events about one object, oldest first."""

    def logs(self, namespace: str, pod: str, container: str, *, tail: int = 20, previous: bool = False) -> str:
        """The last lines of a container's log; empty where there is none (yet)."""

    def read_log(
        self,
        namespace: str,
        pod: str,
        container: str,
        *,
        tail: int | None = None,
        previous: bool = False,
        follow: bool = False,
    ) -> Iterator[bytes]:
        """A container's log as it is, in pieces that may begin and end anywhere; asks when the first is wanted.

        `tail` is how many lines of its end, None for all. With `follow` it goes on until the container ends. Raises
        Missing where there is no such log (yet).
        """

    def exec(
        self, namespace: str, pod: str, container: str, command: Sequence[str], *, stdin: str = ""
    ) -> tuple[int, str, str]:
        """Run a command: exit code, stdout, stderr. A secret goes by `stdin`: commands are in audit logs and process
        lists. No end of it is told to the command, so it must know when it has all."""

    def forward(self, namespace: str, pod: str, port: int) -> Stream:
        """A new connection to a port of a pod, by port-forward."""
