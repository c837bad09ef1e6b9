"""What a company bought, in its own words: the block `contract` of a target."""

from typing import Annotated

from pydantic import Field

from license_exporter.config.options import SHOWN, Options
from license_exporter.config.pool_keys import Key, by_pool, in_units_of, kept
from license_exporter.config.pools import PoolPatterns
from license_exporter.config.values import Amount, Date, FiniteAmount, Text
from license_exporter.model.vendor import Vendor

_LIMITS_SCHEMA = by_pool({"type": ["number", "string"]})


class Contract(Options):
    """What was bought, where the vendor's API does not tell it.

    `limits` and `prices` are by pool and unit; a unit of "" is the vendor's usual one.
    """

    limits: Annotated[dict[Key, Amount], SHOWN, _LIMITS_SCHEMA] = Field(
        default={},
        description="Units bought of each pool, or unlimited. Keys are pool/unit, or a pool alone "
        "with the vendor's usual unit.",
    )
    prices: Annotated[dict[Key, FiniteAmount], SHOWN, _LIMITS_SCHEMA] = Field(
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
        return self.model_copy(
            update={
                "limits": kept(patterns, self.limits),
                "prices": kept(patterns, self.prices),
            }
        )

    def in_units_of(self, vendor: Vendor) -> "Contract":
        """This contract with the vendor's usual unit where a key is a pool alone."""
        return self.model_copy(
            update={
                "limits": in_units_of(vendor, self.limits),
                "prices": in_units_of(vendor, self.prices),
            }
        )
