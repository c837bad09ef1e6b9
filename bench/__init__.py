"""Measures the exporter as a user would see it: real processes, real HTTP, on loopback."""
