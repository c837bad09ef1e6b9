"""FlexLM (FlexNet Publisher): what `lmutil lmstat` tells of its servers, daemons and features.

Answers name users and hosts; only the users' names are ever exported, and only if asked for.
"""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from license_exporter.model import (
    Answer,
    Document,
    FetchError,
    LicenseReport,
    Reason,
    Run,
    SchemaError,
)
from license_exporter.vendors._lmstat import Lmstat
from license_exporter.vendors._managers import (
    SHOWN,
    STATUS,
    Address,
    ConfigError,
    DataFile,
    ManagerOptions,
    file_document,
    manager,
)

_EXPIRY = "expiry"

# The time of the answer itself, in the line that heads it.
_MOVING = re.compile(rb"Flexible License Manager status on [^\n]*")

_ANSWER = re.compile(r"license server UP|\((?:Total of|Uncounted)\b|^Feature\s+Version\s", re.M)
_CODE = re.compile(r"(?:\(|error:\s?)-(\d{1,4}),(\d{1,6})(?:[^)\n]*\))?")
_USAGE = re.compile(r"^[ \t]*usage:", re.IGNORECASE | re.MULTILINE)

# Major codes of FlexLM, by what they mean here; all others are `server`.
_REASONS = {
    **dict.fromkeys((1, 2, 13, 30), Reason.CONFIG),
    14: Reason.DNS,
    **dict.fromkeys((3, 7, 12, 15, 16, 17, 96, 97), Reason.CONNECT),
}
_SAYS = {
    Reason.CONFIG: "lmstat cannot read its license file, or finds no server in it",
    Reason.DNS: "lmstat cannot resolve the name of the license server",
    Reason.CONNECT: "lmstat says that no license server answers",
    Reason.SERVER: "lmstat says that it failed",
}


def _license_file(path: object) -> object:
    if any(character in str(path) for character in ":;,@"):
        raise ValueError("holds one of : ; , @, which part servers and files for lmstat")
    return path


class FlexlmOptions(ManagerOptions):
    """The keys of a target: the servers are one redundant system, which is asked as a whole."""

    license_file: Annotated[DataFile | None, AfterValidator(_license_file), SHOWN] = Field(
        default=None, description="Instead of servers: a license file that names them."
    )


def _documents(options: FlexlmOptions) -> tuple[Document, ...]:
    given = [key for key in ("servers", "license_file", "output_file") if getattr(options, key)]
    if len(given) > 1:
        raise ConfigError([f"{given[1]}: stands beside {given[0]}; keep one of them"])
    if not given:
        raise ConfigError(
            ["servers: is missing; give the servers, a license_file or an output_file"]
        )
    if options.output_file:
        return (file_document(options, refusal, moving=_MOVING),)
    where = ",".join(map(str, options.servers))
    if options.license_file:
        where = str(options.license_file.absolute())
    everything = ("-a",) if options.users else ("-a", "--no-user-info")

    def document(name: str, *words: str, required: bool = True) -> Document:
        run = Run(options.program or "lmutil", ("lmstat", *words, "-c", where), server=where)
        return Document(
            name, runs=(run,), required=required, format="text", refusal=refusal, moving=_MOVING
        )

    return document(STATUS, *everything), document(_EXPIRY, "-i", required=False)


def refusal(text: str) -> FetchError | None:
    """The error that an output says; None where a server is up or a feature is served."""
    if _ANSWER.search(text):
        return None
    if code := _CODE.search(text):
        major, minor = int(code[1]), int(code[2])
        reason = _REASONS.get(major, Reason.SERVER)
        if (major, minor) == (96, 7):
            reason = Reason.DNS
        message = f"{_SAYS[reason]} (-{major},{minor})"
        if major in (16, 17):
            message += "; is it FlexNet Embedded, which lmstat cannot ask?"
        return FetchError(reason, message)
    if "lmgrd is not running" in text:
        return FetchError(Reason.CONNECT, "lmstat says that lmgrd is not running")
    if "Error getting status" in text:
        return FetchError(Reason.SERVER, _SAYS[Reason.SERVER])
    if _USAGE.search(text):
        problem = (
            "lmutil does not know a word it was given; users: false needs one of 2023 or later"
        )
        return FetchError(Reason.CONFIG, problem)
    return None


def _parse(options: FlexlmOptions, answer: Answer) -> LicenseReport:
    """Read the status, and the ends of the licenses where they are told. Raises SchemaError."""
    lmstat = Lmstat(users=options.users)
    lmstat.read(answer.text(STATUS), lambda line: answer.skip(f"{STATUS}:{line}"))
    if not lmstat:
        raise SchemaError(STATUS, "lmstat names neither a license server nor a feature")
    with answer.optional(_EXPIRY):
        if _EXPIRY in answer:
            lmstat.read(answer.text(_EXPIRY), lambda line: answer.skip(f"{_EXPIRY}:{line}"))
            if not lmstat.has_table:
                raise SchemaError(_EXPIRY, "there is no table of features in what lmstat -i prints")
    lmstat.finish()
    return LicenseReport(
        pools=lmstat.features.pools(show_users=options.show_users),
        licenses=lmstat.features.licenses(answer.now),
        servers=lmstat.servers,
        daemons=lmstat.daemons,
        valid_until=lmstat.features.valid_until(answer.now),
    )


VENDOR = manager(
    "flexlm",
    "FlexLM",
    FlexlmOptions,
    _documents,
    _parse,
    example=FlexlmOptions.model_construct(servers=(Address("license-server.example", 27000),)),
    checked="recordings",
    snippet="""\
programs:
  lmutil: /opt/license-tools/lmutil
targets:
  - name: cad
    vendor: flexlm
    servers: [27000@lic1, 27000@lic2, 27000@lic3]
""",
    accounts="None: any host that may reach the license server's ports can ask it.",
    yields=(
        "For each feature: licenses issued and in use, reserved, queued and borrowed, checkouts "
        "and users; a license for each day on which some of it end; servers, the master, daemons."
    ),
)
