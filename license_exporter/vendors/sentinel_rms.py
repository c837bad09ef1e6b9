"""Sentinel RMS: what `lsmon HOST` tells of the features that a license server has.

A feature's own lines are followed by blocks of its licenses and clients, which repeat some of their
names further to the right. Lines with keys of licenses and locking codes are never read.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from license_exporter.model import (
    Answer,
    Document,
    FetchError,
    LicenseReport,
    Reason,
    Run,
    SchemaError,
)
from license_exporter.vendors._features import Feature, Features, read_day, read_units
from license_exporter.vendors._managers import (
    STATUS,
    Address,
    ConfigError,
    ManagerOptions,
    manager,
    server,
    status_document,
)

# "No limit" in numbers: since version 9.5, and before.
_INFINITE = frozenset({4294967294.0, 2097150.0})

_ITEM = re.compile(r"(\s*)(?:\|-\s*)?(\S.*)")
_PAIRS = re.compile(r"(?<!\s)\s{2,}+(?=[A-Z][A-Za-z ]{0,60}:)")
_CONTACTING = re.compile(r'\[Contacting .* on host "?([^"\]]+)"?\]')
_SAID = re.compile(r"Sentinel |Copyright|Press Enter|\[Contacting|SafeNet|Thales|Gemalto", re.I)
_NEVER_ENDS = re.compile(r"no expiration", re.IGNORECASE)

_ANSWER = re.compile(r"feature name\s*:", re.IGNORECASE)
_UNKNOWN_HOST = re.compile("resolve|unknown host|host ?name", re.IGNORECASE)
_NO_ANSWER = re.compile(
    r"error\s*\[|cannot|failed|not running|timed out|no response", re.IGNORECASE
)

_LIMIT = ("maximum concurrent user(s)", "max concurrent user(s)")
_IN_USE = ("unreserved tokens in use", "unreserved keys in use")
_RESERVED_IN_USE = ("reserved tokens in use", "reserved keys in use")


@dataclass(slots=True)
class _Block:
    """A block of lines: a feature, one of its licenses or one of its clients."""

    indent: int = 0
    values: dict[str, str] = field(default_factory=dict)
    licenses: list["_Block"] = field(default_factory=list)
    clients: list["_Block"] = field(default_factory=list)

    def first(self, *names: str) -> str | None:
        return next((self.values[name] for name in names if name in self.values), None)


def refusal(text: str) -> FetchError | None:
    """The error that an output says; None where a feature is in it."""
    if _ANSWER.search(text):
        return None
    if _UNKNOWN_HOST.search(text):
        return FetchError(Reason.DNS, "lsmon cannot resolve the name of the license server")
    if _NO_ANSWER.search(text):
        return FetchError(Reason.CONNECT, "lsmon says that the license server does not answer")
    return None


def _documents(options: ManagerOptions) -> tuple[Document, ...]:
    problems = [
        f"servers[{index}]: has a port, which lsmon does not take; set LSPORT under programs"
        for index, address in enumerate(options.servers)
        if address.port
    ]
    if problems:
        raise ConfigError(problems)

    def run(address: Address) -> Run:
        # Without a host, it would ask the whole network; a line break ends it where it waits.
        program = options.program or "lsmon"
        return Run(program, (address.host,), input="\n", server=address.host)

    return (status_document(options, refusal, run),)


def _parse(options: ManagerOptions, answer: Answer) -> LicenseReport:
    text = answer.text(STATUS)
    features = Features()
    for block in _blocks(text, answer):
        name = (block.first("feature name") or "").strip('" ')
        if name:
            _add(features[name], block, answer, users=options.users)
        else:
            answer.skip(f"{STATUS}.feature")
    if not features:
        raise SchemaError(STATUS, "lsmon names no feature")
    contacted = _CONTACTING.search(text)
    return LicenseReport(
        pools=features.pools(show_users=options.show_users),
        licenses=features.licenses(answer.now),
        servers=(server(contacted[1].strip()),) if contacted else (),
        valid_until=features.valid_until(answer.now),
    )


def _blocks(text: str, answer: Answer) -> Iterator[_Block]:
    """The features, with the blocks of their licenses and clients."""
    feature: _Block | None = None
    block: _Block | None = None
    for number, line in enumerate(text.split("\n"), 1):
        match = _ITEM.fullmatch(line)
        if not match:
            continue
        indent, item = len(match[1]), match[2].strip()
        title = item.lower()
        if title.startswith("feature information"):
            continue
        if title.startswith("feature name"):
            if feature:
                yield feature
            feature = block = _Block(indent)
        elif title.startswith(("license information", "client information")) and feature:
            block = _Block()
            (feature.licenses if title.startswith("license") else feature.clients).append(block)
            continue
        elif feature and indent <= feature.indent:
            block = feature
        if _SAID.match(item):
            continue
        if not block or not _note(block, item):
            answer.skip(f"{STATUS}:{number}")
    if feature:
        yield feature


def _note(block: _Block, item: str) -> bool:
    """Keep the pairs `name : value` of a line, of which old versions print two."""
    if _NEVER_ENDS.search(item):
        block.values.setdefault("expiration date", "never")
        return True
    for pair in _PAIRS.split(item):
        name, colon, value = pair.partition(":")
        if not colon:
            return False
        block.values.setdefault(" ".join(name.lower().split()), value.strip())
    return True


def _add(feature: Feature, block: _Block, answer: Answer, *, users: bool) -> None:
    def amount(block: _Block, *names: str) -> float | None:
        text = block.first(*names)
        units = read_units(text) if text else None
        if units is not None and math.isnan(units):
            answer.skip(f"{STATUS}.{names[0]}")
        return math.inf if units in _INFINITE else units

    in_use = [amount(block, *_IN_USE), amount(block, *_RESERVED_IN_USE)]
    told = [units for units in in_use if units is not None]
    used = sum(told) if told else None
    limit = amount(block, *_LIMIT)
    feature.add(
        used=used,
        limit=limit,
        available=amount(block, "available unreserved"),
        reserved=amount(block, "available reserved"),
    )
    soft = amount(block, "soft limit on users")
    if soft is not None and math.isfinite(soft):
        feature.thresholds["soft"] = feature.thresholds.get("soft", 0.0) + soft
    version = (block.first("feature version") or "").strip('" ')
    licenses = [(each, amount(each, *_LIMIT)) for each in block.licenses]
    for each, count in licenses or [(block, limit)]:
        end = each.first("expiration date")
        try:
            if end:
                feature.ends_on(read_day(end), count, version)
        except ValueError:
            answer.skip(f"{STATUS}.expiration date")
    borrowed = amount(block, "commuter tokens in use", "commuter keys in use")
    commuters = [client.first("is commuter token") for client in block.clients]
    if borrowed is None and all(commuters) and commuters:
        borrowed = float(sum(str(flag).lower().startswith("y") for flag in commuters))
    feature.add(borrowed=borrowed)
    if users and (block.clients or used == 0):
        feature.list_checkouts()
        for client in block.clients:
            feature.check_out(client.first("user name") or "", 1.0)


VENDOR = manager(
    "sentinel_rms",
    "Sentinel RMS",
    ManagerOptions,
    _documents,
    _parse,
    example=ManagerOptions.model_construct(servers=(Address("license-server.example"),)),
    checked="documents",
    snippet="""\
programs:
  lsmon: {path: /opt/license-tools/lsmon, environment: {LSPORT: "5093"}}
targets:
  - name: plant
    vendor: sentinel_rms
    servers: [lic1]
""",
    accounts="None: any host that may reach the license server's port can ask it.",
    yields=(
        "For each feature: tokens in total, in use, available, reserved and taken along, clients "
        "and users; a license for each day on which some of it end; the license server."
    ),
)
