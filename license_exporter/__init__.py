"""A Prometheus exporter for the licenses that a company pays for."""

__version__ = "0.1.0"
