"""A product for each preset: documents as its API's examples show them, with numbers that move."""

from license_exporter.demo.fleet.product import Product
from license_exporter.demo.presets.development import github_enterprise, gitlab, sonarqube
from license_exporter.demo.presets.office import microsoft_graph, pagerduty
from license_exporter.demo.presets.operations import elasticsearch, redis_enterprise, vault
from license_exporter.process.clock import Clock


def presets(clock: Clock) -> tuple[Product, ...]:
    """A product for each preset, as it is at the clock's time."""
    return (
        gitlab(clock),
        elasticsearch(clock),
        vault(clock),
        github_enterprise(clock),
        microsoft_graph(clock),
        redis_enterprise(clock),
        sonarqube(clock),
        pagerduty(clock),
    )
