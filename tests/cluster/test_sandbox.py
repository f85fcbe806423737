"""The cluster in memory: things take their time in a believable order, and what it can't do it says."""

import http.client
import json
import threading
from typing import Any

import pytest

from wizard.cluster.interface import Cluster, ClusterError, Missing, Object, Objects
from wizard.cluster.sandbox import Sandbox

SPACE = "airflow"


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Sandbox:
    made = Sandbox(clock=clock)
    made.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    return made


def deployment(name: str, *inits: str | Object, replicas: int = 1, image: str = "airflow:3") -> Object:
    made = [{"name": init, "image": image} if isinstance(init, str) else init for init in inits]
    template: Object = {"metadata": {"labels": {"component": name}}, "spec": {"containers": []}}
    template["spec"]["containers"] = [{"name": "main", "image": image}]
    template["spec"] |= {"initContainers": made} if made else {}
    spec = {"replicas": replicas, "selector": {"matchLabels": {"component": name}}, "template": template}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": SPACE},
        "spec": spec,
    }


def pods(sandbox: Sandbox, name: str) -> Objects:
    return sandbox.list("v1", "Pod", SPACE, labels=f"component={name}")


def status(sandbox: Sandbox, name: str) -> Object:
    found = sandbox.get("apps/v1", "Deployment", name, SPACE)
    assert found is not None
    return dict(found["status"])


def stage(sandbox: Sandbox, name: str) -> str:
    """Where the one pod of a Deployment is: `pending`, `init NAME`, `starting`, `running` or `ready`."""
    (pod,) = pods(sandbox, name)
    now = pod["status"]
    if "containerStatuses" not in now:
        return "pending"
    for init in now.get("initContainerStatuses", []):
        if "terminated" not in init["state"] and not init["ready"]:
            return f"init {init['name']}"
    if now["containerStatuses"][0]["ready"]:
        return "ready"
    return "running" if "running" in now["containerStatuses"][0]["state"] else "starting"


def stages(sandbox: Sandbox, clock: Clock, name: str, seconds: float = 10) -> list[str]:
    """All stages of a pod, looked at ten times a second."""
    seen: list[str] = []
    for _ in range(int(seconds * 10)):
        now = stage(sandbox, name)
        if not seen or seen[-1] != now:
            seen.append(now)
        clock.now += 0.1
    return seen


def test_it_is_a_cluster() -> None:
    cluster: Cluster = Sandbox()
    assert (cluster.context, cluster.server) == ("sandbox", "in memory, nothing real runs")


def test_what_is_there_from_the_start(sandbox: Sandbox) -> None:
    assert [item["metadata"]["name"] for item in sandbox.list("v1", "Namespace")] == [
        "airflow",
        "default",
        "kube-system",
    ]
    (storage,) = sandbox.list("storage.k8s.io/v1", "StorageClass")
    assert (storage["metadata"]["name"], storage["provisioner"]) == ("standard", "rancher.io/local-path")


def test_a_pod_comes_up_step_by_step(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("web", "first", "second"))
    assert stages(sandbox, clock, "web") == ["pending", "init first", "init second", "starting", "running", "ready"]


def test_a_sidecar_keeps_running(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("web", {"name": "git-sync", "image": "git", "restartPolicy": "Always"}))
    clock.now += 10
    (pod,) = pods(sandbox, "web")
    assert "running" in pod["status"]["initContainerStatuses"][0]["state"]
    assert stage(sandbox, "web") == "ready"


def test_looking_late_shows_the_same(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("web", "first"))
    sandbox.apply(deployment("waiting", "wait-for-migrations"))
    sandbox.apply(deployment("api", "migrate"))
    pods(sandbox, "web")
    clock.now += 60
    assert [stage(sandbox, name) for name in ("web", "waiting", "api")] == ["ready"] * 3


def test_pace_0_is_ready_at_the_next_look() -> None:
    sandbox = Sandbox(pace=0)
    sandbox.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    for made in (
        deployment("scheduler", "wait-for-migrations"),
        deployment("api", "migrate"),
        deployment("postgres-db"),
    ):
        sandbox.apply(made)
    assert [stage(sandbox, name) for name in ("scheduler", "api", "postgres-db")] == ["ready"] * 3


def test_migrations_wait_for_the_database_and_others_for_migrations(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("scheduler", "wait-for-migrations"))
    sandbox.apply(deployment("api", "migrate"))
    sandbox.apply(deployment("postgres-db"))
    for _ in range(200):
        now = {name: stage(sandbox, name) for name in ("scheduler", "api", "postgres-db")}
        if now["postgres-db"] != "ready":
            assert now["api"] in ("pending", "init migrate")
        if now["api"] in ("pending", "init migrate"):
            assert now["scheduler"] in ("pending", "init wait-for-migrations")
        clock.now += 0.1
    assert set(now.values()) == {"ready"}


def test_a_script_tells_what_an_init_container_does(sandbox: Sandbox, clock: Clock) -> None:
    scripts = {"scheduler": "/opt/scripts/wait_for_migrations.py", "api": "/opt/scripts/migrate.py"}
    for name, script in scripts.items():
        sandbox.apply(deployment(name, {"name": "migrations", "command": ["python", script]}))
    clock.now += 2
    assert {stage(sandbox, name) for name in scripts} == {"init migrations"}
    (pod,) = pods(sandbox, "scheduler")
    assert "waiting for the api-server" in sandbox.logs(SPACE, pod["metadata"]["name"], "migrations")
    clock.now += 20
    assert {stage(sandbox, name) for name in scripts} == {"ready"}


def test_without_migrations_the_waiting_never_ends(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("scheduler", "wait-for-migrations"))
    assert stages(sandbox, clock, "scheduler", 100) == ["pending", "init wait-for-migrations"]


def test_those_that_are_past_do_not_fall_back(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("scheduler", "wait-for-migrations"))
    sandbox.apply(deployment("api", "migrate"))
    clock.now += 60
    pods(sandbox, "api")
    sandbox.apply(deployment("api", "migrate", image="airflow:4"))
    assert (stage(sandbox, "api"), stage(sandbox, "scheduler")) == ("pending", "ready")


def test_a_rollout_can_be_followed(sandbox: Sandbox, clock: Clock) -> None:
    made = sandbox.apply(deployment("web", replicas=2))
    assert "status" not in made
    first = status(sandbox, "web")
    assert (first["observedGeneration"], first["replicas"], first["updatedReplicas"]) == (1, 2, 2)
    assert "readyReplicas" not in first  # as in the API
    clock.now += 10
    then = status(sandbox, "web")
    assert (then["readyReplicas"], then["availableReplicas"]) == (2, 2)
    assert {item["type"]: item["status"] for item in then["conditions"]}["Available"] == "True"


def test_a_changed_template_replaces_the_pods(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("web"))
    clock.now += 10
    (old,) = pods(sandbox, "web")
    sandbox.apply(deployment("web", image="airflow:4"))
    (new,) = pods(sandbox, "web")

    assert old["metadata"]["name"] != new["metadata"]["name"]
    assert new["spec"]["containers"][0]["image"] == "airflow:4"
    assert status(sandbox, "web")["observedGeneration"] == 2
    assert "readyReplicas" not in status(sandbox, "web")


def test_an_unchanged_apply_leaves_the_pods(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("web"))
    clock.now += 10
    before = pods(sandbox, "web"), sandbox.get("apps/v1", "Deployment", "web", SPACE)
    sandbox.apply(deployment("web"))
    assert (pods(sandbox, "web"), sandbox.get("apps/v1", "Deployment", "web", SPACE)) == before


def test_scaling(sandbox: Sandbox) -> None:
    for replicas in (3, 1, 0):
        sandbox.apply(deployment("web", replicas=replicas))
        assert len(pods(sandbox, "web")) == replicas


def test_a_deleted_pod_comes_back(sandbox: Sandbox) -> None:
    sandbox.apply(deployment("web"))
    (old,) = pods(sandbox, "web")
    assert sandbox.delete("v1", "Pod", old["metadata"]["name"], SPACE)
    (new,) = pods(sandbox, "web")
    assert new["metadata"]["uid"] != old["metadata"]["uid"]


def test_a_stateful_set_names_its_pods(sandbox: Sandbox) -> None:
    sandbox.apply({**deployment("redis", replicas=2), "kind": "StatefulSet"})
    assert [pod["metadata"]["name"] for pod in pods(sandbox, "redis")] == ["redis-0", "redis-1"]


def test_deleting_cascades(sandbox: Sandbox) -> None:
    sandbox.apply(deployment("web"))
    pods(sandbox, "web")
    sandbox.delete("apps/v1", "Deployment", "web", SPACE)
    assert pods(sandbox, "web") == []

    sandbox.apply(deployment("web"))
    sandbox.delete("v1", "Namespace", SPACE)
    assert sandbox.list("v1", "Pod") == sandbox.list("apps/v1", "Deployment") == []
    assert sandbox.get("apps/v1", "Deployment", "web", SPACE) is None


@pytest.mark.parametrize(("storage", "phase"), [(None, "Bound"), ("standard", "Bound"), ("fast", "Pending")])
def test_claims_are_bound_to_the_default_class(sandbox: Sandbox, storage: str | None, phase: str) -> None:
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "1Gi"}},
        "storageClassName": storage,
    }
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "db", "namespace": SPACE}}
    sandbox.apply({**claim, "spec": spec})

    found = sandbox.get("v1", "PersistentVolumeClaim", "db", SPACE)
    assert found is not None
    assert (found["spec"]["storageClassName"], found["status"]["phase"]) == (storage or "standard", phase)


def test_events_tell_the_same_story(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("web", "first"))
    for _ in range(100):
        pods(sandbox, "web")
        clock.now += 0.1
    (pod,) = pods(sandbox, "web")

    events = sandbox.events(SPACE, "Pod", pod["metadata"]["name"])

    assert [event["reason"] for event in events] == ["Scheduled", *["Pulled", "Created", "Started"] * 2]
    times = [event["lastTimestamp"] for event in events]
    assert times == sorted(times)


def test_the_log_of_a_migration_grows(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("api", "migrate"))
    (pod,) = pods(sandbox, "api")
    lengths = []
    for _ in range(60):
        lengths.append(len(sandbox.logs(SPACE, pod["metadata"]["name"], "migrate").splitlines()))
        clock.now += 0.1
    log = sandbox.logs(SPACE, pod["metadata"]["name"], "migrate")

    assert [line for line in log.splitlines() if "waiting" in line] == []
    assert lengths == sorted(lengths) and lengths[0] == 0 and len(set(lengths)) > 4
    assert "Running upgrade" in log
    assert sandbox.logs(SPACE, pod["metadata"]["name"], "migrate", tail=1) == log.splitlines(keepends=True)[-1]
    assert sandbox.logs(SPACE, pod["metadata"]["name"], "main") == ""


def test_a_migration_does_nothing_before_the_database_is_there(sandbox: Sandbox, clock: Clock) -> None:
    sandbox.apply(deployment("postgres-db", replicas=0))
    sandbox.apply(deployment("api", "migrate"))
    (pod,) = pods(sandbox, "api")
    clock.now += 60
    assert sandbox.logs(SPACE, pod["metadata"]["name"], "migrate") == "waiting for the database: connection refused\n"


def test_what_it_may_not(clock: Clock) -> None:
    sandbox = Sandbox(denied={("create", "secrets"), ("create", "pods/exec")})
    assert not sandbox.may("create", "secrets", namespace="a")
    assert not sandbox.may("create", "pods", subresource="exec")
    assert sandbox.may("create", "pods")


def test_it_runs_nothing(sandbox: Sandbox) -> None:
    with pytest.raises(ClusterError, match="sandbox runs nothing"):
        sandbox.exec(SPACE, "pod", "main", ["airflow", "version"])


def test_several_threads_at_once() -> None:
    sandbox = Sandbox(pace=0)

    def work(number: int) -> None:
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"a{number}", "namespace": "default"}}
        for value in range(20):
            sandbox.apply({**body, "data": {"a": str(value)}})
            sandbox.list("v1", "ConfigMap")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sandbox.list("v1", "ConfigMap", "default", fields="metadata.namespace=default")) == 8


class Airflow:
    """Airflow's REST API over `forward`, as a proof of life asks it."""

    def __init__(self, sandbox: Sandbox, pod: str) -> None:
        self._sandbox, self._pod = sandbox, pod
        self.token = ""

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("airflow")
        connection.sock = self._sandbox.forward(SPACE, self._pod, 8080)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        answer = response.status, json.loads(response.read())
        connection.close()
        return answer


@pytest.fixture
def airflow(sandbox: Sandbox, clock: Clock) -> Airflow:
    sandbox.apply(deployment("api"))
    pods(sandbox, "api")
    clock.now += 10
    made = Airflow(sandbox, pods(sandbox, "api")[0]["metadata"]["name"])
    status, answer = made.ask("POST", "/auth/token", {"username": "admin", "password": "secret"})
    assert status == 201
    made.token = answer["access_token"]
    return made


def test_a_dag_runs(airflow: Airflow, clock: Clock) -> None:
    assert airflow.ask("GET", "/api/v2/dags/hello")[0] == 200
    status, run = airflow.ask("POST", "/api/v2/dags/hello/dagRuns", {"logical_date": None, "conf": {"nonce": "n-42"}})
    assert (status, run["state"], run["conf"]) == (200, "queued", {"nonce": "n-42"})
    path = f"/api/v2/dags/hello/dagRuns/{run['dag_run_id']}"
    assert airflow.ask("GET", path)[1]["state"] == "running"
    clock.now += 1
    assert airflow.ask("GET", path)[1]["state"] == "success"
    (task,) = airflow.ask("GET", f"{path}/taskInstances")[1]["task_instances"]
    assert (task["task_id"], task["try_number"], task["state"]) == ("say", 1, "success")
    log = airflow.ask("GET", f"{path}/taskInstances/say/logs/1")[1]["content"]
    assert any("n-42" in line["event"] for line in log)


def test_airflow_below_a_path(airflow: Airflow) -> None:
    assert airflow.ask("GET", "/airflow/api/v2/monitor/health")[1]["scheduler"]["status"] == "healthy"
    assert airflow.ask("GET", "/airflow/api/v2/dags/hello?fields=x")[0] == 200


def test_airflow_says_no(airflow: Airflow) -> None:
    assert airflow.ask("GET", "/api/v2/nonsense")[0] == 404
    assert airflow.ask("GET", "/api/v2/dags/hello/dagRuns/nothing")[0] == 404
    assert airflow.ask("POST", "/auth/token", {"username": "admin", "password": ""})[0] == 400
    airflow.token = "wrong"
    assert airflow.ask("GET", "/api/v2/dags/hello")[0] == 401


def test_one_connection_takes_several_requests(sandbox: Sandbox, airflow: Airflow) -> None:
    connection = http.client.HTTPConnection("airflow")
    pod = pods(sandbox, "api")[0]["metadata"]["name"]
    connection.sock = sandbox.forward(SPACE, pod, 8080)
    for _ in range(2):
        connection.request("GET", "/api/v2/monitor/health")
        assert json.loads(connection.getresponse().read())["metadatabase"] == {"status": "healthy"}


def test_no_connection_before_the_pod_runs(sandbox: Sandbox) -> None:
    sandbox.apply(deployment("web"))
    (pod,) = pods(sandbox, "web")
    with pytest.raises(ClusterError, match="not running yet"):
        sandbox.forward(SPACE, pod["metadata"]["name"], 8080)
    with pytest.raises(Missing):
        sandbox.forward(SPACE, "nothing", 8080)
