"""What the tests on an API server share."""

import os
from collections.abc import Iterator

import pytest

from tests.cluster.test_nodes import NODE_LABEL, Pools
from wizard.cluster.interface import Cluster


@pytest.fixture
def pools(cluster: Cluster) -> Iterator[Pools]:
    """To be named before `namespace`, so that the nodes go after the pods."""
    label = os.environ.get(NODE_LABEL)
    if not label:
        pytest.skip(f"{NODE_LABEL} names no label that makes a Node of an object")
    pools = Pools(cluster, label)
    yield pools
    pools.remove()
