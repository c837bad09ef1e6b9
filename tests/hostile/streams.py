"""Attacks by servers that do not end, and by programs and secrets of other kinds than documents."""

import base64
import json
import re
import socket
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.hostile.attack import Attack, Figure
from tests.hostile.scene import Scene, target
from tests.hostile.servers import head, serve, talk
from tests.hostile.vendors import scrapes

_MB = 10**6
_SECRET = "Zx+9/qT&kWp7Lm"


def stalling(size: int) -> Callable[[socket.socket, str], None]:
    """All of an answer but its last byte, and nothing more."""
    body = b"[" + b"1," * (size // 2)

    def attend(connection: socket.socket, _: str) -> None:
        # Not joined: a copy of it would hold those who watch.
        connection.sendall(head(len(body) + 1))
        connection.sendall(body)
        time.sleep(60)

    return attend


def dripping(connection: socket.socket, _: str) -> None:
    """A megabyte and more, and then a bit of the rest each half second."""
    connection.sendall(head(60 * _MB) + b"[" + b"1," * 600_000)
    for _ in range(100):
        connection.sendall(b"1," * 600_000)
        time.sleep(0.5)


def bit_by_bit(connection: socket.socket, _: str) -> None:
    """An answer in chunks of one byte."""
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = b"1\r\n[\r\n" * 150_000
    for _ in range(20):
        connection.sendall(chunks)
    connection.sendall(b"0\r\n\r\n")


def interim(connection: socket.socket, _: str) -> None:
    """Interim answers without end."""
    answers = b"HTTP/1.1 100 Continue\r\n\r\n" * 40_000
    while True:
        connection.sendall(answers)


def many_headers(connection: socket.socket, _: str) -> None:
    """Headers without end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(100_000):
        connection.sendall(b"X-%d: %s\r\n" % (number, b"a" * 1000))


def of(
    attend: Callable[[socket.socket, str], None], targets: int = 1, **options: Any
) -> Callable[[Scene], Sequence[Mapping[str, Any]]]:
    """Targets, each with a server of its own that attends so."""
    return lambda _: [target(f"bad{n}", talk(attend), **options) for n in range(targets)]


def _programs(scene: Scene) -> Iterator[tuple[str, str]]:
    yield "lines", "import sys\nwhile True: sys.stdout.write('Users of x: (Total of 1)\\n' * 1000)"
    yield "line", "import sys\nwhile True: sys.stdout.write('x' * 100_000)"
    yield "errors", "import sys\nwhile True: sys.stderr.write('x' * 100_000)"
    yield "bomb", "import os, time\nfor _ in range(6): os.fork()\ntime.sleep(60)"
    yield "deaf", "import signal, time\nsignal.signal(15, signal.SIG_IGN)\ntime.sleep(60)"


def programs(scene: Scene) -> dict[str, Any]:
    """Programs that print without end, fork, and do not hear."""
    made = {}
    for name, text in _programs(scene):
        file = scene.folder / name
        file.write_text(f"#!{sys.executable}\n{text}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        made[name] = str(file)
    return {"programs": made}


def running(scene: Scene) -> list[dict[str, Any]]:
    return [
        {
            "name": f"bad-{name}",
            "vendor": "json",
            "as": "acme",
            "min_interval": "0s",
            "mapping": {
                "requests": {"d": {"program": name, "format": "json"}},
                "pools": [{"rows": "rows", "name": "n", "used": "u"}],
            },
        }
        for name, _ in _programs(scene)
    ]


def left_alone(scene: Scene) -> Sequence[Figure]:
    """Scrape, and count the processes of the programs that are left."""
    scrapes(3, 1)(scene)
    time.sleep(2)
    left = 0
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            left += str(scene.folder / "bomb").encode() in command.read_bytes()
    return [Figure("processes left", left, 0)]


def _escaped(secret: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in secret)


def _small_percents(secret: str) -> str:
    return re.sub("%..", lambda percent: percent[0].lower(), quote(secret, safe=""))


def _written(secret: str) -> Iterator[str]:
    """JSON texts in which a secret can be read."""
    yield json.dumps(secret)
    yield json.dumps(secret).replace("/", "\\/")
    yield f'"{_escaped(secret)}"'
    yield json.dumps(quote(secret, safe=""))
    yield json.dumps(_small_percents(secret))
    yield json.dumps(f"Bearer {secret}")
    yield json.dumps(base64.b64encode(f"someone:{secret}".encode()).decode())
    yield json.dumps(base64.urlsafe_b64encode(secret.encode()).decode())
    yield json.dumps("".join(f"&#x{ord(character):X};" for character in secret))
    yield json.dumps(json.dumps(secret))


_WAYS: Mapping[str, Mapping[str, Any]] = {
    "bearer": {"authorization": {"credentials": _SECRET}},
    "basic": {"basic_auth": {"username": "u", "password": _SECRET}},
    "header": {"http_headers": {"X-Gateway": {"secrets": [f"Key {_SECRET}"]}}},
    "cookie": {"http_headers": {"X-Session": {"secrets": [f"a=b; c={_SECRET}"]}}},
}


def telling(scene: Scene) -> list[dict[str, Any]]:
    """Targets of all ways to authenticate, whose servers send their secrets back in all ways."""
    told = [
        f'{{"n": {text}, "u": {number}}}, {{"n": "k{number}", {text}: 1, "u": 1}}'
        for number, text in enumerate(_written(_SECRET))
    ]
    # Some are equal once the secrets are struck out of them.
    bodies = [f'{{"rows": [{text}]}}'.encode() for text in told]
    return [
        target(f"bad-{way}-{number}", serve(lambda _, body=body: body), **options)
        for way, options in _WAYS.items()
        for number, body in enumerate(bodies)
    ]


def secrets_seen(scene: Scene) -> Sequence[Figure]:
    """Count the places in which a secret can be read."""
    paths = ["/metrics", "/", "/config", "/sd", "/target/bad-basic-0", "/target/bad-header-1"]
    bodies = [scene.get(path)[1] for path in paths]
    bodies.append(scene.program.log.encode())
    forms = {_SECRET, _SECRET.replace("&", "&amp;"), quote(_SECRET, safe=""), _escaped(_SECRET)}
    forms.add(_small_percents(_SECRET))
    forms.add(base64.b64encode(f"u:{_SECRET}".encode()).decode())
    forms.add(base64.b64encode(f"someone:{_SECRET}".encode()).decode())
    seen = sum(form.encode() in body for body in bodies for form in forms)
    up = bodies[0].count(b'license_up{target="bad')
    assert up == len(_WAYS) * len(list(_written(_SECRET)))
    down = bodies[0].count(b"license_scrape_error{")
    return [Figure("secrets seen", seen, 0), Figure("answers refused", down, 0)]


def handshakes(scene: Scene) -> None:
    """Connections that begin TLS and do not go on, and clients that end it at once."""
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
    for number in range(scene.much(600, 300)):
        connection = scene.connect()
        connection.sendall((b"", hello, hello + bytes(300), b"GET / HTTP/1.1\r\n\r\n")[number % 4])
    until = time.monotonic() + scene.much(20, 5)

    def begin(_: int) -> None:
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", scene.port), 5) as open_:
                open_.sendall(hello + bytes(500))
                open_.recv(100)

    threads = [threading.Thread(target=begin, args=(n,), daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def idle_tls(scene: Scene) -> None:
    """Clients that have signed in by TLS, and hear of nothing any more."""
    for _ in range(scene.much(100, 40)):
        connection = scene.tls.wrap_socket(scene.connect("127.0.0.2"))
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
        scene.keep(connection)
    time.sleep(scene.much(10, 3))


ATTACKS: tuple[Attack, ...] = (
    Attack(
        "40 answers of 60 MB that stall", scrapes(4, 2), of(stalling(60 * _MB), 40), short=False
    ),
    Attack("20 large answers that come slowly", scrapes(2, 1), of(dripping, 20), short=False),
    Attack("an answer in chunks of one byte", scrapes(3, 1), of(bit_by_bit, 2)),
    Attack("interim answers without end", scrapes(2, 1), of(interim, 2), short=False),
    Attack("headers without end", scrapes(2, 1), of(many_headers, 4), short=False),
    Attack("programs that do not end", left_alone, running, config=programs),
    Attack("secrets sent back in many ways", secrets_seen, telling),
    Attack("handshakes that stall", handshakes, is_tls=True),
    Attack("TLS clients that hear nothing", idle_tls, is_tls=True),
)
