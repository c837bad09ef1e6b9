import asyncio

import pytest

from license_exporter.process import ending as module
from license_exporter.process.ending import Ending


@pytest.fixture
def ends(monkeypatch):
    """When the process would be ended at the latest, and with which code."""
    ends = []
    monkeypatch.setattr(module, "_end_within", lambda *args: ends.append(args))
    return ends


async def done():
    await asyncio.sleep(0.01)


async def test_told_once_the_last_things_are_done(ends):
    ending = Ending(25.0)
    assert not ending.told.is_set()
    ending.tell()
    assert ending.told.is_set()
    assert await ending.wait_for(done())
    ending.closed(0)
    assert ends == [(24.0, 1), (1.0, 0)]


async def test_told_again_they_are_not(ends):
    ending = Ending(25.0)
    ending.tell()
    asyncio.get_running_loop().call_later(0.05, ending.tell)
    async with asyncio.timeout(5):
        assert not await ending.wait_for(asyncio.sleep(60))
    assert ends == [(24.0, 1)]


async def test_there_is_no_more_time_than_the_bound(ends, caplog):
    ending = Ending(3.1)
    ending.tell()
    async with asyncio.timeout(5):
        assert await ending.wait_for(asyncio.sleep(60))
    assert "The time to end is over" in caplog.text
