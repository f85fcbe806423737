"""Login plugins of a kubeconfig (`exec`, client.authentication.k8s.io): aws, gke-gcloud-auth-plugin, kubelogin.

They never get our terminal: a plugin that asks would write into the middle of a screen.
"""

import json
import os
import shutil
import subprocess
from typing import Any

from wizard.cluster.interface import Forbidden
from wizard.cluster.kubeconfig import Entry
from wizard.errors import Exit, UserError

PLUGIN_SECONDS = 60.0
"""How long a plugin may take; some ask a person in a browser."""


def check_plugin(plugin: Any, context: str) -> None:
    command = plugin.get("command") if isinstance(plugin, dict) else None
    if not isinstance(command, str) or not plugin.get("apiVersion"):
        raise UserError(
            f"The login plugin of context {context} has no command or no apiVersion in the kubeconfig.",
            "Make the kubeconfig again with your provider's tool.",
            Exit.USAGE,
        )
    if shutil.which(command) is None:
        hint = " ".join(str(plugin.get("installHint") or "").split())
        raise UserError(
            f"The login plugin {command} of context {context} is not installed.",
            hint or f"Install {command} and see that it is on the PATH; kubectl needs it too.",
            Exit.USAGE,
        )


def run_plugin(entry: Entry) -> dict[str, Any]:
    """`status` of the ExecCredential that the plugin prints. Raises Forbidden where it does not."""
    plugin = entry.user["exec"]
    given = {
        str(item.get("name")): str(item.get("value")) for item in plugin.get("env") or [] if isinstance(item, dict)
    }
    try:
        done = subprocess.run(
            [plugin["command"], *map(str, plugin.get("args") or [])],
            env={**os.environ, **given, "KUBERNETES_EXEC_INFO": json.dumps(_exec_info(entry))},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PLUGIN_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise plugin_failed(entry, f"it took more than {PLUGIN_SECONDS:.0f} s") from None
    except OSError as error:
        raise plugin_failed(entry, f"it can't be started ({error.strerror})") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise plugin_failed(entry, said[-1][:300] if said else f"exit code {done.returncode}")
    try:
        status = json.loads(done.stdout)["status"]
    except (ValueError, KeyError, TypeError):
        status = None
    if not isinstance(status, dict):
        raise plugin_failed(entry, "its answer is no ExecCredential") from None
    return status


def _exec_info(entry: Entry) -> dict[str, Any]:
    plugin = entry.user["exec"]
    spec: dict[str, Any] = {"interactive": False}
    if plugin.get("provideClusterInfo"):
        keys = ("tls-server-name", "insecure-skip-tls-verify", "certificate-authority-data", "proxy-url")
        spec["cluster"] = {"server": entry.server, **{key: entry.cluster[key] for key in keys if key in entry.cluster}}
        for extension in entry.cluster.get("extensions") or []:
            if isinstance(extension, dict) and extension.get("name") == "client.authentication.k8s.io/exec":
                spec["cluster"]["config"] = extension.get("extension")
    return {"apiVersion": plugin["apiVersion"], "kind": "ExecCredential", "spec": spec}


def plugin_failed(entry: Entry, why: str) -> Forbidden:
    return Forbidden(
        f"The login plugin {entry.user['exec']['command']} of context {entry.context} failed: {why}.",
        f"Log in with your provider's tool, until this works: kubectl --context {entry.context} get namespaces",
    )
