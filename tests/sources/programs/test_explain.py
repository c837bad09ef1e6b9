"""Why programs cannot be started, by starting them."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from license_exporter.errors import Reason
from license_exporter.sources.programs.explain import explain_end, explain_start, obstacle
from tests.scripts import script

TRUE = Path(shutil.which("true") or "/bin/true").resolve()


def told(path):
    """What is told of a program when it is started."""
    with pytest.raises(OSError) as caught:
        subprocess.Popen([path])
    error = explain_start(caught.value, "lmutil", path)
    assert error.reason == Reason.CONFIG
    assert error.message.startswith("the program lmutil: ")
    return error.message.removeprefix("the program lmutil: ")


@pytest.mark.e2e
def test_a_program_that_is_not_there(tmp_path):
    assert told(tmp_path / "lmutil") == f"there is no file {tmp_path}/lmutil"


@pytest.mark.e2e
def test_a_directory(tmp_path):
    assert told(tmp_path) == f"{tmp_path} is a directory; name the program in it"
    assert obstacle(tmp_path) == told(tmp_path)


@pytest.mark.e2e
def test_a_file_that_is_not_executable(tmp_path):
    path = script(tmp_path, "true")
    path.chmod(0o644)
    assert told(path) == f"{path} is not executable for the exporter's user; see chmod +x"
    assert obstacle(path) == told(path)


@pytest.mark.e2e
def test_a_script_without_a_first_line(tmp_path):
    path = script(tmp_path, "echo licenses", first="")
    assert told(path).endswith("the first line of a script names what runs it")


@pytest.mark.e2e
def test_a_script_whose_interpreter_is_not_there(tmp_path):
    path = script(tmp_path, "true", first="#!/opt/none/python -u")
    assert told(path) == f"{path} is a script for /opt/none/python, which is not there"


@pytest.mark.e2e
def test_a_script_with_windows_line_ends(tmp_path):
    path = script(tmp_path, "true\r", first="#!/bin/sh\r")
    assert told(path) == f"{path} has Windows line ends, also behind /bin/sh: see dos2unix"


@pytest.mark.e2e
def test_a_program_for_windows(tmp_path):
    path = tmp_path / "lmutil.exe"
    path.write_bytes(b"MZ\x90\0" + bytes(200))
    path.chmod(0o755)
    assert told(path) == f"{path} is a program for Windows"


def changed(folder, change):
    """This machine's `true` with some of its bytes changed."""
    path = folder / "lmutil"
    path.write_bytes(change(TRUE.read_bytes()))
    path.chmod(0o755)
    return path


@pytest.mark.e2e
@pytest.mark.skipif(platform.machine() != "x86_64", reason="the loader's name is of x86-64")
def test_a_program_whose_loader_is_not_there(tmp_path):
    usual, lsb = b"/lib64/ld-linux-x86-64.so.2\0", b"/lib64/ld-lsb-x86-64.so.3\0\0\0"
    path = changed(tmp_path, lambda body: body.replace(usual, lsb))
    assert told(path).startswith(
        f"{path} is there, but its loader /lib64/ld-lsb-x86-64.so.3 is not; it belongs to the "
        "package lsb-core"
    )


@pytest.mark.e2e
@pytest.mark.parametrize(("machine", "name"), [(8, "ELF machine 8"), (22, "ELF machine 22")])
def test_a_program_for_another_processor(tmp_path, machine, name):
    path = changed(tmp_path, lambda body: body[:18] + bytes([machine, 0]) + body[20:])
    message = told(path)
    assert name in message
    assert message.endswith(f"this machine is {os.uname().machine}")


@pytest.mark.e2e
def test_half_a_program(tmp_path):
    path = changed(tmp_path, lambda body: body[:20])
    assert told(path)


@pytest.mark.parametrize(
    ("code", "errors", "text"),
    [
        (0, 0, "ended with exit code 0"),
        (3, 20, "ended with exit code 3, 20 bytes of errors"),
        (-9, 0, "was ended by SIGKILL"),
        (-64, 0, "was ended by SIGRTMAX"),
        (-99, 0, "was ended by signal 99"),
    ],
)
def test_how_a_program_ended(code, errors, text):
    assert explain_end(code, errors) == text


def test_a_missing_library_is_guessed():
    assert "ldd" in explain_end(127, 90)
