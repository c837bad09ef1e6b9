"""OLicense (Optimum): what `olixtool` tells of its modules, or the same as its server serves it."""

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
from license_exporter.vendors._managers import (
    STATUS,
    Address,
    ManagerOptions,
    manager,
    one_of_each,
    status_document,
)
from license_exporter.vendors._olicense_reader import Olicense

_ERROR = re.compile(r"OlComm (\d{1,6})\b")


def refusal(text: str) -> FetchError | None:
    """The error that an output says; None where there is a list of licenses."""
    if re.search(r"^[ \t]*(?:Modules:|List of requested|<)", text, re.MULTILINE):
        return None
    if error := _ERROR.search(text):
        if "cannot connect" in text:
            return FetchError(Reason.CONNECT, "olixtool cannot connect to the license server")
        return FetchError(Reason.SERVER, f"olixtool tells of error {error[1]}")
    if re.search("in synchroni[sz]ation mode", text, re.IGNORECASE):
        return FetchError(Reason.SERVER, "the license server is synchronising with the others")
    return None


def _documents(options: ManagerOptions) -> tuple[Document, ...]:
    if not options.servers and not options.output_file:
        return (Document(STATUS, "LicenseStatusXML", format="text"),)

    def run(address: Address) -> Run:
        where = f"{address.host}:{address.port}" if address.port else address.host
        return Run(options.program or "olixtool", ("-sv", where), server=where)

    return (status_document(options, refusal, run),)


def _parse(options: ManagerOptions, answer: Answer) -> LicenseReport:
    text = answer.text(STATUS)
    olicense = Olicense(answer, users=options.users)
    olicense.read(text)
    if not olicense.recognised:
        raise refusal(text) or SchemaError(STATUS, "there is no list of licenses in the answer")
    return LicenseReport(
        pools=olicense.features.pools(show_users=options.show_users),
        licenses=olicense.features.licenses(answer.now),
        servers=one_of_each(olicense.servers),
        valid_until=olicense.features.valid_until(answer.now),
    )


VENDOR = manager(
    "olicense",
    "OLicense",
    ManagerOptions,
    _documents,
    _parse,
    example=ManagerOptions.model_construct(servers=(Address("license-server.example", 31212),)),
    checked="recordings",
    snippet="""\
programs:
  olixtool: /opt/license-tools/olixtool
targets:
  - name: tire
    vendor: olicense
    servers: [lic1:31212]
    # Or by HTTP, in place of servers and programs:
    # url: http://lic1:8080
""",
    accounts=(
        "None: any host that may reach the license server's port can ask it. With a url in "
        "place of servers, it is asked by HTTP."
    ),
    yields=(
        "For each module: licenses in total and in use, checkouts and users; a license for "
        "each day on which some of it end; the license server."
    ),
)
