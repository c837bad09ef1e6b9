import pytest

from license_exporter.collector.scrape import TIMEOUT_HEADER, address, time_left


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("10", 9.5),
        ("2.5", 2.0),
        ("0.5", 0.25),
        ("0.2", 0.1),
        ("0", 10.0),
        ("-3", 10.0),
        ("nan", 10.0),
        ("inf", 10.0),
        ("soon", 10.0),
    ],
)
def test_the_scrape_ends_before_the_timeout_that_prometheus_sends(header, seconds):
    assert time_left({TIMEOUT_HEADER: header}, 0.5) == pytest.approx(seconds)


def test_without_the_header_a_scrape_has_ten_seconds():
    assert time_left({}, 0.5) == 10.0


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("exporter.example.com:10058", "exporter.example.com:10058"),
        ("exporter", "exporter:80"),
        ("[::1]:10058", "[::1]:10058"),
        ("127.0.0.1:1", "127.0.0.1:1"),
        ("a:65535", "a:65535"),
        ("a" * 260, f"{'a' * 260}:80"),
    ],
)
def test_a_host_is_given_with_its_port(host, expected):
    assert address(host, "http") == expected


def test_a_host_without_a_port_has_that_of_https_where_that_is_asked():
    assert address("exporter", "https") == "exporter:443"


@pytest.mark.parametrize(
    "host",
    ["", "a b", "a/b:1", "user@a:1", "a:0", "a:65536", "a:x", "a\nb", "-a", "[::1", "a" * 261],
)
def test_what_is_no_host_is_refused(host):
    assert address(host, "http") is None
