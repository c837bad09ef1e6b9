"""Vendors' servers: some that are well and whose secrets change, and some that fail."""

import base64
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from license_exporter.model.vendor import Document, SignIn
from tests.faults.servers import GOOD
from tests.faults.table import FAULTS, Fault
from tests.rsa_keys import key_file, pem
from tests.servers import serving, talking
from tests.vendors.answers import ANSWERS, vendor_of

# How targets of each vendor authenticate; FILE is the file of the secret.
_WAYS: Mapping[str, Mapping[str, Any]] = {
    "enterprise_recon": {"basic_auth": {"username": "soak", "password_file": "FILE"}},
    "seerbox": {"login": {"username": "soak", "password_file": "FILE"}},
    "immuta": {"api_key": {"key_file": "FILE"}},
    "pagerduty": {"api_key": {"key_file": "FILE"}},
    "rsa": {"rsa_admin_key": {"key_file": "FILE"}},
}

# Stands in every secret, and must stand in nothing that the exporter says.
SECRET = "soak-secret"


class Healthy:
    """Vendors that answer as documented, whoever has the secret of the day."""

    def __init__(self, folder: Path, count: int) -> None:
        kinds = list(_WAYS)
        self.vendors = {f"well-{number}": kinds[number % len(kinds)] for number in range(count)}
        self._folder = folder
        self._accepted: dict[str, list[str]] = {}
        self._rotations = 0
        for name, vendor in self.vendors.items():
            if vendor == "rsa":
                self._file(name).write_text(key_file(pem(), customerName=SECRET))
            else:
                self._accepted[name] = [self._write(name)]

    @property
    def changing(self) -> Sequence[str]:
        """The names of the targets whose secrets can change."""
        return list(self._accepted)

    def targets(self, url: str) -> list[dict[str, Any]]:
        """The targets of the configuration, whose servers are below `url`."""
        return [
            {
                "name": name,
                "vendor": vendor,
                "url": f"{url}/{name}",
                "min_interval": "5s",
                **_filled(_WAYS[vendor], str(self._file(name))),
            }
            for name, vendor in self.vendors.items()
        ]

    def announce(self, name: str) -> None:
        """Write a new secret on the disk; the old one is accepted until it is `refuse`d."""
        self._accepted[name].append(self._write(name))

    def refuse(self, name: str) -> None:
        """Accept the newest secret alone."""
        del self._accepted[name][:-1]

    def revoke(self, name: str) -> None:
        """Accept no secret any more, until the next one is announced."""
        self._accepted[name].clear()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        name, _, path = request.path[1:].partition("/")
        vendor = vendor_of(self.vendors[name])
        for way in (vendor.login, vendor.api_key):
            if isinstance(way, SignIn) and path in (way.path, f"{vendor.base_path}/{way.path}"):
                said = await request.text()
                return self._token(name, way, said) if self._knows(name, said) else _refused()
        if not self._knows(name, request.headers.get("Authorization", "")):
            return _refused()
        (document,) = (
            document for document in vendor.documents if path == _path(vendor.base_path, document)
        )
        return web.json_response(ANSWERS[vendor.name][0][document.name])

    def _knows(self, name: str, said: str) -> bool:
        if name not in self._accepted:
            return said.startswith("Bearer ")
        scheme, _, credentials = said.partition(" ")
        if scheme == "Basic":
            said = base64.b64decode(credentials).decode()
        return any(secret in said for secret in self._accepted[name])

    def _token(self, name: str, way: SignIn, said: str) -> web.Response:
        """A token that is as good as the secret which it holds."""
        (secret,) = (secret for secret in self._accepted[name] if secret in said)
        answer = _at(way.token, f"token-{secret}")
        if way.expires:
            answer |= _at(way.expires, (datetime.now(UTC) + timedelta(hours=1)).isoformat())
        return web.json_response(answer)

    def _write(self, name: str) -> str:
        """Write a new secret at once, as those do who manage secrets."""
        self._rotations += 1
        secret = f"{SECRET}-{self._rotations}-of-{name}."
        written = self._file(name).with_suffix(".new")
        written.write_text(f"{secret}\n")
        written.replace(self._file(name))
        return secret

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.secret"


class Failing:
    """Vendors of which each fails in one way after another."""

    def __init__(self, count: int, chance: random.Random) -> None:
        self._chance = chance
        self._faults: dict[str, Fault | None] = dict.fromkeys(f"ill-{n}" for n in range(count))
        self._kinds = defaultdict(list)
        for fault in FAULTS:
            if (
                fault.mendable
                and fault.scheme == "http"
                and not (fault.wait and fault.wait[1] > 60)
            ):
                self._kinds[fault.reason].append(fault)
        for name in self._faults:
            self._faults[name] = self._another()

    @property
    def names(self) -> Sequence[str]:
        return list(self._faults)

    def change(self) -> None:
        """Let one vendor fail in another way, or be well for a while."""
        name = self._chance.choice(self.names)
        self._faults[name] = self._another() if self._chance.random() < 0.8 else None

    def _another(self) -> Fault:
        """A fault; each reason is as likely."""
        return self._chance.choice(self._kinds[self._chance.choice(list(self._kinds))])

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Mapping[str, int]]:
        """Serve; gives the ports by the names."""
        async with AsyncExitStack() as stack:
            yield {
                name: await stack.enter_async_context(talking(self._talk_of(name)))
                for name in self._faults
            }

    def _talk_of(self, name):
        async def talk(reader, writer):
            fault = self._faults[name]
            await (fault.talk if fault and fault.talk else GOOD)(reader, writer)

        return talk


@asynccontextmanager
async def fleet(healthy: Healthy, failing: Failing) -> AsyncIterator[list[dict[str, Any]]]:
    """Serve all; gives the targets."""
    async with serving(healthy.answer) as url, failing.serving() as ports:
        yield [
            *healthy.targets(url),
            *(
                {
                    "name": name,
                    "vendor": "enterprise_recon",
                    "url": f"http://127.0.0.1:{port}",
                    "basic_auth": {"username": "soak", "password": SECRET},
                    "min_interval": "1s",
                    "timeout": "2s",
                    "body_size_limit": "1MB",
                }
                for name, port in ports.items()
            ),
        ]


def _path(base_path: str, document: Document) -> str:
    return f"{base_path}/{document.path}" if base_path else document.path


def _at(path: Sequence[str], value: str) -> dict[str, Any]:
    """An object with a value at the path."""
    first, *rest = path
    return {first: _at(rest, value) if rest else value}


def _filled(way: Any, file: str) -> Any:
    if isinstance(way, Mapping):
        return {key: _filled(value, file) for key, value in way.items()}
    return file if way == "FILE" else way


def _refused() -> web.Response:
    return web.json_response({"error": "refused"}, status=401)
