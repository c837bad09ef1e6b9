"""The configuration as it holds when the exporter runs: its targets, checked and complete.

`load.py` reads it from files. What stands in a file is described by the models here; the
descriptions of their fields become docs/configuration.md and the JSON schema.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    Field,
    InstanceOf,
    PlainValidator,
    WithJsonSchema,
)

from license_exporter.config import values
from license_exporter.config.addresses import BaseURL
from license_exporter.config.alerts import Alerts
from license_exporter.config.auth_config import (
    ApiKey,
    Authorization,
    BasicAuth,
    Login,
    OAuth2,
    RsaAdminKey,
    RsaOAuth,
)
from license_exporter.config.contract import Contract, Contracts, contracts_of
from license_exporter.config.http_config import HTTPHeaders, ProxyConfig, TLSConfig
from license_exporter.config.options import SHOWN, Options
from license_exporter.config.pools import PoolPatterns
from license_exporter.config.programs import Program, Programs
from license_exporter.config.secret_files import files_below
from license_exporter.config.values import (
    Count,
    Duration,
    Flag,
    PositiveCount,
    PositiveDuration,
    PositiveSize,
    Text,
)
from license_exporter.exposition.families import TARGET_INFO
from license_exporter.model.vendor import Vendor

ANSWERS_SIZE_LIMIT = 256 * 1024**2
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_RESERVED_LABELS = frozenset({"target", "vendor", "instance", "job", *TARGET_INFO.labels})


def _label_name(value: object) -> str:
    name = values.text(value)
    if not _LABEL.fullmatch(name):
        raise ValueError("is not the name of a label; use letters, digits and _")
    if name in _RESERVED_LABELS or name.startswith("__"):
        raise ValueError("is a label of the exporter or of Prometheus; choose another name")
    return name


_LabelName = Annotated[str, PlainValidator(_label_name)]
Labels = Annotated[
    dict[_LabelName, Text],
    SHOWN,
    WithJsonSchema(
        {
            "type": "object",
            "propertyNames": {"pattern": f"^{_LABEL.pattern}$"},
            "additionalProperties": {"type": ["string", "integer"]},
        }
    ),
]


# Of all targets that say nothing of it.
_USUAL_TLS = TLSConfig()


class Defaults(ProxyConfig):
    """Options of every target that does not set them itself."""

    labels: Labels = Field(
        default={},
        description="Labels on license_target_info and in /sd, such as those that route alerts.",
    )
    tls_config: TLSConfig = Field(
        default_factory=lambda: _USUAL_TLS, description="TLS towards the server."
    )
    http_headers: HTTPHeaders = Field(
        default={}, description="Further headers of each request, by name."
    )
    follow_redirects: Flag = Field(
        default=True,
        description="false: every redirect is refused. One to another origin always is.",
    )
    enable_http2: Flag = Field(
        default=True, description="Accepted, since Prometheus has it; without effect."
    )
    timeout: PositiveDuration = Field(
        default=10.0,
        description="Time of one fetch. It may exceed the scrape's: the next scrape is then "
        "served from the cache.",
    )
    min_interval: Duration = Field(
        default=30.0, description="An answer younger than this is served from the cache."
    )
    max_stale: Duration = Field(
        default=0.0,
        description="How long the last good values stand in for a failed fetch; license_up is 0 "
        "all the same.",
    )
    body_size_limit: PositiveSize = Field(
        default=64 * 1024**2, description="Greatest size of an answer, decompressed."
    )
    sample_limit: PositiveCount = Field(
        default=200_000, description="Greatest number of samples of the target."
    )
    exposition_size_limit: PositiveSize = Field(
        default=64 * 1024**2,
        description="Greatest size of what the target adds to a scrape, in bytes, before it is "
        "compressed.",
    )
    max_locations: Count = Field(
        default=1000,
        description="Locations to export, the greatest by use; the rest of each pool is folded "
        'into location="other". 0 is all.',
    )
    locations: Flag = Field(default=True, description="false leaves license_location_used out.")
    max_users: Count = Field(
        default=1000,
        description="Users to export where a license manager's show_users asks for them, the "
        'greatest by use; the rest of each pool is folded into user="other". 0 is all.',
    )
    history: Flag = Field(default=True, description="false leaves license_period_used out.")
    pools: PoolPatterns | None = Field(
        default=None,
        description="Which pools are exported, by patterns of their names, with all that hangs on "
        "them.",
    )
    contract: Contracts | None = Field(
        default=None,
        description="What was bought, where the vendor's API does not say; or a list of several.",
    )
    alerts: Alerts | None = Field(default=None, description="When the alerts of the target begin.")


def _name(value: object) -> str:
    name = values.text(value)
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a name; use 1 to 64 letters, digits and _ . : -")
    return name


_NAME_SCHEMA = WithJsonSchema(
    {"type": ["string", "integer"], "pattern": rf"^({_NAME.pattern}|.*\$\{{.*)$"}
)


class Entry(Defaults):
    """A target as it stands in a file."""

    name: Annotated[str, PlainValidator(_name), SHOWN, _NAME_SCHEMA] = Field(
        description="Name of the target, the label `target`: unique, 1 to 64 of A-Z a-z 0-9 _ . : -"
    )
    vendor: Annotated[Text, SHOWN] = Field(description="Which product it is.")
    url: Annotated[BaseURL | None, SHOWN] = Field(
        default=None,
        description="Base address of the API, without user name, password and query. Required, "
        "but with rsa_admin_key, whose file names it.",
    )
    rsa_admin_key: RsaAdminKey | None = Field(
        default=None, description="RSA's legacy API key. Only for rsa."
    )
    rsa_oauth: RsaOAuth | None = Field(
        default=None, description="RSA's OAuth client with a private key. Only for rsa."
    )
    basic_auth: BasicAuth | None = Field(
        default=None, description="User name and password, sent with each request."
    )
    authorization: Authorization | None = Field(
        default=None, description="The header Authorization, such as a bearer token."
    )
    oauth2: OAuth2 | None = Field(default=None, description="OAuth 2.0 client credentials.")
    login: Login | None = Field(
        default=None,
        description="User name and password, exchanged for a token. Only for products that sign "
        "in so, such as seerbox.",
    )
    api_key: ApiKey | None = Field(
        default=None, description="API key, sent or exchanged for a token as the vendor says."
    )


class Target(Entry):
    """A target, checked and complete.

    `driver` is its vendor, configured by `options`, the vendor's own keys (None if it has none).
    `programs` are those that its documents need, by name; `inherited` are the blocks that name
    pools and stand in `defaults`, where they are for what other targets have.
    `where` is the target's place in the files, such as `targets[2]`, when it was read. Two targets
    are equal if their options are, wherever they stand.
    """

    driver: InstanceOf[Vendor]
    options: InstanceOf[BaseModel] | None = None
    programs: Mapping[str, Program] = Field(default_factory=dict)
    inherited: frozenset[str] = frozenset()
    where: str = ""

    @classmethod
    def of(
        cls,
        entry: Entry,
        driver: Vendor,
        options: BaseModel | None = None,
        where: str = "",
        programs: Mapping[str, Program] | None = None,
    ) -> "Target":
        """The target that an entry describes."""
        said = dict(entry)
        if entry.contract:
            bought = tuple(each.of(driver, entry.pools) for each in contracts_of(entry.contract))
            said["contract"] = bought if isinstance(entry.contract, tuple) else bought[0]
        if entry.alerts:
            said["alerts"] = entry.alerts.of(driver, entry.pools)
        return cls.model_construct(
            # One for all of them: each would have its own, which takes 2 kB.
            _GIVEN,
            **said,
            driver=driver,
            options=options,
            programs=programs or {},
            where=where,
        )

    def with_inherited(self, blocks: frozenset[str]) -> "Target":
        if blocks == self.inherited:
            return self
        return self.model_copy(update={"inherited": blocks})

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """The contracts, however many stand in the file."""
        return contracts_of(self.contract)

    def placed_contracts(self) -> Iterator[tuple[str, Contract]]:
        """The contracts, each with what follows `contract` in its path: nothing, or its index."""
        for index, contract in enumerate(self.contracts):
            yield f"[{index}]" if isinstance(self.contract, tuple) else "", contract

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Target):
            return NotImplemented
        return self._compared() == other._compared()

    __hash__ = None  # type: ignore[assignment] # the base class has one

    def _compared(self) -> dict[str, Any]:
        return {key: value for key, value in self if key not in ("driver", "where")}

    def files(self) -> Iterator[tuple[str, Path]]:
        """Each file with a secret that the target names, with the path of its option."""
        return files_below(self)

    def secret_files(self) -> tuple[Path, ...]:
        """The files whose change makes it worth asking again after refused credentials."""
        return tuple(file for _, file in self.files())


# The options that are given of a target: all, each by its entry or by its driver.
_GIVEN = set(Target.model_fields)


class File(Options):
    """A configuration file."""

    defaults: Defaults = Field(
        default_factory=Defaults,
        description="Options of every target that does not set them itself: all but name, vendor, "
        "url and the ways to authenticate. labels and http_headers are merged with the target's.",
    )
    programs: Programs = Field(
        default={},
        description="Programs that targets may have run, by name. Only in this file, never in one "
        "of target_files.",
    )
    target_files: Annotated[tuple[Text, ...], SHOWN] = Field(
        default=(),
        description="Further files, each a list of targets; patterns such as conf.d/*.yaml.",
    )
    answers_size_limit: PositiveSize = Field(
        default=ANSWERS_SIZE_LIMIT,
        description="Greatest memory for what is kept of the answers of all targets together.",
    )
    targets: tuple[Entry, ...] = Field(default=(), description="The targets.")


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Config:
    """The configuration in force."""

    targets: tuple[Target, ...] = ()
    target_files: tuple[str, ...] = ()
    programs: Mapping[str, Program] = field(default_factory=dict)
    answers_size_limit: int = ANSWERS_SIZE_LIMIT

    def sharing(self, former: "Config") -> "Config":
        """The same with the former's targets where they are equal, to be in memory once."""
        known = {target.name: target for target in former.targets}
        targets = ((known.get(target.name), target) for target in self.targets)
        shared = tuple(old if old == target else target for old, target in targets)
        return replace(self, targets=shared)
