"""A real cluster, by one context of a kubeconfig."""

from collections.abc import Iterator, Sequence
from typing import Any

from wizard.cluster.api import APPLY, METADATA_ONLY, Api, Query, Resource, needed
from wizard.cluster.events import in_order
from wizard.cluster.interface import (
    FIELD_MANAGER,
    Cluster,
    Conflict,
    Exists,
    Invalid,
    Keep,
    Missing,
    Object,
    Objects,
    Stream,
)
from wizard.cluster.kubeconfig import Context, choose, contexts
from wizard.cluster.pace import Pace
from wizard.cluster.pod_stream import PodStream
from wizard.cluster.refusals import About, Gone, not_an_api_server
from wizard.cluster.streams import open_channels, run

__all__ = ["Context", "RealCluster", "connect", "contexts"]

PAGE = 500
_LOG_BYTES = 1 << 20
_NO_LOG_YET = ("waiting to start", "not found", "is terminated", "failing to pull", "can't be pulled")
_OWN_RACES = 3


def connect(
    kubeconfig: str | None = None, context: str | None = None, timeout: float = 30, pace: Pace | None = None
) -> Cluster:
    """A connection by a context (the current one where none is named); asks the API server nothing yet.

    `timeout` bounds every request in seconds, with all its retries; `pace` limits how many there are. Raises UserError
    with Exit.USAGE for a kubeconfig that is missing or wrong. Takes 0.5 s the first time: that is importing
    `kubernetes`.
    """
    return RealCluster(kubeconfig, context, timeout, pace)


class RealCluster:
    """`Cluster` over the Kubernetes API."""

    def __init__(
        self,
        kubeconfig: str | None = None,
        context: str | None = None,
        timeout: float = 30,
        pace: Pace | None = None,
    ) -> None:
        entry = choose(kubeconfig, context)
        self.context = entry.context
        self.server = entry.server
        self._api = Api(entry, timeout, pace)
        self.insecure = self._api.login.insecure

    def version(self) -> str:
        """`gitVersion` of the API server."""
        try:
            return str(self._api.json("GET", "/version", About("get", "version"))["gitVersion"])
        except (Gone, KeyError):
            raise not_an_api_server(self.server, "it tells no version") from None

    def may(self, verb: str, resource: str, *, group: str = "", namespace: str = "", subresource: str = "") -> bool:
        """Whether we may do this, by a SelfSubjectAccessReview."""
        attributes = {
            "verb": verb,
            "resource": resource,
            "group": group,
            "namespace": namespace,
            "subresource": subresource,
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        answer = self._api.json("POST", path, About("create", "SelfSubjectAccessReview"), body=review)
        return bool(answer.get("status", {}).get("allowed"))

    def get(self, api_version: str, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object, or None; Missing for a kind that the cluster does not know."""
        resource, about = self._find("get", api_version, kind, name, namespace)
        try:
            return self._api.json("GET", resource.path(namespace, name), about)
        except Gone:
            return None

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
        """All objects of a kind, in pages of `PAGE`; begins again where a page has expired (410)."""
        resource = self._api.resource(api_version, kind)
        selectors = [("labelSelector", labels), ("fieldSelector", fields)]
        query = [(key, value) for key, value in selectors if value]
        about = About("list", kind, namespace=namespace, api_version=api_version)
        accept = METADATA_ONLY if metadata_only else ""

        def kept(item: Object) -> Object:
            named = {**item, "apiVersion": api_version, "kind": kind}
            return keep(named) if keep else named

        try:
            try:
                return self._pages(resource, namespace, [*query, ("limit", str(PAGE))], about, accept, kept)
            except Gone as expired:
                if expired.status != 410:
                    raise
                # In one piece: that can't expire.
                return self._pages(resource, namespace, query, about, accept, kept)
        except Gone as error:
            raise needed(error, about) from None

    def create(self, body: Object) -> Object:
        """Create, refusing fields that the API does not know; raises Exists where the name is taken."""
        resource, about = self._find_body("create", body)
        query = [("fieldManager", FIELD_MANAGER), ("fieldValidation", "Strict")]
        try:
            return self._api.json("POST", resource.path(about.namespace), about, query=query, body=body)
        except Gone as error:
            raise needed(error, about) from None
        except Exists as error:
            there = self.get(about.api_version, about.kind, about.name, about.namespace) if error.perhaps_ours else None
            if there is None or not _holds(there, body):
                raise
            return there

    def apply(
        self, body: Object, *, dry_run: bool = False, force: bool = False, manager: str = FIELD_MANAGER
    ) -> Object:
        """Server-side apply; `manager` is ours unless a test plays somebody else. Raises Conflict."""
        resource, about = self._find_body("apply", body)
        path = resource.path(about.namespace, about.name)
        query = [("fieldManager", manager), ("force", "true" if force else "false")]
        query += [("dryRun", "All")] if dry_run else []
        races = 0
        while True:
            try:
                return self._api.json("PATCH", path, about, query=query, body=body, content_type=APPLY)
            except Gone as error:
                raise needed(error, about) from None
            except Conflict as conflict:
                races += 1
                ours = conflict.owned and all(owner.manager == manager for owner in conflict.owned)
                if force or races > _OWN_RACES or (conflict.owned and not ours):
                    raise
                if ours:
                    # We own these by `create`, which the API server counts as somebody else.
                    query[1] = ("force", "true")

    def delete(
        self, api_version: str, kind: str, name: str, namespace: str = "", *, seen: Object | None = None
    ) -> bool:
        """Delete, with what it owns going after it; False where it was gone already. With `seen` raises Conflict."""
        resource, about = self._find("delete", api_version, kind, name, namespace)
        options: Object = {"propagationPolicy": "Background"}
        if seen:
            options["preconditions"] = {key: seen["metadata"][key] for key in ("uid", "resourceVersion")}
        try:
            self._api.json("DELETE", resource.path(namespace, name), about, body=options)
        except Gone:
            return False
        return True

    def events(self, namespace: str, kind: str, name: str) -> Objects:
        """Events about one object, oldest first."""
        fields = f"involvedObject.kind={kind},involvedObject.name={name}"
        return sorted(self.list("v1", "Event", namespace, fields=fields), key=in_order)

    def logs(self, namespace: str, pod: str, container: str, *, tail: int = 20, previous: bool = False) -> str:
        """The last lines of a container's log; empty where pod, container or log is not there yet."""
        resource, about = self._find("get the log of", "v1", "Pod", pod, namespace)
        query = [("container", container), ("tailLines", str(tail)), ("limitBytes", str(_LOG_BYTES))]
        query += [("previous", "true")] if previous else []
        try:
            return self._api.read("GET", resource.path(namespace, pod, "log"), about, query=query).decode(
                errors="replace"
            )
        except Gone:
            return ""
        except Invalid as error:
            if any(text in error.message for text in _NO_LOG_YET):
                return ""
            raise

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
        """A container's log in pieces; with `follow` until the container ends. Raises Missing where there is none."""
        resource, about = self._find("get the log of", "v1", "Pod", pod, namespace)
        query = [("container", container)] + ([("tailLines", str(tail))] if tail is not None else [])
        query += [(name, "true") for name, wanted in (("previous", previous), ("follow", follow)) if wanted]
        try:
            yield from self._api.stream(resource.path(namespace, pod, "log"), about, query=query, endless=follow)
        except Gone as error:
            raise needed(error, about) from None
        except Invalid as error:
            if any(text in error.message for text in _NO_LOG_YET):
                known = "Only a container that was restarted has an earlier log." if previous else ""
                way_out = known or f"kubectl describe pod -n {namespace} {pod} tells what it waits for."
                raise Missing(error.message, way_out) from None
            raise

    def exec(
        self, namespace: str, pod: str, container: str, command: Sequence[str], *, stdin: str = ""
    ) -> tuple[int, str, str]:
        """Run a command: exit code, stdout, stderr."""
        resource, about = self._find("exec in", "v1", "Pod", pod, namespace)
        query = [("container", container), ("stdout", "true"), ("stderr", "true")]
        query += [("stdin", "true")] if stdin else []
        query += [("command", part) for part in command]
        return run(open_channels(self._api, resource.path(namespace, pod, "exec"), query, about), about, stdin)

    def forward(self, namespace: str, pod: str, port: int) -> Stream:
        """A new connection to a port of a pod."""
        resource, about = self._find("forward a port of", "v1", "Pod", pod, namespace)
        path = resource.path(namespace, pod, "portforward")
        return PodStream(open_channels(self._api, path, [("ports", str(port))], about), about, port)

    def _find(self, verb: str, api_version: str, kind: str, name: str, namespace: str) -> tuple[Resource, About]:
        resource = self._api.resource(api_version, kind)
        about = About(verb, kind, name, namespace if resource.namespaced else "", api_version)
        if not name or (resource.namespaced and not namespace):
            raise Invalid(f"{kind} {name} has no {'namespace' if name else 'name'}.", "Name both.")
        return resource, about

    def _find_body(self, verb: str, body: Object) -> tuple[Resource, About]:
        metadata = body.get("metadata") or {}
        return self._find(
            verb, body["apiVersion"], body["kind"], metadata.get("name", ""), metadata.get("namespace", "")
        )

    def _pages(
        self, resource: Resource, namespace: str, query: Query, about: About, accept: str, kept: Keep
    ) -> Objects:
        items: Objects = []
        token = ""
        while True:
            more = [*query, ("continue", token)] if token else query
            page = self._api.json("GET", resource.path(namespace), about, query=more, accept=accept)
            items.extend(map(kept, page.get("items") or []))
            token = (page.get("metadata") or {}).get("continue", "")
            if not token:
                return items


def _holds(there: Any, wanted: Any) -> bool:
    """Whether all that we sent is there; the API server adds to it."""
    if isinstance(wanted, dict):
        return isinstance(there, dict) and all(_holds(there.get(key), wanted[key]) for key in wanted)
    if isinstance(wanted, list):
        return isinstance(there, list) and len(there) >= len(wanted) and all(map(_holds, there, wanted))
    return bool(there == wanted)
