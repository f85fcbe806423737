"""When Kubernetes' events happened: a repeated one says so in a field of its own, by which kind of client wrote it."""

from datetime import datetime

from wizard.cluster.interface import Object


def last_seen(event: Object) -> str:
    """When it happened last: RFC 3339."""
    times = ((event.get("series") or {}).get("lastObservedTime"), event.get("lastTimestamp"), event.get("eventTime"))
    return str(next(filter(None, times), event["metadata"]["creationTimestamp"]))


def in_order(event: Object) -> tuple[datetime, int]:
    """To sort by: whole seconds, as most have no more, then as they were written."""
    version = str(event["metadata"].get("resourceVersion"))
    seen = datetime.fromisoformat(last_seen(event)).replace(microsecond=0)
    return seen, int(version) if version.isdigit() else 0
