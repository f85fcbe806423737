"""What Apply says: before, what would change; afterwards, how to get in, or what went wrong."""

from textual.content import Content
from textual.widgets import Static

from wizard.apply import Prepared
from wizard.check import fired
from wizard.deploy_key import is_made, request
from wizard.diff import SIGNS
from wizard.errors import UserError
from wizard.progress import Mark
from wizard.summary import Summary
from wizard.tui.labelled import Labelled

_COLOURS = {"+": "$text-success", "-": "$text-error", "@": "$text-accent"}


def said(prepared: Prepared) -> Content:
    """What applying would do, in lines."""
    parts = [Content.styled(prepared.sentence(), "bold")]
    parts.append(Content(prepared.sums.sentence()))
    told = [*prepared.warnings, *(f"{each.sentence} {each.way_out}" for each in fired(prepared.findings))]
    parts += [Content.styled(f"{Mark.WARNING} {warning}", "$text-warning") for warning in told]
    if is_made(prepared.plan):
        kept = [request(prepared.plan, key) for made in prepared.secrets if made.exists for key in made.public]
        parts += [Content(text) for text in kept] or [Content("The deploy key is made by Apply, and shown at once.")]
    parts.append(Content(""))
    parts += [Content(f"{SIGNS[what]} {label}") for what, label in prepared.labels()]
    parts += [Content(f"stays: {label}") for label in prepared.kept]
    changed = [change for change in prepared.differences() if change.what in ("change", "recreate")]
    for line in [line for change in changed for line in ["", *change.lines()]]:
        parts.append(Content.styled(line, _COLOURS.get(line[:1], "")))
    return Content("\n").join(parts)


def way_in(found: Summary, sandbox: bool) -> list[Static | Labelled]:
    """How to get in; in the sandbox, that there is nothing to get into."""
    headline = "Airflow runs, and a task ran in it."
    if sandbox:
        headline = "In the sandbox all of it went well. On a cluster you would go on with:"
    parts: list[Static | Labelled] = [Static(headline, classes="headline", markup=False)]
    parts += [Labelled(label, text) for label, text in found.lines() if label != "Verify"]
    if not sandbox:
        parts.append(Static("These lines are printed once more when you quit (^q), to be copied.", markup=False))
    return parts


def failure(error: UserError, begun: bool) -> list[Static | Labelled]:
    """What went wrong, the way out, and that nothing is lost of what was `begun`."""
    parts: list[Static | Labelled] = [Static(f"{Mark.FAILED} {error.message}", classes="headline", markup=False)]
    if error.way_out:
        parts.append(Static(error.way_out, markup=False))
    if begun:
        parts.append(Static("What is applied stays. Apply again goes on from there.", markup=False))
    return parts
