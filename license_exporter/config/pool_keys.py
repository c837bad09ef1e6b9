"""How options name pools: `pool/unit`, or a pool alone, with the vendor's usual unit."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, WithJsonSchema

from license_exporter.config import values
from license_exporter.config.pools import PoolPatterns
from license_exporter.model.vendor import Vendor

_Said = TypeVar("_Said")

# The name and the unit of a pool.
PoolKey = tuple[str, str]


def _pool_key(value: object) -> PoolKey:
    """Read `pool/unit`, or a bare `pool`, whose unit is then ""."""
    written = values.text(value)
    pool, slash, unit = written.rpartition("/")
    if not slash:
        return written, ""
    if not pool or not unit:
        raise ValueError("is not pool/unit, nor a pool alone")
    return pool, unit


Key = Annotated[PoolKey, BeforeValidator(_pool_key)]


def by_pool(value: dict[str, Any]) -> WithJsonSchema:
    """The JSON schema of an object that has such a value for each pool."""
    return WithJsonSchema({"type": "object", "additionalProperties": value})


def in_units_of(vendor: Vendor, said: Mapping[PoolKey, _Said]) -> dict[PoolKey, _Said]:
    """What is said of each pool, with the vendor's usual unit where a key is a pool alone."""
    return {
        (pool, unit or vendor.units.get(pool, vendor.unit)): value
        for (pool, unit), value in said.items()
    }


def kept(patterns: PoolPatterns | None, said: Mapping[PoolKey, _Said]) -> dict[PoolKey, _Said]:
    """What is said of the pools that are exported."""
    return {key: value for key, value in said.items() if patterns is None or patterns.keeps(key[0])}
