"""The command line: `airflow-wizard`, or `python -m wizard`."""

import os
import sys
from contextlib import suppress

_INTERRUPTED = 130  # as Exit has it: nothing of ours is imported before Ctrl-C is looked for


def main() -> None:
    """Run the command that the arguments name and exit with its code."""
    try:
        from wizard.commands import run  # Ctrl-C may come while this takes its 0.1 s, too

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # before anything was asked, or once more while that is told
        code = _INTERRUPTED
    if code == _INTERRUPTED:
        with suppress(OSError):  # who reads may have heard of Ctrl-C too
            sys.stdout.flush()
        os._exit(code)  # no thread is waited for that still tries: what it sends may be cut off at any time
    sys.exit(code)


if __name__ == "__main__":
    main()
