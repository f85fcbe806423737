"""Kubeconfigs as kubectl reads them, and a clear sentence for each that is no good."""

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cluster.api_servers import Answer, canned, self_signed, status
from wizard.cluster.interface import Forbidden
from wizard.cluster.kubeconfig import Context
from wizard.cluster.real import connect, contexts
from wizard.errors import Exit, UserError

VERSION = Answer(200, {"gitVersion": "v1.34.0"})


def config(*names: str, current: str = "", server: str = "https://{}.example:6443", **user: Any) -> dict[str, Any]:
    """A kubeconfig with a context, a cluster and a user of each name."""
    made: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}} for name in names],
        "clusters": [{"name": name, "cluster": {"server": server.format(name)}} for name in names],
        "users": [{"name": name, "user": user} for name in names],
    }
    return {**made, "current-context": current} if current else made


def write(path: Path, content: Any) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content))
    return str(path)


def plugin(path: Path, script: str) -> dict[str, Any]:
    """A login plugin that runs a shell script, for `exec` of a user."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return {"apiVersion": "client.authentication.k8s.io/v1", "command": str(path), "interactiveMode": "Never"}


def refusal(kubeconfig: str | None = None, context: str | None = None) -> UserError:
    """The error of `connect`, which must be about the kubeconfig."""
    with pytest.raises(UserError) as caught:
        connect(kubeconfig, context)
    assert caught.value.code is Exit.USAGE
    assert caught.value.message.endswith(".") and caught.value.way_out
    return caught.value


def test_contexts_in_their_order(tmp_path: Path) -> None:
    content = config("lab", "prod", current="prod")
    content["contexts"][1]["context"]["namespace"] = "airflow"
    del content["clusters"][0]

    assert contexts(write(tmp_path / "config", content)) == [
        Context("lab", "", "default", False),
        Context("prod", "https://prod.example:6443", "airflow", True),
    ]


def test_reading_contexts_does_not_import_kubernetes(tmp_path: Path) -> None:
    path = write(tmp_path / "config", config("lab"))
    code = f"import sys, wizard.cluster.sandbox, wizard.cluster.real as real; real.contexts({path!r});"
    code += "print({'kubernetes', 'urllib3', 'websocket'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_default_is_in_the_home(nobodys_kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG")
    write(nobodys_kubeconfig / ".kube" / "config", config("home", current="home"))
    assert [context.name for context in contexts()] == ["home"]


def test_of_several_kubeconfigs_the_first_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write(tmp_path / "first", config("a", "b", current="b", server="https://first-{}:1"))
    second = write(tmp_path / "second", config("b", "c", current="c", server="https://second-{}:2"))
    monkeypatch.setenv("KUBECONFIG", f"{tmp_path / 'absent'}:{first}::{second}")

    assert [(context.name, context.server, context.current) for context in contexts()] == [
        ("a", "https://first-a:1", False),
        ("b", "https://first-b:1", True),
        ("c", "https://second-c:2", False),
    ]
    assert connect().context == "b"
    assert connect(context="c").server == "https://second-c:2"


def test_an_address_without_scheme_is_https(tmp_path: Path) -> None:
    assert contexts(write(tmp_path / "c", config("a", server="{}.example:6443/")))[0].server == "https://a.example:6443"


def test_json_with_tabs(tmp_path: Path) -> None:
    assert contexts(write(tmp_path / "c", json.dumps(config("a"), indent="\t")))[0].name == "a"


def test_a_pods_service_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, _ = self_signed(tmp_path)
    (tmp_path / "ca.crt").write_bytes(certificate.read_bytes())
    write(tmp_path / "token", "abc\n")
    write(tmp_path / "namespace", "airflow")
    monkeypatch.setattr("wizard.cluster.kubeconfig.SERVICE_ACCOUNT", tmp_path)
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", "443")

    assert contexts() == [Context("in-cluster", "https://[fd00::1]:443", "airflow", True)]
    assert connect().server == "https://[fd00::1]:443"


def test_without_any_kubeconfig() -> None:
    with pytest.raises(UserError, match="no kubeconfig") as caught:
        contexts()
    assert caught.value.code is Exit.USAGE
    assert "no kubeconfig" in refusal().message


def test_a_named_kubeconfig_must_be_there(tmp_path: Path) -> None:
    assert str(tmp_path / "absent") in refusal(str(tmp_path / "absent")).message


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG")
    monkeypatch.setattr("os.path.expanduser", lambda path: path)
    assert "no kubeconfig" in refusal().message


def test_a_folder_is_no_kubeconfig(tmp_path: Path) -> None:
    assert "can't be read" in refusal(str(tmp_path)).message


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("a: b: c", "not YAML in line 1"),
        ("users:\n- name: a\n  user: {token: hush-hush", "not YAML in line"),
        ("- a", "not a mapping"),
        ("contexts: a", "contexts is not a list"),
        ("contexts: [a]", "an entry of contexts has no name"),
        ("users: [{name: a, user: b}]", "users a is not a mapping"),
        ("\x00", "not YAML"),
        ("[" * 100_000, "not YAML in line 1"),
        ('{"a":' * 100_000, "not YAML in line 1"),
        ("users: [{name: a}]\nusers: [{name: b}]", "not YAML in line 2"),
    ],
)
def test_what_is_no_kubeconfig(tmp_path: Path, content: str, why: str) -> None:
    error = refusal(write(tmp_path / "config", content))
    assert why in error.message and str(tmp_path / "config") in error.message
    assert "hush" not in str(error)


def test_binary_is_no_kubeconfig(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"\xff\xfe")
    assert "UTF-8" in refusal(str(tmp_path / "config")).message


@pytest.mark.parametrize("content", ["", "{}", "apiVersion: v1\nkind: Config\ncontexts: null\n"])
def test_an_empty_kubeconfig_has_no_context(tmp_path: Path, content: str) -> None:
    path = write(tmp_path / "config", content)
    assert contexts(path) == []
    assert "no current context" in refusal(path).message


def test_an_unknown_context_says_which_there_are(tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "config", config("lab", "prod")), "prd")
    assert "prd" in error.message and "lab, prod" in error.way_out


def test_a_context_without_its_cluster(tmp_path: Path) -> None:
    content = config("lab")
    content["clusters"] = []
    assert "cluster lab" in refusal(write(tmp_path / "config", content), "lab").message


def test_a_context_without_its_user(tmp_path: Path) -> None:
    content = config("lab")
    content["users"] = []
    assert "user lab" in refusal(write(tmp_path / "config", content), "lab").message


@pytest.mark.parametrize(
    "server", ["", "ftp://a", "https://", "https://a:99999", "https://a:x", "https://a b", "https://ä"]
)
def test_a_server_that_is_no_address(tmp_path: Path, server: str) -> None:
    assert "not an address" in refusal(write(tmp_path / "config", config("a", server=server)), "a").message


@pytest.mark.parametrize(
    ("cluster", "user", "what"),
    [
        ({"certificate-authority-data": "!"}, {}, "certificate authority"),
        ({"certificate-authority-data": "aGVsbG8="}, {}, "certificate authority"),
        ({"certificate-authority": "absent.pem"}, {}, "certificate-authority of context a can't be read"),
        ({}, {"client-certificate-data": "aGVsbG8=", "client-key-data": "aGVsbG8="}, "client certificate"),
        ({}, {"client-certificate-data": "aGVsbG8="}, "client certificate"),
        ({}, {"token": "two words"}, "token"),
        ({}, {"token": "line\n"}, "token"),
        ({}, {"auth-provider": {"name": "gcp"}}, "auth-provider gcp"),
        ({}, {"as-groups": ["x"]}, "as-groups"),
        ({}, {"exec": {"apiVersion": "v1"}}, "no command"),
        ({"proxy-url": "socks5://127.0.0.1:1"}, {}, "proxy"),
    ],
)
def test_credentials_that_are_no_good(tmp_path: Path, cluster: Any, user: Any, what: str) -> None:
    content = config("a", **user)
    content["clusters"][0]["cluster"].update(cluster)
    assert what in refusal(write(tmp_path / "config", content), "a").message


def test_an_encrypted_key_does_not_ask_on_the_terminal(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization

    certificate, key = self_signed(tmp_path)
    loaded = serialization.load_pem_private_key(key.read_bytes(), None)
    secret = serialization.BestAvailableEncryption(b"pass")
    pem = loaded.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret)
    data = {"client-certificate-data": base64.b64encode(certificate.read_bytes()).decode()}
    data["client-key-data"] = base64.b64encode(pem).decode()
    assert "encrypted" in refusal(write(tmp_path / "config", config("a", **data)), "a").message


def test_file_names_are_relative_to_the_kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    write(tmp_path / "token", "from-file\n")
    with canned(VERSION) as server:
        path = write(tmp_path / "config", config("a", server=server.url, tokenFile="token"))
        connect(path, "a").version()
    assert server.seen[0][2]["authorization"] == "Bearer from-file"


@pytest.mark.parametrize(
    ("user", "header", "value"),
    [
        ({"token": "abc"}, "authorization", "Bearer abc"),
        ({"username": "me", "password": "pass"}, "authorization", "Basic bWU6cGFzcw=="),
        ({"auth-provider": {"name": "oidc", "config": {"id-token": "a.b.c"}}}, "authorization", "Bearer a.b.c"),
        ({"token": "abc", "as": "somebody"}, "impersonate-user", "somebody"),
    ],
)
def test_who_we_are(tmp_path: Path, user: Any, header: str, value: str) -> None:
    with canned(VERSION) as server:
        connect(write(tmp_path / "config", config("a", server=server.url, **user)), "a").version()
    assert server.seen[0][2][header] == value


def test_a_login_plugin(tmp_path: Path) -> None:
    answer = '{"kind": "ExecCredential", "status": {"token": "t-\'$N\'"}}'
    count = f"echo x >> {tmp_path}/ran; N=$(wc -l < {tmp_path}/ran); echo '{answer}'"
    with canned(VERSION) as server:
        content = config("a", server=server.url, exec=plugin(tmp_path / "plugin", count))
        cluster = connect(write(tmp_path / "config", content), "a")
        cluster.version()
        cluster.version()
        server.answers = [status(401, "Unauthorized", "Unauthorized"), VERSION]
        cluster.version()
    assert [headers["authorization"] for _, _, headers in server.seen] == [
        "Bearer t-1",
        "Bearer t-1",
        "Bearer t-1",
        "Bearer t-2",
    ]


def test_a_token_that_expires_is_renewed(tmp_path: Path) -> None:
    answer = '{"status": {"token": "abc", "expirationTimestamp": "2020-01-01T00:00:00Z"}}'
    with canned(VERSION) as server:
        script = plugin(tmp_path / "plugin", f"echo x >> {tmp_path}/ran; echo '{answer}'")
        cluster = connect(write(tmp_path / "config", config("a", server=server.url, exec=script)), "a")
        cluster.version()
        cluster.version()
    assert (tmp_path / "ran").read_text() == "x\nx\n"


def test_a_login_plugin_that_is_not_installed(tmp_path: Path) -> None:
    settings = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": "no-such-plugin",
        "installHint": "Get\n it.",
    }
    error = refusal(write(tmp_path / "config", config("a", exec=settings)), "a")
    assert "no-such-plugin" in error.message and error.way_out == "Get it."


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'Your session has expired' >&2; exit 1", "Your session has expired"),
        ("exit 3", "exit code 3"),
        ("echo hello", "no ExecCredential"),
        ("echo '{\"status\": {}}'", "neither a token nor a client certificate"),
        ('echo \'{"status": {"clientCertificateData": "a", "clientKeyData": "b"}}\'', "certificate is not usable"),
    ],
)
def test_a_login_plugin_that_fails(tmp_path: Path, script: str, why: str, capfd: pytest.CaptureFixture[str]) -> None:
    with canned(VERSION) as server:
        settings = plugin(tmp_path / "plugin", script)
        cluster = connect(write(tmp_path / "config", config("a", server=server.url, exec=settings)), "a")
        with pytest.raises(Forbidden, match=why) as caught:
            cluster.version()
    assert "--context a" in caught.value.way_out
    assert not server.seen  # never as nobody
    assert capfd.readouterr() == ("", "")
