"""The log on standard error: logfmt or JSON, in the fields of Prometheus' own programs.

What a record carries besides its message is given as `extra` and becomes further fields. Of the
message of a library, only the words that it begins with are logged, and where it was raised: the
rest may have come over the network.
"""

import json
import logging
import re
import sys
from datetime import datetime
from typing import Literal

LOGGER = "license_exporter"

Format = Literal["logfmt", "json"]

_LEVELS = {"DEBUG": "DEBUG", "INFO": "INFO", "WARNING": "WARN", "ERROR": "ERROR"}
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_BEGIN = re.compile(r"[A-Za-z ,-]*")
_BARE = re.compile(r"[\w./:@+%\-\[\]*,<>]+", re.ASCII)


def configure(level: str, format: Format) -> None:
    """Send records of `level` (debug, info, warn or error) and above to standard error.

    Warnings and errors of libraries are sent there too.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(format))
    handler.addFilter(_is_told)
    logging.lastResort = handler
    logger = logging.getLogger(LOGGER)
    logger.handlers[:] = [handler]
    logger.setLevel("WARNING" if level == "warn" else level.upper())
    logger.propagate = False


def _is_told(record: logging.LogRecord) -> bool:
    """Whether a record is for the log; bad HTTP is not, since its sender is told what is wrong."""
    error = record.exc_info[0] if record.exc_info else None
    return error is None or error.__module__ != "aiohttp.http_exceptions"


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
        if record.name.partition(".")[0] == LOGGER:
            fields["msg"] = record.getMessage()
            extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        else:
            begin = _BEGIN.match(str(record.msg))
            fields["msg"] = begin[0].strip() if begin else ""
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
