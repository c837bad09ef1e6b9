"""LM-X (X-Formation), which Altair's license server is too: what its end-user tool tells."""

import re

from license_exporter.model import (
    Answer,
    Document,
    FetchError,
    LicenseReport,
    Reason,
    Run,
    SchemaError,
)
from license_exporter.vendors._lmx_reader import Lmx
from license_exporter.vendors._managers import (
    STATUS,
    Address,
    ManagerOptions,
    manager,
    one_of_each,
    status_document,
)

_PORT = 6200

_ANSWER = re.compile(r"<FEATURE\b|^[ \t]*Feature: |LM-X License Server on \d", re.MULTILINE)
_NONE = re.compile(
    r"no license server\(s\) available|(?:cannot|could not|unable to|failed to) connect"
    r"|connection (?:refused|failed|timed out)",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r'<LICENSE_PATH\b[^<>]*\bSTATUS="[^"<>]*(?:down|fail|error|unavail)', re.IGNORECASE
)
_NO_NAME = re.compile(r"(?:unknown host|host not found|cannot resolve)", re.IGNORECASE)

_MOVING = re.compile(rb'UPTIME\s*=\s*"[^"]*"|Uptime: [^\n]*')


def refusal(text: str) -> FetchError | None:
    """The error that an output says; None where a server or a feature is in it."""
    if _ANSWER.search(text):
        return None
    if _DOWN.search(text):
        return FetchError(Reason.CONNECT, "the tool says that the license server is down")
    if _NO_NAME.search(text):
        return FetchError(Reason.DNS, "the tool cannot resolve the name of the license server")
    if _NONE.search(text):
        return FetchError(Reason.CONNECT, "the tool says that no license server answers")
    return None


def _documents(options: ManagerOptions) -> tuple[Document, ...]:
    def run(address: Address) -> Run:
        address = address.with_port(_PORT)
        totals = () if options.users else ("-totals",)
        words = ("-licstatxml", "-host", address.host, "-port", str(address.port), *totals)
        return Run(options.program or "lmxendutil", words, server=str(address))

    return (status_document(options, refusal, run, moving=_MOVING),)


def _parse(options: ManagerOptions, answer: Answer) -> LicenseReport:
    lmx = Lmx(answer.skip, users=options.users)
    lmx.read(answer.text(STATUS))
    if not (lmx.features or lmx.servers):
        raise SchemaError(STATUS, "the tool names neither a license server nor a feature")
    return LicenseReport(
        pools=lmx.features.pools(show_users=options.show_users),
        licenses=lmx.features.licenses(answer.now),
        servers=one_of_each(lmx.servers),
        valid_until=lmx.features.valid_until(answer.now),
    )


VENDOR = manager(
    "lmx",
    "LM-X",
    ManagerOptions,
    _documents,
    _parse,
    example=ManagerOptions.model_construct(servers=(Address("license-server.example", _PORT),)),
    checked="recordings",
    snippet="""\
programs:
  almutil: /opt/license-tools/almutil
targets:
  - name: hyper
    vendor: lmx
    program: almutil
    servers: [6200@lic1]
""",
    accounts="None: any host that may reach the license server's port can ask it.",
    yields=(
        "For each feature: licenses in total and in use, denials, checkouts and users; a license "
        "for each day on which some of it end; the license server."
    ),
)
