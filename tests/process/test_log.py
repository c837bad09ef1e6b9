import json
import logging

import pytest
from aiohttp.http_exceptions import BadHttpMessage

from license_exporter.process import log

pytestmark = pytest.mark.usefixtures("log_as_it_was")


def test_a_logfmt_line_has_the_fields_of_prometheus_own_log(capsys):
    log.configure("info", "logfmt")
    logging.getLogger(log.LOGGER).warning(
        "Target is down", extra={"target": "a b", "reason": "dns"}
    )
    line = capsys.readouterr().err
    assert line.startswith("time=20")
    assert " level=WARN source=test_log.py:" in line
    assert line.endswith(' msg="Target is down" target="a b" reason=dns\n')


def test_a_json_line_is_one_object(capsys):
    log.configure("info", "json")
    logging.getLogger(log.LOGGER).info("a\nb", extra={"count": 3})
    (line,) = capsys.readouterr().err.splitlines()
    fields = json.loads(line)
    assert fields["msg"] == "a\nb"
    assert fields["level"] == "INFO"
    assert fields["count"] == 3


def test_a_line_break_in_a_value_stays_in_its_line(capsys):
    log.configure("info", "logfmt")
    logging.getLogger(log.LOGGER).info("x", extra={"place": 'a\nlevel=ERROR "b"'})
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_records_below_the_level_are_left_out(capsys):
    log.configure("warn", "logfmt")
    logging.getLogger(log.LOGGER).info("x")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("format", ["logfmt", "json"])
def test_an_exception_is_named_by_its_type_and_place_without_its_message(capsys, format):
    log.configure("info", format)
    try:
        raise RuntimeError("hunter2")
    except RuntimeError:
        logging.getLogger(log.LOGGER).exception("A fetch failed")
    written = capsys.readouterr().err
    assert "hunter2" not in written
    assert "RuntimeError" in written
    mark = " at=test_log.py:" if format == "logfmt" else '"at": "test_log.py:'
    assert mark in written


@pytest.mark.parametrize("format", ["logfmt", "json"])
def test_a_library_is_told_of_by_its_first_words_and_its_place(capsys, monkeypatch, format):
    log.configure("info", format)
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    library = logging.getLogger("aiohttp.internal")
    library.warning("Can not load cookies: Illegal cookie name %r", "hunter2")
    library.error("Exception in callback read(b'hunter2')\nhandle: hunter2")
    library.info("Something else")
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "Can not load cookies" in lines[0]
    assert "Exception in callback read" in lines[1]
    assert all("hunter2" not in line and "aiohttp.internal" in line for line in lines)
    assert all("test_log.py:" in line for line in lines)


def test_a_complaint_of_a_library_that_repeats_is_told_once_a_minute(capsys, monkeypatch):
    log.configure("info", "logfmt")
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    library = logging.getLogger("asyncio")

    def complain(message, moment):
        record = {"name": "asyncio", "msg": message, "levelno": logging.ERROR, "created": moment}
        library.handle(logging.makeLogRecord(record))

    for moment in range(70):
        complain("socket.accept() out of system resource", 1000.0 + moment)
    complain("Exception in callback", 1000.0)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" msg=")[2].partition(" library")[0] for line in lines] == [
        "socket",
        "socket",
        '"Exception in callback"',
    ]


def test_a_client_that_speaks_bad_http_is_not_told_of(capsys, monkeypatch):
    log.configure("debug", "logfmt")
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    try:
        raise BadHttpMessage("hunter2")
    except BadHttpMessage:
        logging.getLogger("aiohttp.server").exception("Error handling request from %s", "::1")
    assert capsys.readouterr().err == ""
