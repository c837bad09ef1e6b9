"""The flags that single commands have for themselves, and which of them exclude each other."""

import argparse
from collections.abc import Iterator

from license_exporter.assets import KINDS
from license_exporter.cli.flags_of_serving import Add

# By the attribute of the namespace: the flag, and the command to which it belongs.
_OWN = {
    "port": ("--port", "demo"),
    "everything": ("--all", "demo"),
    "mapping": ("--mapping", "vendors"),
    "search": ("--search", "vendors"),
    "document": ("--document", "probe"),
    "explain": ("--explain", "probe"),
    "metrics": ("--metrics", "probe"),
    "summary": ("--summary", "probe"),
    "draft": ("--draft", "probe"),
    "request": ("--request", "probe"),
    "from_format": ("--from-format", "probe"),
    "from_file": ("--from-file", "probe"),
    "format": ("--format", "report"),
    "what": ("--what", "report"),
    "output": ("--output", "report"),
    "list": ("--list", "assets"),
    "kind": ("--kind", "assets"),
}
_EXCLUSIVE = (
    ("mapping", "search"),
    ("metrics", "summary"),
    ("metrics", "document"),
    ("metrics", "explain"),
    ("summary", "document"),
    ("summary", "explain"),
    ("draft", "metrics"),
    ("draft", "summary"),
    ("draft", "document"),
    ("draft", "explain"),
    ("request", "from_file"),
    ("request", "metrics"),
    ("request", "summary"),
    ("request", "explain"),
)


def add_demo(add: Add) -> None:
    """Those of `demo`."""
    add(
        "--port",
        type=int,
        metavar="PORT",
        help="port to listen on, on loopback (default: 10058)",
    )
    add(
        "--all",
        dest="everything",
        action="store_true",
        help="simulate all presets and license managers too, whose tools are stand-ins",
    )


def add_vendors(add: Add) -> None:
    """Those of `vendors`."""
    add("--search", metavar="WORD", help="those that say this word anywhere")
    add(
        "--mapping",
        action="store_true",
        help="print the mapping of a preset, as a start for one's own",
    )


def add_probe(add: Add) -> None:
    """Those of `probe`."""
    add(
        "--document",
        action="store_true",
        help="show the fetched documents with types in the place of values",
    )
    add(
        "--explain",
        action="store_true",
        help="tell which expression of a mapping found what",
    )
    add(
        "--draft",
        action="store_true",
        help="print a mapping to start from, guessed from what was fetched, or from a file: "
        "license-exporter probe --draft answer.json (- is standard input). It stands alone: "
        "--document, --explain, --metrics and --summary exclude it",
    )
    add(
        "--request",
        metavar="PATH",
        help="fetch this path instead of the mapping's requests, for --draft or --document",
    )
    add(
        "--from-format",
        choices=("json", "xml", "csv"),
        help="what a file for --draft is written in (default: by its name, else json)",
    )
    add("--metrics", action="store_true", help="its metrics, as without a terminal")
    add("--summary", action="store_true", help="what a person reads, as on a terminal")
    add(
        "--from-file",
        action="append",
        metavar="[DOCUMENT=]FILE",
        help="read this answer instead of fetching one; may be repeated",
    )


def add_report(add: Add) -> None:
    """Those of `report`."""
    add(
        "--format",
        choices=("csv", "ics", "html"),
        help="a table, a calendar, or a page to read and print (default: csv)",
    )
    add(
        "--what",
        choices=("renewals", "pools"),
        help="what ends when, or the pools with their use, as a table (default: renewals)",
    )
    add("--output", metavar="FILE", help="write it there instead of to standard output")


def add_assets(add: Add) -> None:
    """Those of `assets`."""
    add(
        "--kind",
        action="append",
        choices=tuple(KINDS),
        help="this kind alone; may be repeated",
    )
    add("--list", action="store_true", help="name the files, and write none")


def misplaced(args: argparse.Namespace) -> Iterator[str]:
    """The flags that belong to another command, or beside which another one makes no sense."""
    for attribute, (flag, command) in _OWN.items():
        if getattr(args, attribute) not in (None, False) and args.command != command:
            yield f"{flag} belongs to the command {command}"
    if args.what == "pools" and args.format in ("ics", "html"):
        yield f"--what=pools is a table; --format={args.format} is of renewals"
    for one, other in _EXCLUSIVE:
        if getattr(args, one) and getattr(args, other):
            yield f"{_OWN[one][0]} and {_OWN[other][0]} exclude each other; give one of them"
    if args.request and args.command == "probe" and not (args.draft or args.document):
        yield "--request goes with --draft or --document"
    if args.from_format and args.command == "probe" and not args.draft:
        yield "--from-format goes with --draft and a file"
