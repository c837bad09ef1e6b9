"""A product whose simulator serves documents, and what all of them share."""

from collections.abc import Mapping

from license_exporter.demo.config import Access
from license_exporter.demo.fleet.product import Product
from license_exporter.demo.presets.server import ByRequest, Credentials, Document, DocumentServer
from license_exporter.process.clock import Clock

OPTIONS = {"labels": {"team": "platform"}, "min_interval": "5s"}


def preset_product(
    clock: Clock,
    name: str,
    shows: str,
    documents: Mapping[str, Document | ByRequest],
    credentials: Credentials,
    access: Access,
    options: Mapping[str, object] | None = None,
    *,
    tls: bool = False,
) -> Product:
    """The product of the preset of this name; `shows` says what an operator must notice."""
    server = DocumentServer(clock, documents, credentials)
    return Product(name, name, shows, (server,), access, {**OPTIONS, **(options or {})}, tls)
