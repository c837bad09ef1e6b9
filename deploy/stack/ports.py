"""The ports of the stack, looked at before anything is started."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, fields

HOST = "127.0.0.1"


class StackError(Exception):
    """Something that the user must mend first."""


def _port(default: int, variable: str, program: str) -> int:
    metadata = {"variable": variable, "program": program}
    port: int = field(default=default, metadata=metadata)
    return port


@dataclass(frozen=True, slots=True)
class Ports:
    """Where each program listens, on loopback; with each the variable of `make stack`."""

    exporter: int = _port(10058, "PORT", "the exporter")
    prometheus: int = _port(9090, "PROMETHEUS_PORT", "Prometheus")
    alertmanager: int = _port(9093, "ALERTMANAGER_PORT", "Alertmanager")
    receiver: int = _port(9095, "RECEIVER_PORT", "the receiver of notifications")

    def check(self) -> None:
        """Raise StackError if a port is taken, with a line for each."""
        if problems := list(self._problems()):
            raise StackError("\n".join(problems))

    def _problems(self) -> Iterator[str]:
        chosen: dict[int, str] = {}
        for each in fields(self):
            port, variable = getattr(self, each.name), each.metadata["variable"]
            where = f"port {port}, for {each.metadata['program']}"
            if port in chosen:
                yield f"{where}, is {chosen[port]}'s already: choose another with {variable}=n"
            elif not free(port):
                other = next(other for other in range(port + 1, 1 << 16) if free(other))
                yield f"{where}, is taken: make stack {variable}={other} takes a free one"
            chosen[port] = each.metadata["program"]


def free(port: int) -> bool:
    """Whether a program could listen on the port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except OSError:
            return False
    return True
