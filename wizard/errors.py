"""The one exception that is meant for the user, and the exit codes."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command, as kubectl and helm use them."""

    OK = 0
    FAILED = 1
    USAGE = 2
    INTERRUPTED = 130


class UserError(Exception):
    """Something the user can mend: one clear sentence, the way out, and the exit code.

    Everything else that is raised is a bug of ours and shows its traceback.
    """

    def __init__(self, message: str, way_out: str = "", code: Exit = Exit.FAILED) -> None:
        super().__init__(message)
        self.message = printable(message)
        self.way_out = printable(way_out)
        self.code = code

    def __str__(self) -> str:
        return f"{self.message}\n  {self.way_out}" if self.way_out else self.message


def printable(text: str) -> str:
    """The text without what a terminal would obey or could not show: it may quote a file or a server."""
    return "".join(each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text)
