"""How options come together: those of a target, over those of the defaults."""

from typing import Any

from license_exporter.config.http_config import ProxyConfig

# Maps whose entries are merged with those of the defaults, instead of taking their place.
_MERGED = ("labels", "http_headers", "alerts")
_PROXY = frozenset(ProxyConfig.model_fields)


def inherited(under: dict[str, Any], over: dict[str, Any]) -> frozenset[str]:
    """The blocks that name pools, and that `over` has from `under`."""
    found: set[str] = {
        block for block in ("contract", "pools") if block in under.keys() - over.keys()
    }
    alerts = over.get("alerts")
    if "alerts" in under and not (isinstance(alerts, dict) and "pools" in alerts):
        found.add("alerts")
    return frozenset(found)


def without_empty(said: dict[str, Any]) -> dict[str, Any]:
    """The options but those that are left empty, as if these were not there."""
    return {key: value for key, value in said.items() if value is not None}


def merge(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """The options of both; those of `over` hold where both say something."""
    if over.keys() & _PROXY:
        # The options of a proxy make sense together only.
        under = {key: value for key, value in under.items() if key not in _PROXY}
    merged = under | over
    for key in _MERGED:
        if isinstance(under.get(key), dict) and isinstance(over.get(key), dict):
            merged[key] = under[key] | over[key]
    return merged
