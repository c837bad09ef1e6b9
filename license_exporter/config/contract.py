"""What a company bought, in its own words: the block `contract` of a target."""

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from license_exporter.config import values
from license_exporter.config.options import SHOWN, Options
from license_exporter.config.pools import PoolPatterns
from license_exporter.config.values import Amount, Date, FiniteAmount, Text
from license_exporter.model.vendor import Vendor

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


_PoolKey = Annotated[PoolKey, BeforeValidator(_pool_key)]
_POOLS_SCHEMA = WithJsonSchema(
    {"type": "object", "additionalProperties": {"type": ["number", "string"]}}
)


class Contract(Options):
    """What was bought, where the vendor's API does not tell it.

    `limits` and `prices` are by pool and unit; a unit of "" is the vendor's usual one.
    """

    limits: Annotated[dict[_PoolKey, Amount], SHOWN, _POOLS_SCHEMA] = Field(
        default={},
        description="Units bought of each pool, or unlimited. Keys are pool/unit, or a pool alone "
        "with the vendor's usual unit.",
    )
    prices: Annotated[dict[_PoolKey, FiniteAmount], SHOWN, _POOLS_SCHEMA] = Field(
        default={}, description="Price of one unit of each pool a year, in `currency`."
    )
    currency: Annotated[Text, SHOWN] = Field(
        default="", description="Currency of the prices (ISO 4217), such as EUR."
    )
    expiry: Date | None = Field(
        default=None, description="Last day of the contract; it ends when that day does (UTC)."
    )
    notice: Date | None = Field(
        default=None, description="Last day on which notice of the contract can be given."
    )

    def of_pools(self, patterns: PoolPatterns | None) -> "Contract":
        """This contract without the pools that are not exported."""
        if patterns is None:
            return self
        kept = {
            name: {key: value for key, value in bought.items() if patterns.keeps(key[0])}
            for name, bought in (("limits", self.limits), ("prices", self.prices))
        }
        return self.model_copy(update=kept)

    def in_units_of(self, vendor: Vendor) -> "Contract":
        """This contract with the vendor's usual unit where a key is a pool alone."""

        def unit(key: PoolKey) -> PoolKey:
            return key[0], key[1] or vendor.units.get(key[0], vendor.unit)

        return self.model_copy(
            update={
                "limits": {unit(key): value for key, value in self.limits.items()},
                "prices": {unit(key): value for key, value in self.prices.items()},
            }
        )
