"""What all tests share."""

import gc
import logging
import os
from collections.abc import Generator, Iterator

import hypothesis
import pytest

from license_exporter.process.log import LOGGER

# By default each example has 200 ms, which is too little on a busy machine.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spare the garbage collector what stays to the end: thousands of tests and their modules."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def log_as_it_was() -> Iterator[None]:
    """Take back what a test has configured of the log, which is the whole process's."""
    last_resort = logging.lastResort
    yield
    logging.lastResort = last_resort
    logger = logging.getLogger(LOGGER)
    logger.handlers.clear()
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a test that was not run is a failure: nobody would see it."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter:
        unrun = [name for name in ("skipped", "xfailed", "xpassed") if reporter.stats.get(name)]
        if unrun and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
