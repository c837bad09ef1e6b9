"""Attacks by documents that are made to cost much where they are decoded and read."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.hostile.attack import Attack
from tests.hostile.scene import Scene, target
from tests.hostile.servers import CSV, XML, answered, mapped, serve
from tests.hostile.vendors import rows, scrapes

_MB = 10**6


def repeated(unit: bytes, size: int, before: bytes = b"[", after: bytes = b"1]") -> bytes:
    """JSON, XML or CSV of so many bytes, of one piece that is repeated."""
    return before + unit * (size // len(unit)) + after


def keys(count: int) -> bytes:
    return b"{" + b",".join(b'"%x":1' % number for number in range(count)) + b"}"


def pages(page: Callable[[int], bytes], targets: int, **request: Any) -> Callable[[Scene], Any]:
    """Targets whose pages are those of a number, and never end."""

    def answer(path: str) -> bytes:
        return page(int(path.rpartition("=")[2]) if "=" in path else 1)

    paging = {"paging": {"by": "next_url", "value": "next"}, **request}
    return lambda _: [
        target(f"bad{number}", serve(answer), **mapped(paging)) for number in range(targets)
    ]


def linked(number: int, **document: object) -> bytes:
    return json.dumps({"next": f"?page={number + 1}", **document}).encode()


def deep_from_the_second_on(number: int) -> bytes:
    return linked(number, rows=[]) if number == 1 else b"[" * 1000 + b"]" * 1000


def growing_links(number: int) -> bytes:
    return json.dumps({"next": f"?{'a' * 3_000_000}={number + 1}", "rows": []}).encode()


def three_at_once(_: Scene) -> Sequence[Mapping[str, Any]]:
    """A target of three documents of 30 MB each."""
    body = repeated(b'{"n": "seats", "u": 1}, ', 30 * _MB, b'{"rows": [', b"1]}")
    names = ("a", "b", "c")
    mapping = {
        "requests": {name: {"path": name} for name in names},
        "pools": [
            {"document": name, "rows": "rows", "name": "n", "used": "u", "duplicates": "add"}
            for name in names
        ],
    }
    return [target("bad0", serve(lambda _: body), mapping=mapping)]


def one_for_each(_: Scene) -> Sequence[Mapping[str, Any]]:
    """A target that asks for a hundred documents, of a megabyte each."""

    def answer(path: str) -> bytes:
        if path == "/ids":
            return json.dumps(list(range(100))).encode()
        return repeated(b"[],", _MB)

    mapping = {
        "requests": {
            "ids": {"path": "ids"},
            "each": {"path": "of/{id}", "for_each": {"request": "ids", "ids": "@"}},
        },
        "pools": [{"document": "each", "rows": "@", "name": "id", "used": "length(document)"}],
    }
    return [target("bad0", serve(answer), mapping=mapping)]


def sites(length: int, count: int) -> Callable[[], bytes]:
    """Rows beside a text and a list of names, which expressions can put together."""
    names = [f"site {n} 😀" for n in range(count)]
    row = {"code": "😀" * length, "names": names}
    return lambda: json.dumps(
        {"regions": [row], "rows": [{"n": n, "u": 1} for n in names]}
    ).encode()


def joining(name: str) -> dict[str, Any]:
    return mapped(name=name)


ATTACKS: tuple[Attack, ...] = (
    Attack(
        "JSON of quotes that do not end",
        scrapes(3, 1),
        answered(lambda: repeated(rb"\"", _MB, b']"', b"")),
    ),
    Attack("60 MB of short texts", scrapes(3, 1), answered(lambda: repeated(b'"ab",', 60 * _MB))),
    Attack(
        "as many short texts as may be",
        scrapes(3, 1),
        answered(lambda: repeated('"é",'.encode(), 25 * _MB)),
        short=False,
    ),
    Attack("5 million short keys", scrapes(3, 1), answered(lambda: keys(5_000_000)), short=False),
    Attack("as many short keys as may be", scrapes(3, 1), answered(lambda: keys(2_800_000))),
    Attack(
        "60 MB of NaN", scrapes(3, 1), answered(lambda: repeated(b"NaN,", 60 * _MB)), short=False
    ),
    Attack(
        "20 MB of NaN", scrapes(3, 1), answered(lambda: repeated(b"NaN,", 20 * _MB)), short=False
    ),
    Attack(
        "one text of 60 MB",
        scrapes(3, 1),
        answered(lambda: b'["' + b"a" * (60 * _MB) + '😀"]'.encode()),
        short=False,
    ),
    Attack(
        "20 million brackets, 249 deep",
        scrapes(3, 1),
        answered(lambda: repeated(b"[" * 240 + b"]" * 240 + b",", 8 * _MB)),
        short=False,
    ),
    Attack("three documents of 30 MB for one target", scrapes(2, 1), three_at_once, short=False),
    Attack("25 MB of rows", scrapes(3, 1), answered(lambda: rows(900_000)), short=False),
    Attack(
        "XML of 1 MB of empty elements",
        scrapes(4, 2),
        answered(lambda: repeated(b"<b/>", _MB, b"<a>", b"</a>"), media_type=XML),
    ),
    Attack(
        "XML that gives each element a long attribute",
        scrapes(3, 1),
        answered(
            lambda: repeated(
                b"<b/>",
                300_000,
                b'<!DOCTYPE a [<!ATTLIST b c CDATA "' + b"x" * 600_000 + b'">]><a>',
                b"</a>",
            ),
            media_type=XML,
        ),
        short=False,
    ),
    Attack(
        "XML of a million elements",
        scrapes(3, 1),
        answered(lambda: repeated(b"<b><c>1</c></b>", 7 * _MB, b"<a>", b"</a>"), media_type=XML),
        short=False,
    ),
    Attack(
        "CSV of a million columns",
        scrapes(3, 1),
        answered(lambda: repeated(b",", _MB, b"n", b"\n1"), media_type=CSV, **mapped(rows="@")),
        short=False,
    ),
    Attack(
        "CSV of 60 MB of rows",
        scrapes(3, 1),
        answered(lambda: repeated(b"b\n", 60 * _MB, b"n\n"), media_type=CSV, **mapped(rows="@")),
        short=False,
    ),
    Attack(
        "second pages 1,000 deep", scrapes(3, 2), pages(deep_from_the_second_on, 1), short=False
    ),
    Attack("next links that grow", scrapes(3, 1), pages(growing_links, 1), short=False),
    Attack(
        "12 targets of pages that never end",
        scrapes(2, 1),
        pages(lambda n: linked(n, rows=[["a"]] * 100_000), 12),
        short=False,
    ),
    Attack("a megabyte of arrays for each id", scrapes(3, 1), one_for_each),
    Attack(
        "50 targets of 0.9 MB at a time",
        scrapes(5, 2),
        answered(*[lambda: rows(7500, s="a" * 80)] * 50),
        short=False,
    ),
    Attack(
        "names joined by a long text",
        scrapes(2, 1),
        answered(
            sites(100_000, 3000), **joining("join(root().d.regions[0].code, root().d.rows[*].n)")
        ),
    ),
    Attack(
        "all names sorted for each row",
        scrapes(2, 1),
        answered(
            sites(10, 20_000),
            **joining(
                "join('', sort_by(root().d.rows, &n)[*].n) && join('', sort(root().d.rows[*].n))"
            ),
        ),
        short=False,
    ),
    Attack(
        "joins within joins",
        scrapes(2, 1),
        answered(
            sites(1000, 5000),
            **joining("join('/', map(&join('-', root().d.regions[0].names), root().d.rows))"),
        ),
    ),
    Attack(
        "12 targets of labels of 512 characters",
        scrapes(2, 1),
        answered(
            *[
                lambda: json.dumps(
                    {"rows": [{"n": f"{n}" + "x" * 480, "u": 1} for n in range(60_000)]}
                ).encode()
            ]
            * 12
        ),
        short=False,
    ),
)
