"""Attacks by answers: what a vendor's server can do to the exporter that asks it."""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.hostile.attack import MEMORY_MB, Attack, Figure
from tests.hostile.scene import TIMEOUT, Scene
from tests.hostile.servers import answered

_SECRET = "s3cret/of+the&gateway"
_EACH = [{"rows": ["regions", "sites"], "used": "used", "name": "join('/', [parent().code, name])"}]


def scrapes(full: int, short: int) -> Callable[[Scene], Sequence[Figure]]:
    """Scrape all targets so many times."""

    def act(scene: Scene) -> Sequence[Figure]:
        memory = []
        for _ in range(scene.much(full, short)):
            with suppress(OSError):
                scene.get("/metrics", headers={TIMEOUT: "12"})
            time.sleep(0.2)
            memory.append(scene.memory_mb())
        return [Figure("memory kept", memory[-1], MEMORY_MB, "MB")]

    return act


def growth(full: int, short: int) -> Callable[[Scene], Sequence[Figure]]:
    """Scrape so often that what each answer leaves behind would add up."""

    def act(scene: Scene) -> Sequence[Figure]:
        after = []
        for _ in range(scene.much(full, short)):
            scene.get("/metrics", headers={TIMEOUT: "12"})
            after.append(scene.memory_mb())
        return [Figure("last of third", after[-1] / after[2], 1.2, "times")]

    return act


def echoed(scene: Scene) -> Sequence[Figure]:
    """Count the places in which the secret can be read that the vendor sends back."""
    bodies = [scene.get(path)[1] for path in ("/metrics", "/", "/target/bad0", "/config")]
    bodies.append(scene.program.log.encode())
    return [Figure("secrets seen", sum(_SECRET.encode() in body for body in bodies), 0)]


def rows(count: int, **row: object) -> bytes:
    return json.dumps(
        {"rows": [{"n": f"{n}", "u": n, "l": n, **row} for n in range(count)]}
    ).encode()


def joined(length: int, count: int) -> Callable[[], bytes]:
    sites = [{"name": f"s{n}", "used": n} for n in range(count)]
    return lambda: json.dumps({"regions": [{"code": "c" * length, "sites": sites}]}).encode()


def long_labels() -> bytes:
    return json.dumps({"rows": [{"n": f"{n}" + "x" * 480, "u": 1} for n in range(60_000)]}).encode()


_JOINING = {"mapping": {"requests": {"d": {"path": "d"}}, "pools": _EACH}}
_SQUARE = {
    "mapping": {
        "requests": {"d": {"path": "d"}},
        "pools": [
            {"rows": ["rows", "root().d.rows"], "name": "join('/', [parent().n, n])", "used": "u"}
        ],
    }
}
_WRITING = {
    "mapping": {
        "requests": {"d": {"path": "d"}},
        "pools": [{"rows": "rows", "name": "n", "used": "length(to_string(root()))"}],
    }
}
_HEADER = {"http_headers": {"X-Gateway": {"secrets": [_SECRET]}}}

ATTACKS: tuple[Attack, ...] = (
    Attack(
        "a long text joined to each row",
        scrapes(3, 2),
        answered(joined(500_000, 30_000), **_JOINING),
    ),
    Attack("rows times rows", scrapes(2, 1), answered(lambda: rows(5000), **_SQUARE), short=False),
    Attack(
        "a whole document written for each row",
        scrapes(2, 1),
        answered(lambda: rows(8000), **_WRITING),
        short=False,
    ),
    Attack(
        "64 MB of empty arrays", scrapes(3, 1), answered(lambda: b"[" + b"[]," * 21_000_000 + b"1]")
    ),
    Attack("arrays 100,000 deep", scrapes(3, 2), answered(lambda: b"[" * 100_000 + b"]" * 100_000)),
    Attack("labels of 512 characters", scrapes(3, 1), answered(long_labels)),
    Attack(
        "0.9 MB that change with each scrape",
        growth(100, 12),
        answered(lambda: rows(15_000, s="a" * 20)),
    ),
    Attack(
        "30 MB that change with each scrape",
        growth(100, 4),
        answered(lambda: rows(500_000)),
        short=False,
    ),
    Attack(
        "three documents of 30 MB",
        scrapes(2, 1),
        answered(*[lambda: rows(500_000)] * 3),
        short=False,
    ),
    Attack(
        "50 targets of 84,000 samples",
        scrapes(3, 1),
        answered(*[lambda: rows(28_000)] * 50),
        short=False,
    ),
    Attack(
        "a secret sent back",
        echoed,
        answered(
            lambda: json.dumps({"rows": [{"n": _SECRET, "u": 1}]}).replace("/", "\\/").encode(),
            **_HEADER,
        ),
    ),
)
