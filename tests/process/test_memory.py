import asyncio
import ctypes
import gc
import weakref

import pytest

from license_exporter.process import memory

LARGE = 4 * 1024**2 + 1


@pytest.fixture(autouse=True)
def former_settings():
    thresholds = gc.get_threshold()
    memory._c_function.cache_clear()
    yield
    memory._c_function.cache_clear()
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_garbage_is_looked_for_rarely_and_never_among_what_the_start_left():
    memory.settle()

    assert gc.get_threshold()[0] > 10_000
    assert gc.get_freeze_count() > 0


@pytest.fixture
def asked(monkeypatch):
    """What the C library is asked for."""
    asked = []

    class Library:
        def mallopt(self, option, value):
            asked.append((option, value))

        def malloc_trim(self, pad):
            asked.append(pad)

    monkeypatch.setattr(ctypes, "CDLL", lambda name: Library())
    return asked


def test_what_is_kept_of_the_heap_is_the_same_whatever_was_freed_before(asked):
    memory.settle()
    # M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of <malloc.h>
    assert asked == [(-8, 1), (-3, 32 * 1024**2), (-1, 32 * 1024**2), 0]


def test_what_the_largest_of_several_answers_took_goes_back_with_the_last(asked):
    reading = memory.Uncollected()
    with reading.reading(1000):
        with reading.reading(17 * 1024**2):
            pass
        assert asked == []
    assert asked == [0]

    with reading.reading(16 * 1024**2):
        pass
    assert asked == [0]


def test_another_c_library_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())

    memory.settle()

    assert gc.get_freeze_count() > 0


def test_much_that_lasts_is_old_at_once():
    with memory.lasting():
        assert not gc.isenabled()
        lasting = [[] for _ in range(200_000)]
    assert gc.isenabled()
    assert any(each is lasting for each in gc.get_objects(generation=2))


def test_garbage_is_found_soon_beside_few_objects_that_last():
    gc.collect()
    with memory.lasting():
        lasting = [[]]
    assert not any(each is lasting for each in gc.get_objects(generation=2))


def test_no_cycle_is_looked_for_while_many_objects_are_made():
    assert gc.isenabled()
    with memory.uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_the_interpreter_keeps_for_reuse_goes_once_the_last_answer_is_read(monkeypatch):
    # However many objects other tests have left.
    monkeypatch.setattr(memory, "_SOON", float("inf"))
    reading = memory.Uncollected()
    with reading.reading(LARGE):
        with reading.reading(LARGE):
            left = weakref.ref(in_a_cycle())
        assert not gc.isenabled()
        assert left() is not None

    assert gc.isenabled()
    assert left() is None


def test_a_process_with_many_objects_is_not_held_up_to_give_memory_back(monkeypatch):
    monkeypatch.setattr(memory, "_SOON", 1)
    with memory.Uncollected().reading(LARGE):
        left = weakref.ref(in_a_cycle())
    assert left() is not None


def test_no_cycle_is_looked_for_after_an_answer_that_is_not_very_large(monkeypatch):
    monkeypatch.setattr(memory, "_SOON", float("inf"))
    with memory.Uncollected().reading(LARGE - 1):
        left = weakref.ref(in_a_cycle())
    assert gc.isenabled()
    assert left() is not None


def test_reading_that_fails_gives_its_memory_back_too(monkeypatch):
    monkeypatch.setattr(memory, "_SOON", float("inf"))
    reading = memory.Uncollected()
    with pytest.raises(ValueError), reading.reading(LARGE):
        left = weakref.ref(in_a_cycle())
        raise ValueError
    assert gc.isenabled()
    assert left() is None


async def test_timers_that_were_cancelled_are_forgotten_long_before_they_were_due():
    loop = asyncio.get_running_loop()
    due = []
    loop.call_later(0.02, due.append, 1)
    timers = [weakref.ref(loop.call_later(600, print)) for _ in range(50)]
    for timer in timers:
        timer().cancel()
    await asyncio.sleep(0)
    assert any(timer() for timer in timers)

    memory.forget_timers(loop)

    await asyncio.sleep(0.03)
    assert not any(timer() for timer in timers)
    assert due == [1]


def in_a_cycle():
    class Own(list):
        pass

    own = Own()
    own.append(own)
    return own


def test_what_was_off_before_stays_off():
    gc.disable()
    try:
        with memory.uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_document_that_is_let_go_is_freed_and_so_is_what_is_in_it():
    class Part(list):
        pass

    rows = [Part([n]) for n in range(5000)]
    gone = [weakref.ref(row) for row in rows[:10]]
    inner = {"rows": rows, "more": [{"a": {"b": [1] * 2000}}]}
    document = {"data": inner, "n": 1}
    del rows
    memory.let_go(document)
    assert not document
    assert not inner
    assert all(row() is None for row in gone)
    memory.let_go("a text")
    memory.let_go(None)
