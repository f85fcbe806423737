"""Manifests as a folder for `kubectl apply -k DIR` (and `kubectl apply -f DIR/manifests`), without any Secret."""

import shlex
import tempfile
from pathlib import Path

from wizard.errors import Exit, UserError
from wizard.render import NeededSecret, Rendered
from wizard.render.needed_secrets import Random, Value
from wizard.render.text import text_of_manifest
from wizard.yaml_files import write_yaml

_MARK = "# Written by airflow-wizard render; written anew as a whole each time.\n"

_RANDOM: dict[Random, str] = {
    "password": "head -c 24 /dev/urandom | base64 | tr +/ -_",
    "fernet-key": "head -c 32 /dev/urandom | base64 | tr +/ -_",
    "hex-64-bytes": "head -c 64 /dev/urandom | od -An -tx1 | tr -d ' '",
}
"""Commands that every Linux and macOS has: one that is missing would make an empty value without a word."""

_ONE_LINE = ("token", "password")


def write_folder(rendered: Rendered, folder: Path) -> None:
    """Write the folder as a whole: beside its place first, then into it, so that it is never half there.

    Raises `UserError` for a folder that holds anything that `render` didn't write.
    """
    try:
        _refuse_foreign(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as beside:
            _write(rendered, Path(beside, "new"))
            if folder.exists():
                folder.rename(Path(beside, "old"))
            Path(beside, "new").rename(folder)
    except OSError as error:
        raise UserError(f"{folder} cannot be written: {error.strerror}") from None


def _write(rendered: Rendered, folder: Path) -> None:
    manifests = folder / "manifests"
    manifests.mkdir(parents=True)
    names = []
    for manifest in rendered.manifests:
        name = f"{manifest.kind.lower()}-{manifest.name}.yaml"
        (manifests / name).write_text(text_of_manifest(manifest.body), "utf-8")
        names.append(f"manifests/{name}")
    body = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": names}
    (folder / "kustomization.yaml").write_text(_MARK + write_yaml(body), "utf-8")


def _refuse_foreign(folder: Path) -> None:
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UserError(f"{folder} is a file.", "Name a folder with -o.", Exit.USAGE)
    kustomization = folder / "kustomization.yaml"
    text = kustomization.read_text("utf-8", "replace") if kustomization.is_file() else ""
    ours = {"kustomization.yaml", "manifests"} | {line[2:] for line in text.splitlines() if line.startswith("- ")}
    known = ours if text.startswith(_MARK) else set()
    if any(str(path.relative_to(folder)) not in known for path in folder.rglob("*")):
        raise UserError(
            f"{folder} holds what render did not write.",
            "Name another folder with -o, or empty this one.",
            Exit.USAGE,
        )


def secrets_note(needed: list[NeededSecret], namespace: str) -> str:
    """Which Secrets must exist, with a command for each that makes it; the values never appear in arguments."""
    commands = "\n".join(_command(secret, namespace) for secret in needed)
    return (
        f"Secret values are left out. Make namespace {namespace} first, then these Secrets (in bash; a value is made "
        f"here, once), then apply:\n{commands}"
    )


def _command(secret: NeededSecret, namespace: str) -> str:
    if secret.label:
        return f"  # one with label {secret.label} and the connection in key value: yours, as the plan says"
    if secret.existing:
        return f"  # {secret.name}, with key {', '.join(secret.keys)}: yours, as the plan says"
    create = f"kubectl create secret generic {secret.name} -n {namespace}"
    made = any(value.random == "ed25519-key" for value in secret.keys.values())
    parts = [f"  ssh-keygen -q -t ed25519 -N '' -C '' -f {secret.name} &&", create] if made else [f"  {create}"]
    command = " \\\n    ".join([*parts, *(_source(key, value, secret.name) for key, value in secret.keys.items())])
    return f"{command}\n  # {secret.name}.pub is the deploy key that the Git host must know" if made else command


def _source(key: str, value: Value, secret: str) -> str:
    if value.random == "ed25519-key":
        return f"--from-file={key}={secret}"
    if value.public_half_of is not None:
        return f"--from-file={key}={secret}.pub"
    if value.file is not None:
        home, path = ('"$HOME"/', value.file[2:]) if value.file.startswith("~/") else ("", value.file)
        place = home + shlex.quote(path)
        # A token or a password must end without the line's end that most files have.
        return f"--from-file={key}=" + (f"<(tr -d '\\r\\n' < {place})" if value.check in _ONE_LINE else place)
    if value.environment is not None:
        end = "" if value.check in _ONE_LINE else "\\n"
        return f'--from-file={key}=<(printf "%s{end}" "${value.environment}")'
    if value.random is None:
        return f"--from-literal={key}={shlex.quote(str(value.text))}"
    return f"--from-file={key}=<({_RANDOM[value.random]} | tr -d '\\n')"
