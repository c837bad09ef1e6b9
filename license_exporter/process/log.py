"""The log on standard error: logfmt or JSON, in the fields of Prometheus' own programs.

What a record carries besides its message is given as `extra` and becomes further fields. Of the
message of a library, only the words that it begins with are logged, and where it was raised: the
rest may have come over the network.
"""

import json
import logging
import math
import re
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from license_exporter.process.log_writer import LogWriter

LOGGER = "license_exporter"

Format = Literal["logfmt", "json"]

_LEVELS = {"DEBUG": "DEBUG", "INFO": "INFO", "WARNING": "WARN", "ERROR": "ERROR"}
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_BEGIN = re.compile(r"[A-Za-z ,-]*")
# A library's complaint that repeats is told once in so many seconds: some repeat without a pause.
_QUIET = 60.0
_BARE = re.compile(r"[\w./:@+%\-\[\]*,<>]+", re.ASCII)


def configure(level: str, format: Format) -> None:
    """Send records of `level` (debug, info, warn or error) and above to standard error.

    Warnings and errors of libraries are sent there too.
    """
    _send(logging.StreamHandler(sys.stderr), level, format)


def configure_in_background(level: str, format: Format, on_drop: Callable[[], object]) -> None:
    """As `configure`, for a program that must not wait for who reads its log.

    `on_drop` is called for each line that is dropped.
    """
    try:
        descriptor = sys.stderr.fileno()
    except OSError:
        # Standard error is no file of the system's, which cannot make anybody wait.
        configure(level, format)
    else:
        _send(LogWriter(descriptor, on_drop), level, format)


def _send(handler: logging.Handler, level: str, format: Format) -> None:
    handler.setFormatter(_Formatter(format))
    handler.addFilter(_Filter())
    logging.lastResort = handler
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel("WARNING" if level == "warn" else level.upper())
    logger.propagate = False


def _is_own(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == LOGGER


def _first_words(record: logging.LogRecord) -> str:
    begin = _BEGIN.match(str(record.msg))
    return begin[0].strip() if begin else ""


class _Filter(logging.Filter):
    """Tells which records are for the log."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[tuple[str, str, object], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if _is_own(record):
            return True
        error = record.exc_info[0] if record.exc_info else None
        if error and error.__module__ == "aiohttp.http_exceptions":
            # Bad HTTP, whose sender is told what is wrong.
            return False
        complaint = record.name, _first_words(record), error
        if record.created < self._told.get(complaint, -math.inf) + _QUIET:
            return False
        self._told[complaint] = record.created
        return True


class _Formatter(logging.Formatter):
    def __init__(self, format: Format) -> None:
        super().__init__()
        self._write = _logfmt if format == "logfmt" else _json

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created).astimezone()
        fields: dict[str, object] = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": _LEVELS.get(record.levelname, record.levelname),
            "source": f"{record.filename}:{record.lineno}",
        }
        extra: dict[str, object] = {}
        if _is_own(record):
            fields["msg"] = record.getMessage()
            extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        else:
            fields["msg"] = _first_words(record)
            extra["library"] = record.name
        if record.exc_info and record.exc_info[0]:
            # The message of an unforeseen exception may hold anything that came over the network;
            # where it was raised is enough to find the fault.
            extra["error"] = record.exc_info[0].__name__
            extra["at"] = _place(record)
        return self._write(fields | extra)


def _place(record: logging.LogRecord) -> str:
    trace = record.exc_info[2] if record.exc_info else None
    frames = []
    while trace:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join(frames)


def _logfmt(fields: dict[str, object]) -> str:
    return " ".join(f"{key}={_quoted(value)}" for key, value in fields.items())


def _quoted(value: object) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text)


def _json(fields: dict[str, object]) -> str:
    return json.dumps(fields, default=str)
