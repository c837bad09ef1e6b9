import pytest

from license_exporter.collector.backoff import Backoff
from license_exporter.errors import FetchError, Reason


def throttling(status=429, retry_after=None):
    return FetchError(Reason.SERVER, "later", status=status, retry_after=retry_after)


def refusal(reason=Reason.AUTH):
    return FetchError(reason, "refused", status=401)


def backoff(min_interval=30.0, jitter=0.5):
    return Backoff(min_interval, lambda: jitter)


@pytest.mark.parametrize(("min_interval", "pause"), [(10.0, 10), (0.0, 0), (300.0, 30)])
def test_an_ordinary_failure_is_waited_out_for_min_interval_but_thirty_seconds_at_most(
    min_interval, pause
):
    assert backoff(min_interval).pause(FetchError(Reason.TIMEOUT, "it failed")) == pause


@pytest.mark.parametrize("status", [429, 503])
def test_without_retry_after_the_pause_doubles_from_thirty_seconds_to_fifteen_minutes(status):
    pauses = backoff()
    waits = [pauses.pause(throttling(status)) for _ in range(8)]
    # The jitter of this test is half of the greatest.
    assert waits == pytest.approx([33, 66, 132, 264, 528, 900, 900, 900])


def test_the_jitter_never_shortens_a_pause_and_adds_a_fifth_at_most():
    assert backoff(jitter=0.0).pause(throttling()) == pytest.approx(30)
    assert backoff(jitter=1.0).pause(throttling()) == pytest.approx(36)


def test_retry_after_is_obeyed_but_never_asks_sooner_than_after_an_ordinary_failure():
    assert backoff().pause(throttling(retry_after=120.0)) == 120
    assert backoff().pause(throttling(retry_after=1.0)) == 30


@pytest.mark.parametrize("reason", [Reason.AUTH, Reason.FORBIDDEN])
def test_refused_credentials_are_tried_again_after_five_minutes_doubling_to_an_hour(reason):
    pauses = backoff()
    waits = [pauses.pause(refusal(reason)) for _ in range(6)]
    assert waits == pytest.approx([300, 600, 1200, 2400, 3600, 3600])


def test_a_target_that_fails_for_years_still_has_a_pause():
    pauses = backoff()
    assert max(pauses.pause(refusal()) for _ in range(5000)) == 3600


def test_a_success_ends_the_doubling():
    pauses = backoff()
    for _ in range(3):
        pauses.pause(refusal())
        pauses.pause(throttling())
    pauses.succeeded()
    assert pauses.pause(refusal()) == 300
    assert pauses.pause(throttling()) == pytest.approx(33)


def test_another_failure_between_does_not_end_the_doubling():
    pauses = backoff()
    pauses.pause(refusal())
    pauses.pause(FetchError(Reason.CONNECT, "it failed"))
    assert pauses.pause(refusal()) == 600


def test_a_changed_target_goes_on_doubling_for_its_server_but_not_for_its_credentials():
    former = backoff()
    former.pause(throttling())
    former.pause(refusal())
    changed = backoff()
    changed.take_over(former)
    assert changed.pause(throttling()) == pytest.approx(66)
    assert changed.pause(refusal()) == 300
