"""Passwords of the web server's users, and how often they may come."""

import asyncio
import base64
import hashlib
import hmac
import os
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from license_exporter.web.turns import Turns

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


class Passwords:
    """Compares passwords with their bcrypt hashes, one at a time and outside of the event loop.

    A right password is remembered, so that not every scrape pays for the comparison: not itself,
    but a digest of it with a key of this process. A wrong one is compared each time, but requests
    that bring the same one at the same time share a comparison. Addresses take turns, the one
    first that has had the fewest comparisons since its last right password.
    """

    def __init__(self) -> None:
        self._key = os.urandom(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._turns = Turns[bool](_PER_CLIENT, _WAITING)
        self._thread = ThreadPoolExecutor(1, "bcrypt")

    async def are_right(
        self, users: Mapping[str, str], user: str, password: bytes, client: str = ""
    ) -> bool:
        """Whether the password is that of the user; `users` maps names to bcrypt hashes.

        An unknown user costs as much time as the one with the greatest cost among `users`. Raises
        BusyError where too many wait; `client` is the address that the password comes from.
        """
        hashed = users.get(user)
        digest = self._digest(user.encode(), (hashed or "").encode(), password)
        if self._is_remembered(digest):
            return True

        async def compared() -> bool:
            loop = asyncio.get_running_loop()
            against = hashed or _decoy(users)
            same = await loop.run_in_executor(self._thread, _matches, password, against)
            if same and hashed is not None:
                self._remember(digest)
                self._turns.forget(client)
                return True
            return False

        return await self._turns.take(digest, client, compared)

    def close(self) -> None:
        """End the thread; comparisons that wait are dropped."""
        self._turns.close()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _is_remembered(self, digest: bytes) -> bool:
        if digest not in self._right:
            return False
        self._right.move_to_end(digest)
        return True

    def _remember(self, digest: bytes) -> None:
        self._right[digest] = None
        if len(self._right) > _REMEMBERED:
            self._right.popitem(last=False)

    def _digest(self, *parts: bytes) -> bytes:
        framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return hmac.digest(self._key, framed, hashlib.sha256)


def _matches(password: bytes, hashed: str) -> bool:
    import bcrypt

    return bcrypt.checkpw(password[:_BCRYPT_BYTES], hashed.encode())


def _decoy(users: Mapping[str, str]) -> str:
    """A hash that takes as long as the dearest of those of the users; nobody has its password."""
    cost = max(hashed[4:6] for hashed in users.values())
    return f"$2b${cost}$" + "." * 53
