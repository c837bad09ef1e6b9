"""A vendor's API on loopback that knows one token, and takes its time."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Api:
    """What it accepts, how long it takes, and whether somebody is waiting."""

    def __init__(self) -> None:
        self.token = "first"
        self.seconds = 0.0
        self.asked = threading.Event()
        self.url = ""


@contextmanager
def api() -> Iterator[Api]:
    """Serve until the end of the block."""
    state = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.set()
            time.sleep(state.seconds)
            known = self.headers["Authorization"] == f"Bearer {state.token}"
            body = b'{"used": 7}' if known else b"{}"
            self.send_response(200 if known else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
