"""What a company bought, in its own words: the block `contract` of a target.

One contract is a mapping; several are a list, each with a name of its own.
"""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import (
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    Tag,
    WithJsonSchema,
    field_validator,
)
from pydantic_core.core_schema import ValidationInfo

from license_exporter.config import values
from license_exporter.config.currencies import currency
from license_exporter.config.options import SHOWN, Options
from license_exporter.config.pool_keys import Key, PoolKey, by_pool, in_units_of, kept
from license_exporter.config.pools import PoolPatterns
from license_exporter.config.strict_yaml import Location
from license_exporter.config.values import Amount, Date, FiniteAmount, Flag, Text
from license_exporter.model.vendor import Vendor

_LIMITS_SCHEMA = by_pool({"type": ["number", "string"]})
_SHORTEST_TERM = 86400.0


def _term(value: object) -> float:
    seconds = values.duration(value)
    if seconds < _SHORTEST_TERM:
        raise ValueError("must be a day or longer, such as 1y or 90d (m is minutes)")
    return seconds


Currency = Annotated[str, PlainValidator(currency), WithJsonSchema({"type": "string"})]
Term = Annotated[
    float,
    PlainValidator(_term),
    PlainSerializer(values.written_duration),
    WithJsonSchema({"type": "string", "minLength": 2}),
]


class Contract(Options):
    """What was bought, where the vendor's API does not tell it.

    `limits` and `prices` are by pool and unit; a unit of "" is the vendor's usual one. Prices are
    for a year, `term` is in seconds, dates are the start of their day.
    """

    name: Annotated[Text, SHOWN] = Field(
        default="", description="Name of the contract, which each of several has."
    )
    covers: Annotated[tuple[Text, ...], SHOWN] = Field(
        default=(),
        description="Pools or entitlements that the contract is about, beside those of `limits` "
        "and `prices`. One of several that names none is about all the others.",
    )
    limits: Annotated[dict[Key, Amount], SHOWN, _LIMITS_SCHEMA] = Field(
        default={},
        description="Units bought of each pool, or unlimited. Keys are pool/unit, or a pool alone "
        "with the vendor's usual unit.",
    )
    prices: Annotated[dict[Key, FiniteAmount], SHOWN, _LIMITS_SCHEMA] = Field(
        default={}, description="Price of one unit of each pool a year, in `currency`."
    )
    price: FiniteAmount | None = Field(
        default=None, description="Flat price a year, in `currency`, whatever is used."
    )
    currency: Annotated[Currency, SHOWN] = Field(
        default="", description="Currency of the prices (ISO 4217), such as EUR."
    )
    expiry: Date | None = Field(
        default=None, description="Last day of the contract; it ends when that day does (UTC)."
    )
    notice: Date | None = Field(
        default=None, description="Last day on which notice of the contract can be given."
    )
    auto_renew: Flag | None = Field(
        default=None, description="Whether the contract goes on unless notice is given."
    )
    term: Term | None = Field(
        default=None, description="How long the contract, or its renewal, lasts, such as 1y."
    )
    owner: Annotated[Text, SHOWN] = Field(
        default="", description="Who decides on the renewal. Default: the label `owner`."
    )
    supplier: Annotated[Text, SHOWN] = Field(default="", description="Who sold it.")
    reference: Annotated[Text, SHOWN] = Field(
        default="", description="Number of the contract or order, as the supplier knows it."
    )

    @field_validator("notice")
    @classmethod
    def _before_the_end(cls, notice: float | None, info: ValidationInfo) -> float | None:
        expiry = info.data.get("expiry")
        if notice is not None and expiry is not None and notice > expiry:
            raise ValueError("is after expiry; notice is given before the contract ends")
        return notice

    @property
    def described(self) -> bool:
        """Whether it says who has to do with it and how it is renewed."""
        said = (self.owner, self.supplier, self.reference, self.auto_renew, self.term)
        return any(value not in ("", None) for value in said)

    @property
    def partial(self) -> bool:
        """Whether it is about some pools or entitlements alone."""
        return bool(self.covers or self.limits or self.prices)

    @property
    def pools(self) -> tuple[PoolKey, ...]:
        """The pools of its limits and prices, each once."""
        return tuple(dict.fromkeys((*self.limits, *self.prices)))

    def of(self, vendor: Vendor, patterns: PoolPatterns | None) -> "Contract":
        """This contract with the vendor's usual units, for the pools that are exported."""
        return self.model_copy(
            update={
                "limits": kept(patterns, in_units_of(vendor, self.limits)),
                "prices": kept(patterns, in_units_of(vendor, self.prices)),
            }
        )


def _kind(value: Any) -> str:
    return "[several]" if isinstance(value, list | tuple) else "[one]"


Contracts = Annotated[
    Annotated[Contract, Tag("[one]")] | Annotated[tuple[Contract, ...], Tag("[several]")],
    Discriminator(_kind),
]


def contracts_of(said: Contract | tuple[Contract, ...] | None) -> tuple[Contract, ...]:
    """The contracts, however they stand in the file."""
    if said is None:
        return ()
    return said if isinstance(said, tuple) else (said,)


def problems(
    said: Contract | tuple[Contract, ...] | None, vendor: Vendor
) -> Iterator[tuple[Location, str]]:
    """What is wrong with contracts together, with its place below `contract`."""
    several = isinstance(said, tuple)
    names: set[str] = set()
    pools: dict[tuple[str, PoolKey], str] = {}
    for index, contract in enumerate(contracts_of(said)):
        at: Location = (index,) if several else ()
        if several and not contract.name:
            yield (*at, "name"), "is missing; each of several contracts has a name"
        elif several and contract.name in names:
            yield (*at, "name"), f"{contract.name!r} is another contract's too; choose another"
        names.add(contract.name)
        for option, bought in (("limits", contract.limits), ("prices", contract.prices)):
            keys = in_units_of(vendor, bought)
            if len(keys) < len(bought):
                problem = "names a pool twice, with and without its unit; keep one"
                yield (*at, option), problem
            for key in keys:
                if (option, key) in pools:
                    other = pools[option, key]
                    problem = f"names {key[0]}, which contract {other} has too; keep it in one"
                    yield (*at, option), problem
                pools[option, key] = contract.name
