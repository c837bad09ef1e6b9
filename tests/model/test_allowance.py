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
    with pytest.raises(FetchError, match="raise timeout") as caught:
        allowance.check()
    assert caught.value.reason is Reason.TIMEOUT


def test_reading_that_takes_longer_than_it_may_here_is_begun_anew_elsewhere():
    ticks = Ticks()
    allowance = Allowance(10.0, overtime=0.05, ticks=ticks)
    allowance.check()
    ticks.now = 0.05
    with pytest.raises(OvertimeError):
        allowance.check()


def test_texts_that_are_built_add_up():
    allowance = Allowance(texts=1200)
    allowance.builds("x" * 256)  # is what most texts are
    allowance.builds("x" * 600)
    with pytest.raises(FetchError) as caught:
        allowance.builds("x" * 600)
    assert caught.value.reason is Reason.TOO_LARGE


def test_more_items_than_there_may_be_samples_are_too_large():
    allowance = Allowance(items=3)
    allowance.holds(3)
    with pytest.raises(FetchError, match="sample_limit") as caught:
        allowance.holds(4)
    assert caught.value.reason is Reason.TOO_LARGE


def test_nothing_is_built_that_is_larger_than_what_is_left():
    allowance = Allowance(texts=1_000_000)
    allowance.may_build(900_000)
    with pytest.raises(FetchError) as caught:
        allowance.may_build(1_100_000)
    assert caught.value.reason is Reason.TOO_LARGE
    with pytest.raises(FetchError):
        Allowance().may_build(20_000_000)


def test_long_lists_that_are_made_add_up_and_short_ones_do_not():
    allowance = Allowance(texts=5_000_000)
    for _ in range(10):
        allowance.fills(10_000)
    allowance.fills(15_000)
    with pytest.raises(FetchError):
        allowance.fills(15_000)
