"""A simulated Enterprise Recon Master Server: its licenses.

The calls, fields and messages are those of "Enterprise Recon v1 API", page "Licenses" (Get License
Details, Upload License File), for all three licensing models. Requests need Basic authentication.
As in the document's samples, numbers are strings, but `expires` of the legacy model is a number;
an answer is compressed as the request asks, an error never.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiohttp import web

from license_exporter.demo.moments import Curve, level
from license_exporter.demo.serving import json_object
from license_exporter.process.clock import Clock

_DATA_ALLOWANCE = "Data Allowance"
_NONE = level(0)


class Model(StrEnum):
    """How Targets are licensed."""

    LEGACY = "legacy"
    SITEWIDE = "sitewide"
    NON_SITEWIDE = "non-sitewide"


@dataclass(frozen=True, slots=True)
class LicensePool:
    """A pool of the license: `total` is in bytes where the comment says Data Allowance."""

    type: str
    comment: str
    total: int

    @property
    def in_bytes(self) -> bool:
        return _DATA_ALLOWANCE in self.comment


@dataclass(frozen=True, slots=True)
class ReconLicense:
    """What a license file grants; `expires` in seconds since the epoch."""

    model: Model
    company: str
    expires: float
    pools: tuple[LicensePool, ...]
    edition: str = "PRO"


@dataclass(frozen=True, slots=True)
class Location:
    """A scanned location: `attribution` is the pool that its `bytes` are taken from."""

    target: str
    path: str
    attribution: str
    bytes: Curve
    type: str = "file"


@dataclass(frozen=True, slots=True)
class Estate:
    """What a Master Server scans.

    `targets` gives for each type how many Targets of it there are. `pending_scans` and
    `pending_bytes` count what is scanned, but not processed as the license does not allow it.
    """

    targets: Mapping[str, Curve] = field(default_factory=dict)
    locations: tuple[Location, ...] = ()
    pending_scans: Curve = _NONE
    pending_bytes: Curve = _NONE


class EnterpriseRecon:
    """A Master Server with its users (names and passwords) and the license that it has, if any.

    `license_files` are the license files that can be uploaded, by their content.
    """

    def __init__(
        self,
        clock: Clock,
        estate: Estate,
        *,
        users: Mapping[str, str],
        license: ReconLicense | None,
        license_files: Mapping[bytes, ReconLicense] | None = None,
    ) -> None:
        self._clock = clock
        self._estate = estate
        self._users = users
        self._license = license
        self._license_files = license_files or {}
        self._uploaded: set[bytes] = set()

    def app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/v1/licenses", self._get_licenses)
        app.router.add_put("/v1/licenses", self._upload_license)
        return app

    async def _get_licenses(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            return _unauthorized()
        response = web.json_response(self._details(request.query.get("target_name", "")))
        response.enable_compression()
        return response

    async def _upload_license(self, request: web.Request) -> web.Response:
        if not self._authorized(request):
            return _unauthorized()
        content = (await json_object(request)).get("content")
        try:
            file = base64.b64decode(content if isinstance(content, str) else "", validate=True)
        except ValueError:
            file = b""
        license = self._license_files.get(file)
        if license is None:
            return _unprocessable("Invalid license file.")
        if file in self._uploaded:
            return _unprocessable(
                "License upload failed: The license has already been used. "
                "Each license can only be uploaded once."
            )
        if license.expires <= self._clock.time():
            return _unprocessable("License is expired.")
        if any(self._over_allowance(pool) for pool in license.pools):
            return _unprocessable("Insufficient data allowance for scanned data volume.")
        self._license = license
        self._uploaded.add(file)
        return web.json_response({})

    def _authorized(self, request: web.Request) -> bool:
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        try:
            name, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return False
        return scheme == "Basic" and name in self._users and self._users[name] == password

    def _details(self, target_name: str) -> dict[str, object]:
        """The license details, of all Targets or (if not empty) of one."""
        license = self._license
        if license is None:
            return {"state": "absent", "summary": []}
        details: dict[str, object] = {"company": license.company}
        if license.model is Model.LEGACY:
            details["expires"] = int(license.expires)
        else:
            details["state"] = self._state(license)
            details["expires"] = str(int(license.expires))
            details["edition"] = license.edition
        details["summary"] = [
            {
                "type": pool.type,
                "comment": pool.comment,
                "total": str(pool.total),
                "usage": str(self._usage(pool)),
            }
            for pool in license.pools
        ]
        if license.model is not Model.SITEWIDE:
            details["targets"] = self._targets(target_name)
        if license.model is not Model.LEGACY:
            details["datausage"] = self._data_usage(license.model, target_name)
            if details["state"] != "licensed":
                details.update(self._warning())
        return details

    def _state(self, license: ReconLicense) -> str:
        if license.expires <= self._clock.time():
            return "expired"
        return "exceeded" if any(map(self._over_allowance, license.pools)) else "licensed"

    def _over_allowance(self, pool: LicensePool) -> bool:
        return pool.in_bytes and self._usage(pool) > pool.total

    def _usage(self, pool: LicensePool) -> int:
        now = self._clock.time()
        if pool.in_bytes:
            used = (
                location.bytes(now)
                for location in self._estate.locations
                if location.attribution == pool.type
            )
            return sum(int(bytes) for bytes in used)
        # The Non-Sitewide model knows two kinds of Targets: servers, and all others as clients.
        if pool.type == "client":
            return sum(
                round(count(now))
                for type, count in self._estate.targets.items()
                if type != "server"
            )
        return round(self._estate.targets.get(pool.type, _NONE)(now))

    def _targets(self, target_name: str) -> list[dict[str, str]]:
        now = self._clock.time()
        names = [
            (f"{type.upper()}-{number:03}", type)
            for type, count in self._estate.targets.items()
            for number in range(1, round(count(now)) + 1)
        ]
        return [
            {"name": name, "id": _id(name), "type": type}
            for name, type in names
            if target_name in ("", name)
        ]

    def _data_usage(self, model: Model, target_name: str) -> list[dict[str, str]]:
        now = self._clock.time()
        rows = []
        for location in self._estate.locations:
            if target_name not in ("", location.target):
                continue
            description = f"{location.target}{location.path}"
            row = {
                "type": location.type,
                "location": description,
                "bytes": str(int(location.bytes(now))),
                "attribution": location.attribution,
            }
            if model is not Model.SITEWIDE:
                row["id"] = _id(description)
            rows.append(row)
        return rows

    def _warning(self) -> dict[str, str]:
        now = self._clock.time()
        scans, scanned = int(self._estate.pending_scans(now)), int(self._estate.pending_bytes(now))
        if not scans:
            return {}
        return {"warning": f"{scanned} bytes of scanned data from {scans} scans pending processing"}


def _id(name: str) -> str:
    """A number of 20 digits that is always the same for one name."""
    digest = hashlib.sha256(name.encode()).digest()
    return str(10**19 + int.from_bytes(digest[:8]) % 8**21)


def _unauthorized() -> web.Response:
    headers = {"WWW-Authenticate": 'Basic realm="Enterprise Recon"'}
    return web.json_response({"message": "Unauthorized"}, status=401, headers=headers)


def _unprocessable(message: str) -> web.Response:
    return web.json_response({"message": message}, status=422)
