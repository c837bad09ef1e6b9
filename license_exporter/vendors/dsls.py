"""DSLS (Dassault Systèmes): the table of licenses and their users that DSLicSrv prints as CSV.

Each row is a checkout of a license, or a license that nobody uses; a license's own columns are the
same in all its rows. A feature can have several licenses, with ends of their own.
"""

import csv
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial

from license_exporter.model import (
    Answer,
    Document,
    FetchError,
    LicenseReport,
    Reason,
    Run,
    SchemaError,
    Server,
)
from license_exporter.vendors._features import Features, read_day, read_units
from license_exporter.vendors._managers import (
    STATUS,
    Address,
    ConfigError,
    ManagerOptions,
    manager,
    server,
    status_document,
)

_FEATURE, _COUNT, _IN_USE, _USER = "feature", "count", "inuse", "user"
_TOKENS, _QUEUE, _END, _RELEASE = (
    "tokens",
    "queue position",
    "expiration date",
    "max release number",
)
# The columns that are a checkout's, and not its license's.
_OF_CHECKOUT = frozenset({
    _TOKENS, _USER, _QUEUE, "host", "internal id", "active process", "client code version",
    "session id", "granted since", "last used at", "granted at", "casual usage (mn)",
    "casual usage",
})  # fmt: skip

_PROMPT = re.compile(r"(?:admin\s*>\s*)+")
_HEAD = re.compile(r"(?=.*\bFeature\b).*\bInuse\b", re.IGNORECASE)
_NAME = re.compile(r"Server name:\s*(\S+)")
_SAID = re.compile(
    r"License Administration Tool|Software version:|Build date:|Standalone mode"
    r"|Failover mode|Ready:|Server name:|Warning: restricted connection"
    r"|due to an existing connection",
    re.IGNORECASE,
)


_NO_TABLE = "DSLicSrv prints no table of licenses"


def refusal(text: str) -> FetchError | None:
    """The error that an output says; None where there is a table of licenses."""
    if any(map(_HEAD.match, text.split("\n"))):
        return None
    if re.search("unknown host|cannot resolve", text, re.IGNORECASE):
        return FetchError(Reason.DNS, "DSLicSrv cannot resolve the name of the license server")
    if re.search("cannot connect to server|connection refused", text, re.IGNORECASE):
        return FetchError(Reason.CONNECT, "DSLicSrv cannot connect to the license server")
    return SchemaError(STATUS, _NO_TABLE)


def _documents(options: ManagerOptions) -> tuple[Document, ...]:
    problems = [
        f"servers[{index}]: has no port; give that of the administration, by default 4084"
        for index, address in enumerate(options.servers)
        if not address.port
    ]
    if problems:
        raise ConfigError(problems)

    def run(mode: str, address: Address) -> Run:
        # A tool that does not know the mode leaves the one full administration to the next run.
        script = f"connect {address.host} {address.port}{mode};getLicenseUsage -csv;quit;"
        words = ("-admin", "-run", script)
        return Run(options.program or "DSLicSrv", words, server=str(address))

    restricted, full = partial(run, " -restrictedMode"), partial(run, "")
    return (status_document(options, refusal, restricted, full),)


def _parse(options: ManagerOptions, answer: Answer) -> LicenseReport:
    features = Features()
    servers: list[Server] = []
    is_ready = True
    head: list[str] = []
    table: list[tuple[int, str]] = []
    for number, line in enumerate(answer.text(STATUS).split("\n"), 1):
        text = _PROMPT.sub("", line.strip())
        if found := _NAME.search(text):
            servers.append(server(found[1]))
        if re.match(r"Ready:\s*no\b", text, re.IGNORECASE):
            is_ready = False
        if not head and _HEAD.match(text):
            head = [column.lower() for column in _cells(text)]
        elif text and not _SAID.match(text):
            if head:
                table.append((number, text))
            else:
                answer.skip(f"{STATUS}:{number}")
    if not head:
        raise SchemaError(STATUS, _NO_TABLE)
    rows = list(_rows(answer, head, table))
    if table and not rows:
        raise SchemaError(STATUS, "no row of the table of licenses can be read")
    _add(features, rows, answer, users=options.users)
    return LicenseReport(
        pools=features.pools(show_users=options.show_users),
        licenses=features.licenses(answer.now),
        servers=tuple(Server(each.name, is_ready) for each in servers[:1]),
        valid_until=features.valid_until(answer.now),
    )


def _rows(
    answer: Answer, head: list[str], table: list[tuple[int, str]]
) -> Iterator[Mapping[str, str]]:
    """The rows by their columns; those of unused licenses end after the columns of these."""
    for number, line in table:
        row = dict(zip(head, _cells(line), strict=False))
        if row.get(_FEATURE) and row.get(_COUNT) and _IN_USE in row:
            yield row
        else:
            answer.skip(f"{STATUS}:{number}")


def _cells(line: str) -> list[str]:
    """The cells of a row; none of what is no CSV."""
    try:
        return [cell.strip() for cell in next(csv.reader([line]))]
    except csv.Error:
        return []


def _add(features: Features, rows: list[Mapping[str, str]], answer: Answer, *, users: bool) -> None:
    by_license: defaultdict[tuple[tuple[str, str], ...], list[Mapping[str, str]]] = defaultdict(
        list
    )
    for row in rows:
        key = tuple((name, row[name]) for name in row if name and name not in _OF_CHECKOUT)
        by_license[key].append(row)
    for key, same in by_license.items():
        license = dict(key)
        feature = features[license[_FEATURE]]
        count, used = read_units(license[_COUNT]), read_units(license[_IN_USE])
        queued = [row for row in same if row.get(_QUEUE)]
        held = [row for row in same if row.get(_USER) and not row.get(_QUEUE)]
        times = _times(used, sum(map(_tokens, held)), len(same) - len(queued) - len(held))
        feature.add(limit=count * times, used=used * times)
        if math.isnan(count) or math.isnan(used):
            answer.skip(f"{STATUS}.{_COUNT}")
        try:
            if license.get(_END):
                day = read_day(license[_END])
                feature.ends_on(day, count * times, license.get(_RELEASE, ""))
        except ValueError:
            answer.skip(f"{STATUS}.{_END}")
        if users:
            if used == 0 or held:
                feature.list_checkouts()
                feature.add(queued=0.0)
            for row in held:
                feature.check_out(row[_USER], _tokens(row))
            feature.add(queued=sum(map(_tokens, queued)) if queued else None)


def _times(used: float, held: float, unused: int) -> int:
    """How many licenses the rows of equal columns are: two that were bought alike look like one.

    Each has a row if nobody uses it, and else rows whose tokens are its use.
    """
    if used > 0 and held > used and held % used == 0:
        return unused + int(held / used)
    return max(1, unused)


def _tokens(row: Mapping[str, str]) -> float:
    return read_units(row[_TOKENS]) if row.get(_TOKENS) else 1.0


VENDOR = manager(
    "dsls",
    "DSLS",
    ManagerOptions,
    _documents,
    _parse,
    example=ManagerOptions.model_construct(servers=(Address("license-server.example", 4084),)),
    # The tool starts a Java machine, twice where a server does not answer.
    defaults={"min_interval": "5m", "timeout": "30s"},
    checked="recordings",
    snippet="""\
programs:
  DSLicSrv: /opt/DassaultSystemes/DSLicenseServer/linux_a64/code/bin/DSLicSrv
targets:
  - name: catia
    vendor: dsls
    servers: [4084@lic1]
""",
    accounts=(
        "None, but the license server must allow administration from the exporter's host; give "
        "the administration port, which usually is 4084."
    ),
    yields=(
        "For each feature: licenses or tokens in total, in use and queued for, checkouts and "
        "users; a license for each day on which some of it end; the license server."
    ),
)
