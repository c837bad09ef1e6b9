"""Why a program cannot be started, or how it ended, in plain words."""

import errno
import os
import signal
import stat
import struct
from pathlib import Path

from license_exporter.errors import FetchError, Reason

# Enough of a file for its ELF header, and for the names of the loader and of the interpreter.
_HEAD = 64 * 1024
_ELF = b"\x7fELF"
_INTERPRETER = 3  # of an ELF program header, "Executable and Linkable Format (ELF)", TIS 1.2
_MACHINES = {3: "32-bit x86", 40: "32-bit ARM", 62: "x86-64", 183: "64-bit ARM", 243: "RISC-V"}
# What a dynamic loader ends with that lacks a library.
_LIBRARY_MISSING = 127


def explain_start(error: OSError, name: str, path: Path) -> FetchError:
    """The error for a program that cannot be started; `name` is the operator's for it."""
    return FetchError(Reason.CONFIG, f"the program {name}: {_obstacle(error, path)}")


def explain_end(code: int, errors: int) -> str:
    """How a program ended; `errors` is the size of its standard error in bytes."""
    told = [f"ended with exit code {code}"]
    if code < 0:
        told = [f"was ended by {_signal(-code)}"]
    if errors:
        told.append(f"{errors} bytes of errors")
    if code == _LIBRARY_MISSING:
        told.append("often for want of a library: see `ldd` with its path")
    return ", ".join(told)


def obstacle(path: Path) -> str:
    """Why the program at `path` cannot be run, as far as that can be told without doing so."""
    try:
        found = path.stat()
    except OSError as error:
        return _obstacle(error, path)
    if stat.S_ISDIR(found.st_mode):
        return f"{path} is a directory; name the program in it"
    if not os.access(path, os.X_OK):
        return f"{path} is not executable for the exporter's user; see chmod +x"
    return ""


def _obstacle(error: OSError, path: Path) -> str:
    if isinstance(error, FileNotFoundError) and path.exists():
        return _loader(path)
    if isinstance(error, FileNotFoundError):
        return f"there is no file {path}"
    if isinstance(error, PermissionError):
        problem = f"{path} may not be run: its file system is mounted noexec, or a rule forbids it"
        return obstacle(path) or problem if path.exists() else f"{path} cannot be reached"
    if error.errno == errno.ENOEXEC:
        return _not_executable(path)
    return f"{path} cannot be run: {error.strerror}"


def _loader(path: Path) -> str:
    """What is missing where the file of the program is there."""
    head = _head(path)
    if head.startswith(b"#!"):
        line = head[2:].split(b"\n", 1)[0]
        interpreter = (line.split() or [b""])[0].decode(errors="replace")
        if line.endswith(b"\r"):
            return f"{path} has Windows line ends, also behind {interpreter}: see dos2unix"
        return f"{path} is a script for {interpreter}, which is not there"
    loader = _elf_interpreter(head)
    advice = ""
    if "lsb" in loader:
        advice = "; it belongs to the package lsb-core or redhat-lsb, or link the usual one to it"
    elif "musl" in loader or path_is_musl():
        advice = "; the program was built for another C library"
    elif loader.endswith("ld-linux.so.2"):
        advice = "; the program is a 32-bit one: install libc6:i386 or glibc.i686"
    what = f"its loader {loader} is not" if loader else "what it needs to be loaded is not"
    return f"{path} is there, but {what}{advice}"


def path_is_musl() -> bool:
    """Whether this system's own C library is musl."""
    return any(Path("/lib").glob("ld-musl-*"))


def _not_executable(path: Path) -> str:
    head = _head(path)
    if head.startswith(_ELF) and len(head) >= 20:
        order = "<" if head[5] == 1 else ">"
        (machine,) = struct.unpack_from(f"{order}H", head, 18)
        built = _MACHINES.get(machine, f"another processor (ELF machine {machine})")
        return f"{path} is built for {built}, this machine is {os.uname().machine}"
    if head.startswith(b"MZ"):
        return f"{path} is a program for Windows"
    return f"{path} is no program for this system; the first line of a script names what runs it"


def _elf_interpreter(head: bytes) -> str:
    """The loader that an ELF program names; "" where none is found."""
    if not head.startswith(_ELF) or len(head) < 64:
        return ""
    order = "<" if head[5] == 1 else ">"
    wide = head[4] == 2
    try:
        (offset,) = struct.unpack_from(f"{order}{'Q' if wide else 'I'}", head, 32 if wide else 28)
        size, count = struct.unpack_from(f"{order}HH", head, 54 if wide else 42)
        for index in range(count):
            start = offset + index * size
            (kind,) = struct.unpack_from(f"{order}I", head, start)
            if kind == _INTERPRETER:
                layout = f"{order}8xQ16xQ" if wide else f"{order}4xI8xI"
                at, length = struct.unpack_from(layout, head, start)
                return head[at : at + length].rstrip(b"\0").decode(errors="replace")
    except struct.error:
        pass
    return ""


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except OSError:
        return b""


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
