"""A product of the demo's fleet, and what all of them share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from aiohttp import web

from license_exporter.demo.config import Access
from license_exporter.demo.moments import DAY

# The license key, or the content of the license file, that renews each license of the demo.
RENEWAL = "demo-renewal"

CUSTOMER = "Example Ltd"
USER = "license-exporter"
YEAR = 365 * DAY


class Simulator(Protocol):
    """A simulated server."""

    def app(self) -> web.Application: ...


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the fleet and how it is read.

    `shows` says what an operator must notice. `simulators` are its servers, the API's first.
    `options` are further options of the target, in the words of the configuration.
    """

    name: str
    vendor: str
    shows: str
    simulators: tuple[Simulator, ...]
    access: Access
    options: Mapping[str, object] = field(default_factory=dict)
    tls: bool = False


def day(time: float) -> date:
    """The day in UTC that a time is in, as a configuration writes it."""
    return datetime.fromtimestamp(time, UTC).date()
