"""Modules that are imported beside the event loop after a start."""

import asyncio
import sys
import threading
from pathlib import Path

import icalendar
import pytest

from license_exporter.cli.preparing import CALENDAR, preparing


@pytest.fixture
def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a module that notes the thread which imports it."""
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "slow_to_import.py").write_text("import threading\nby = threading.get_ident()\n")
    monkeypatch.delitem(sys.modules, "slow_to_import", raising=False)
    return "slow_to_import"


async def test_a_module_is_imported_after_the_start_and_in_a_thread_of_its_own(slow: str) -> None:
    async with preparing([slow], delay=0.0) as prepared:
        assert slow not in sys.modules
        await prepared
    assert sys.modules[slow].by != threading.get_ident()


async def test_a_process_that_ends_at_once_imports_nothing_more(slow: str) -> None:
    async with preparing([slow], delay=60.0):
        await asyncio.sleep(0)
    assert slow not in sys.modules


async def test_the_calendar_and_its_library_are_what_a_server_prepares() -> None:
    async with preparing([CALENDAR], delay=0.0) as prepared:
        await prepared
    assert sys.modules[CALENDAR].Calendar is icalendar.Calendar
