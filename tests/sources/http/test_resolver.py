import asyncio
import gc
import socket
import threading

import pytest

from license_exporter.sources.http.resolver import Resolver, look_up


class BlockedLookup:
    """Look-ups of names under `.dead` hang until the end of the test."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.asked: list[str] = []

    def __call__(self, host, family):
        self.asked.append(host)
        if host.endswith(".dead"):
            self.released.wait(30)
            raise socket.gaierror(socket.EAI_AGAIN, "no answer")
        return look_up("localhost", family)


@pytest.fixture
def lookup():
    lookup = BlockedLookup()
    yield lookup
    lookup.released.set()


async def test_fifty_names_that_never_resolve_hold_up_no_other(lookup):
    resolver = Resolver(lookup)
    dead = [asyncio.create_task(resolver.resolve(f"{i}.dead")) for i in range(50)]
    await asyncio.sleep(0)
    answers = await asyncio.wait_for(resolver.resolve("healthy", 443), 20)
    assert answers[0]["host"] == "127.0.0.1"
    lookup.released.set()
    failures = await asyncio.gather(*dead, return_exceptions=True)
    assert {type(failure) for failure in failures} == {socket.gaierror}


async def test_a_name_that_never_resolves_takes_one_thread_however_often_it_is_asked_for(lookup):
    resolver = Resolver(lookup)
    for _ in range(20):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(resolver.resolve("one.dead"), 0.005)
    assert lookup.asked == ["one.dead"]


async def test_callers_of_one_name_share_its_look_up_but_not_its_port(lookup):
    resolver = Resolver(lookup)
    one, two = await asyncio.gather(
        resolver.resolve("Healthy", 80, socket.AF_INET),
        resolver.resolve("healthy", 443, socket.AF_INET),
    )
    assert lookup.asked == ["healthy"]
    assert (one[0]["port"], two[0]["port"]) == (80, 443)
    assert one[0]["family"] == socket.AF_INET


async def test_a_name_is_looked_up_anew_each_time(lookup):
    resolver = Resolver(lookup)
    await resolver.resolve("healthy")
    await resolver.resolve("healthy")
    assert lookup.asked == ["healthy", "healthy"]


async def test_a_look_up_outlives_the_caller_that_started_it(lookup):
    resolver = Resolver(lookup)
    first = asyncio.create_task(resolver.resolve("one.dead"))
    second = asyncio.create_task(resolver.resolve("one.dead"))
    await asyncio.sleep(0.01)
    first.cancel()
    lookup.released.set()
    with pytest.raises(OSError, match="no answer"):
        await second


async def test_what_is_no_host_name_cannot_be_resolved():
    with pytest.raises(OSError, match="not a host name"):
        await Resolver().resolve("a" * 64 + ".example.com")


def test_a_look_up_that_ends_after_the_loop_is_no_matter(lookup):
    async def give_up():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Resolver(lookup).resolve("one.dead"), 0.01)

    asyncio.run(give_up())
    thread = next(thread for thread in threading.enumerate() if thread.name == "look-up")
    lookup.released.set()
    thread.join(5)
    assert not thread.is_alive()


async def test_a_failure_that_nobody_waits_for_any_more_is_reported_to_nobody(lookup):
    reports = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reports.append(context))
    resolver = Resolver(lookup)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(resolver.resolve("one.dead"), 0.005)
    lookup.released.set()
    for thread in threading.enumerate():
        if thread.name == "look-up":
            await asyncio.to_thread(thread.join)
    await asyncio.sleep(0)  # the loop is told of the failure
    del resolver
    gc.collect()
    assert reports == []
