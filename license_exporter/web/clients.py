"""Who a request comes from, as far as that can be told."""

import ipaddress
from functools import lru_cache

from aiohttp import web


def client_of(request: web.BaseRequest) -> str:
    """The address of a request's client, by which clients are told apart.

    Of IPv6, it is the network of 64 bits: whoever has one address there has all of them.
    """
    return _network(request.remote or "")


@lru_cache(1000)
def _network(address: str) -> str:
    if ":" not in address:
        return address
    bare = ipaddress.IPv6Address(address)
    if bare.ipv4_mapped:
        return str(bare.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(bare), 64), strict=False))
