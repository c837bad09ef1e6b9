"""What the license managers have in common: the keys of their targets, and what is run or read."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from license_exporter.config.options import SHOWN, DataFile, Options
from license_exporter.config.values import Flag, PositiveDuration, Text
from license_exporter.config.values import text as any_text
from license_exporter.errors import ConfigError
from license_exporter.model import (
    Answer,
    Checked,
    Document,
    FetchError,
    LicenseReport,
    OutputFile,
    Run,
    Server,
    Vendor,
)

_O = TypeVar("_O", bound="ManagerOptions")

Refusal = Callable[[str], FetchError | None]

STATUS = "status"

__all__ = ["SHOWN", "ConfigError", "DataFile", "Flag"]  # what a manager's file needs, too

# Some of the tools have a little language of their own: nothing but a name or an address, and a
# number, may ever stand in it.
_HOST = r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f:.]+\])"
_PORT = r"[1-9][0-9]{0,4}"
_PORT_AT_HOST = re.compile(rf"({_PORT})?@({_HOST})", re.ASCII)
_HOST_PORT = re.compile(rf"({_HOST})(?::({_PORT}))?", re.ASCII)
_SCHEMA = rf"^(({_PORT})?@{_HOST}|{_HOST}(:{_PORT})?|.*\$\{{.*)$"


@dataclass(frozen=True, slots=True)
class Address:
    """A license server: its host, and its port where that is given."""

    host: str
    port: int | None = None

    def __str__(self) -> str:
        """The address as the tools take it: `port@host`, `@host` without a port."""
        return f"{self.port or ''}@{self.host}"

    def with_port(self, port: int) -> "Address":
        """The address with this port, unless it has one."""
        return self if self.port else replace(self, port=port)


def _address(value: object) -> Address:
    written = any_text(value)
    if match := _PORT_AT_HOST.fullmatch(written):
        port, host = match.groups()
    elif match := _HOST_PORT.fullmatch(written):
        host, port = match.groups()
    else:
        raise ValueError("is not a license server; write port@host or host:port")
    if port and int(port) > 65535:
        raise ValueError("has no port; a port is at most 65535")
    return Address(host, int(port) if port else None)


Addresses = tuple[
    Annotated[
        Address, PlainValidator(_address), WithJsonSchema({"type": "string", "pattern": _SCHEMA})
    ],
    ...,
]


def _product(name: str) -> str:
    if "@" in name:
        raise ValueError("is the name of a product, and holds no @")
    return name


class ProductOption(Options):
    """What every license manager's target can have."""

    product: Annotated[Text | None, AfterValidator(_product), SHOWN] = Field(
        default=None,
        description="What the licenses are for, as the label product; else the manager's name.",
    )


class FileOptions(ProductOption):
    """The keys of a manager whose answers may also be read from a file."""

    output_file: Annotated[DataFile | None, SHOWN] = Field(
        default=None,
        description="Instead of running the tool: a file into which something else writes what it "
        "prints, such as a scheduled task on the license server.",
    )
    max_age: PositiveDuration = Field(
        default=600.0, description="An output_file that is older is no answer."
    )
    users: Flag = Field(
        default=True,
        description="false: no checkouts and users are asked for, where the tool can, or else "
        "exported. Cheaper for the license server.",
    )
    show_users: Flag = Field(
        default=False,
        description="true: license_user_used has the names of users. See max_users.",
    )


class ManagerOptions(FileOptions):
    """The keys of a manager that is asked with its own tool."""

    servers: Annotated[Addresses, SHOWN] = Field(
        default=(), description="The license servers, each as port@host or host:port."
    )
    program: Annotated[Text | None, SHOWN] = Field(
        default=None,
        description="Name under programs of the manager's tool, by default the tool's own.",
    )


def manager(
    name: str,
    product: str,
    options: type[_O],
    documents: Callable[[_O], tuple[Document, ...]],
    parse: Callable[[_O, Answer], LicenseReport],
    *,
    example: _O,
    defaults: Mapping[str, object] = MappingProxyType({}),
    accounts: str,
    yields: str,
    checked: Checked,
    snippet: str,
) -> Vendor:
    """The vendor of a license manager that is asked with a tool.

    `documents` raises ConfigError for keys that do not go together; `example` has keys as they may
    be, for a vendor that no target configures.
    """

    def configure(given: Any) -> Vendor:
        problems = []
        if given.show_users and not given.users:
            problems.append("show_users: needs users, which are not asked for: remove users: false")
        try:
            described = documents(given)
        except ConfigError as error:
            problems += error.problems
        if problems:
            raise ConfigError(problems)
        return replace(
            vendor,
            product=given.product or product,
            documents=described,
            parse=partial(parse, given),
        )

    vendor = Vendor(
        name=name,
        product=product,
        documents=documents(example),
        parse=partial(parse, example),
        anonymous=True,
        unit="licenses",
        defaults={"min_interval": "2m", **defaults},
        accounts=accounts,
        yields=yields,
        kind="license managers",
        checked=checked,
        snippet=snippet,
        options=options,
        configure=configure,
    )
    return vendor


def status_document(
    options: ManagerOptions,
    refusal: Refusal,
    *ways: Callable[[Address], Run],
    moving: "re.Pattern[bytes] | None" = None,
) -> Document:
    """The document with the state of things: of the first server that answers, or of a file.

    Where there are several ways to run the tool, a server is asked in each of them in turn.

    Raises ConfigError where the keys name none of them, or both.
    """
    if options.output_file:
        if options.servers:
            raise ConfigError(["output_file: stands beside servers; keep one of the two"])
        return file_document(options, refusal, moving=moving)
    if not options.servers:
        raise ConfigError(["servers: is missing; give the license servers, or an output_file"])
    runs = tuple(each(address) for address in options.servers for each in ways)
    return Document(STATUS, runs=runs, format="text", refusal=refusal, moving=moving)


def file_document(
    options: FileOptions, refusal: Refusal, *, moving: "re.Pattern[bytes] | None" = None
) -> Document:
    """The document that something else writes into the `output_file`."""
    assert options.output_file
    file = OutputFile(options.output_file, options.max_age)
    return Document(STATUS, file=file, format="text", refusal=refusal, moving=moving)


def server(host: str, port: str = "", *, up: bool = True, primary: bool | None = None) -> Server:
    """A license server by the name that the metrics have for it."""
    return Server((f"{host}:{port}" if port else host).lower(), up, primary)


def one_of_each(servers: list[Server]) -> tuple[Server, ...]:
    """The servers in order, those of one name as one: up, and the master, if one of them is."""
    found: dict[str, Server] = {}
    for each in servers:
        former = found.get(each.name)
        if former:
            primaries = [one.primary for one in (former, each) if one.primary is not None]
            primary = any(primaries) if primaries else None
            each = Server(each.name, former.up or each.up, primary)
        found[each.name] = each
    return tuple(found[name] for name in sorted(found))
