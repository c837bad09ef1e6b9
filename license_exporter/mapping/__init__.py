"""Vendors by configuration alone: a mapping in YAML instead of a module in Python.

`preset` makes the vendor of a packaged mapping, `JsonOptions` are the keys of a target
that brings its own. The vocabulary is told in docs/mapping.md.
"""

from license_exporter.mapping.explain import explain, types
from license_exporter.mapping.quotes import doubtful_quotes
from license_exporter.mapping.unfound import unfound
from license_exporter.mapping.vendor import (
    USUAL_API_KEY,
    AskingOptions,
    JsonOptions,
    UnfinishedOptions,
    configure_asking,
    configure_json,
    preset,
)

__all__ = [
    "USUAL_API_KEY",
    "AskingOptions",
    "JsonOptions",
    "UnfinishedOptions",
    "configure_asking",
    "configure_json",
    "doubtful_quotes",
    "explain",
    "preset",
    "types",
    "unfound",
]
