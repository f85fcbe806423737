"""known_hosts as ssh reads it: which lines are about a repository's host, and what their fingerprints are."""

import subprocess
from pathlib import Path

import pytest

from tests.test_plan import HEAD, problems
from wizard.errors import UserError
from wizard.host_keys import HostKeys, from_text, where
from wizard.plan.file import parse
from wizard.plan.known_hosts import fingerprints, host_of, known_hosts_lines, lines_for, name_of

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
GITHUBS = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("git@github.com:acme/dags.git", ("github.com", 22)),
        ("git@ssh.dev.azure.com:v3/acme/data/dags", ("ssh.dev.azure.com", 22)),
        ("ssh://git@host:2222/acme/dags.git", ("host", 2222)),
        ("ssh://host/acme/dags.git", ("host", 22)),
        ("ssh://git@[fd00::1]:2222/dags.git", ("fd00::1", 2222)),
        ("github.com", ("github.com", 22)),
        ("host:2222", ("host", 2222)),
    ],
)
def test_the_host_of_an_address(address: str, expected: tuple[str, int]) -> None:
    assert host_of(address) == expected


@pytest.mark.parametrize("address", ["ssh://git@ssh.dev.azure.com:v3/acme/dags", "ssh:///dags.git", "host:x"])
def test_an_address_without_a_host(address: str) -> None:
    with pytest.raises(ValueError, match=r"names no host|no number"):
        host_of(address)
    with pytest.raises(UserError):
        where(address)


@pytest.mark.parametrize(
    ("hosts", "host", "port", "known"),
    [
        ("github.com", "github.com", 22, True),
        ("GitHub.com", "github.com", 22, True),
        ("github.com,140.82.121.3", "140.82.121.3", 22, True),
        ("*.example.com", "git.example.com", 22, True),
        ("*.example.com,!git.example.com", "git.example.com", 22, False),
        ("[git.example.com]:2222", "git.example.com", 2222, True),
        ("[*.example.com]:2222", "git.example.com", 2222, True),
        ("[git.example.com]:2222", "git.example.com", 22, False),
        ("[git.example.com]:22", "git.example.com", 22, False),
        ("git.example.com", "git.example.com", 2222, True),
        ("[git.example.com]:2223", "git.example.com", 2222, False),
        ("@revoked git.example.com", "git.example.com", 22, False),
        ("@cert-authority *.example.com", "git.example.com", 22, True),
        ("|1|bad", "git.example.com", 22, False),
        ("gitXexample.com", "git.example.com", 22, False),
    ],
)
def test_which_lines_are_about_a_host(hosts: str, host: str, port: int, known: bool) -> None:
    line = f"{hosts} {KEY}"
    assert lines_for(line, host, port) == ([line] if known else [])


@pytest.mark.parametrize("port", [22, 2222])
def test_hashed_hosts_are_those_that_openssh_hashes(port: int, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"{name_of('git.example.com', port)} {KEY}\nother.example.com {KEY}\n")
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", str(file)], check=True, capture_output=True)
    text = file.read_text()
    assert "example" not in text
    assert lines_for(text, "git.example.com", port) == text.splitlines()[:1]
    assert from_text(text, f"ssh://git@git.example.com:{port}/dags.git").lines == (text.splitlines()[0],)


def test_comments_and_blank_lines_are_left_out() -> None:
    assert known_hosts_lines(f"# host:22 SSH-2.0\r\n\r\n  # more\n host {KEY} comment\r\n") == f"host {KEY} comment\n"


def test_a_fingerprint_is_the_one_that_is_published() -> None:
    assert fingerprints([f"github.com {KEY}"]) == [("ssh-ed25519", GITHUBS)]
    keys = HostKeys("github.com", 22, (f"github.com {KEY}",))
    assert keys.told() == [f"ssh-ed25519 {GITHUBS}  as github.com publishes it"]
    assert not keys.strange and keys.advice() == ""


def test_a_key_that_a_well_known_host_does_not_publish_is_not_to_be_trusted() -> None:
    keys = HostKeys("gitlab.com", 22, (f"gitlab.com {KEY}",))
    assert keys.strange and "NOT what gitlab.com publishes" in keys.told()[0]
    assert "Do not trust" in keys.advice()


def test_of_other_hosts_somebody_must_compare() -> None:
    keys = HostKeys("git.example.com", 22, (f"git.example.com {KEY}",))
    assert not keys.strange and keys.told() == [f"ssh-ed25519 {GITHUBS}"]
    assert "Compare" in keys.advice()


def with_known_hosts(address: str, hosts: str) -> dict[str, str]:
    credentials = f"{{type: ssh, privateKey: {{type: generated}}, knownHosts: '{hosts} {KEY}'}}"
    return problems(f"dags: {{type: git-sync, repository: '{address}', credentials: {credentials}}}")


def test_a_plan_must_know_the_host_of_its_repository() -> None:
    credentials = f"{{type: ssh, privateKey: {{type: generated}}, knownHosts: '[h]:2222 {KEY}'}}"
    parse(f"{HEAD}dags: {{type: git-sync, repository: 'ssh://git@h:2222/dags.git', credentials: {credentials}}}")
    wrong = with_known_hosts("ssh://git@git.example.com:2222/dags.git", "[git.example.com]:2223")
    assert wrong == {
        "dags.credentials.knownHosts": "has no line for the repository's host, [git.example.com]:2222",
    }
    wrong = with_known_hosts("ssh://git@ssh.dev.azure.com:v3/acme/dags", "ssh.dev.azure.com")
    assert list(wrong) == ["dags.repository"] and "without ssh://" in wrong["dags.repository"]
