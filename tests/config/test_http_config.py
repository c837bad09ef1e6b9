from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from license_exporter.config.auth_config import OAuth2
from license_exporter.config.credentials import Secret
from license_exporter.config.http_config import (
    Header,
    HTTPHeaders,
    ProxyConfig,
    TLSConfig,
)
from tests.config.option_errors import errors

HEADERS: TypeAdapter[dict[str, Header]] = TypeAdapter(HTTPHeaders)


def test_tls_is_verified_and_of_1_2_or_later_unless_told_otherwise() -> None:
    assert not TLSConfig().insecure_skip_verify
    assert TLSConfig().min_version == "TLS12"
    assert TLSConfig().max_version is None


def test_a_client_certificate_and_its_key_come_together_in_either_form() -> None:
    mixed = TLSConfig.model_validate({"cert_file": "c.crt", "key": "k"})
    assert mixed.secret("cert") == Secret(file=Path("c.crt"))
    assert mixed.secret("key") == Secret("k")
    assert errors(TLSConfig, {"cert": "c"}) == {
        "key_file": "is missing: a client certificate needs its key"
    }
    assert errors(TLSConfig, {"key_file": "k"}) == {
        "key_file": "stands alone: give cert_file, the client certificate, too"
    }


def test_versions_of_tls_are_in_order() -> None:
    assert TLSConfig(min_version="TLS13", max_version="TLS13").max_version == "TLS13"
    assert errors(TLSConfig, {"max_version": "TLS11"}) == {
        "max_version": "TLS11 is older than min_version, which is TLS12"
    }


def test_a_header_is_a_value_or_a_block() -> None:
    headers = HEADERS.validate_python(
        {"X-A": "a", "X-B": 5, "X-C": {"values": ["b"], "secrets": ["c"], "files": ["d"]}}
    )
    assert headers["X-A"].sources == (Secret("a"),)
    assert headers["X-B"].sources == (Secret("5"),)
    assert headers["X-C"].sources == (Secret("b"), Secret("c"), Secret(file=Path("d")))


@pytest.mark.parametrize(
    "name", ["authorization", "HOST", "Cookie", "Content-Length", "Proxy-Anything", "Connection"]
)
def test_a_header_of_which_the_client_is_in_charge_cannot_be_set(name: str) -> None:
    with pytest.raises(ValidationError, match="is the client's own header and cannot be set"):
        HEADERS.validate_python({name: "x"})


def test_a_proxy_gets_the_headers_that_are_for_it() -> None:
    proxy = ProxyConfig.model_validate(
        {"proxy_from_environment": True, "proxy_connect_header": {"Proxy-Authorization": ["x"]}}
    )
    assert proxy.proxy_connect_header == {"Proxy-Authorization": (Secret("x"),)}


def test_a_proxy_url_goes_with_hosts_to_be_reached_without_it_and_headers() -> None:
    proxy = ProxyConfig.model_validate(
        {
            "proxy_url": "http://p.example.com:1",
            "no_proxy": "a.example.com",
            "proxy_connect_header": {"X": ["a", "b"]},
        }
    )
    assert proxy.no_proxy == "a.example.com"
    assert proxy.proxy_connect_header == {"X": (Secret("a"), Secret("b"))}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"no_proxy": "a"}, {"no_proxy": "needs proxy_url"}),
        (
            {"proxy_url": "http://p:1", "proxy_from_environment": True},
            {"proxy_from_environment": "excludes proxy_url and no_proxy"},
        ),
        (
            {"proxy_connect_header": {"X": ["a"]}},
            {"proxy_connect_header": "needs proxy_url or proxy_from_environment"},
        ),
    ],
)
def test_options_of_a_proxy_go_together(said: dict[str, Any], told: dict[str, str]) -> None:
    assert errors(ProxyConfig, said) == told
    required = {"client_id": "c", "client_secret": "s", "token_url": "https://a.example.com"}
    assert errors(OAuth2, required | said) == told
