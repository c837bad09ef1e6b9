"""Name resolution in which no name waits behind another's.

The system's resolver blocks, for up to half a minute where a name server is dead. asyncio and
aiohttp run it in a small pool of threads, which a few dead names fill: every other target then
waits. Here each running look-up has a thread of its own, and callers that ask for a name that is
being looked up join, so that there are never more threads than names.
"""

import socket
from collections.abc import Callable
from functools import partial

from aiohttp.abc import AbstractResolver, ResolveResult

from license_exporter.sources.threads import Calls

# Of each answer of getaddrinfo: family, type, protocol, canonical name, address.
AddressInfo = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]
Lookup = Callable[[str, int], list[AddressInfo]]


def look_up(host: str, family: int) -> list[AddressInfo]:
    """Ask the system for the addresses of `host`; blocks. Raises OSError."""
    try:
        return socket.getaddrinfo(  # type: ignore[return-value] # narrower for this type of socket
            host, None, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
        )
    except UnicodeError:
        # What the codec for host names refuses: an empty label, or one over 63 characters.
        raise socket.gaierror(socket.EAI_NONAME, "not a host name") from None


class Resolver(AbstractResolver):
    """Looks up names for all targets; keeps no answer."""

    def __init__(self, lookup: Lookup = look_up) -> None:
        self._lookup = lookup
        self._calls: Calls[list[AddressInfo]] = Calls("look-up")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses of `host`. Raises OSError where there is none."""
        key = host.lower(), int(family)
        addresses = await self._calls.result(key, partial(self._lookup, *key))
        return [
            ResolveResult(
                hostname=host,
                host=address[0],
                port=port,
                family=kind,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, protocol, _, address in addresses
        ]

    async def close(self) -> None:
        """Nothing to release: the threads are daemons and end with their look-ups."""
