"""What a check says: a mark, a sentence with the reason in this cluster, and where it can be mended."""

from dataclasses import dataclass

from wizard.errors import Exit, UserError
from wizard.progress import Mark


@dataclass(frozen=True)
class Finding:
    """One sentence of one check."""

    check: str
    """Its name, such as `storage`."""
    mark: Mark
    """DONE for what is right, WARNING for what may go wrong, FAILED for what will."""
    sentence: str
    way_out: str = ""
    docs: str = ""
    place: str = ""
    """The answer it is about, as a plan's errors name it: `logs.storageClass`; empty for none."""
    code: Exit = Exit.FAILED
    """How a command ends that this keeps from going on."""

    def lines(self, width: int = 14) -> list[str]:
        """As lines of text: the sentence, then the way out and where to read on."""
        more = [text for text in (self.way_out, self.docs) if text and self.mark is not Mark.DONE]
        return [f"{self.mark} {self.check:<{width}} {self.sentence}", *(f"  {'':<{width}} {text}" for text in more)]

    def as_data(self) -> dict[str, str]:
        """For a script."""
        results = {Mark.DONE: "ok", Mark.WARNING: "warning", Mark.FAILED: "failed"}
        return {
            "check": self.check,
            "result": results[self.mark],
            "sentence": self.sentence,
            "wayOut": self.way_out,
            "documentation": self.docs,
            "place": self.place,
        }


def fired(findings: list[Finding]) -> list[Finding]:
    """Those that say that something may go wrong, or will."""
    return [finding for finding in findings if finding.mark is not Mark.DONE]


def failed(findings: list[Finding]) -> list[Finding]:
    """Those that say that something will go wrong."""
    return [finding for finding in findings if finding.mark is Mark.FAILED]


def refuse(findings: list[Finding]) -> None:
    """Raise `UserError` with all that would go wrong; nothing for findings that only warn."""
    wrong = failed(findings)
    if len(wrong) == 1:
        raise UserError(wrong[0].sentence, wrong[0].way_out, wrong[0].code)
    if wrong:
        told = "\n".join(f"  {Mark.FAILED} {each.sentence}\n    {each.way_out}" for each in wrong)
        raise UserError(f"{len(wrong)} things keep this plan from working here:\n{told}")
