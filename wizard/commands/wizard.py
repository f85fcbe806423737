"""placeholder"""
import argparse


class Command:
    """."""

    help = "wizard"

    def options(self, parser: argparse.ArgumentParser) -> None:
        pass

    def run(self, options: argparse.Namespace) -> int:
        return 0
