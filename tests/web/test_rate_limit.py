from license_exporter.web.rate_limit import TokenBucket
from tests.fakes import FakeClock


def test_a_bucket_lets_a_burst_through_and_then_one_an_interval() -> None:
    clock = FakeClock()
    bucket = TokenBucket(2.0, 3, clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.advance(1.9)
    assert not bucket.take()
    clock.advance(0.2)
    assert bucket.take()
    assert not bucket.take()
    clock.advance(1000)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_a_bucket_without_an_interval_lets_all_through() -> None:
    bucket = TokenBucket(0, 0, FakeClock())
    assert all(bucket.take() for _ in range(1000))


def test_a_bucket_without_a_burst_lets_none_through() -> None:
    clock = FakeClock()
    bucket = TokenBucket(1.0, 0, clock)
    clock.advance(100)
    assert not bucket.take()
