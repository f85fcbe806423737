"""Secrets that the plan takes to be there."""

from collections.abc import Iterator

from wizard.brought import bring
from wizard.check.facts import Facts
from wizard.check.finding import Finding
from wizard.errors import UserError
from wizard.progress import Mark
from wizard.render import NeededSecret, Rendered
from wizard.secrets import lacking

CHECK = "secrets"
DOCS = "https://kubernetes.io/docs/concepts/configuration/secret/"


def check(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Those of somebody else by name or label, and what is brought from a file or a variable; no value is told."""
    there = facts.there.get("Secret")
    names = {body["metadata"]["name"] for body in there or []}
    found = [*_existing(rendered, facts), *_brought(rendered, names)]
    wanted = [each.label or each.name for each in rendered.secrets if each.existing]
    if wanted and there is not None and not found:
        found = [Finding(CHECK, Mark.DONE, f"there: {', '.join(wanted)}")]
    yield from found


def _existing(rendered: Rendered, facts: Facts) -> Iterator[Finding]:
    """Whether their keys are there, `prepare` says, which reads them."""
    there = facts.there.get("Secret")
    if there is None:
        return
    names = {body["metadata"]["name"] for body in there}
    labels = {f"{key}={value}" for body in there for key, value in (body["metadata"].get("labels") or {}).items()}
    for secret in rendered.secrets:
        if not secret.existing or (secret.label in labels if secret.label else secret.name in names):
            continue
        error = lacking(secret, facts.namespace, None)
        if error is not None:
            yield Finding(CHECK, Mark.FAILED, error.message, error.way_out, DOCS, _place(secret))


def _brought(rendered: Rendered, names: set[str]) -> Iterator[Finding]:
    """What isn't at hand is needed only where the cluster has it not yet."""
    for secret in rendered.secrets:
        for key, value in secret.keys.items():
            if value.brought:
                try:
                    bring(value, f"key {key} of Secret {secret.name}", needed=secret.name not in names)
                except UserError as error:
                    way_out = error.way_out or "Put it there, or answer with another source."
                    yield Finding(CHECK, Mark.FAILED, error.message, way_out, DOCS, _place(secret), error.code)


def _place(secret: NeededSecret) -> str:
    return secret.origin.answer.removesuffix(".type")
