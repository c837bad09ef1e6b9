import resource
import subprocess
import sys

import pytest

from license_exporter.process import open_files


@pytest.mark.e2e
def test_the_soft_limit_becomes_the_hard_one():
    # In a process of its own: a limit that this one raised would stay raised for all tests.
    code = (
        "import resource; from license_exporter.process import open_files;"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 128)); open_files.raise_limit();"
        "print(resource.getrlimit(resource.RLIMIT_NOFILE))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "(128, 128)\n"


def test_a_limit_that_cannot_be_raised_is_left_as_it_is(monkeypatch):
    def refuse(*limits):
        raise ValueError("not allowed")

    monkeypatch.setattr(resource, "getrlimit", lambda kind: (1, 2))
    monkeypatch.setattr(resource, "setrlimit", refuse)
    open_files.raise_limit()
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (1, 2)
