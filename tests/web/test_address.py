import pytest

from license_exporter.web import address


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (":10058", (None, 10058)),
        ("127.0.0.1:0", ("127.0.0.1", 0)),
        ("localhost:65535", ("localhost", 65535)),
        ("[::1]:10058", ("::1", 10058)),
        ("[fe80::1%eth0]:10058", ("fe80::1%eth0", 10058)),
    ],
)
def test_an_address_is_a_host_and_a_port(written, meant):
    assert address.parse(written) == meant


@pytest.mark.parametrize(
    "written",
    ["", "10058", "localhost", "::1:10058", ":65536", ":x", ":-1", "http://a:1", "a b:1", "a..b:1"],
)
def test_what_is_no_address_is_refused_with_an_example(written):
    with pytest.raises(ValueError, match=r"such as :10058 or \[::1\]:10058") as caught:
        address.parse(written)
    assert repr(written) in str(caught.value)
