"""Whether the exporter of this machine or container is there: for HEALTHCHECK and probes."""

import http.client
import ssl
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from license_exporter.web import address
from license_exporter.web.options import read as read_options

# Kubernetes and Docker wait for a probe's answer a little longer.
_TIMEOUT = 2.5
# What is answered where the program wants to know first who asks, or is asked too often.
_GUARDED = (401, 403, 429)
_NAMES = ("license-exporter", "license_exporter")
_FIRST_PROCESS = Path("/proc/1/cmdline")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the exporter says that it is healthy.

    With `mutual`, it wants a certificate first, which is for Prometheus to have.
    """

    host: str
    port: int
    tls: bool
    path: str
    mutual: bool = False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{self.path}"


def health(args: Namespace, parse: Callable[[Sequence[str]], Namespace]) -> int:
    """Ask the running exporter; 0 if it is healthy, else 1.

    It is where the flags say; without a flag that says where it listens, where those of the first
    process say, if that is an exporter, as in a container. `parse` reads flags. Raises ConfigError
    for flags that cannot be used.
    """
    if not (args.listen or args.health_address or args.web_config):
        args = parse(served_flags(_first_process()))
    place = place_of(args)
    problem = _problem(place)
    sys.stdout.write(f"{place}: {problem or 'healthy'}\n")
    return 1 if problem else 0


def served_flags(command: Sequence[str]) -> list[str]:
    """The flags, and the command, in a command line that runs the exporter; none in another one."""
    for index, word in enumerate(command[:4]):
        if PurePath(word).name in _NAMES:
            return [word for word in command[index + 1 :] if word]
    return []


def place_of(args: Namespace) -> Place:
    """Where an exporter with these flags is asked: at its address for health, if it has one.

    Raises ConfigError for flags that cannot be used, OSError for a web config file that cannot be
    read.
    """
    try:
        if args.health_address:
            host, port = address.parse(args.health_address[0])
            return Place(_local(host), port, tls=False, path="/-/healthy")
        default = address.DEFAULT if args.port is None else f"127.0.0.1:{args.port}"
        host, port = address.parse((args.listen or [default])[0])
    except ValueError as error:
        from license_exporter.errors import ConfigError

        raise ConfigError([str(error)]) from None
    path = f"{read_options(args).route_prefix}/-/healthy"
    if not args.web_config:
        return Place(_local(host), port, tls=False, path=path)
    from license_exporter.web.config import load_web_config

    tls = load_web_config(Path(args.web_config)).tls_server_config
    mutual = tls.client_auth_type == "RequireAndVerifyClientCert"
    return Place(_local(host), port, tls=tls.enabled, path=path, mutual=mutual)


def _first_process() -> list[str]:
    try:
        return _FIRST_PROCESS.read_text(errors="replace").split("\0")
    except OSError:
        return []


def _local(host: str | None) -> str:
    """An address of this machine for that on which it listens."""
    return {None: "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}.get(host) or str(host)  # noqa: S104 - the address of requests, not of listening


def _problem(place: Place) -> str:
    """What is wrong; "" if an exporter answers, were it that it wants a password first."""
    connection: http.client.HTTPConnection
    if place.tls:
        # Only whether somebody answers is asked: no secret is sent, and the name is not its own.
        context = ssl._create_unverified_context()  # noqa: S323
        connection = http.client.HTTPSConnection(
            place.host, place.port, timeout=_TIMEOUT, context=context
        )
    else:
        connection = http.client.HTTPConnection(place.host, place.port, timeout=_TIMEOUT)
    try:
        connection.connect()
        if place.mutual:
            # With TLS 1.3, a client without a certificate is refused only after the handshake.
            return ""
        connection.request("GET", place.path)
        status = connection.getresponse().status
    except ssl.SSLError as error:
        # With TLS 1.2, within it.
        return "" if place.mutual else f"no TLS ({error.reason})"
    except TimeoutError:
        return f"no answer within {_TIMEOUT:g} s"
    except (OSError, http.client.HTTPException) as error:
        return str(getattr(error, "strerror", None) or error or "no answer")
    finally:
        connection.close()
    return "" if status == 200 or status in _GUARDED else f"answers {status}"
