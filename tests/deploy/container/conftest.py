from collections.abc import Iterator

import pytest

from tests.deploy.container.podman import Store, store


@pytest.fixture(scope="session")
def images() -> Iterator[Store]:
    with store() as built:
        yield built
