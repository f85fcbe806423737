"""The command line: `airflow-wizard`, or `python -m wizard`."""

import sys

from wizard.commands import run


def main() -> None:
    """Run the command that the arguments name and exit with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
