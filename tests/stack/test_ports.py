import socket
from collections.abc import Iterator

import pytest

from deploy.stack.ports import HOST, Ports, StackError, free
from tests.e2e.programs import free_port


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_ports_that_are_free_are_taken() -> None:
    Ports(free_port(), free_port(), free_port(), free_port()).check()


def test_each_port_that_is_taken_is_told_with_the_variable_that_chooses_another(taken: int) -> None:
    with pytest.raises(StackError) as caught:
        Ports(free_port(), taken, taken, free_port()).check()
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"port {taken}, for Prometheus, is taken: make stack PROMETHEUS_PORT=")
    offered = int(first.partition("PROMETHEUS_PORT=")[2].split()[0])
    assert offered > taken
    assert free(offered)
    assert second == (
        f"port {taken}, for Alertmanager, is Prometheus's already: "
        "choose another with ALERTMANAGER_PORT=n"
    )
