"""placeholder"""
import argparse


class Command:
    """."""

    help = "demo"

    def options(self, parser: argparse.ArgumentParser) -> None:
        pass

    def run(self, options: argparse.Namespace) -> int:
        return 0
