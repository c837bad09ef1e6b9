"""LS-Dyna: the table that `lstc_qrun` prints of its programs, their groups and who runs them.

The programs of a group share its licenses, so that each has the group as its parent.
"""

import math
import re
from dataclasses import dataclass, field

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
    ManagerOptions,
    manager,
    server,
    status_document,
)

_PORT = 31010

_SERVER = re.compile(r"Using .*server (?:(\d+)@)?(\S+)")
_SAID = re.compile(r"LICENSE INFORMATION|PROGRAM\s+EXPIRATION|[-\s|]+$", re.IGNORECASE)


@dataclass(slots=True)
class _Program:
    """A row of the table, with the processors of each user below it."""

    name: str
    end: str
    used: str
    free: float
    max: float
    queued: float | None
    users: list[tuple[str, float]] = field(default_factory=list)


def refusal(text: str) -> FetchError | None:
    """The error that an output says; None where there is a table."""
    if re.search(r"PROGRAM\s+EXPIRATION|LICENSE GROUP", text):
        return None
    if re.search("unknown host|cannot resolve|gethostby", text, re.IGNORECASE):
        return FetchError(Reason.DNS, "lstc_qrun cannot resolve the name of the license server")
    if re.search(r"\*\*\* ERROR|failed to open|cannot connect", text, re.IGNORECASE):
        return FetchError(Reason.CONNECT, "lstc_qrun cannot reach the license server")
    return None


def _documents(options: ManagerOptions) -> tuple[Document, ...]:
    def run(address: Address) -> Run:
        where = str(address.with_port(_PORT))
        words = ("-s", where, "-R" if options.users else "-r")
        return Run(options.program or "lstc_qrun", words, server=where)

    return (status_document(options, refusal, run),)


def _parse(options: ManagerOptions, answer: Answer) -> LicenseReport:
    features = Features()
    servers: list[Server] = []
    open_rows: list[_Program] = []
    for number, raw in enumerate(answer.text(STATUS).split("\n"), 1):
        line = raw.strip()
        words = line.partition("|")[0].split()
        queue = line.partition("|")[2].strip()
        queued = read_units(queue) if queue else None
        if line.upper().startswith("LICENSE GROUP") and len(words) == 5:
            _add_group(features, open_rows, words[2:], queued)
            _add_programs(features, open_rows, answer, users=options.users)
            open_rows = []
        elif len(words) > 4 and words[-4].count("/") == 2:
            open_rows.append(_row(words, queued))
        elif open_rows and len(words) > 2 and words[-1].isdecimal() and "@" in words[-2]:
            open_rows[-1].users.append((" ".join(words[:-2]), read_units(words[-1])))
        elif found := _SERVER.match(line):
            servers = [server(found[2], found[1] or "")]
        elif line and not _SAID.match(line):
            answer.skip(f"{STATUS}:{number}")
    _add_programs(features, open_rows, answer, users=options.users)
    if not features:
        raise SchemaError(STATUS, "lstc_qrun prints no table of programs")
    return LicenseReport(
        pools=features.pools(show_users=options.show_users),
        licenses=features.licenses(answer.now),
        servers=tuple(servers),
        valid_until=features.valid_until(answer.now),
    )


def _row(words: list[str], queued: float | None) -> _Program:
    """A program, which may have blanks, its end, and how many are used, free, and there at most."""
    *name, end, used, free, most = words
    return _Program(" ".join(name), end, used, read_units(free), read_units(most), queued)


def _group_name(rows: list[_Program]) -> str:
    """A name for a group, which has none: by the first of its programs in order."""
    return f"LICENSE GROUP {min((row.name for row in rows), default='')}".rstrip()


def _add_group(
    features: Features, rows: list[_Program], amounts: list[str], queued: float | None
) -> None:
    """Add a group by what its row says: how many are used, free, and there at most."""
    used, free, most = map(read_units, amounts)
    features[_group_name(rows)].add(used=used, available=free, limit=most, queued=queued)
    for row in rows:
        features[row.name].parent = _group_name(rows)


def _add_programs(features: Features, rows: list[_Program], answer: Answer, *, users: bool) -> None:
    """Add the programs of a group, which has their numbers once however many rows each has."""
    known: set[str] = set()
    for row in rows:
        feature = features[row.name]
        used = _used(row)
        feature.add(used=used)
        if not feature.parent or row.name not in known:
            feature.add(available=row.free, limit=row.max, queued=row.queued)
            known.add(row.name)
        if any(map(math.isnan, filter(None, (used, row.free, row.max, row.queued)))):
            answer.skip(f"{STATUS}.program")
        try:
            feature.ends_on(read_day(row.end), row.max)
        except ValueError:
            answer.skip(f"{STATUS}.expiration")
        if users and (row.users or used == 0):
            feature.list_checkouts()
            for user, units in row.users:
                feature.check_out(user, units)


def _used(row: _Program) -> float | None:
    """What a program uses; one with users below has a dash in place of their sum."""
    if row.used != "-":
        return read_units(row.used)
    return sum(units for _, units in row.users) if row.users else None


VENDOR = manager(
    "lsdyna",
    "LS-Dyna",
    ManagerOptions,
    _documents,
    _parse,
    example=ManagerOptions.model_construct(servers=(Address("license-server.example", _PORT),)),
    checked="recordings",
    snippet="""\
programs:
  lstc_qrun: /opt/license-tools/lstc_qrun
targets:
  - name: dyna
    vendor: lsdyna
    servers: [31010@lic1]
""",
    accounts="None: any host that may reach the license server's port can ask it.",
    yields=(
        "For each program and each group of programs: processors in total, in use, free and queued "
        "for, runs and users; a license for each program's day of end; the license server."
    ),
)
