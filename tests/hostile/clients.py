"""Attacks by requests: what can be done to the exporter by those who reach its port."""

import http.client
import signal
import socket
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import bcrypt
import yaml

from tests.guarded import basic
from tests.hostile.attack import Attack, Figure
from tests.hostile.scene import TIMEOUT, Scene, target

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


def hang_ups(scene: Scene) -> None:
    """Scrapes of a slow target whose clients hang up at once, again and again."""
    request = b"GET /probe?target=slow HTTP/1.1\r\nHost: a\r\n" + TIMEOUT.encode() + b": 1e9\r\n"
    bodies = (b"\r\n", b"Content-Length: 999999999\r\n\r\n" + bytes(300_000))
    for _ in range(scene.much(10, 3)):
        for number in range(60):
            connection = scene.connect("127.0.0.2")
            with suppress(OSError):
                connection.sendall(request + bodies[number % 2])
            connection.close()
        time.sleep(0.5)


def waiting(scene: Scene) -> None:
    """Scrapes of a slow target from one address, more than there are slots."""
    for _ in range(60):
        connection = scene.connect("127.0.0.2")
        connection.sendall(
            b"GET /probe?target=slow HTTP/1.1\r\nHost: a\r\n" + TIMEOUT.encode() + b": 1e9\r\n\r\n"
        )
    time.sleep(scene.much(15, 4))


def unread(path: str, clients: int, packed: bool = False) -> Callable[[Scene], None]:
    """Clients that ask for much and take nothing."""
    encoding = b"Accept-Encoding: gzip\r\n" if packed else b""
    request = f"GET {path} HTTP/1.1\r\nHost: a\r\n".encode() + encoding + b"\r\n"

    def act(scene: Scene) -> None:
        for _ in range(clients):
            connection = scene.connect("127.0.0.2")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(request)
        time.sleep(scene.much(25, 6))

    return act


def pages(*paths: str, clients: int) -> Callable[[Scene], None]:
    """Clients that ask for pages, again and again."""

    def act(scene: Scene) -> None:
        until = time.monotonic() + scene.much(20, 5)

        def ask(number: int) -> None:
            path = paths[number % len(paths)]
            while time.monotonic() < until:
                with suppress(OSError, http.client.HTTPException):
                    scene.get(f"{path}{number}", source="127.0.0.2")

        at_once(ask, clients)

    return act


def guesses(scene: Scene) -> Sequence[Figure]:
    """Wrong passwords from thirty addresses, while a user signs in for the first time."""
    until = time.monotonic() + scene.much(30, 8)

    def guess(number: int) -> None:
        source = f"127.0.0.{2 + number % 30}"
        count = 0
        while time.monotonic() < until:
            count += 1
            with suppress(OSError, http.client.HTTPException):
                wrong = basic(("bob", "nobody")[count % 2], f"guess {number} {count}")
                scene.get("/metrics", headers=wrong, source=source, timeout=10)

    threads = [threading.Thread(target=guess, args=(n,), daemon=True) for n in range(90)]
    for thread in threads:
        thread.start()
    time.sleep(scene.much(4, 2))
    first = scene.seconds("/metrics?target=good", basic("bob", PASSWORD))
    for thread in threads:
        thread.join()
    return [Figure("first sign-in", first, 3.0, "s")]


def hang_up_signals(scene: Scene) -> None:
    """A reload again and again, by signal and by request."""
    for number in range(scene.much(500, 200)):
        scene.program.process.send_signal(signal.SIGHUP)
        if not number % 50:
            with suppress(OSError, http.client.HTTPException):
                scene.get("/-/reload", method="POST", timeout=0.1)
        time.sleep(0.002)
    time.sleep(scene.much(10, 4))


def slow(scene: Scene) -> Sequence[Mapping[str, Any]]:
    """A target that answers after a minute."""
    return [target("slow", f"{scene.vendor.url}/slow/60", timeout="120s")]


def large(rows: int) -> Callable[[Scene], Sequence[Mapping[str, Any]]]:
    """A target of so many pools, which change each time."""
    return lambda scene: [target("large", f"{scene.vendor.url}/rows/{rows}")]


def many(targets: int) -> Callable[[Scene], Sequence[Mapping[str, Any]]]:
    """So many targets."""
    return lambda scene: [target(f"t{n}", f"{scene.vendor.url}/{n}") for n in range(targets)]


ATTACKS: tuple[Attack, ...] = (
    Attack("compressed request bodies", bodies, web=partial(users, alice=10), headers=ALICE),
    Attack("web config file rewritten", rewrites, web=partial(users, alice=10), headers=ALICE),
    Attack("idle and slow connections", idle_and_slow),
    Attack("requests that are no HTTP", malformed, short=False),
    Attack("pipelines whose answers are not read", pipelines),
    Attack("scrapes that hang up", hang_ups, targets=slow),
    Attack("more scrapes than slots", waiting, targets=slow),
    Attack("scrapes that are not read", unread("/metrics?target=large", 60), targets=large(20_000)),
    Attack(
        "gzip scrapes that are not read",
        unread("/metrics?target=large", 60, packed=True),
        targets=large(60_000),
        short=False,
    ),
    Attack("/config of 2,000 targets", pages("/config?", clients=20), targets=many(2000)),
    Attack("/config that is not read", unread("/config", 100), targets=many(2000), short=False),
    Attack("pages of 1,000 targets", pages("/?q=", clients=100), targets=many(1000)),
    Attack(
        "/sd and /-/metrics of 2,000 targets",
        pages("/sd?", "/-/metrics?", clients=40),
        targets=many(2000),
        short=False,
    ),
    Attack(
        "wrong passwords, cost 10", guesses, web=partial(users, alice=10, bob=10), headers=ALICE
    ),
    Attack(
        "wrong passwords, cost 13",
        guesses,
        web=partial(users, alice=10, bob=13),
        headers=ALICE,
        short=False,
    ),
    Attack(
        "500 reloads of 2,000 targets",
        hang_up_signals,
        targets=many(2000),
        flags=("--web.enable-lifecycle",),
    ),
)
