import pytest
from yarl import URL

from license_exporter.config.http_config import ProxyConfig
from license_exporter.errors import FetchError, Reason
from license_exporter.sources.http.proxy import bypasses, route

PROXY = URL("http://proxy.example.com:3128")


def config(**options):
    return ProxyConfig.model_validate(options)


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("*", "https://api.example.com"),
        ("a.example.org, api.example.com", "https://api.example.com"),
        ("EXAMPLE.com", "https://api.example.com"),
        ("example.com", "https://example.com"),
        (".example.com", "https://api.example.com"),
        ("*.example.com", "https://api.example.com"),
        ("example.com:443", "https://api.example.com"),
        ("example.com:8443", "https://example.com:8443"),
        ("192.0.2.7", "https://192.0.2.7"),
        ("192.0.2.7:8339", "https://192.0.2.7:8339"),
        ("192.0.2.0/24", "https://192.0.2.7"),
        ("2001:db8::7", "https://[2001:db8::7]"),
        ("[2001:db8::7]:443", "https://[2001:db8:0::7]"),
        ("2001:DB8:0:0::7", "https://[2001:db8::7]"),
        ("2001:db8::/32", "https://[2001:db8::7]"),
        ("x", "https://localhost"),
        ("x", "https://127.0.0.9"),
        ("x", "https://[::1]:8339"),
    ],
)
def test_no_proxy_names_servers_that_are_reached_directly(no_proxy, url):
    address = URL(url)
    assert bypasses(no_proxy, address.host, address.port)
    way = route(config(proxy_url=str(PROXY), no_proxy=no_proxy), {}, address)
    assert way.proxy is None


@pytest.mark.parametrize(
    ("no_proxy", "url"),
    [
        ("", "https://api.example.com"),
        (" , ,", "https://api.example.com"),
        ("ample.com", "https://example.com"),
        (".example.com", "https://example.com"),
        ("*.example.com", "https://example.com"),
        ("example.com:80", "https://example.com"),
        ("192.0.2.7:80", "https://192.0.2.7"),
        ("192.0.2.0/24", "https://192.0.3.7"),
        ("192.0.2.0/24", "https://api.example.com"),
        ("192.0.2.0/99", "https://192.0.2.7"),
        (".", "https://example.com"),
        ("com/24", "https://example.com"),
    ],
)
def test_no_proxy_names_no_other_server(no_proxy, url):
    address = URL(url)
    assert not bypasses(no_proxy, address.host, address.port)


def test_a_proxy_url_alone_is_for_every_server_this_machine_included():
    way = route(config(proxy_url=str(PROXY)), {}, URL("https://127.0.0.1"))
    assert way.proxy == PROXY


def test_without_a_word_of_it_the_environment_names_no_proxy():
    way = route(config(), {"HTTPS_PROXY": str(PROXY)}, URL("https://api.example.com"))
    assert way.proxy is None


@pytest.mark.parametrize(
    ("environ", "url", "proxy"),
    [
        ({"HTTPS_PROXY": str(PROXY)}, "https://api.example.com", PROXY),
        ({"https_proxy": str(PROXY)}, "https://api.example.com", PROXY),
        ({"HTTPS_PROXY": "proxy.example.com:3128"}, "https://api.example.com", PROXY),
        ({"HTTPS_PROXY": str(PROXY)}, "http://api.example.com", None),
        ({"HTTP_PROXY": str(PROXY)}, "http://api.example.com", PROXY),
        ({"HTTPS_PROXY": str(PROXY), "https_proxy": "x"}, "https://api.example.com", PROXY),
        ({"HTTPS_PROXY": str(PROXY), "NO_PROXY": "example.com"}, "https://api.example.com", None),
        ({"HTTPS_PROXY": str(PROXY), "no_proxy": "example.com"}, "https://api.example.com", None),
        ({"HTTPS_PROXY": str(PROXY)}, "https://localhost", None),
        ({}, "https://api.example.com", None),
    ],
)
def test_the_environment_names_the_proxy_where_the_target_says_so(environ, url, proxy):
    way = route(config(proxy_from_environment=True), environ, URL(url))
    assert way.proxy == proxy


@pytest.mark.parametrize("value", ["socks5://proxy.example.com", "http://", "http://[", "::"])
def test_a_variable_that_is_no_proxy_is_named_but_not_shown(value):
    with pytest.raises(FetchError) as caught:
        route(
            config(proxy_from_environment=True),
            {"HTTPS_PROXY": f"{value}"},
            URL("https://api.example.com"),
        )
    assert caught.value.reason is Reason.CONFIG
    assert "HTTPS_PROXY" in caught.value.message


def test_the_proxys_user_info_goes_to_the_proxy_with_the_tunnels_headers():
    options = config(
        proxy_url="http://us%40er:pass%3Aword@proxy.example.com:3128",
        proxy_connect_header={"X-Team": ["a", "b"]},
    )
    way = route(options, {}, URL("https://api.example.com"))
    assert way.proxy == PROXY
    assert list(way.connect_headers.items()) == [
        ("Proxy-Authorization", "Basic dXNAZXI6cGFzczp3b3Jk"),
        ("X-Team", "a"),
        ("X-Team", "b"),
    ]
    assert not way.headers


def test_without_a_tunnel_the_proxys_user_info_goes_with_the_request():
    options = config(proxy_url="http://u:p@proxy.example.com:3128")
    way = route(options, {}, URL("http://api.example.com"))
    assert dict(way.headers) == {"Proxy-Authorization": "Basic dTpw"}
    assert way.connect_headers is None
