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
# Names of programs have blanks, and what follows them has none.
_ROW = re.compile(r"(\S.*?)\s+(\S+)\s+(\d\S*)\s+(\d\S*|unlimited)", re.IGNORECASE)
_CHECKOUT = re.compile(r"(\S.*?)\s+\d[\w.]*\s+\S+\s+(\S.*?)(?:\s+\S+)?\s+(?:\d+:)?\d+:\d\d")
_TOTAL = re.compile(r"total\b|.*\btotal$", re.IGNORECASE)
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
    in_use: dict[str, float] = {}
    checkouts: list[tuple[str, str]] = []
    for number, raw in enumerate(answer.text(STATUS).split("\n"), 1):
        line = raw.strip()
        if found := _SERVER.match(line):
            servers = [server(found[1])]
        elif found := _CHECKOUT.fullmatch(line):
            checkouts.append((found[1], found[2]))
        elif (found := _ROW.fullmatch(line)) and not _SAID.match(line):
            if _TOTAL.match(found[1]) or _TOTAL.match(found[2]):
                continue
            name, used, limit = found[1], read_units(found[3]), read_units(found[4])
            features[name].add(used=used, limit=limit)
            in_use[name] = in_use.get(name, 0.0) + used
            if math.isnan(used) or math.isnan(limit):
                answer.skip(f"{STATUS}:{number}")
        elif line and not _SAID.match(line):
            answer.skip(f"{STATUS}:{number}")
    if not features:
        raise SchemaError(STATUS, "monitorlm names no program")
    if options.users:
        listed = {name for name, _ in checkouts}
        for name, used in in_use.items():
            if used == 0 or name in listed:
                features[name].list_checkouts()
        for name, user in checkouts:
            features[name].check_out(user, 1.0)
    return LicenseReport(
        pools=features.pools(show_users=options.show_users), servers=tuple(servers)
    )


VENDOR = manager(
    "mathlm",
    "MathLM",
    ManagerOptions,
    _documents,
    _parse,
    example=ManagerOptions.model_construct(servers=(Address("license-server.example"),)),
    accounts="None: any host that mathlm's own rules let in can ask it.",
    yields="For each program: processes authorized and in use, checkouts and users; the server.",
)
