"""Small programs for tests to run."""

import itertools
from pathlib import Path

_numbers = itertools.count()


def script(folder: Path, text: str, first: str = "#!/bin/sh") -> Path:
    """An executable file with this text."""
    path = folder / f"program-{next(_numbers)}"
    path.write_text(f"{first}\n{text}\n")
    path.chmod(0o755)
    return path


def is_running(pid: int) -> bool:
    """Whether there is such a process, and it is no zombie."""
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
