"""What the tests on a node share."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.node.command_line import CommandLine, remove
from wizard.cluster.interface import Cluster

FAILED = pytest.StashKey[bool]()


@pytest.fixture
def wizard(request: pytest.FixtureRequest, cluster: Cluster, tmp_path: Path) -> Iterator[CommandLine]:
    """The command line, with a plan still to be written, for a namespace that doesn't exist yet."""
    about = request.module.__name__.rpartition("test_")[2]
    wizard = CommandLine(tmp_path / "airflow-plan.yaml", f"wizard-{about}-{secrets.token_hex(3)}")
    yield wizard
    remove(cluster, wizard.namespace)


@pytest.fixture(scope="session")
def namespaces(cluster: Cluster) -> Iterator[list[str]]:
    """Where tests apply one plan after the other; the last of the list is the one in use."""
    names = [f"wizard-shared-{secrets.token_hex(3)}"]
    yield names
    remove(cluster, names[-1])


@pytest.fixture
def shared(
    request: pytest.FixtureRequest, cluster: Cluster, namespaces: list[str], tmp_path: Path
) -> Iterator[CommandLine]:
    """The command line for a namespace that holds what the test before left: a start of Airflow less.

    A test that fails takes its namespace with it, lest the next one fail because of it.
    """
    yield CommandLine(tmp_path / "airflow-plan.yaml", namespaces[-1])
    if request.node.stash.get(FAILED, False):
        remove(cluster, namespaces[-1])
        namespaces.append(f"wizard-shared-{secrets.token_hex(3)}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Remember for fixtures that a test failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report
