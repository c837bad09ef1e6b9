"""RLM (Reprise): what `rlmutil rlmstat -a` tells of its ISV servers and their license pools.

A product comes in many pools, by version and end, which are added up by its name. Whether a pool's
count has the reserved licenses in it is not documented: both are told as they are.
"""

import math
import re
from collections.abc import Callable

from license_exporter.model import (
    Answer,
    Daemon,
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
    ManagerOptions,
    manager,
    one_of_each,
    server,
    status_document,
)

_PORT = 5053

_RLM = re.compile(r"rlm status on (\S+) \(port (\d+)\)")
_ISV = re.compile(r"(\S+) ISV server status on ")
_ISV_ROW = re.compile(r"(\S+)\s+\d+\s+(Yes|No)\s+\d+", re.IGNORECASE)
_UNREACHABLE = re.compile(r'Error connecting to "(.+)" server')
_DENIALS = re.compile(r"Denials:(?:\s+\d+ \(\S+\)){2}\s+(\d+) \(")
_POOL = re.compile(r"(\S.*?) v(\S+?)(?:, pool: \S+)?")
_COUNTS = re.compile(r"count: ([^,]+)(?:, # reservations: ([^,]+))?(?:, inuse: ([^,]+))?(.*)")
_END = re.compile(r"exp: (.+)")
_USAGE = re.compile(r"([^:]*\S) v[^\s:]+: (\S.*)@\S+ (\d+)/(\d+) at ")

# Lines that tell nothing to export.
_SAID = re.compile(
    r"Setting license file path|rlmutil v|Copyright|Startup time:|(?:Todays|Recent) Statistics"
    r"|(?:Messages|Connections|Checkouts|Removals):|Recent Stats|-{3,}|Name\s+Port\s+Running"
    r"|obsolete:|Connection attempted to host|No error|(?:\d+d )?\d\d:\d\d:\d\d\s"
    r"|\S+ (?:software version|comm version|license pool status|license usage status)\b"
    r"|\S+ (?:\w+ )?(?:log filename|logfile)",
    re.IGNORECASE,
)

_ANSWER = re.compile(r"rlm status on |ISV server status on |\bcount: |Token-based license")

# What differs each time though nothing has changed: times, and the counts of messages.
_MOVING = re.compile(
    rb"^[ \t]*(?:Messages:|Connections:|Todays Statistics|Recent Statistics|(?:\d+d )?\d\d:\d\d:)"
    rb"[^\n]*|, up [^\n]*",
    re.MULTILINE,
)


def refusal(text: str) -> FetchError | None:
    """The error that an output says; None where a server answers."""
    if _ANSWER.search(text):
        return None
    if re.search("bad server hostname|unknown host", text, re.IGNORECASE):
        return FetchError(Reason.DNS, "rlmutil cannot resolve the name of the license server")
    if _UNREACHABLE.search(text):
        return FetchError(Reason.CONNECT, "rlmutil says that the license server does not answer")
    if re.search(r"^[ \t]*Usage: ", text, re.MULTILINE):
        return FetchError(Reason.CONFIG, "rlmutil does not know a word it was given")
    return None


def _documents(options: ManagerOptions) -> tuple[Document, ...]:
    def run(address: Address) -> Run:
        where = str(address.with_port(_PORT))
        words = ("rlmstat", "-a", "-c", where)
        return Run(options.program or "rlmutil", words, server=where)

    return (status_document(options, refusal, run, moving=_MOVING),)


def _parse(options: ManagerOptions, answer: Answer) -> LicenseReport:
    rlmstat = _Rlmstat(answer)
    for number, line in enumerate(answer.text(STATUS).split("\n"), 1):
        rlmstat.read(number, line.strip())
    if not (rlmstat.features or rlmstat.daemons or rlmstat.servers):
        raise SchemaError(STATUS, "rlmstat names neither a server nor a license pool")
    features = rlmstat.features
    if options.users:
        features.check_out(rlmstat.checkouts)
    return LicenseReport(
        pools=features.pools(show_users=options.show_users),
        licenses=features.licenses(answer.now),
        servers=one_of_each(rlmstat.servers),
        daemons=tuple(
            Daemon(name, up, rlmstat.denials.get(name))
            for name, up in sorted(rlmstat.daemons.items())
        ),
        valid_until=features.valid_until(answer.now),
    )


class _Rlmstat:
    """Reads rlmstat's lines, of which indentation means nothing."""

    def __init__(self, answer: Answer) -> None:
        self.features = Features()
        self.servers: list[Server] = []
        self.daemons: dict[str, bool] = {}
        self.denials: dict[str, float] = {}
        self.checkouts: list[tuple[str, str, float]] = []
        self._skip: Callable[[str], None] = answer.skip
        # The pool whose numbers come next, as its name and version; the ISV server that is told of.
        self._pool: tuple[str, str] | None = None
        self._isv = ""

    def read(self, number: int, line: str) -> None:
        """Read a line, which is counted if it cannot be."""
        if line and not self._understood(line):
            self._skip(f"{STATUS}:{number}")

    def _understood(self, line: str) -> bool:
        head, counted, _ = line.partition("count: ")
        if counted and (counts := _COUNTS.fullmatch(line[len(head) :])):
            # Some clients have the pool's name on the same line.
            return (not head or self._is_pool(head.strip())) and self._count(*counts.groups())
        if usage := _USAGE.match(line):
            name, user, licenses, reservations = usage.groups()
            units = read_units(licenses) + read_units(reservations)
            self.checkouts.append((name, user, units))
            return not math.isnan(units)
        return self._is_of_server(line) or bool(_SAID.match(line)) or self._is_pool(line)

    def _is_of_server(self, line: str) -> bool:
        if found := _RLM.match(line):
            self.servers.append(server(found[1], found[2]))
        elif found := _ISV.match(line):
            self._isv = found[1]
            self.daemons.setdefault(self._isv, True)
        elif found := _ISV_ROW.fullmatch(line):
            self.daemons[found[1]] = found[2].lower() == "yes"
        elif found := _UNREACHABLE.match(line):
            self.daemons[found[1]] = False
        elif (found := _DENIALS.match(line)) and self._isv:
            denials = read_units(found[1])
            if math.isnan(denials):
                return False
            self.denials[self._isv] = denials
        else:
            return False
        return True

    def _is_pool(self, line: str) -> bool:
        said = line.lower()
        if self._pool and said.startswith(("token-based", "uncounted")):
            name, _ = self._pool
            self.features[name].add(limit=math.inf if said.startswith("uncounted") else None)
            return True
        pool = _POOL.fullmatch(line)
        self._pool = (pool[1], pool[2]) if pool else None
        return pool is not None

    def _count(self, count: str, reserved: str | None, in_use: str | None, rest: str) -> bool:
        if self._pool is None:
            return False
        name, version = self._pool
        limit, used = read_units(count), read_units(in_use) if in_use else None
        reservations = read_units(reserved) if reserved else None
        feature = self.features[name]
        feature.add(limit=limit, used=used, reserved=reservations)
        if end := _END.search(rest):
            try:
                feature.ends_on(read_day(end[1]), limit, version)
            except ValueError:
                return False
        return not any(map(math.isnan, filter(None, (limit, used, reservations))))


VENDOR = manager(
    "rlm",
    "RLM",
    ManagerOptions,
    _documents,
    _parse,
    example=ManagerOptions.model_construct(servers=(Address("license-server.example", _PORT),)),
    checked="recordings",
    snippet="""\
programs:
  rlmutil: /opt/license-tools/rlmutil
targets:
  - name: render
    vendor: rlm
    servers: [5053@lic1]
""",
    accounts="None, unless the server wants a password for its status, which is not supported.",
    yields=(
        "For each product: licenses counted and in use, reservations, checkouts and users; a "
        "license for each day on which some of it end; the server, ISV servers and their denials."
    ),
)
