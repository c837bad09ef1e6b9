import io
import json
import logging

import pytest

from license_exporter import log


@pytest.fixture
def stream(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    yield stream
    logging.getLogger(log.LOGGER).handlers.clear()


def test_a_logfmt_line_has_the_fields_of_prometheus_own_log(stream):
    log.configure("info", "logfmt")
    logging.getLogger(log.LOGGER).warning(
        "Target is down", extra={"target": "a b", "reason": "dns"}
    )
    line = stream.getvalue()
    assert line.startswith("time=20")
    assert " level=WARN source=test_log.py:" in line
    assert line.endswith(' msg="Target is down" target="a b" reason=dns\n')


def test_a_json_line_is_one_object(stream):
    log.configure("info", "json")
    logging.getLogger(log.LOGGER).info("a\nb", extra={"count": 3})
    (line,) = stream.getvalue().splitlines()
    fields = json.loads(line)
    assert fields["msg"] == "a\nb"
    assert fields["level"] == "INFO"
    assert fields["count"] == 3


def test_a_line_break_in_a_value_stays_in_its_line(stream):
    log.configure("info", "logfmt")
    logging.getLogger(log.LOGGER).info("x", extra={"name": 'a\nlevel=ERROR "b"'})
    assert len(stream.getvalue().splitlines()) == 1


def test_records_below_the_level_are_left_out(stream):
    log.configure("warn", "logfmt")
    logging.getLogger(log.LOGGER).info("x")
    assert stream.getvalue() == ""


@pytest.mark.parametrize("format", ["logfmt", "json"])
def test_an_exception_is_named_by_its_type_and_place_without_its_message(stream, format):
    log.configure("info", format)
    try:
        raise RuntimeError("hunter2")
    except RuntimeError:
        logging.getLogger(log.LOGGER).exception("A fetch failed")
    assert "hunter2" not in stream.getvalue()
    assert "RuntimeError" in stream.getvalue()
    assert "test_log.py:" in stream.getvalue()
