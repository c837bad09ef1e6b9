"""The flags about paths and addresses: what is read, and what is refused."""

import pytest

from license_exporter.cli.arguments import parse
from license_exporter.errors import ConfigError
from license_exporter.web import options


def read(*flags):
    return options.read(parse(flags, {}))


@pytest.mark.parametrize("prefix", ["/licenses", "licenses", "/licenses/"])
def test_a_route_prefix_may_be_written_with_or_without_its_slashes(prefix):
    options = read(f"--web.route-prefix={prefix}")
    assert (options.route_prefix, options.root) == ("/licenses", "/licenses")


@pytest.mark.parametrize("url", ["https://proxy.example.com/licenses/", "/licenses"])
def test_the_route_prefix_is_the_path_of_the_external_url(url):
    options = read(f"--web.external-url={url}")
    assert (options.route_prefix, options.root) == ("/licenses", "/licenses")


def test_a_proxy_that_takes_the_path_away_is_told_by_an_empty_prefix():
    options = read("--web.external-url=https://proxy.example.com/licenses", "--web.route-prefix=/")
    assert (options.route_prefix, options.root) == ("", "/licenses")


@pytest.mark.parametrize(
    "flag",
    [
        "--web.external-url=proxy.example.com",
        "--web.external-url=ftp://proxy.example.com",
        "--web.external-url=https://proxy.example.com:99999",
        "--web.external-url=https://u:p@proxy.example.com",
        "--web.external-url=https://proxy.example.com/?a=b",
        "--web.external-url=https://proxy.example.com/{a}",
        "--web.route-prefix=/{a}",
        "--web.route-prefix=a//b",
        "--web.telemetry-path=/{a",
    ],
)
def test_what_is_no_address_or_path_is_refused_by_its_flag(flag):
    with pytest.raises(ConfigError) as caught:
        read(flag)
    (problem,) = caught.value.problems
    assert problem.startswith(flag.partition("=")[0])
