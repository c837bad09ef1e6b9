"""Servers of vendors that mean harm."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from tests.hostile.scene import Scene, target

JSON, XML, CSV = "application/json", "application/xml", "text/csv"


def head(length: int, media_type: str = JSON) -> bytes:
    """The head of an answer of so many bytes."""
    lines = ("HTTP/1.1 200 OK", f"Content-Type: {media_type}", f"Content-Length: {length}", "", "")
    return "\r\n".join(lines).encode()


def talk(attend: Callable[[socket.socket, str], None]) -> str:
    """A server that attends to each request for a path, until the process ends; its url."""
    listening = socket.create_server(("127.0.0.1", 0), backlog=256)

    def serve(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            asked = connection.recv(65536)
            while asked:
                attend(connection, asked.split(b" ")[1].decode())
                asked = connection.recv(65536)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=listening.accept()[:1], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


def serve(answer: Callable[[str], bytes], media_type: str = JSON) -> str:
    """A server that gives the answer to each path; its url."""

    def attend(connection: socket.socket, path: str) -> None:
        body = answer(path)
        # Not joined: a copy of it would hold those who watch.
        connection.sendall(head(len(body), media_type))
        connection.sendall(body)

    return talk(attend)


def answered(
    *bodies: Callable[[], bytes], media_type: str = JSON, **options: Any
) -> Callable[[Scene], Sequence[Any]]:
    """A target for each body, which its server makes once and sends each time a bit different."""

    def targets(_: Scene) -> Iterator[Mapping[str, Any]]:
        for number, make in enumerate(bodies):
            made: list[bytes] = []

            def answer(_: str, make: Callable[[], bytes] = make, made: list[bytes] = made) -> bytes:
                if not made:
                    made.append(make())
                # White space before or behind it makes another answer of it.
                space = b" " * (time.monotonic_ns() % 1000)
                return made[0] + b"\n" + space if media_type == CSV else space + made[0]

            yield target(f"bad{number}", serve(answer, media_type), **options)

    return lambda scene: tuple(targets(scene))


def mapped(request: Mapping[str, Any] | None = None, **section: Any) -> dict[str, Any]:
    """The options of a target that maps one document to pools."""
    pools = [{"rows": "rows", "name": "n", "used": "u", **section}]
    return {"mapping": {"requests": {"d": {"path": "d", **(request or {})}}, "pools": pools}}
