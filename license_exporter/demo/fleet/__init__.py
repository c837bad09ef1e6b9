"""The demo's fleet: a dozen products, and what an operator must notice of each.

Dates are laid out around the start of the demo, so that the same licenses are about to end
whenever it is started.
"""

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from license_exporter.demo.fleet.cad import license_servers
from license_exporter.demo.fleet.data import immuta_instances
from license_exporter.demo.fleet.identity import rsa_tenants
from license_exporter.demo.fleet.privacy import master_servers
from license_exporter.demo.fleet.product import Product
from license_exporter.demo.fleet.web import seer_boxes
from license_exporter.process.clock import Clock


def fleet(clock: Clock, rsa_key: RSAPrivateKey) -> tuple[Product, ...]:
    """All products of the demo, as they are at the clock's time."""
    return (
        *rsa_tenants(clock, rsa_key),
        *seer_boxes(clock),
        *master_servers(clock),
        *immuta_instances(clock),
        *license_servers(clock),
    )
