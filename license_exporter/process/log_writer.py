"""Writing the log without ever waiting for who reads it."""

import logging
import os
import queue
import threading
from collections.abc import Callable
from contextlib import suppress

# Lines that wait to be written; some hundred kilobytes.
_WAITING = 1000
# At the end, the lines that wait are given so many seconds.
_LAST = 0.5


class LogWriter(logging.Handler):
    """Writes records to a file descriptor in a thread of its own.

    A pipe that nobody reads would stop whoever logs. Lines that find no room are dropped:
    `on_drop` is called for each, and their number is logged once there is room again.
    """

    def __init__(self, descriptor: int, on_drop: Callable[[], object]) -> None:
        super().__init__()
        self._on_drop = on_drop
        self._descriptor = descriptor
        self._lines: queue.Queue[bytes] = queue.Queue(_WAITING)
        self._written = threading.Event()
        self._written.set()
        self._dropped = 0
        threading.Thread(target=self._write, name="log", daemon=True).start()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self._line(record)
        except Exception:
            self.handleError(record)
            return
        self._written.clear()
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1
            self._on_drop()

    def flush(self) -> None:
        """Wait a moment for the lines to be written."""
        self._written.wait(_LAST)

    def _line(self, record: logging.LogRecord) -> bytes:
        return self.format(record).encode("utf-8", "backslashreplace") + b"\n"

    def _write(self) -> None:
        while True:
            self._put_out(self._lines.get())
            if self._dropped and self._lines.qsize() < _WAITING // 2:
                count, self._dropped = self._dropped, 0
                # Not in the queue, which may be full again.
                self._put_out(self._line(_told_of(count)))
            if self._lines.empty():
                self._written.set()

    def _put_out(self, line: bytes) -> None:
        # A descriptor that is closed, or a pipe without a reader: there is nobody to tell.
        with suppress(OSError):
            rest = memoryview(line)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]


def _told_of(count: int) -> logging.LogRecord:
    message = "Log lines were dropped, since nobody read them"
    record = logging.LogRecord(
        "license_exporter.process.log", logging.WARNING, __file__, 0, message, None, None
    )
    record.count = count
    return record
