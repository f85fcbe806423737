"""On bad days: killed at any write, cut off by Ctrl-C, and an API server that is busy, slow, or not there for a while.

On the API server alone, behind a proxy that makes such days (`faults.py`). The pods find no node.
"""

import json
import os
import re
import secrets
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import unified_diff
from functools import cache
from pathlib import Path

import pytest

from tests.cluster import faults
from tests.cluster.faults import Fault, Proxy, Request
from tests.cluster.test_apply import end, git_sync, plan, send
from tests.cluster.test_nodes import Pools, wait_until
from tests.cluster.test_turns import is_whole
from tests.kubectl import kubectl
from wizard.cluster.interface import Cluster, Object, Unreachable
from wizard.cluster.real import connect
from wizard.errors import Exit
from wizard.plan.file import text_of
from wizard.plan.model import Plan
from wizard.progress import Mark
from wizard.render.hashes import CONFIG_HASH, SECRET_HASH
from wizard.threads import AT_ONCE
from wizard.watch import rollouts

pytestmark = pytest.mark.cluster

KUBECONFIG = "AIRFLOW_WIZARD_TEST_KUBECONFIG"
LONGEST = 120
"""Seconds that any one command may take."""

Killing = Callable[[int, Callable[[], object]], Fault]


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[Proxy]:
    """A proxy before the cluster for tests."""
    with faults.proxy(os.environ[KUBECONFIG], tmp_path) as proxy:
        yield proxy


@pytest.fixture
def names(cluster: Cluster) -> Iterator[Callable[[], str]]:
    """Namespaces that don't exist yet; they are deleted afterwards."""
    given: list[str] = []

    def name() -> str:
        given.append(f"wizard-faults-{secrets.token_hex(3)}")
        return given[-1]

    yield name
    for each in given:
        cluster.delete("v1", "Namespace", each)


@pytest.fixture
def team(tmp_path: Path, deploy_key: str) -> Callable[[str], Plan]:
    """The plan of a team: KubernetesExecutor, git-sync with a deploy key from a file, a claim for logs."""
    key = tmp_path / "deploy-key"
    key.write_text(deploy_key)
    dags = git_sync({"type": "file", "path": str(key)})
    return lambda namespace: plan(namespace, profile="team", dags=dags)


class Commands:
    """`airflow-wizard` as a process, through the proxy."""

    def __init__(self, proxy: Proxy, wanted: Plan) -> None:
        self.proxy, self.namespace = proxy, wanted.namespace
        self.file = proxy.kubeconfig.with_name("plan.yaml")
        self.file.write_text(text_of(wanted), "utf-8")

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        words = [*arguments, "-n", self.namespace, "-f", str(self.file), "--kubeconfig", str(self.proxy.kubeconfig)]
        command = [sys.executable, "-m", "wizard", *words]
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=-1, stderr=-1, text=True)

    def end(self, process: "subprocess.Popen[str]") -> tuple[int, str]:
        """Exit code and stderr, in which there is no traceback."""
        try:
            said = process.communicate(timeout=LONGEST)[1]
        finally:
            process.kill()
        print(said, f"-> {process.returncode} after {self.proxy.writes} writes", sep="")
        assert "Traceback" not in said
        return process.returncode, said

    def run(self, *arguments: str, fault: Fault = faults.none) -> tuple[int, str]:
        self.proxy.reset(fault)
        return self.end(self.start(*arguments))

    def ok(self, *arguments: str, fault: Fault = faults.none) -> str:
        code, said = self.run(*arguments, fault=fault)
        assert code == Exit.OK, said
        return said

    def stopped(self, number: signal.Signals, fault: Killing, write: int, *arguments: str) -> tuple[int, str]:
        """The process gets a signal at its n-th write."""
        started = threading.Event()
        process: subprocess.Popen[str]

        def stop() -> None:
            started.wait(LONGEST)
            process.send_signal(number)
            if number == signal.SIGKILL:
                process.wait(LONGEST)

        self.proxy.reset(fault(write, stop))
        process = self.start(*arguments)
        started.set()
        return self.end(process)

    def killed(self, fault: Killing, write: int, *arguments: str) -> None:
        code, said = self.stopped(signal.SIGKILL, fault, write, *arguments)
        assert code == -signal.SIGKILL, said


_VOLATILE = ("uid", "resourceVersion", "creationTimestamp", "managedFields")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z")
_HASH = re.compile(rf'("(?:{CONFIG_HASH}|{SECRET_HASH})": )"\w+"')


@cache
def kinds() -> str:
    """Those that a namespace can hold, without what only tells of others."""
    known = kubectl("api-resources", "--verbs=list", "--namespaced", "-o", "name", kubeconfig=os.environ[KUBECONFIG])
    return ",".join(kind for kind in known.stdout.split() if kind.partition(".")[0] not in ("events", "endpoints"))


def state(namespace: str) -> dict[str, Object]:
    """All that somebody has put into a namespace, and itself, by kind and name: without what differs from one time to
    another, and of Secrets the names of their keys."""
    got = kubectl("get", kinds(), "-n", namespace, "-o", "json", kubeconfig=os.environ[KUBECONFIG])
    assert got.returncode == 0, got.stderr
    space = kubectl(
        "get", "namespace", namespace, "-o", "json", "--ignore-not-found", kubeconfig=os.environ[KUBECONFIG]
    )
    items = [*json.loads(got.stdout)["items"], *([json.loads(space.stdout)] if space.stdout else [])]
    kept = [_kept(body) for body in items if not body["metadata"].get("ownerReferences")]
    text = _HASH.sub(r'\1"HASH"', _TIME.sub("TIME", json.dumps(kept))).replace(namespace, "NAMESPACE")
    return {f"{body['kind']} {body['metadata']['name']}": body for body in json.loads(text)}


def _kept(body: Object) -> Object:
    metadata = {key: value for key, value in body["metadata"].items() if key not in _VOLATILE}
    annotations = {
        k: v for k, v in metadata.get("annotations", {}).items() if not k.startswith("deployment.kubernetes")
    }
    body = {**body, "metadata": {**metadata, "annotations": annotations}, "status": None}
    if body["kind"] == "Secret":
        body["data"] = sorted(body["data"])
    if body["kind"] == "Service":
        body["spec"] = {key: value for key, value in body["spec"].items() if key not in ("clusterIP", "clusterIPs")}
    return body


def values(cluster: Cluster, namespace: str) -> dict[tuple[str, str], str]:
    """All values of Secrets."""
    found = cluster.list("v1", "Secret", namespace)
    return {(body["metadata"]["name"], key): value for body in found for key, value in (body["data"] or {}).items()}


def differs(found: dict[str, Object], wanted: dict[str, Object]) -> list[str]:
    """What isn't as it should be, line by line."""
    before, after = (json.dumps(each, indent=1, sort_keys=True).splitlines() for each in (found, wanted))
    return list(unified_diff(before, after, "found", "wanted", lineterm="", n=9))


def wait_until_it_is(namespace: str, wanted: dict[str, Object]) -> None:
    """Some things go only after the command."""

    def left() -> list[str]:
        return differs(state(namespace), wanted)

    wait_until(lambda: not left(), left)


def is_kept(cluster: Cluster, namespace: str, before: dict[tuple[str, str], str]) -> None:
    """No value of a Secret was made anew."""
    now = values(cluster, namespace)
    assert not [key for key in before if now.get(key) != before[key]]


APPLY = ("apply", "--yes", "--wait=false")
KILLS = [pytest.param(faults.before, id="before"), pytest.param(faults.after, id="after")]
Names = Callable[[], str]
Team = Callable[[str], Plan]


def apply_is_gone_on_with(
    cluster: Cluster, commands: Commands, fault: Killing, write: int, wanted: dict[str, Object]
) -> None:
    commands.killed(fault, write, *APPLY)
    before = values(cluster, commands.namespace)
    commands.ok(*APPLY)
    assert not differs(state(commands.namespace), wanted)
    is_kept(cluster, commands.namespace, before)


def test_an_apply_that_is_killed_at_a_write(cluster: Cluster, proxied: Proxy, names: Names, team: Team) -> None:
    commands = Commands(proxied, team(names()))
    commands.ok(*APPLY)
    count, wanted = proxied.writes, state(commands.namespace)
    assert count > 30
    for kill, write in ((faults.after, 3), (faults.before, count // 2), (faults.before, count)):
        apply_is_gone_on_with(cluster, Commands(proxied, team(names())), kill, write, wanted)


@pytest.mark.long
@pytest.mark.parametrize("kill", KILLS)
def test_an_apply_that_is_killed_at_each_write(
    cluster: Cluster, proxied: Proxy, names: Names, team: Team, kill: Killing
) -> None:
    commands = Commands(proxied, team(names()))
    commands.ok(*APPLY)
    count, wanted = proxied.writes, state(commands.namespace)
    for write in range(1, count + 1):
        commands = Commands(proxied, team(names()))
        apply_is_gone_on_with(cluster, commands, kill, write, wanted)
        commands.ok(*APPLY)
        assert not proxied.writes, "all was as it should be"
        cluster.delete("v1", "Namespace", commands.namespace)


DELETE = ("delete", "--yes")


def applied(cluster: Cluster, proxied: Proxy, wanted: Plan) -> Commands:
    """A plan that was applied on a good day, in a namespace that the wizard has made."""
    send(cluster, wanted)
    return Commands(proxied, wanted)


def delete_is_gone_on_with(
    cluster: Cluster, commands: Commands, fault: Killing, write: int, wanted: dict[str, Object], *options: str
) -> None:
    before = values(cluster, commands.namespace)
    commands.killed(fault, write, *DELETE, *options)
    code, said = commands.run(*DELETE, *options)
    gone = not wanted and "applied nothing in namespace" in said  # it was killed after it had done all
    assert code == Exit.OK or gone, said
    wait_until_it_is(commands.namespace, wanted)
    if wanted:
        is_kept(cluster, commands.namespace, before)


def undisturbed_delete(cluster: Cluster, proxied: Proxy, wanted: Plan, *options: str) -> tuple[int, dict[str, Object]]:
    commands = applied(cluster, proxied, wanted)
    commands.ok(*DELETE, *options)
    return proxied.writes, state(commands.namespace)


@pytest.mark.parametrize("options", [(), ("--purge",)], ids=["delete", "purge"])
def test_a_delete_that_is_killed_at_a_write(
    cluster: Cluster, proxied: Proxy, names: Names, team: Team, options: tuple[str, ...]
) -> None:
    count, wanted = undisturbed_delete(cluster, proxied, team(names()), *options)
    commands = applied(cluster, proxied, team(names()))
    delete_is_gone_on_with(cluster, commands, faults.before, count, wanted, *options)


@pytest.mark.long
@pytest.mark.parametrize("kill", KILLS)
@pytest.mark.parametrize("options", [(), ("--purge",)], ids=["delete", "purge"])
def test_a_delete_that_is_killed_at_each_write(
    cluster: Cluster, proxied: Proxy, names: Names, team: Team, kill: Killing, options: tuple[str, ...]
) -> None:
    count, wanted = undisturbed_delete(cluster, proxied, team(names()), *options)
    for write in range(1, count + 1):
        commands = applied(cluster, proxied, team(names()))
        delete_is_gone_on_with(cluster, commands, kill, write, wanted, *options)
        cluster.delete("v1", "Namespace", commands.namespace)


def first_time() -> Callable[[Request], bool]:
    """Of each request: whether it is seen for the first time."""
    seen: set[tuple[str, str]] = set()

    def which(request: Request) -> bool:
        new = (request.method, request.path) not in seen
        seen.add((request.method, request.path))
        return new

    return which


def first_write() -> Callable[[Request], bool]:
    """Of each write the same."""
    first = first_time()
    return lambda request: request.write > 0 and first(request)


BAD_DAYS = {
    "429": lambda: faults.answers(first_write(), 429),
    "429, in a second": lambda: faults.answers(lambda request: request.write in (2, 9), 429, retry_after=1),
    "500": lambda: faults.answers(first_write(), 500),
    "503": lambda: faults.answers(first_write(), 503),
    "503 to reads too": lambda: faults.answers(first_time(), 503),
    "lost": lambda: faults.loses(first_write()),
    "cut off": lambda: faults.cuts(first_write()),
    "slow": lambda: faults.slow(0.1),
}


@pytest.fixture(scope="session")
def sound(cluster: Cluster) -> dict[str, Object]:
    """What a good day leaves of the small plan."""
    name = f"wizard-faults-{secrets.token_hex(3)}"
    send(cluster, plan(name))
    try:
        return state(name)
    finally:
        cluster.delete("v1", "Namespace", name)


@pytest.mark.parametrize("day", BAD_DAYS)
def test_an_apply_on_a_bad_day_is_as_on_a_good_one(
    proxied: Proxy, names: Names, sound: dict[str, Object], day: str
) -> None:
    commands = Commands(proxied, plan(names()))
    commands.ok(*APPLY, fault=BAD_DAYS[day]())
    assert not differs(state(commands.namespace), sound)


@pytest.mark.parametrize("day", ["500", "lost"])
def test_a_change_on_a_bad_day(cluster: Cluster, proxied: Proxy, names: Names, day: str) -> None:
    wanted = plan(names(), executor={"type": "kubernetes"})
    send(cluster, plan(wanted.namespace))
    Commands(proxied, wanted).ok(*APPLY, fault=BAD_DAYS[day]())
    assert is_whole(cluster, wanted)


@pytest.mark.parametrize("day", ["500", "lost"])
def test_a_delete_on_a_bad_day_leaves_nothing(cluster: Cluster, proxied: Proxy, names: Names, day: str) -> None:
    commands = applied(cluster, proxied, plan(names()))
    commands.ok(*DELETE, "--purge", fault=BAD_DAYS[day]())
    assert cluster.get("v1", "Namespace", commands.namespace) is None


@pytest.mark.parametrize(
    "fault", [lambda: faults.answers(first_time(), 503), lambda: faults.cuts(first_time())], ids=["503", "cut off"]
)
def test_who_only_reads_hears_of_a_bad_day_nothing(
    cluster: Cluster, proxied: Proxy, names: Names, fault: Callable[[], Fault]
) -> None:
    commands = applied(cluster, proxied, plan(names()))
    for words in (("diff",), ("check",), ("status",), ("history",)):
        good, bad = commands.run(*words), commands.run(*words, fault=fault())
        assert bad[0] == good[0], bad[1]


def away(proxy: Proxy, seconds: float) -> Callable[[], object]:
    """From that moment on nobody listens, for so long."""

    def gone() -> None:
        with proxy.refusing():
            time.sleep(seconds)

    return lambda: threading.Thread(target=gone, daemon=True).start()


def test_an_api_server_that_is_away_for_ten_seconds(proxied: Proxy, names: Names, sound: dict[str, Object]) -> None:
    commands = Commands(proxied, plan(names()))
    commands.ok(*APPLY, fault=faults.before(12, away(proxied, 10)))
    assert not differs(state(commands.namespace), sound)


def test_an_api_server_that_is_away_while_apply_waits(cluster: Cluster, proxied: Proxy, names: Names) -> None:
    commands = applied(cluster, proxied, plan(names()))
    act = away(proxied, 10)

    def fault(request: Request, ask: faults.Ask) -> faults.Reply | None:
        if request.number == looks[0]:
            act()
        return ask()

    looks = [0]
    code, said = commands.run("apply", "--yes", "--timeout", "1s")
    looks[0] = proxied.seen[-1].number - 1  # what is asked for at the end is what is waited for
    code, said = commands.run("apply", "--yes", "--timeout", "15s", fault=fault)
    assert code == Exit.FAILED and "Not ready within 15 s" in said, "it went on waiting"
    assert proxied.seen[-1].number > looks[0] + 1, "it was away, and asked again"


def test_who_waits_waits_for_the_api_server_too(cluster: Cluster, proxied: Proxy, names: Names) -> None:
    commands = applied(cluster, proxied, plan(names()))
    impatient = connect(str(proxied.kubeconfig), timeout=0.5)
    rows = rollouts(impatient, commands.namespace, 60)
    next(rows)
    with proxied.refusing():
        away = next(row for row in rows if row.thing == "API server")
        assert away.mark is Mark.WAITING and "refused the connection" in away.text
    assert next(row for row in rows if row.mark is Mark.DONE).text == "answers again"
    with proxied.refusing(), pytest.raises(Unreachable):
        list(rollouts(impatient, commands.namespace, 1))


@pytest.mark.long
def test_an_api_server_that_stays_away_is_told_and_the_next_run_goes_on(
    proxied: Proxy, names: Names, sound: dict[str, Object]
) -> None:
    commands = Commands(proxied, plan(names()))
    code, said = commands.run(*APPLY, fault=faults.before(12, away(proxied, 45)))
    assert code == Exit.FAILED
    assert said.splitlines()[-2].startswith("error: ") and "refused the connection" in said
    wait_until(lambda: commands.run("check")[0] == Exit.OK, lambda: "")
    commands.ok(*APPLY)
    assert not differs(state(commands.namespace), sound)


def stopped_and_gone_on_with(commands: Commands, write: int, *words: str) -> str:
    """Ctrl-C at a write: what was said, once the command that it names has done the rest."""
    code, said = commands.stopped(signal.SIGINT, faults.before, write, *words)
    assert code == Exit.INTERRUPTED
    told = re.fullmatch(r"interrupted: (\d+) of (\d+) done; not done, or only just: (.*)", said.splitlines()[-2])
    assert told and int(told[1]) < int(told[2]) == int(told[1]) + len(told[3].split(",")), said
    assert commands.proxy.writes < write + AT_ONCE, "what had not begun is not begun"
    goes_on = re.fullmatch(r"  airflow-wizard (.*) goes on from there\.", said.splitlines()[-1])
    assert goes_on, said
    commands.proxy.reset()
    process = subprocess.Popen(
        [sys.executable, "-m", "wizard", *shlex.split(goes_on[1])], stdin=-3, stdout=-1, stderr=-1, text=True
    )
    assert commands.end(process)[0] == Exit.OK
    return said


@pytest.mark.parametrize("write", [1, 14])
def test_ctrl_c_in_an_apply(proxied: Proxy, names: Names, sound: dict[str, Object], write: int) -> None:
    commands = Commands(proxied, plan(names()))
    stopped_and_gone_on_with(commands, write, *APPLY)
    assert not differs(state(commands.namespace), sound)


def test_ctrl_c_in_a_delete(cluster: Cluster, proxied: Proxy, names: Names) -> None:
    commands = applied(cluster, proxied, plan(names()))
    said = stopped_and_gone_on_with(commands, 9, *DELETE, "--purge")
    assert f"Namespace {commands.namespace}" in said.splitlines()[-2]
    assert cluster.get("v1", "Namespace", commands.namespace) is None


ROTATE = ("rotate", "jwt", "--yes")
JWT = ("airflow-jwt-secret", "jwt-secret")


@pytest.fixture
def ready(pools: Pools, cluster: Cluster, proxied: Proxy, names: Names) -> Callable[[], Commands]:
    """Installations whose pods are Ready, on nodes that only say so."""
    pools.add("all")
    nodes = {pods: pools.placement("all") for pods in ("controlPlane", "tasks")}

    def one() -> Commands:
        wanted = plan(names(), nodes=nodes, database={"storage": {"type": "ephemeral"}})
        commands = applied(cluster, proxied, wanted)
        commands.ok("apply", "--yes")
        return commands

    return one


def rotation_is_gone_on_with(cluster: Cluster, commands: Commands, kill: Killing, write: int) -> None:
    before = values(cluster, commands.namespace)
    commands.killed(kill, write, *ROTATE)
    between = values(cluster, commands.namespace)
    commands.ok(*ROTATE)
    after = values(cluster, commands.namespace)
    assert {key for key in after if before.get(key) != after[key]} == {JWT}
    assert between[JWT] in (before[JWT], after[JWT]), "it changed once"


def undisturbed_rotation(commands: Commands) -> tuple[int, dict[str, Object]]:
    commands.ok(*ROTATE)
    return commands.proxy.writes, rolled(commands.namespace)


def rolled(namespace: str) -> dict[str, Object]:
    """The state, however often something was rolled."""
    found = state(namespace)
    for body in found.values():
        body["metadata"].pop("generation", None)
    return found


def test_a_rotation_that_is_killed_at_a_write(cluster: Cluster, ready: Callable[[], Commands]) -> None:
    commands = ready()
    _, wanted = undisturbed_rotation(commands)
    rotation_is_gone_on_with(cluster, commands, faults.after, 1)
    assert not differs(rolled(commands.namespace), wanted)


@pytest.mark.long
@pytest.mark.parametrize("kill", KILLS)
def test_a_rotation_that_is_killed_at_each_write(
    cluster: Cluster, ready: Callable[[], Commands], kill: Killing
) -> None:
    commands = ready()
    count, wanted = undisturbed_rotation(commands)
    for write in range(1, count + 1):
        rotation_is_gone_on_with(cluster, commands, kill, write)
        assert not differs(rolled(commands.namespace), wanted)


@pytest.mark.long
def test_ctrl_c_in_a_rotation(cluster: Cluster, ready: Callable[[], Commands]) -> None:
    commands = ready()
    before = values(cluster, commands.namespace)
    said = stopped_and_gone_on_with(commands, 2, *ROTATE)
    assert "done; not done, or only just: rotation" in said.splitlines()[-2], "the new value is made"
    after = values(cluster, commands.namespace)
    assert {key for key in after if before.get(key) != after[key]} == {JWT}


UPGRADE = ("upgrade", "--to", "3.3.3", "--yes")
MIGRATION = "airflow-migrations"


def with_a_log(fault: Fault) -> Fault:
    """No kubelet is there who could be asked for the migration's log."""

    def logs(request: Request, ask: faults.Ask) -> faults.Reply | None:
        if f"/pods/{MIGRATION}/log" in request.path:
            return faults.Reply(200, {"Content-Type": "text/plain"}, b"to do: migrate\n")
        return fault(request, ask)

    return logs


@contextmanager
def migrating(cluster: Cluster, namespace: str) -> Iterator[None]:
    """Meanwhile each migration that runs ends well, as a kubelet would say."""
    over = threading.Event()

    def play() -> None:
        while not over.wait(0.2):
            pod = cluster.get("v1", "Pod", MIGRATION, namespace)
            if pod and pod.get("status", {}).get("phase") == "Running":
                end(namespace, MIGRATION)

    player = threading.Thread(target=play)
    player.start()
    try:
        yield
    finally:
        over.set()
        player.join()


def upgrade_is_gone_on_with(
    cluster: Cluster, commands: Commands, kill: Killing, write: int, wanted: dict[str, Object]
) -> None:
    before = values(cluster, commands.namespace)
    with migrating(cluster, commands.namespace):
        commands.killed(lambda *which: with_a_log(kill(*which)), write, *UPGRADE)
        commands.ok(*UPGRADE, fault=with_a_log(faults.none))
    wait_until_it_is(commands.namespace, wanted)
    is_kept(cluster, commands.namespace, before)


def undisturbed_upgrade(cluster: Cluster, commands: Commands) -> tuple[int, dict[str, Object]]:
    with migrating(cluster, commands.namespace):
        commands.ok(*UPGRADE, fault=with_a_log(faults.none))
    return commands.proxy.writes, state(commands.namespace)


def test_an_upgrade_that_is_killed_at_a_write(cluster: Cluster, ready: Callable[[], Commands]) -> None:
    _, wanted = undisturbed_upgrade(cluster, ready())
    upgrade_is_gone_on_with(cluster, ready(), faults.before, 2, wanted)


@pytest.mark.long
@pytest.mark.parametrize("kill", KILLS)
def test_an_upgrade_that_is_killed_at_each_write(
    cluster: Cluster, ready: Callable[[], Commands], kill: Killing
) -> None:
    count, wanted = undisturbed_upgrade(cluster, ready())
    for write in range(1, count + 1):
        commands = ready()
        upgrade_is_gone_on_with(cluster, commands, kill, write, wanted)
        cluster.delete("v1", "Namespace", commands.namespace)


@pytest.mark.long
def test_ctrl_c_in_an_upgrade(cluster: Cluster, ready: Callable[[], Commands]) -> None:
    commands = ready()
    code, said = commands.stopped(signal.SIGINT, lambda *which: with_a_log(faults.after(*which)), 1, *UPGRADE)
    assert code == Exit.INTERRUPTED
    assert "A migration that has begun goes on in the cluster, and Airflow runs on as it was." in said
    assert cluster.get("v1", "Pod", MIGRATION, commands.namespace) is not None
    with migrating(cluster, commands.namespace):
        commands.ok(*UPGRADE, fault=with_a_log(faults.none))
