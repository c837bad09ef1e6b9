import pytest
from pydantic import TypeAdapter, ValidationError
from yarl import URL

from license_exporter.config.addresses import ProxyURL, TokenURL, base_url, origin
from license_exporter.config.credentials import Secret

SHAPE = "is not an address; write it like https://host.example.com/api"
TOKEN_URL: TypeAdapter[str] = TypeAdapter(TokenURL)
PROXY_URL: TypeAdapter[Secret] = TypeAdapter(ProxyURL)


def refusal(written: object) -> str:
    with pytest.raises(ValueError) as caught:
        base_url(written)
    assert "hunter2" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://a.example.com", "https://a.example.com"),
        ("https://a.example.com///", "https://a.example.com"),
        ("http://a.example.com:8080/api/", "http://a.example.com:8080/api"),
        ("HTTPS://a.example.com/?", "https://a.example.com"),
        ("http://[::1]:80/x", "http://[::1]:80/x"),
        (" https://a.example.com\n", "https://a.example.com"),
    ],
)
def test_the_base_of_an_api_has_no_slash_at_its_end(written: str, url: str) -> None:
    assert base_url(written) == url


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("hunter2.example.com", SHAPE),
        ("ftp://hunter2.example.com", SHAPE),
        ("https://", SHAPE),
        ("https:///hunter2", SHAPE),
        ("https://hunter2:port", SHAPE),
        ("https://hunter2:0", SHAPE),
        ("https://[hunter2", SHAPE),
        ("https://a.example.com/hunter 2", "holds white space or a control character"),
        ("https://a.example.com/\x07hunter2", "holds white space or a control character"),
        (
            "https://hunter2@a.example.com",
            "holds a user name or password; give them in basic_auth instead",
        ),
        (
            "https://a.example.com/?key=hunter2",
            "holds a query or fragment; give only the base of the API",
        ),
        (
            "https://a.example.com/#hunter2",
            "holds a query or fragment; give only the base of the API",
        ),
        (["hunter2"], "must be a text"),
    ],
)
def test_what_is_no_base_of_an_api_is_refused_and_never_shown(
    written: object, message: str
) -> None:
    assert refusal(written) == message


def test_a_token_url_may_have_a_query_which_is_not_shown() -> None:
    url = TOKEN_URL.validate_python("https://a.example.com/token?key=hunter2")
    assert url == "https://a.example.com/token?key=hunter2"
    assert TOKEN_URL.dump_python(url) == "https://a.example.com/token?<secret>"
    assert TOKEN_URL.dump_python("https://a.example.com/token") == "https://a.example.com/token"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "https://u:hunter2@a.example.com",
            "holds a user name or password; give client_id and client_secret instead",
        ),
        ("https://a.b/#hunter2", "holds a fragment; leave out the # and what follows"),
    ],
)
def test_a_token_url_has_neither_user_nor_fragment(written: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        TOKEN_URL.validate_python(written)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("http://proxy.example.com:3128", "http://proxy.example.com:3128"),
        ("http://user:hunter2@proxy.example.com:3128/", "http://<secret>@proxy.example.com:3128/"),
        ("http://us@er:hunter2@proxy.example.com", "http://<secret>@proxy.example.com"),
    ],
)
def test_a_proxy_is_shown_without_its_user_and_password(written: str, shown: str) -> None:
    proxy = PROXY_URL.validate_python(written)
    assert proxy == Secret(written)
    assert PROXY_URL.dump_python(proxy) == shown


@pytest.mark.parametrize("written", ["http://proxy/hunter2", "http://proxy?hunter2", "ftp://p"])
def test_what_is_no_proxy_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="address; write it like http"):
        PROXY_URL.validate_python(written)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://er.example.com/a", "https://ER.example.com:443/b?c", True),
        ("http://[::1]:80/", "http://[::1]/", True),
        ("http://er.example.com/", "https://er.example.com/", False),
        ("https://er.example.com/", "https://er.example.com:8339/", False),
        ("https://er.example.com/", "https://er.example.com.evil.example.com/", False),
    ],
)
def test_servers_are_told_apart_by_scheme_host_and_port(one, other, same):
    assert (origin(URL(one)) == origin(URL(other))) is same


@pytest.mark.parametrize("written", ["socks5://p:1080", "SOCKS5h://p:1080", "socks4://p"])
def test_a_socks_proxy_is_told_in_plain_words(written: str) -> None:
    with pytest.raises(ValidationError, match="SOCKS proxy, which is not supported"):
        PROXY_URL.validate_python(written)
