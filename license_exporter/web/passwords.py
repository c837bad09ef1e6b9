"""Passwords of the web server's users, and how often they may come."""

import asyncio
import base64
import hashlib
import hmac
import os
from collections import Counter, OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from statistics import mode

from license_exporter.process.clock import Clock

_REMEMBERED = 100
# How many passwords may wait to be compared: of one client, and of all.
_PER_CLIENT = 4
_WAITING = 100

# The longest password that bcrypt knows, in bytes; what follows never mattered.
_BCRYPT_BYTES = 72


def basic_credentials(header: str) -> tuple[str, bytes] | None:
    """User and password of an `Authorization` header; None where it holds no such thing."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        return (user.decode(), password) if colon else None
    except ValueError:
        return None


class BusyError(Exception):
    """More passwords wait to be compared than one client may bring, or than all may."""


class Passwords:
    """Compares passwords with their bcrypt hashes, one at a time and outside of the event loop.

    A right password is remembered, so that not every scrape pays for the comparison: not itself,
    but a digest of it with a key of this process. A wrong one is compared each time, but requests
    that bring the same one at the same time share a comparison.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._running: dict[bytes, asyncio.Future[bool]] = {}
        self._by_client: Counter[str] = Counter()
        self._thread = ThreadPoolExecutor(1, "bcrypt")

    async def are_right(
        self, users: Mapping[str, str], user: str, password: bytes, client: str = ""
    ) -> bool:
        """Whether the password is that of the user; `users` maps names to bcrypt hashes.

        An unknown user costs as much time as one with the usual cost among `users`. Raises
        BusyError where too many wait, so that nobody who guesses keeps others from signing in;
        `client` is the address that the password comes from.
        """
        hashed = users.get(user)
        digest = self._digest(user.encode(), (hashed or "").encode(), password)
        if self._is_remembered(digest):
            return True
        comparison = self._running.get(digest)
        if comparison is None:
            if self._by_client[client] >= _PER_CLIENT or len(self._running) >= _WAITING:
                raise BusyError
            comparison = self._start(digest, password, hashed or _decoy(users), client)
        # Shielded: one that gives up leaves the comparison to those who still wait.
        same = await asyncio.shield(comparison)
        if not same or hashed is None:
            return False
        self._right[digest] = None
        if len(self._right) > _REMEMBERED:
            self._right.popitem(last=False)
        return True

    def _start(
        self, digest: bytes, password: bytes, hashed: str, client: str
    ) -> asyncio.Future[bool]:
        loop = asyncio.get_running_loop()
        comparison = loop.run_in_executor(self._thread, _matches, password, hashed)
        self._running[digest] = comparison
        self._by_client[client] += 1

        def end(_: asyncio.Future[bool]) -> None:
            del self._running[digest]
            self._by_client.subtract((client,))
            self._by_client += Counter()  # without those that are at 0

        comparison.add_done_callback(end)
        return comparison

    def close(self) -> None:
        """End the thread; comparisons that wait are dropped."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _is_remembered(self, digest: bytes) -> bool:
        if digest not in self._right:
            return False
        self._right.move_to_end(digest)
        return True

    def _digest(self, *parts: bytes) -> bytes:
        framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(self._key, framed, hashlib.sha256)


def _matches(password: bytes, hashed: str) -> bool:
    import bcrypt

    return bcrypt.checkpw(password[:_BCRYPT_BYTES], hashed.encode())


def _decoy(users: Mapping[str, str]) -> str:
    """A hash that takes as long as most of those of the users; nobody has its password."""
    cost = mode(sorted(hashed[4:6] for hashed in users.values()))
    return f"$2b${cost}$" + "." * 53


class TokenBucket:
    """Lets `burst` requests through at once, and one more for each `interval` seconds."""

    def __init__(self, interval: float, burst: int, clock: Clock) -> None:
        self._interval = interval
        self._burst = burst
        self._clock = clock
        self._tokens = float(burst)
        self._filled = clock.monotonic()

    def take(self) -> bool:
        """Whether one more request may pass now; if so, it is counted."""
        if not self._interval:
            return True
        now = self._clock.monotonic()
        gained = (now - self._filled) / self._interval
        self._tokens = min(self._burst, self._tokens + gained)
        self._filled = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
