"""Which proxy stands between the exporter and a server, by Prometheus' rules.

Those of Prometheus are those of Go's golang.org/x/net/http/httpproxy: `no_proxy` and `NO_PROXY`
name hosts that are reached directly, and so is this machine unless `proxy_url` stands alone.
"""

import base64
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field

from multidict import CIMultiDict
from yarl import URL

from license_exporter.config.http_config import ProxyConfig
from license_exporter.errors import FetchError, Reason


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a server: directly, or by a proxy and what is said to it.

    `connect_headers` go with CONNECT, which asks the proxy for a tunnel to an https server;
    `headers` go with each request for an http server, which the proxy itself passes on.
    """

    proxy: URL | None = None
    connect_headers: CIMultiDict[str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def route(config: ProxyConfig, environ: Mapping[str, str], url: URL) -> Route:
    """The way to the server of `url`.

    Raises FetchError `config` for a variable of the environment that names no usable proxy.
    """
    proxy = _proxy(config, environ, url)
    if proxy is None:
        return Route()
    headers: CIMultiDict[str] = CIMultiDict()
    if proxy.user or proxy.password:
        credentials = f"{proxy.user or ''}:{proxy.password or ''}".encode()
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(credentials).decode()
    proxy = proxy.with_user(None)
    if url.scheme == "http":
        return Route(proxy, headers=headers)
    for name, values in config.proxy_connect_header.items():
        for value in values:
            headers.add(name, value.read())
    return Route(proxy, connect_headers=headers)


def check_proxy(status: int, way: Route) -> None:
    """Raise FetchError `connect` where the proxy, and not the server, refused a request."""
    if status == 407 and way.proxy:
        raise FetchError(
            Reason.CONNECT, "the proxy asks for credentials; give them within proxy_url"
        )


def bypasses(no_proxy: str, host: str, port: int) -> bool:
    """Whether a server is reached directly, by the rules of `NO_PROXY`.

    An entry is `*`, an IP address, a network (CIDR), or a domain, which stands for its
    sub-domains too; with a dot or `*.` before it, for these alone. `:port` may follow an address
    or a domain. This machine is always reached directly.
    """
    host = host.lower().rstrip(".")
    address = _address(host)
    if host == "localhost" or (address and address.is_loopback):
        return True
    entries = (entry.strip().lower() for entry in no_proxy.split(","))
    return any(_matches(entry, host, address, port) for entry in entries if entry)


def _proxy(config: ProxyConfig, environ: Mapping[str, str], url: URL) -> URL | None:
    if config.proxy_url:
        if config.no_proxy and bypasses(config.no_proxy, url.host or "", url.port or 0):
            return None
        return URL(config.proxy_url.read())
    if not config.proxy_from_environment:
        return None
    name = f"{url.scheme}_proxy"
    written = _variable(environ, name)
    if not written or bypasses(_variable(environ, "no_proxy"), url.host or "", url.port or 0):
        return None
    try:
        proxy = URL(written if "://" in written else f"http://{written}")
    except ValueError:
        proxy = URL()
    if proxy.scheme.startswith("socks"):
        raise FetchError(
            Reason.CONFIG,
            f"the variable {name.upper()} is of a SOCKS proxy, which is not supported; give one "
            "that speaks HTTP",
        )
    if proxy.scheme not in ("http", "https") or not proxy.host:
        raise FetchError(
            Reason.CONFIG,
            f"the variable {name.upper()} is no proxy; write it like http://proxy.example.com:3128",
        )
    return proxy


def _variable(environ: Mapping[str, str], name: str) -> str:
    return environ.get(name.upper(), "") or environ.get(name, "")


_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _address(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _matches(entry: str, host: str, address: _Address | None, port: int) -> bool:
    if entry == "*":
        return True
    if "/" in entry:
        try:
            return address is not None and address in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    name, wanted_port = _split_port(entry)
    if wanted_port and wanted_port != str(port):
        return False
    if named := _address(name):
        return address == named
    domain = name.removeprefix("*").rstrip(".")
    if domain.startswith("."):
        return host.endswith(domain)
    return bool(domain) and (host == domain or host.endswith(f".{domain}"))


def _split_port(entry: str) -> tuple[str, str]:
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        return name, rest.removeprefix(":")
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, port
    return entry, ""
