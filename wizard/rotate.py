"""New secrets in the place of those that were made once: step by step, and from any step on again.

How far a rotation is stands in the Secret itself, in an annotation that is written together with the values, so that
it goes on where it was cut off. Nothing else ever rotates anything.
"""

import base64
import time
from collections.abc import Callable, Iterator
from typing import Literal

from wizard import apply as applying
from wizard import record
from wizard.airflow_api import AirflowApi, ApiError, part, ready_pod
from wizard.cluster.interface import Cluster, Object
from wizard.errors import Exit, UserError
from wizard.plan.sections.database import PostgreSQL
from wizard.progress import Mark, Row
from wizard.secrets import random_value
from wizard.watch import rollouts

What = Literal["fernet", "admin", "jwt", "database"]
STAGE = "airflow-wizard/rotation"
"""The annotation; without it, no rotation is under way."""

_FERNET, _ADMIN, _JWT, _DATABASE = "airflow-fernet-key", "airflow-admin", "airflow-jwt-secret", "airflow-db"
_NEXT = "next-password"
"""Where a new password waits until Airflow has taken it: should we be cut off, neither is lost."""

Values = dict[str, str]
Where = tuple[str, str]
"""A component and its container."""
API_SERVER, DATABASE = ("api-server", "api-server"), ("database", "postgres")


class _Rotation:
    """One Secret on its way to new values."""

    def __init__(self, cluster: Cluster, namespace: str, name: str, timeout: float) -> None:
        self._cluster, self._namespace, self._name = cluster, namespace, name
        self._plan = record.applied_plan(cluster, namespace)
        self._end = time.monotonic() + timeout

    @property
    def own_database(self) -> bool:
        """Whether the plan makes its database itself."""
        return isinstance(self._plan.database, PostgreSQL)

    @property
    def stage(self) -> str:
        """The last step that is done; empty where none is."""
        return str((self._body()["metadata"].get("annotations") or {}).get(STAGE, ""))

    def values(self) -> Values:
        """What is in the Secret."""
        data: Values = self._body().get("data") or {}
        return {key: base64.b64decode(value).decode() for key, value in data.items()}

    def _body(self) -> Object:
        body = self._cluster.get("v1", "Secret", self._name, self._namespace)
        if body is None:
            raise UserError(
                f"There is no Secret {self._name} in namespace {self._namespace}.",
                "airflow-wizard apply makes what is missing; a plan that reads none of it has nothing to rotate.",
            )
        return body

    def write(self, values: Values, stage: str) -> Iterator[Row]:
        """The values and how far it is, at once."""
        started = time.monotonic()
        known = self._body()["metadata"]
        metadata = {key: known[key] for key in ("name", "namespace", "labels") if key in known}
        if stage:
            metadata["annotations"] = {STAGE: stage}
        data = {key: base64.b64encode(value.encode()).decode() for key, value in values.items()}
        body = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": data}
        self._cluster.apply(body, force=True)
        thing, text = _SAID[stage]
        yield Row(thing, Mark.DONE, text, time.monotonic() - started)

    def roll(self) -> Iterator[Row]:
        """Let the pods that read it start anew, and wait until all are ready."""
        prepared = applying.prepare(self._cluster, self._plan, judge=False)
        for row in applying.apply(self._cluster, prepared):
            if row.text == "changed":
                yield row
        yield from self.ready()

    def ready(self) -> Iterator[Row]:
        """Wait until all are ready."""
        yield from rollouts(self._cluster, self._namespace, max(1.0, self._end - time.monotonic()))

    def exec(self, thing: str, command: list[str], where: Where = API_SERVER, stdin: str = "") -> Iterator[Row]:
        """Run a command in a component's container."""
        started = time.monotonic()
        component, container = where
        pod = ready_pod(self._cluster, self._namespace, component)
        code, out, err = self._cluster.exec(self._namespace, pod, container, command, stdin=stdin)
        if code != 0:
            last = next((line for line in reversed((err or out).splitlines()) if line.strip()), "")
            raise UserError(f"{thing} ended with {code}: {last[:300]}", "Run the same command again.")
        yield Row(thing, Mark.DONE, "done", time.monotonic() - started)


_SAID = {
    "readable": ("add the new key", "beside the old one, to be read"),
    "used": ("use the new key", "the old one is still read"),
    "trimmed": ("drop the old key", "nothing is encrypted with it any more"),
    "waiting": ("make a new password", "it waits beside the old one"),
    "taken": ("drop the old password", "the new one holds"),
    "changed": ("make a new value", "it holds for pods that start from now on"),
    "": ("rotation", "complete"),
}

_OF: dict[What, tuple[str, tuple[str, ...]]] = {
    "fernet": (_FERNET, ("readable", "used", "trimmed", "")),
    "admin": (_ADMIN, ("waiting", "taken", "")),
    "jwt": (_JWT, ("changed", "")),
    "database": (_DATABASE, ("waiting", "taken", "")),
}
"""The Secret of each, and its stages."""


def rotate(cluster: Cluster, namespace: str, what: What, timeout: float = 900) -> Iterator[Row]:
    """Rows until it is done; it begins once all is ready. Raises `UserError` where a step fails; the next call goes on
    from there."""
    ways: dict[What, Callable[[_Rotation], Iterator[Row]]] = {
        "fernet": _fernet,
        "admin": lambda rotation: _admin(rotation, AirflowApi(cluster, namespace)),
        "jwt": _jwt,
        "database": _database,
    }
    rotation = _Rotation(cluster, namespace, _OF[what][0], timeout)
    # Once the database has a new password, those that have the old one may not get ready any more: they are to roll.
    if what != "database" or not rotation.stage:
        yield from rotation.ready()
    yield from ways[what](rotation)


def steps_left(cluster: Cluster, namespace: str, what: What) -> list[str]:
    """What is still to be done, as the rows of `rotate` name it; all of it where no rotation is under way."""
    name, steps = _OF[what]
    stage = _Rotation(cluster, namespace, name, 0).stage
    return [_SAID[step][0] for step in (steps[steps.index(stage) + 1 :] if stage else steps)]


def _fernet(rotation: _Rotation) -> Iterator[Row]:
    """First all can read the new key, then all use it, then what is stored is encrypted anew, then the old one goes.

    Airflow's own procedure (https://airflow.apache.org/docs/apache-airflow/stable/security/secrets/fernet.html) begins
    with the second step; pods that have not rolled yet could not read then what others write.
    """
    (key,) = rotation.values()
    if not rotation.stage:
        old = rotation.values()[key]
        yield from rotation.write({key: f"{old},{random_value('fernet-key')}"}, "readable")
    if rotation.stage == "readable":
        yield from rotation.roll()
        old, new = rotation.values()[key].split(",")
        yield from rotation.write({key: f"{new},{old}"}, "used")
    if rotation.stage == "used":
        yield from rotation.roll()
        yield from rotation.exec("airflow rotate-fernet-key", ["airflow", "rotate-fernet-key"])
        yield from rotation.write({key: rotation.values()[key].partition(",")[0]}, "trimmed")
    yield from rotation.roll()
    yield from rotation.write(rotation.values(), "")


def _admin(rotation: _Rotation, api: AirflowApi) -> Iterator[Row]:
    """The new password is kept before Airflow hears of it, and the old one until Airflow has taken it."""
    if not rotation.stage:
        yield from rotation.write({**rotation.values(), _NEXT: random_value("password")}, "waiting")
    if rotation.stage == "waiting":
        values, started = rotation.values(), time.monotonic()
        user, new = values["username"], values.pop(_NEXT)
        try:
            api.login_as(user, values["password"])
        except ApiError as error:
            if error.status != 401:
                raise
            api.login_as(user, new)  # we were cut off just after Airflow had taken it
        api.call("PATCH", f"/auth/fab/v1/users/{part(user)}?update_mask=password", {"password": new})
        yield Row(f"user {user}", Mark.DONE, "has the new password", time.monotonic() - started)
        yield from rotation.write({**values, "password": new}, "taken")
    yield from rotation.roll()
    yield from rotation.write(rotation.values(), "")


def _jwt(rotation: _Rotation) -> Iterator[Row]:
    """All that sign and check roll at once; a task that runs meanwhile has a token of before, and is tried again."""
    if not rotation.stage:
        (key,) = rotation.values()
        yield from rotation.write({key: random_value("hex-64-bytes")}, "changed")
    yield from rotation.roll()
    yield from rotation.write(rotation.values(), "")


_ALTER = 'psql -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB"'


def _database(rotation: _Rotation) -> Iterator[Row]:
    """The new password is kept before the database hears of it. Until all have rolled, who connects anew with the old
    one is refused: some ten seconds, in which Airflow tries again."""
    if not rotation.own_database:
        raise UserError(
            "The database is somebody else's, and so is its password.",
            "Change it there and where database.password says that it is, then apply: what reads it rolls.",
            Exit.USAGE,
        )
    if not rotation.stage:
        yield from rotation.write({**rotation.values(), _NEXT: random_value("password")}, "waiting")
    if rotation.stage == "waiting":
        values = rotation.values()
        new = values.pop(_NEXT)
        # Over the socket inside of the pod no password is asked for. What is random has no quotes.
        sql = f"ALTER USER \"{values['POSTGRES_USER']}\" PASSWORD '{new}';\n\\q\n"
        yield from rotation.exec("alter the user", ["sh", "-c", _ALTER], DATABASE, sql)
        yield from rotation.write({**values, "POSTGRES_PASSWORD": new}, "taken")
    yield from rotation.roll()
    yield from rotation.write(rotation.values(), "")
