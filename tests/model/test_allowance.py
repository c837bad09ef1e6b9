import sys

import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.model.allowance import Allowance, OvertimeError


class Ticks:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_reading_goes_on_until_its_deadline():
    ticks = Ticks()
    allowance = Allowance(10.0, seconds=10.0, ticks=ticks)
    ticks.now = 9.9
    allowance.check()
    ticks.now = 10.0
    with pytest.raises(FetchError) as caught:
        allowance.check()
    assert caught.value.reason is Reason.TIMEOUT
    assert caught.value.message == (
        "the answer came, but was not read within 10 s; simplify the expressions of the mapping, "
        "or raise timeout"
    )


def test_reading_that_takes_longer_than_it_may_here_is_begun_anew_elsewhere():
    ticks = Ticks()
    allowance = Allowance(10.0, overtime=0.05, ticks=ticks)
    allowance.check()
    ticks.now = 0.05
    with pytest.raises(OvertimeError):
        allowance.check()


def test_texts_that_are_built_add_up_to_what_there_is_room_for_but_short_ones():
    text = "x" * 600
    allowance = Allowance(texts=2 * sys.getsizeof(text))
    for _ in range(100):
        allowance.builds("x" * 256)  # is what most texts are
    allowance.builds(text)
    allowance.builds(text)
    with pytest.raises(FetchError) as caught:
        allowance.builds("x" * 257)
    assert caught.value.reason is Reason.TOO_LARGE
    assert caught.value.message == (
        "the expressions of the mapping make too much of the answer; look for one that writes a "
        "whole object, or a long text, for each row"
    )


def test_more_items_than_there_may_be_samples_are_too_large():
    allowance = Allowance(items=3)
    allowance.holds(3)
    with pytest.raises(FetchError) as caught:
        allowance.holds(4)
    assert caught.value.reason is Reason.TOO_LARGE
    assert caught.value.message == (
        "the answer makes more than 3 pools, licenses or entitlements, which is what sample_limit "
        "allows"
    )


def test_nothing_is_built_that_is_larger_than_what_is_left():
    allowance = Allowance(texts=1_000_000)
    allowance.may_build(1_000_000)
    with pytest.raises(FetchError) as caught:
        allowance.may_build(1_000_001)
    assert caught.value.reason is Reason.TOO_LARGE


def test_nothing_is_built_that_is_larger_than_16_mib_however_much_is_left():
    Allowance().may_build(16 * 1024**2)
    with pytest.raises(FetchError) as caught:
        Allowance().may_build(16 * 1024**2 + 1)
    assert caught.value.reason is Reason.TOO_LARGE


def test_expressions_may_build_256_mib_in_all_where_nothing_else_is_said():
    allowance = Allowance()
    allowance.fills(1_073_700)  # of which each takes 250 bytes: 10,456 are left
    allowance.builds("x" * 10_000)
    with pytest.raises(FetchError):
        allowance.builds("x" * 500)


def test_long_lists_that_are_made_add_up_and_short_ones_do_not():
    allowance = Allowance(texts=5_000_000)
    for _ in range(10):
        allowance.fills(10_000)
    allowance.fills(15_000)
    with pytest.raises(FetchError):
        allowance.fills(15_000)
