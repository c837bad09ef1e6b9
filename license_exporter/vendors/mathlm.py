"""MathLM (Mathematica): what `monitorlm` tells of its programs and who runs them.

It tells no end of a license. Documented in the Wolfram Language's "Monitoring MathLM".
"""

import math
import re

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
from license_exporter.vendors._features import Features, read_units
from license_exporter.vendors._managers import (
    STATUS,
    Address,
    ManagerOptions,
    manager,
    server,
    status_document,
)

_SERVER = re.compile(r"MathLM Server\s+(\S+)", re.IGNORECASE)
_DURATION = re.compile(r"(?:\d+:)?\d+:\d\d")
_TOTAL = re.compile(r"total(?:\s.*)?", re.IGNORECASE)
_SAID = re.compile(
    r"Online help|https?://|MathLM (?:Version|Server)|Date\s*:|License Usage Summary"
    r"|Licenses in Use|License\s+Total|Program\s+|[-=\s]+$|Copyright",
    re.IGNORECASE,
)


def refusal(text: str) -> FetchError | None:
    """The error that an output says; None where there is a table of programs."""
    if re.search(r"License Usage Summary|Total in Use|^Mathematica\s", text, re.I | re.M):
        return None
    if re.search("unknown host|cannot resolve|not resolve", text, re.IGNORECASE):
        return FetchError(Reason.DNS, "monitorlm cannot resolve the name of the license server")
    if re.search("connect|not running|no response|unhealthy|not available", text, re.IGNORECASE):
        return FetchError(Reason.CONNECT, "monitorlm cannot reach the license server")
    return None


def _documents(options: ManagerOptions) -> tuple[Document, ...]:
    def run(address: Address) -> Run:
        where = f"{address.host}:{address.port}" if address.port else address.host
        # Elsewhere than on Linux it would open a browser.
        return Run(options.program or "monitorlm", (where, "-format", "text"), server=where)

    return (status_document(options, refusal, run, moving=re.compile(rb"Date *:[^\n]*")),)


def _parse(options: ManagerOptions, answer: Answer) -> LicenseReport:
    features = Features()
    servers: list[Server] = []
    checkouts: list[tuple[str, str, float]] = []
    for number, raw in enumerate(answer.text(STATUS).split("\n"), 1):
        line = raw.strip()
        if found := _SERVER.match(line):
            servers = [server(found[1])]
        elif not line or _SAID.match(line):
            pass
        elif checkout := _checkout(line.split()):
            checkouts.append(checkout)
        elif row := _row(line):
            name, license_class, used, limit = row
            if _TOTAL.fullmatch(name) or _TOTAL.fullmatch(license_class):
                continue
            features[name].add(used=used, limit=limit)
            if math.isnan(used) or math.isnan(limit):
                answer.skip(f"{STATUS}:{number}")
        else:
            answer.skip(f"{STATUS}:{number}")
    if not features:
        raise SchemaError(STATUS, "monitorlm names no program")
    if options.users:
        features.check_out(checkouts)
    return LicenseReport(
        pools=features.pools(show_users=options.show_users), servers=tuple(servers)
    )


def _row(line: str) -> tuple[str, str, float, float] | None:
    """A program, which may have blanks, a class, and how many are in use and authorized."""
    cells = line.rsplit(None, 3)
    if len(cells) < 4 or not (cells[2][:1].isdecimal() and cells[3][:1].isalnum()):
        return None
    name, license_class, used, limit = cells
    return name.strip(), license_class, read_units(used), read_units(limit)


def _checkout(words: list[str]) -> tuple[str, str, float] | None:
    """The program, the user and the unit of "program version class user [host] duration"."""
    if not _DURATION.fullmatch(words[-1]):
        return None
    version = next(place for place, word in enumerate(words) if word[0].isdecimal())
    who = words[version + 2 : -1]
    if not version or not who:
        return None
    return " ".join(words[:version]), " ".join(who[:-1] or who), 1.0


VENDOR = manager(
    "mathlm",
    "MathLM",
    ManagerOptions,
    _documents,
    _parse,
    example=ManagerOptions.model_construct(servers=(Address("license-server.example"),)),
    checked="documents",
    snippet="""\
programs:
  monitorlm: /opt/license-tools/monitorlm
targets:
  - name: mathematica
    vendor: mathlm
    servers: [lic1]
    # MathLM reports no end: say here until when you bought it.
    # contract: {expiry: 2027-06-30}
""",
    accounts="None: any host that mathlm's own rules let in can ask it.",
    yields="For each program: processes authorized and in use, checkouts and users; the server.",
)
