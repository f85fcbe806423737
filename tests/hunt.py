"""Secrets that are recognized wherever they turn up, planted in every place that the plan's model has for one."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from wizard.deploy_key import new_private_key
from wizard.redact import forms_of, parts_of

PASSWORD = "hunted-{} p@ss/w:ö'rd%1\"x\\$(HOME)+="
CONNECTIONS = {
    "s3": json.dumps({"conn_type": "aws", "login": "a", "password": "hunted-s3/key+1=", "extra": {"region_name": "x"}}),
    "wasb": "wasb://hunted-account:hunted-wasb%2Fkey%2B1@/?sas_token=hunted-sas-token",
}
VALUES = {
    "database": PASSWORD.format("database"),
    "ldap": PASSWORD.format("ldap"),
    "token": "hunted-token/1+2=",
    "key": new_private_key(),
    **CONNECTIONS,
}


def needles(values: Iterable[str]) -> set[str]:
    """Each value and what is secret in it by itself, in every form that it may be written in."""
    parts = {part for value in values for part in (value, *parts_of(value))}
    return {form for part in parts for form in forms_of(part)}


def told(text: str, values: Iterable[str]) -> set[str]:
    """Those of the needles that a text has; what a place itself says is fine."""
    return {needle for needle in needles(values) if needle in text}


def plant(folder: Path) -> dict[str, str]:
    """A file for each value, and the variables with the same."""
    for name, value in VALUES.items():
        (folder / name).write_text(value)
        (folder / name).chmod(0o600)
    return {f"HUNTED_{name.upper()}": value for name, value in VALUES.items()}


def answers(source: str, folder: Path) -> dict[str, Any]:
    """A plan's answers with all secrets from files, or all from variables; of two databases and so on, one each."""

    def at(name: str) -> dict[str, str]:
        if source == "environment":
            return {"type": "environment", "variable": f"HUNTED_{name.upper()}"}
        return {"type": "file", "path": str(folder / name)}

    hosts = "git.example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
    ssh = {"type": "ssh", "privateKey": at("key"), "knownHosts": hosts}
    git = {"type": "git-sync", "repository": "git@git.example.com:a/b.git", "credentials": ssh}
    https = {"type": "https", "token": at("token")}
    bundle = {"type": "git-bundle", "repository": "https://git.example.com/a/b.git", "credentials": https}
    s3 = {"type": "s3", "bucket": "logs", "credentials": {"type": "connection", "source": at("s3")}}
    ldap = {"type": "ldap", "server": "ldaps://x", "bindUser": "cn=b", "userBase": "dc=x", "bindPassword": at("ldap")}
    nowhere = {"nodeSelector": {"no-such": "node"}}
    return {
        "apiVersion": "airflow-wizard/v1",
        "kind": "Plan",
        "profile": "laptop",
        "database": {
            "type": "existing" if source == "file" else "mysql",
            "host": "db.example.com",
            "password": at("database"),
        },
        "dags": git if source == "file" else bundle,
        "logs": s3 if source == "file" else {"type": "wasb", "connection": at("wasb")},
        "login": ldap,
        "executor": {"type": "celery"},
        "nodes": {"controlPlane": nowhere, "tasks": nowhere},
    }


def processes(first: int) -> Iterator[tuple[str, str]]:
    """Arguments and environment of a process and of all below it, as /proc has them now."""
    parents: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has ended
    below = {first}
    while more := {child for child, parent in parents.items() if parent in below} - below:
        below |= more
    for process in below:
        try:
            arguments, environment = (Path(f"/proc/{process}/{name}").read_bytes() for name in ("cmdline", "environ"))
        except OSError:
            continue
        yield arguments.decode(errors="replace"), environment.decode(errors="replace")


def watched(*arguments: str, folder: Path, variables: dict[str, str]) -> tuple[str, str, str]:
    """Run the wizard in a folder that is its home too: what it said, and the arguments and environments seen."""
    environment = {**os.environ, **variables, "HOME": str(folder), "TMPDIR": str(folder), "COLUMNS": "200"}
    environment = {name: value for name, value in environment.items() if not name.startswith("XDG_")}
    command = [sys.executable, "-m", "wizard", *arguments]
    seen: set[tuple[str, str]] = set()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        while True:
            seen |= set(processes(process.pid))
            try:
                out, _ = process.communicate(timeout=0.05)
                break
            except subprocess.TimeoutExpired:
                continue
    text = out.decode()
    assert "Traceback" not in text, text[-2000:]
    assert any("wizard" in arguments for arguments, _ in seen)
    return text, "\n".join(arguments for arguments, _ in seen), "\n".join(environment for _, environment in seen)


def files(folder: Path) -> dict[str, str]:
    """All that was written below a folder."""
    return {str(file): file.read_bytes().decode(errors="replace") for file in folder.rglob("*") if file.is_file()}
