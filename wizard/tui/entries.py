"""What Review lists: every manifest as it will be sent, and the Secrets with their values masked."""

import textwrap
from dataclasses import dataclass

from wizard.check import Facts, Finding
from wizard.check.facts import age
from wizard.progress import Mark
from wizard.render import Manifest, NeededSecret, Rendered
from wizard.render.text import text_of_manifest
from wizard.render.trace import Origin
from wizard.secrets import HASH_KEY
from wizard.tui.lines import lines_of

MASK = "••••"
CHECKS = "Checks"
_WIDTH = 58
"""Columns of a line of the checks: what there is beside the list at 120."""


@dataclass(frozen=True)
class Entry:
    """One object and its text."""

    kind: str
    name: str
    text: str
    source: Manifest | NeededSecret | None = None

    def origin(self, number: int) -> Origin | None:
        """Where a line comes from; None for one of the checks."""
        if isinstance(self.source, Manifest):
            lines = lines_of(self.source)
            return lines[number].origin if number < len(lines) else None
        return self.source.origin if self.source else None

    @property
    def label(self) -> str:
        """As messages name it: `Deployment airflow-scheduler`."""
        return f"{self.kind} {self.name}"

    def hits(self, wanted: str) -> list[int]:
        """The numbers of the lines that hold the text, whatever its case."""
        if not wanted:
            return []
        return [number for number, line in enumerate(self.text.splitlines()) if wanted.lower() in line.lower()]

    def holds(self, wanted: str) -> bool:
        """Whether a search for the text finds this object."""
        return wanted.lower() in self.label.lower() or bool(self.hits(wanted))


def entries_of(rendered: Rendered, namespace: str) -> list[Entry]:
    """All objects grouped by kind, in the order in which they are sent; the Secrets are the first."""
    needed = [*rendered.secrets, HASH_KEY]
    secrets = [Entry("Secret", secret.name, _masked(secret, namespace), secret) for secret in needed]
    manifests = [Entry(each.kind, each.name, text_of_manifest(each.body), each) for each in rendered.manifests]
    return sorted(secrets, key=lambda entry: entry.name) + manifests


def checks_entry(findings: list[Finding], facts: Facts | None) -> Entry:
    """What the answers mean on the cluster of this run, as if it were one object more."""
    if facts is None:
        return Entry(CHECKS, "not asked yet", "The cluster has not answered yet. Apply says why, if it doesn't at all.")
    counts = {mark: sum(each.mark is mark for each in findings) for mark in (Mark.DONE, Mark.WARNING, Mark.FAILED)}
    name = "  ".join(f"{mark} {count}" for mark, count in counts.items() if count)
    lines = [f"The cluster was asked {age(facts.age)}; F5 asks it again.", ""]
    for finding in sorted(findings, key=lambda each: each.mark is Mark.DONE):
        head, *more = finding.lines(0)
        lines += textwrap.wrap(head, _WIDTH, subsequent_indent="  ")
        lines += [line for text in more for line in _wrapped(text.strip())]
    return Entry(CHECKS, name, "\n".join(lines))


def _wrapped(text: str) -> list[str]:
    """Indented; an address stays whole."""
    return textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False)


def _masked(secret: NeededSecret, namespace: str) -> str:
    keys = "".join(
        f"  {key}: {MASK}  # {'random, made once and then kept' if value.random else 'from the plan'}\n"
        for key, value in secret.keys.items()
    )
    head = f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: {secret.name}\n  namespace: {namespace}\ntype: Opaque\n"
    return f"{head}stringData:\n{keys}"
