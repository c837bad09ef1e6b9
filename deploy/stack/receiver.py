"""What stands in for mail, tickets and the person on call: each notification is a line."""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from deploy.stack.ports import HOST


def lines(receiver: str, notification: dict[str, list[dict[str, dict[str, str]]]]) -> list[str]:
    """What a notification of Alertmanager says, an alert a line."""
    said = []
    for alert in notification["alerts"]:
        labels = alert["labels"]
        where = " ".join(labels[name] for name in ("target", "license", "pool") if name in labels)
        what = f"{labels['alertname']} {where}".rstrip()
        said.append(f"{alert['status']} for {receiver}: {what}: {_text(alert['annotations'])}")
    return said


def _text(annotations: dict[str, str]) -> str:
    return " ".join((annotations.get("description") or annotations.get("summary", "")).split())


@contextmanager
def receiving(port: int, page: Callable[[], str]) -> Iterator[None]:
    """Print what is posted to the port, by the path as the receiver's name; GET gives the page."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            for line in lines(self.path.strip("/"), body):
                sys.stdout.write(line + "\n")
            sys.stdout.flush()
            self._answer("")

        def do_GET(self) -> None:
            self._answer(page())

        def _answer(self, text: str) -> None:
            content = text.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((HOST, port), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()
