"""Attacks by requests: what can be done to the exporter by those who reach its port."""

import http.client
import threading
import time
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress

import bcrypt
import yaml

from tests.guarded import basic
from tests.hostile.attack import Attack, Figure
from tests.hostile.scene import Scene

PASSWORD = "correct horse battery staple"
ALICE = basic("alice", PASSWORD)


def users(**costs: int) -> str:
    """A web config file of these users, each with the cost of its password's hash."""
    hashes = {
        user: bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(cost)).decode()
        for user, cost in costs.items()
    }
    return yaml.safe_dump({"basic_auth_users": hashes})


def at_once(act: Callable[[int], object], clients: int) -> None:
    """Do something as so many clients at the same time, and wait for all."""
    threads = [threading.Thread(target=act, args=(n,), daemon=True) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)


def bodies(scene: Scene) -> None:
    """Bodies that inflate to a thousand times their size, without a password."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(10**6)
    body = b"".join(deflate.compress(zeros) for _ in range(1000)) + deflate.flush()
    head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    until = time.monotonic() + scene.much(10, 3)

    def send(_: int) -> None:
        while time.monotonic() < until:
            with suppress(OSError), scene.connect() as connection:
                connection.sendall(head % len(body) + body)
                connection.recv(100)

    at_once(send, 4)


def rewrites(scene: Scene) -> Sequence[Figure]:
    """The web config file is written in place again and again, as editors and `cp` do."""
    file = scene.folder / "web.yml"
    text = file.read_text()
    stop = threading.Event()
    codes: list[int] = []

    def ask() -> None:
        while not stop.is_set():
            codes.append(scene.get("/metrics")[0])

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    for number in range(scene.much(2000, 300)):
        file.write_text(f"{text}# {number}\n")
        time.sleep(0.002)
    stop.set()
    for thread in threads:
        thread.join()
    unasked = sum(code != 401 for code in codes)
    assert codes
    return [Figure("answers without a password", unasked, 0)]


def idle_and_slow(scene: Scene) -> None:
    """Connections that say nothing, begin a request, drip one, or ask and do not read."""
    get = b"GET /metrics HTTP/1.1\r\nHost: a\r\n"
    connections = [scene.connect() for _ in range(scene.much(800, 400))]
    for number, connection in enumerate(connections):
        connection.sendall((b"", get, get + b"X: ", get + b"\r\n" + get)[number % 4])
    for _ in range(scene.much(10, 3)):
        for connection in connections[2::4]:
            with suppress(OSError):
                connection.sendall(b"x")
        time.sleep(1)


def malformed(scene: Scene) -> None:
    """Requests that are no HTTP, in a hurry."""
    until = time.monotonic() + scene.much(10, 3)
    requests = (
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nX-A: " + b"a" * 100_000,
        b"GET /" + b"a" * 100_000,
    )

    def send(number: int) -> None:
        while time.monotonic() < until:
            with suppress(OSError), scene.connect() as connection:
                connection.sendall(requests[number])
                connection.recv(100)

    at_once(send, len(requests))


def pipelines(scene: Scene) -> None:
    """Thousands of requests on each connection, the answers of which are not read."""
    request = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"
    for _ in range(scene.much(40, 20)):
        connection = scene.connect()
        connection.settimeout(0.5)
        with suppress(OSError, http.client.HTTPException):
            connection.sendall(request * 2000)
    time.sleep(scene.much(10, 3))


ATTACKS: tuple[Attack, ...] = (
    Attack("compressed request bodies", bodies, web=users(alice=10), headers=ALICE),
    Attack("web config file rewritten", rewrites, web=users(alice=10), headers=ALICE),
    Attack("idle and slow connections", idle_and_slow),
    Attack("requests that are no HTTP", malformed),
    Attack("pipelines whose answers are not read", pipelines),
)
