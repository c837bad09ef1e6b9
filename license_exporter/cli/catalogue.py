"""The vendors, for people: what there is, what each needs, and a configuration to start from."""

import json
import shlex
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence

from license_exporter.config.auth_config import ways_of
from license_exporter.config.spelling import suggestion
from license_exporter.errors import ConfigError
from license_exporter.model.vendor import Checked, Vendor
from license_exporter.vendors.registry import Vendors, find_vendors

_CHECKED: dict[Checked, str] = {
    "documents": "the documents of the product, not a live system",
    "recordings": "the form of answers that others recorded, not a live system",
    "live": "a live system",
}
_OTHERS = "any other"

_BEGINNING = """\
# Configuration of license-exporter: a target of each vendor that was asked for. Put your own
# addresses and accounts in. Then:
#
#   license-exporter --config.check               what is wrong, and which secrets are missing
#   license-exporter probe NAME                   one fetch of one target
#   license-exporter                              serves them all on port 10058
#
# Paths start at the folder of this file. ${NAME} in a text stands for an environment variable.
"""


def show_schema() -> int:
    """Print the JSON schema of the configuration file."""
    from license_exporter.config.schema import schema

    _print(json.dumps(schema(find_vendors()), indent=2))
    return 0


def show_vendors(name: str | None, *, mapping: bool, search: str | None) -> int:
    """Tell what a vendor needs and yields, list those that fit, or print a preset's mapping.

    `name` is a vendor's, or part of the names of several; `search` stands anywhere in what is told
    of a vendor. Raises ConfigError where there is none.
    """
    vendors = find_vendors()
    if mapping:
        _print(_mapping_of(vendors, name))
    elif name in vendors:
        _print(_described(vendors, str(name)))
    elif found := list(_found(vendors, name or "", search or "")):
        _print(_listed(vendors, found))
    else:
        raise ConfigError([_none(vendors, name or search or "")])
    return 0


def init(names: Sequence[str]) -> int:
    """Print a configuration with a target of each of the vendors. Raises ConfigError."""
    vendors = find_vendors()
    unknown = [name for name in names if name not in vendors]
    if unknown:
        raise ConfigError([_none(vendors, name) for name in unknown])
    _print(configuration([vendors[name] for name in dict.fromkeys(names)]).rstrip())
    return 0


def configuration(vendors: Iterable[Vendor]) -> str:
    """A configuration file with a target of each vendor, and a comment that says what it needs."""
    programs: dict[str, None] = {}
    targets: list[str] = []
    for vendor in vendors:
        before, _, target = snippet_of(vendor).partition("targets:\n")
        programs |= dict.fromkeys(before.splitlines()[1:])
        comment = [f"  # {vendor.product}"]
        if vendor.accounts:
            account = f"Account: {vendor.accounts}"
            comment += textwrap.wrap(account, 96, initial_indent="  # ", subsequent_indent="  # ")
        targets.append("\n".join([*comment, target]))
    head = ["programs:", *programs, ""] if programs else []
    return "\n".join([_BEGINNING, *head, "targets:", *targets])


def snippet_of(vendor: Vendor) -> str:
    """A configuration with one target of the vendor; made up where the vendor has none."""
    if vendor.snippet:
        return vendor.snippet
    lines = ["targets:", f"  - name: {vendor.name.replace('_', '-')}", f"    vendor: {vendor.name}"]
    if vendor.asks_http:
        lines.append(f"    url: https://{vendor.name.replace('_', '-')}.example.com")
    if not vendor.anonymous and vendor.asks_http:
        lines.append(f"    {_authentication(vendor)}")
    programs = dict.fromkeys(run.program for each in vendor.documents for run in each.runs)
    head = ["programs:", *(f"  {name}: /opt/license-tools/{name}" for name in programs)]
    return "\n".join([*(head if programs else []), *lines, ""])


def _authentication(vendor: Vendor) -> str:
    secrets = f"/run/secrets/{vendor.name}"
    if vendor.api_key:
        return f"api_key: {{key_file: {secrets}.key}}"
    if vendor.login:
        return f"login: {{username: license-exporter, password_file: {secrets}.password}}"
    return f"authorization: {{credentials_file: {secrets}.token}}"


def by_kind(vendors: Iterable[Vendor]) -> dict[str, list[Vendor]]:
    """The vendors grouped by what they are for, in alphabetical order; the rest last."""
    groups: dict[str, list[Vendor]] = {}
    for vendor in sorted(vendors, key=lambda vendor: (not vendor.kind, vendor.kind, vendor.name)):
        groups.setdefault(vendor.kind or _OTHERS, []).append(vendor)
    return groups


def needs(vendor: Vendor) -> str:
    """What a target of the vendor needs, in a few words: its way to authenticate, its program."""
    programs = dict.fromkeys(run.program for each in vendor.documents for run in each.runs)
    if programs:
        return ", ".join(programs)
    ways = [way for way in ways_of(vendor) if f"\n    {way}:" in snippet_of(vendor)]
    return ways[0] if ways else "no account"


def _found(vendors: Vendors, part: str, word: str) -> Iterator[str]:
    for name in vendors:
        if _plain(part) in _plain(name) and (
            not word or word.lower() in f"{name}\n{_described(vendors, name)}".lower()
        ):
            yield name


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


def _none(vendors: Vendors, name: str) -> str:
    return f"there is no vendor {name!r}; there are {', '.join(vendors)}{suggestion(name, vendors)}"


def _listed(vendors: Vendors, names: Iterable[str]) -> str:
    """The vendors in groups; those that cannot be loaded last, with the reason."""
    loaded, broken = [], []
    for name in names:
        try:
            loaded.append(vendors[name])
        except ConfigError as error:
            broken.append(f"  {name}: {error.problems[0]}")
    blocks = [
        "\n".join([f"{kind}:", *(line for each in group for line in _summary(each))])
        for kind, group in by_kind(loaded).items()
    ]
    if broken:
        blocks.append("\n".join(["cannot be used:", *broken]))
    blocks.append("license-exporter vendors NAME shows more of one, with a target to paste.")
    return "\n\n".join(blocks)


def _summary(vendor: Vendor) -> Iterator[str]:
    yield f"  {vendor.name}: {vendor.product} ({needs(vendor)})"
    if vendor.yields:
        yield textwrap.indent(textwrap.shorten(vendor.yields, 90, placeholder=" ..."), "    ")


def _mapping_of(vendors: Vendors, name: str | None) -> str:
    if name is not None and name not in vendors:
        raise ConfigError([_none(vendors, name)])
    text = vendors.preset(name) if name else None
    if text is None:
        raise ConfigError(["--mapping needs the name of a preset: vendors gitlab --mapping"])
    return text.rstrip()


def _described(vendors: Vendors, name: str) -> str:
    try:
        vendor = vendors[name]
    except ConfigError as error:
        return "\n".join([name, *(f"  {problem}" for problem in error.problems)])
    lines = [
        f"{name}: {vendor.product}",
        *_paragraph("Kind", vendor.kind),
        *_paragraph("Account", vendor.accounts),
        *_paragraph("Ways to authenticate", ", ".join(ways_of(vendor))),
        *_paragraph("Asks for", ", ".join(filter(None, (each.path for each in vendor.documents)))),
        *_paragraph("Runs", ", ".join(_runs(vendor))),
        *_paragraph("Yields", vendor.yields),
        *_paragraph("Checked against", _CHECKED.get(vendor.checked, "")),
        "  To paste:",
        *(f"    {line}" for line in snippet_of(vendor).splitlines()),
    ]
    return "\n".join(lines)


def _runs(vendor: Vendor) -> Iterator[str]:
    """The programs that a vendor has run, as command lines."""
    for document in vendor.documents:
        for run in document.runs:
            yield shlex.join([run.program, *run.arguments])


def _paragraph(title: str, text: str) -> list[str]:
    if not text:
        return []
    return textwrap.wrap(f"{title}: {text}", 96, initial_indent="  ", subsequent_indent="    ")


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
