"""Attacks by requests that are right in parts: rare methods, headers, and ways to send them."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress

from tests.hostile.attack import Attack
from tests.hostile.clients import at_once, large, many
from tests.hostile.scene import Scene

_PATHS = (
    "/probe",
    "/sd",
    "/renewals",
    "/renewals.ics",
    "/renewals.csv",
    "/pools.csv",
    "/",
    "/-/metrics",
)
_MEGABYTE = 10**6


def asked(*requests: bytes, clients: int = 20) -> Callable[[Scene], None]:
    """Clients that send requests in a hurry, each on one connection until that is closed."""

    def act(scene: Scene) -> None:
        until = time.monotonic() + scene.much(10, 3)

        def ask(number: int) -> None:
            request = requests[number % len(requests)]
            while time.monotonic() < until:
                with suppress(OSError), socket.socket() as connection:
                    connection.settimeout(2)
                    connection.bind(("127.0.0.2", 0))
                    connection.connect(("127.0.0.1", scene.port))
                    while time.monotonic() < until:
                        connection.sendall(request)
                        if not connection.recv(65536):
                            break

        at_once(ask, clients)

    return act


def _of(method: str, path: str, *headers: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a", *headers, "", ""]).encode()


def endless_bodies(scene: Scene) -> None:
    """Chunked bodies that never end, of chunks of one byte and of a megabyte."""
    until = time.monotonic() + scene.much(15, 4)
    head = _of("POST", "/-/reload", "Transfer-Encoding: chunked")
    chunks = (b"1\r\nx\r\n" * 1000, b"f4240\r\n" + bytes(_MEGABYTE) + b"\r\n")

    def send(number: int) -> None:
        while time.monotonic() < until:
            with suppress(OSError):
                connection = scene.connect("127.0.0.2")
                connection.sendall(head)
                while time.monotonic() < until:
                    connection.sendall(chunks[number % 2])

    at_once(send, 20)


def old_and_slow(scene: Scene) -> None:
    """HTTP/1.0 with keep-alive, whose answers are taken byte by byte."""
    request = b"GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
    connections = []
    for _ in range(scene.much(100, 60)):
        connection = scene.connect("127.0.0.2")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(0.05)
        with suppress(OSError):
            connection.sendall(request * 2)
        connections.append(connection)
    until = time.monotonic() + scene.much(25, 6)
    while time.monotonic() < until:
        for connection in connections:
            with suppress(OSError):
                connection.recv(1)


def tiny_pieces(scene: Scene) -> None:
    """Pipelines of the least requests there are, which are sent in pieces of some bytes."""
    request = b"GET /-/healthy HTTP/1.1\r\nHost: a\r\n\r\n" * 50
    until = time.monotonic() + scene.much(10, 3)

    def send(_: int) -> None:
        while time.monotonic() < until:
            with suppress(OSError):
                connection = scene.connect("127.0.0.2")
                connection.settimeout(1)
                for at in range(0, len(request), 7):
                    connection.sendall(request[at : at + 7])
                while connection.recv(65536):
                    pass

    at_once(send, 20)


ATTACKS: tuple[Attack, ...] = (
    Attack(
        "HEAD and OPTIONS in a hurry",
        asked(*(_of(method, path) for method in ("HEAD", "OPTIONS") for path in _PATHS)),
        targets=many(300),
    ),
    Attack(
        "Expect, Range and upgrades",
        asked(
            _of("GET", "/metrics", "Expect: 100-continue"),
            _of("POST", "/-/reload", "Expect: 100-continue", "Content-Length: 1000000"),
            _of("GET", "/metrics", "Range: bytes=" + ",".join(f"{n}-{n}" for n in range(1000))),
            _of(
                "GET",
                "/metrics",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            ),
        ),
        targets=large(2000),
    ),
    Attack(
        "headers of many items and of megabytes",
        asked(
            _of("GET", "/metrics", "Accept-Encoding: " + ",".join(["gzip;q=0.5"] * 700)),
            _of("GET", "/metrics", "Accept: " + ",".join(["text/plain;q=0.5"] * 480)),
            _of("GET", "/", "If-None-Match: " + '"a",' * (_MEGABYTE // 2)),
            _of("GET", "/", *(f"X-{n}: {n}" for n in range(5000))),
        ),
    ),
    Attack(
        "long paths and queries",
        asked(
            *(_of("GET", f"{path}?target={'a&target=' * 850}") for path in _PATHS),
            *(_of("GET", f"{path}?q={'%41' * 2500}") for path in _PATHS),
            _of("GET", "/" + "a/" * _MEGABYTE),
        ),
        targets=many(1000),
    ),
    Attack("bodies that never end", endless_bodies),
    Attack("HTTP/1.0 that reads byte by byte", old_and_slow, targets=large(20_000)),
    Attack("pipelines in tiny pieces", tiny_pieces),
)
