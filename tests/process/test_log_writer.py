import logging
import os
import threading
import time

import pytest

from license_exporter.process.log_writer import LogWriter


def record(text: str) -> logging.LogRecord:
    return logging.LogRecord("license_exporter", logging.INFO, "x.py", 1, text, None, None)


@pytest.fixture
def pipe():
    reader, writer = os.pipe()
    yield reader, writer
    os.close(reader)
    os.close(writer)


def test_records_are_written_in_order_a_line_each(pipe) -> None:
    reader, descriptor = pipe
    writer = LogWriter(descriptor, lambda: None)
    for number in range(10):
        writer.emit(record(f"line {number} \udc00"))
    writer.flush()
    lines = os.read(reader, 10_000).decode().splitlines()
    assert lines == [f"line {number} \\udc00" for number in range(10)]


def test_a_pipe_that_nobody_reads_blocks_nothing_and_what_is_dropped_is_counted(pipe) -> None:
    reader, descriptor = pipe
    dropped = []
    writer = LogWriter(descriptor, lambda: dropped.append(1))
    begin = time.monotonic()
    for number in range(5000):
        writer.emit(record(f"line {number} " + "x" * 100))
    assert time.monotonic() - begin < 30
    assert 0 < len(dropped) < 5000
    read = os.read(reader, 65536)
    while read.count(b"line ") + len(dropped) < 5000 or b"were dropped" not in read:
        read += os.read(reader, 65536)
    assert read.count(b"line ") + len(dropped) == 5000
    assert b"Log lines were dropped, since nobody read them" in read


def test_a_pipe_without_a_reader_is_no_error(pipe) -> None:
    reader, descriptor = os.pipe()
    os.close(reader)
    writer = LogWriter(descriptor, lambda: None)
    writer.emit(record("x"))
    writer.flush()
    assert threading.active_count()
    os.close(descriptor)
