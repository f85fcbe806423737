"""A cluster that is not on this machine must be named before the first write, and one that nobody checks is told."""

import sys
from argparse import Namespace
from pathlib import Path

import pexpect
import pytest

from tests.cluster.api_servers import canned, self_signed, status
from tests.tui.screens import wizard
from wizard.cluster.kubeconfig import Context, on_this_machine
from wizard.cluster.real import connect
from wizard.commands import run
from wizard.commands.options import confirm
from wizard.errors import Exit, UserError
from wizard.yaml_files import write_yaml

FAR = "https://10.0.0.1:6443"
ASK = """
import sys
from argparse import Namespace
from wizard.cluster.real import connect
from wizard.commands.options import confirm
options = Namespace(yes=False, context=None)
cluster = connect(sys.argv[1])
print("answered", confirm("Apply this?", options, cluster), confirm("And again?", options, cluster))
"""


def kubeconfig(folder: Path, server: str, **cluster: object) -> str:
    config = {
        "contexts": [{"name": "far away", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": {"token": "t"}}],
        "current-context": "far away",
    }
    (folder / "kubeconfig").write_text(write_yaml(config))
    return str(folder / "kubeconfig")


@pytest.mark.parametrize(
    ("server", "local"),
    [("https://127.0.0.1:6443", True), ("https://localhost", True), ("https://[::1]:1", True), (FAR, False)]
    + [(f"https://{host}:6443", False) for host in ("localhost.example.com", "127.0.0.1.example.com", "kubernetes")],
)
def test_what_is_on_this_machine(server: str, local: bool) -> None:
    assert on_this_machine(server) is local


def test_yes_alone_does_not_name_a_cluster_elsewhere(tmp_path: Path) -> None:
    cluster = connect(kubeconfig(tmp_path, FAR))
    with pytest.raises(UserError, match=f"leads to {FAR}, not to this machine, and nothing was changed") as refused:
        confirm("Apply this?", Namespace(yes=True, context=None), cluster)
    assert refused.value.way_out == "Beside --yes, name it: --context 'far away'" and refused.value.code == Exit.USAGE
    assert confirm("Apply this?", Namespace(yes=True, context="far away"), cluster)
    assert confirm("Apply this?", Namespace(yes=True, context=None), connect(kubeconfig(tmp_path, "https://127.0.0.1")))


@pytest.mark.parametrize(("typed", "goes_on"), [("far away", "True"), ("yes", "False"), ("", "False")])
def test_its_name_is_typed_once(typed: str, goes_on: str, tmp_path: Path) -> None:
    arguments = ["-c", ASK, kubeconfig(tmp_path, FAR)]
    asked = pexpect.spawn(sys.executable, arguments, encoding="utf-8", timeout=30, env={"TERM": "dumb"})
    asked.expect(f"{FAR} is not this machine.*To go on, type the context, far away.*: ")
    asked.sendline(typed)
    asked.expect("And again.*: ")
    asked.sendline("y" if goes_on == "True" else "")
    asked.expect(f"answered {goes_on} {goes_on}")


async def test_the_wizard_asks_for_the_name_before_it_applies() -> None:
    async with wizard(contexts=[Context("staging", FAR, "default", True)]) as screen:
        await screen.go("apply")
        await screen.until("to create")
        await screen.press("enter")
        await screen.until(f"{FAR} is not this machine.")
        await screen.type("stagin")
        await screen.press("enter")
        await screen.until("That is another name.")
        assert screen.app.wizard.apply_pane.state == "ready"
        await screen.type("staging")
        await screen.press("enter")
        await screen.wait_for(lambda: screen.app.wizard.apply_pane.state != "ready", lambda: screen.text)


def test_an_api_server_that_nobody_checks_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with canned(status(403, "no", "Forbidden"), certificate=self_signed(tmp_path)) as server:
        run(["status", "--kubeconfig", kubeconfig(tmp_path, server.url, **{"insecure-skip-tls-verify": True})])
    assert capsys.readouterr().err.startswith("‼ Context far away has insecure-skip-tls-verify: whoever is on the way")
