import ctypes
import gc

import pytest

from license_exporter.process import memory


@pytest.fixture(autouse=True)
def former_settings():
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_garbage_is_looked_for_rarely():
    memory.settle()

    assert gc.get_threshold()[0] > 10_000


def test_another_c_library_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())

    memory.settle()

    assert gc.get_threshold()[0] > 10_000


def test_garbage_is_never_looked_for_among_what_lasts():
    with memory.lasting():
        assert not gc.isenabled()
        lasting = [[]]
    assert gc.isenabled()
    assert not any(each is lasting for each in gc.get_objects())


def test_no_cycle_is_looked_for_while_many_objects_are_made():
    assert gc.isenabled()
    with memory.uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_off_before_stays_off():
    gc.disable()
    try:
        with memory.uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()
