"""What the tests on a node share."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.command_line import CommandLine
from wizard.cluster.interface import Cluster


@pytest.fixture
def wizard(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> Iterator[CommandLine]:
    """The command line, with a plan still to be written, for a namespace that doesn't exist yet."""
    about = request.module.__name__.rpartition("test_")[2]
    wizard = CommandLine(tmp_path / "airflow-plan.yaml", f"wizard-{about}-{secrets.token_hex(3)}")
    yield wizard
    cluster.delete("v1", "Namespace", wizard.namespace)
