import pytest
from prometheus_client.exposition import choose_encoder

from license_exporter.exposition.negotiation import choose_format, gzip_accepted

_PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
_PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)
_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "text/plain",
        "text/plain; version=0.0.4",
        "text/plain; version=1.0.0",
        "text/plain; version=1.0.0; escaping=allow-utf-8",
        "application/openmetrics-text",
        "application/openmetrics-text; version=1.0.0",
        "application/openmetrics-text; version=1.0.0; escaping=values",
        "application/openmetrics-text; version=1.0.0; escaping=unheard-of",
        "application/openmetrics-text; version=0.0.1",
        "application/json",
        _PROMETHEUS_2,
        _PROMETHEUS_3,
        _BROWSER,
    ],
)
def test_the_format_is_the_one_that_the_client_library_chooses(accept: str) -> None:
    _, content_type = choose_encoder(accept)

    chosen = choose_format(accept)

    assert chosen.content_type == content_type
    assert chosen.openmetrics == content_type.startswith("application/openmetrics-text")


@pytest.mark.parametrize(
    "accept",
    [
        "application/openmetrics-text;q=0.2, text/plain;version=0.0.4;q=0.7",
        "application/openmetrics-text;q=0, */*",
        "application/openmetrics-text;q=none",
        "application/openmetrics-text; version=nonsense",
        "application/openmetrics-text; version=2.0.0",
        "text/plain; version=nonsense",
        ";;,;=,",
    ],
)
def test_the_text_format_is_sent_where_openmetrics_is_not_wanted_or_not_known(accept: str) -> None:
    assert choose_format(accept).content_type == "text/plain; version=0.0.4; charset=utf-8"


def test_dots_are_answered_with_underscores_since_names_must_stay() -> None:
    chosen = choose_format("application/openmetrics-text; version=1.0.0; escaping=dots")

    assert chosen.content_type.endswith("; escaping=underscores")


@pytest.mark.parametrize("header", ["gzip", "GZIP;q=0.5", "deflate, gzip;q=1.0", "*", "br, *;q=.1"])
def test_gzip_is_sent_where_it_is_accepted(header: str) -> None:
    assert gzip_accepted(header)


@pytest.mark.parametrize(
    "header", ["", "identity", "gzip;q=0", "gzip; q=0.0, *", "*;q=0", "gzip;q=none", "br, deflate"]
)
def test_gzip_is_not_sent_where_it_is_not_accepted(header: str) -> None:
    assert not gzip_accepted(header)
