"""A mapping, as it is written in YAML."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from license_exporter.config.http_config import AnyHeaderName
from license_exporter.config.options import SHOWN, Options, sendable
from license_exporter.config.values import PositiveDuration
from license_exporter.mapping.requests import Request
from license_exporter.mapping.sections import (
    AssignmentRows,
    EntitlementRows,
    LicenseRows,
    LocationRows,
    PeriodRows,
    PoolRows,
    ReportRows,
    RowSet,
)
from license_exporter.mapping.sign_in import SignInOptions
from license_exporter.model.vendor import DATA_AGE, Checked, HeaderKey, ParamKey

SECTIONS = (
    "licenses",
    "pools",
    "entitlements",
    "locations",
    "assignments",
    "periods",
    "report",
)


class ApiKeyHeader(Options):
    """How the product takes an API key."""

    header: Annotated[AnyHeaderName | None, SHOWN] = Field(
        default=None, description="Name of the header."
    )
    parameter: Annotated[str, SHOWN] = Field(
        default="",
        description="Name of the query's parameter instead, where the product knows nothing else.",
    )
    prefix: Annotated[str, AfterValidator(sendable), SHOWN] = Field(
        default="", description="What stands before the key in the header, with its space."
    )

    @model_validator(mode="after")
    def _one_place(self) -> "ApiKeyHeader":
        if (self.header is None) == (not self.parameter):
            raise ValueError("give a header or a parameter, one of the two")
        return self

    def way(self) -> HeaderKey | ParamKey:
        return HeaderKey(self.header, self.prefix) if self.header else ParamKey(self.parameter)


class Mapping(Options):
    """What is asked for, and which values of the answers are which part of the model."""

    product: Annotated[str, SHOWN] = Field(
        default="", description="Name of the product, the label `product`."
    )
    base_path: Annotated[str, SHOWN] = Field(
        default="", description="Appended to the target's url, unless that ends with it."
    )
    bare_hosts: Annotated[tuple[str, ...], SHOWN] = Field(
        default=(),
        description="Hosts to whose url base_path is not appended; * stands for any characters.",
    )
    unit: Annotated[str, SHOWN] = Field(default="users", description="Usual unit of a pool.")
    units: Annotated[dict[str, str], SHOWN] = Field(
        default={}, description="Usual units of pools that differ."
    )
    api_key: ApiKeyHeader | None = Field(
        default=None,
        description="How the product takes the target's api_key; without it: in X-API-Key.",
    )
    login: SignInOptions | None = Field(
        default=None,
        description="How the product signs in: what the target's login, or its api_key where {key} "
        "stands in this, is exchanged for.",
    )
    variables: Annotated[dict[str, str], SHOWN] = Field(
        default={},
        description="Variables that a target can give, by name, with what they are for people. A "
        "request whose variable is missing is not made.",
    )
    defaults: dict[str, Any] = Field(
        default={}, description="Options of targets that they do not set themselves."
    )
    data_age: PositiveDuration = Field(
        default=DATA_AGE,
        description="Age from which on the product's own data (report, data_timestamp) are old on "
        "the status page; in the alert rules, that is license:data_age_seconds:threshold.",
    )
    accounts: Annotated[str, SHOWN] = Field(
        default="", description="Which account to create for the exporter, for people."
    )
    yields: Annotated[str, SHOWN] = Field(default="", description="What is exported, for people.")
    kind: Annotated[str, SHOWN] = Field(
        default="", description="What such products are for, by which presets are listed."
    )
    checked: Checked = Field(
        default="", description="What a preset was checked against, for people."
    )
    snippet: Annotated[str, SHOWN] = Field(
        default="", description="A configuration with one target of a preset, to be filled in."
    )
    requests: dict[str, Request] = Field(description="The requests, by the document's name.")
    licenses: tuple[LicenseRows, ...] = Field(default=(), description="Licenses.")
    pools: tuple[PoolRows, ...] = Field(default=(), description="Pools.")
    entitlements: tuple[EntitlementRows, ...] = Field(default=(), description="Entitlements.")
    locations: tuple[LocationRows, ...] = Field(default=(), description="Use at locations.")
    assignments: tuple[AssignmentRows, ...] = Field(default=(), description="Assignments.")
    periods: tuple[PeriodRows, ...] = Field(default=(), description="Use in past periods.")
    report: tuple[ReportRows, ...] = Field(
        default=(), description="What is said of the answer as a whole."
    )

    @model_validator(mode="after")
    def _not_empty(self) -> "Mapping":
        if not self.requests:
            raise ValueError("has no requests")
        if not any(True for _ in self.row_sets()):
            raise ValueError(f"maps nothing; fill one of {', '.join(SECTIONS)}")
        return self

    def row_sets(self) -> Iterator[tuple[str, int, RowSet]]:
        """Each row set with its section and its index there."""
        for section in SECTIONS:
            for index, row_set in enumerate(getattr(self, section)):
                yield section, index, row_set


class Unfinished(Mapping):
    """A mapping that is being written: it may have requests alone."""

    @model_validator(mode="after")
    def _not_empty(self) -> "Unfinished":
        if not self.requests:
            raise ValueError("has no requests")
        return self
