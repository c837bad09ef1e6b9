from license_exporter.collector.status import FetchStatus, status_blocks
from license_exporter.errors import Reason
from license_exporter.exposition.rendering import render


def lines(status: FetchStatus, target: str = "t") -> list[str]:
    (chunk,) = render([status_blocks(status, target, "v")], openmetrics=False)
    return [line for line in chunk.text.decode().splitlines() if not line.startswith("#")]


def test_the_status_tells_what_failed_and_when_the_next_fetch_is() -> None:
    status = FetchStatus(
        up=False,
        duration=0.5,
        errors={"usage": Reason.NOT_FOUND},
        last_success=100.0,
        next_fetch=1700000000.25,
    )
    assert lines(status) == [
        'license_up{target="t",vendor="v"} 0.0',
        'license_scrape_duration_seconds{target="t",vendor="v"} 0.5',
        'license_scrape_error{document="usage",reason="not_found",target="t",vendor="v"} 1.0',
        'license_last_success_timestamp_seconds{target="t",vendor="v"} 100.0',
        'license_next_fetch_timestamp_seconds{target="t",vendor="v"} 1.70000000025e+09',
    ]


def test_what_is_not_known_yet_is_left_out() -> None:
    assert lines(FetchStatus(up=True)) == ['license_up{target="t",vendor="v"} 1.0']


def test_a_name_that_a_scrape_asks_for_is_escaped() -> None:
    told = lines(FetchStatus(up=False), 'a"b\\c\nd')
    assert told == ['license_up{target="a\\"b\\\\c\\nd",vendor="v"} 0.0']
