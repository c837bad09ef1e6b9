"""Start the demo's simulators, and a configuration that reads them."""

import asyncio
import ssl
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from license_exporter.demo.config import secrets_kept_in, write_config
from license_exporter.demo.fleet import fleet
from license_exporter.demo.fleet.product import Product, Simulator
from license_exporter.demo.keys import Certificate, new_rsa_key, self_signed_certificate
from license_exporter.demo.managers.server import LicenseServer, install_tool
from license_exporter.demo.presets import presets
from license_exporter.demo.presets.managers import license_managers
from license_exporter.demo.serving import served
from license_exporter.process.clock import Clock


@dataclass(frozen=True, slots=True)
class DemoTarget:
    """A target of the demo: what an operator must notice of it, and its simulated servers.

    `addresses` are the servers' own, the API's first.
    """

    name: str
    vendor: str
    shows: str
    addresses: tuple[str, ...]
    simulators: tuple[Simulator, ...] = ()


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo; the configuration's folder also holds every secret that it names."""

    config_file: Path
    targets: Mapping[str, DemoTarget]


@asynccontextmanager
async def simulators(clock: Clock, *, everything: bool = False) -> AsyncIterator[Demo]:
    """Serve the demo's fleet on loopback while the context lasts, and then leave nothing behind.

    With `everything`, the simulators of all presets are served too.
    """
    rsa_key = await asyncio.to_thread(new_rsa_key)
    certificate = self_signed_certificate()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="license-exporter-")))
        tls = _server_tls(certificate, folder)
        targets: dict[str, DemoTarget] = {}
        settings: list[dict[str, object]] = []
        products = fleet(clock, rsa_key) + (
            (*presets(clock), *license_managers(clock)) if everything else ()
        )
        for product in products:
            addresses = []
            for simulator in product.simulators:
                server = served(simulator.app(), tls if product.tls else None)
                addresses.append(await stack.enter_async_context(server))
            access = product.access(addresses, secrets_kept_in(folder, product.name))
            settings.append(
                {"name": product.name, "vendor": product.vendor, **access, **product.options}
            )
            targets[product.name] = DemoTarget(
                product.name, product.vendor, product.shows, tuple(addresses), product.simulators
            )
        programs = _tools(folder, products, targets)
        yield Demo(write_config(folder, settings, certificate.certificate, programs), targets)


def _tools(
    folder: Path, products: Sequence[Product], targets: Mapping[str, DemoTarget]
) -> dict[str, object]:
    """The stand-ins of the tools that the products' servers are asked with."""
    programs: dict[str, object] = {}
    tools = folder / "tools"
    tools.mkdir()
    for product in products:
        for simulator in product.simulators:
            if isinstance(simulator, LicenseServer):
                path = install_tool(tools, simulator.tool)
                (address,) = targets[product.name].addresses
                port = address.rpartition(":")[2]
                # For the one whose words have no place for a port, as the real one's.
                takes_port = simulator.tool != "lsmon"
                programs[simulator.tool] = (
                    path if takes_port else {"path": path, "environment": {"LSPORT": port}}
                )
    return programs


def _server_tls(certificate: Certificate, folder: Path) -> ssl.SSLContext:
    file = folder / "server.pem"  # ssl reads certificates from files only
    file.touch(mode=0o600)
    file.write_text(certificate.key + certificate.certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    file.unlink()
    return context
