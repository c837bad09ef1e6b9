"""From when on people want to be told of a target: the block `alerts` of a target.

The alert rules read these thresholds as metrics, and take their own where none is set.
"""

import math
import re
from itertools import pairwise
from typing import Annotated, Any

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from license_exporter.config import values
from license_exporter.config.options import Options
from license_exporter.config.pool_keys import Key, PoolKey, by_pool, in_units_of, kept
from license_exporter.config.pools import PoolPatterns
from license_exporter.model.vendor import Vendor

# How long before an expiry the alert rules tell it by default, in seconds by severity.
_SPANS = {"info": 30 * 86400.0, "warning": 14 * 86400.0, "critical": 7 * 86400.0}

_NEVER = "never"
_PERCENT = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%", re.ASCII)

_PERCENT_SCHEMA = {"type": "string", "pattern": r"^(\d{1,3}(\.\d{1,6})? ?%|never|\$\{\w+\})$"}
_SPAN_SCHEMA = {"type": "string", "minLength": 1}


def _ratio(value: object, never: float, most: float) -> float:
    """Read a share such as 98% as 0.98, or the value that stands for `never`."""
    written = value.strip() if isinstance(value, str) else ""
    if written.lower() == _NEVER:
        return never
    match = _PERCENT.fullmatch(written)
    if not match or not 0 < float(match[1]) <= most:
        raise ValueError(f"must be a share of the limit such as 90%, at most {most:.0f}%, or never")
    return float(match[1]) / 100


def _near_limit(value: object) -> float:
    return _ratio(value, never=math.inf, most=999)


def _underused(value: object) -> float:
    return _ratio(value, never=0.0, most=100)


def _span(value: object) -> float:
    if isinstance(value, str) and value.strip().lower() == _NEVER:
        return 0.0
    try:
        return values.positive_duration(value)
    except ValueError as error:
        raise ValueError(f"{error}, or never") from None


def _written_ratio(ratio: float) -> str:
    return _NEVER if ratio in (0, math.inf) else f"{ratio * 100:.10g}%"


def _written_span(seconds: float) -> str:
    return values.written_duration(seconds) if seconds else _NEVER


_RATIO_TEXT = PlainSerializer(_written_ratio)
_RATIO_SCHEMA = WithJsonSchema(_PERCENT_SCHEMA)
NearLimit = Annotated[float, PlainValidator(_near_limit), _RATIO_TEXT, _RATIO_SCHEMA]
Underused = Annotated[float, PlainValidator(_underused), _RATIO_TEXT, _RATIO_SCHEMA]
Span = Annotated[
    float, PlainValidator(_span), PlainSerializer(_written_span), WithJsonSchema(_SPAN_SCHEMA)
]


class PoolAlerts(Options):
    """The thresholds of a pool, as shares of its limit; `inf` and 0 are never."""

    near_limit: NearLimit | None = Field(
        default=None,
        description="Share of the limit from which on a pool is near it, such as 98%, or never.",
    )
    underused: Underused | None = Field(
        default=None,
        description="Share of the limit below which a pool is little used, such as 40%, or never.",
    )


class Expiring(Options):
    """How long before its end an expiry is told, in seconds by severity; 0 is never."""

    info: Span | None = Field(default=None, description="As an info, such as 90d, or never.")
    warning: Span | None = Field(default=None, description="As a warning, such as 30d, or never.")
    critical: Span | None = Field(default=None, description="As critical, such as 7d, or never.")

    @model_validator(mode="after")
    def _graver_later(self) -> "Expiring":
        said = [(severity, span) for severity, span in self if span]
        for (milder, longer), (graver, span) in pairwise(said):
            if span > longer:
                raise ValueError(
                    f"{graver} begins before {milder}; give the graver severity the shorter time"
                )
        return self


def _expiring(value: Any) -> Any:
    """Read one span as that of infos, and `never` as that of all severities."""
    if isinstance(value, str | int) and not isinstance(value, bool):
        # Whatever is wrong with it is told of the option itself.
        silent = _span(value) == 0
        return dict.fromkeys(Expiring.model_fields if silent else ("info",), str(value))
    return value


_EXPIRING_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            _SPAN_SCHEMA,
            {
                "type": "object",
                "properties": dict.fromkeys(Expiring.model_fields, _SPAN_SCHEMA),
                "additionalProperties": False,
            },
        ]
    }
)
_POOLS_SCHEMA = by_pool(
    {
        "type": "object",
        "properties": dict.fromkeys(PoolAlerts.model_fields, _PERCENT_SCHEMA),
        "additionalProperties": False,
    }
)


class Alerts(PoolAlerts):
    """The thresholds of a target, and those of single pools of it."""

    expiring: Annotated[Expiring, BeforeValidator(_expiring), _EXPIRING_SCHEMA] = Field(
        default_factory=Expiring,
        description="How long before the end of a license or contract alerts begin: 90d (as an "
        "info), {info: 90d, warning: 30d, critical: 7d}, or never.",
    )
    pools: Annotated[dict[Key, PoolAlerts], _POOLS_SCHEMA] = Field(
        default={},
        description="near_limit and underused of single pools. Keys are pool/unit, or a pool alone "
        "with the vendor's usual unit.",
    )

    def of(self, vendor: Vendor, patterns: PoolPatterns | None) -> "Alerts":
        """These thresholds with the vendor's usual units, for the pools that are exported."""
        pools: dict[PoolKey, PoolAlerts] = kept(patterns, in_units_of(vendor, self.pools))
        return self.model_copy(update={"pools": pools})

    def near_limit_of(self, pool: PoolKey) -> float | None:
        """The narrowest threshold that is set for a pool, as a ratio; None for none."""
        own = self.pools.get(pool)
        return own.near_limit if own and own.near_limit is not None else self.near_limit


def expiring_spans(alerts: Alerts | None) -> dict[str, float]:
    """How long before an expiry it is told, in seconds by severity; 0 is never."""
    said = dict(alerts.expiring) if alerts else {}
    return _SPANS | {severity: span for severity, span in said.items() if span is not None}
