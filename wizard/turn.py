"""One apply at a time in a namespace: whoever writes says so in the record first, and stops when somebody else does.

Nobody waits for anybody: an apply that was killed leaves its word there, and the next one must not wait for it. So the
later one takes over, whether the earlier one still lives or not; that one finds out before it writes on.
"""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from wizard import record
from wizard.cluster.interface import Cluster, Conflict, Exists
from wizard.errors import UserError

_RACES = 3
"""How often somebody who doesn't apply may change the record at the same moment."""


class Turn:
    """The right to write into a namespace, until somebody else takes it."""

    def __init__(self, cluster: Cluster, namespace: str) -> None:
        self._cluster, self._namespace = cluster, namespace
        self._whose = secrets.token_hex(8)

    def take(self, known: record.Record | None, wanted: record.Record) -> None:
        """Begin: write `wanted` in the place of the record that was `known` when the cluster was asked.

        Raises `UserError` where somebody has written since; then nothing was written here.
        """
        applying = (self._whose, record.moment(datetime.now(UTC)))
        body = replace(wanted, version=known.version if known else "", applying=applying).body(self._namespace)
        try:
            if known:
                self._cluster.apply(body, force=True)
            else:
                self._cluster.create(body)
        except (Conflict, Exists):
            if self._mine() is None:  # it may be our own word, whose answer was lost on the way
                raise UserError(
                    f"Somebody else has begun to apply or delete in namespace {self._namespace} since you looked.",
                    "Nothing was written. The same command looks again, and goes on from there.",
                ) from None

    def hold(self) -> record.Record:
        """The record as it is now. Raises `UserError` where the turn is somebody else's."""
        known = self._mine()
        if known is None:
            raise UserError(
                f"Somebody else applies or deletes in namespace {self._namespace} now, and goes on with it.",
                "This one has stopped. Wait until the other has ended; airflow-wizard diff shows what differs then.",
            )
        return known

    def end(self, wanted: record.Record) -> None:
        """Write the record of what is applied; nobody applies any more. Raises `UserError` as `hold` does."""
        for _ in range(_RACES):
            body = replace(wanted, version=self.hold().version, applying=None).body(self._namespace)
            try:
                self._cluster.apply(body, force=True)
            except Conflict:
                now = record.read(self._cluster, self._namespace)
                if now and not now.applying and now.plan == wanted.plan:
                    return  # the answer to our own word was lost on the way
            else:
                return
        self._cluster.apply(replace(wanted, version="", applying=None).body(self._namespace), force=True)

    def _mine(self) -> record.Record | None:
        """The record as it is now; None where it is another's word that stands there, or nobody's."""
        known = record.read(self._cluster, self._namespace)
        return known if known and known.applying and known.applying[0] == self._whose else None
