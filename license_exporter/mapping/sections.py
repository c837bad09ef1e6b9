"""The sections of a mapping: which rows of a document become which part of the model.

Each section is a list of row sets. The fields of a row set whose types are kinds of values are
its columns; what they mean is told in `license_exporter.model.report`.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from license_exporter.config.options import SHOWN, Options
from license_exporter.config.values import Flag
from license_exporter.mapping.dates import DateValue, EndValue, PeriodValue
from license_exporter.mapping.kinds import (
    FlagValue,
    LimitValue,
    NumberValue,
    StateValue,
    TextValue,
    WindowValue,
)
from license_exporter.mapping.value import OneOrMore, Value
from license_exporter.model.report import DeadlineKind, ThresholdKind, UnitState

Duplicates = Literal["error", "add", "greatest"]
States = Annotated[tuple[StateValue, ...], OneOrMore()]


class RowSet(Options):
    """Rows of a document, each of which fills one item of the model."""

    document: Annotated[str, SHOWN] = Field(
        default="", description="Name of the request; not needed where there is only one."
    )
    rows: Annotated[tuple[str, ...], OneOrMore(), SHOWN] = Field(
        default=(),
        description="JMESPath expression that finds the rows: an array, or an object for a single "
        "row. Several: loops in each other, each applied to the rows of the one before; parent() "
        "is then the row around. Without it, the document is the only row.",
    )
    optional: Flag = Field(
        default=False,
        description="true: that there are no rows is not counted in license_skipped_values.",
    )
    duplicates: Annotated[Duplicates, SHOWN] = Field(
        default="error",
        description="What becomes of two rows with equal labels. error: the document is refused. "
        "add: their numbers are added, of anything else the first is kept. greatest: the greatest "
        "number and the latest date are kept.",
    )

    def columns(self) -> Iterator[tuple[str, Value]]:
        """The values that this row set fills: `limit`, `thresholds.hard`, `state.0`."""
        for name, value in self:
            if isinstance(value, Value):
                yield name, value
            elif isinstance(value, dict):
                for key, item in value.items():
                    yield f"{name}.{key}", item
            elif name == "state":
                for index, item in enumerate(value or ()):
                    yield f"{name}.{index}", item


class LicenseRows(RowSet):
    """Licenses: what they are, their states and dates."""

    id: TextValue | None = Field(
        default=None, description="The vendor's id, never a secret; without it: default."
    )
    edition: TextValue | None = Field(default=None, description="Edition or plan.")
    customer: TextValue | None = Field(default=None, description="To whom it was issued.")
    policy: TextValue | None = Field(default=None, description="The vendor's word for its kind.")
    current: FlagValue | None = Field(
        default=None, description="Whether it is in force, where older ones are told too."
    )
    trial: FlagValue | None = Field(default=None, description="Whether it is a trial.")
    state: States = Field(
        default=(),
        description="Its states. Of several values each adds its own; active holds only if all "
        "that say something say so.",
    )
    expiry: EndValue | None = Field(default=None, description="When it ends.")
    start: DateValue | None = Field(default=None, description="When it begins.")
    created: DateValue | None = Field(default=None, description="When it was created.")
    updated: DateValue | None = Field(default=None, description="When it was last changed.")
    validated: DateValue | None = Field(
        default=None, description="When the product last validated it."
    )
    grace_period: NumberValue | None = Field(
        default=None, description="Tolerated time after its expiry, in seconds."
    )
    grace_usage_ratio: NumberValue | None = Field(
        default=None, description="Tolerated share over its limit; 0.1 is 10 %."
    )
    deadlines: dict[DeadlineKind, EndValue] = Field(
        default={}, description="Other dates that end something, by kind."
    )


class PoolRows(RowSet):
    """Pools: units of one kind that are entitled and used."""

    name: TextValue = Field(description="The vendor's machine name.")
    unit: TextValue | None = Field(
        default=None, description="What is counted: users, nodes, bytes. Default: the mapping's."
    )
    display_name: TextValue | None = Field(default=None, description="The vendor's display name.")
    license: TextValue | None = Field(default=None, description="Id of its license.")
    parent: TextValue | None = Field(
        default=None, description="Pool whose units it shares or counts again."
    )
    window: WindowValue | None = Field(
        default=None, description="Window with which `used` starts anew."
    )
    window_start: DateValue | None = Field(default=None, description="Start of that window.")
    window_end: DateValue | None = Field(default=None, description="End of that window.")
    used: NumberValue | None = Field(default=None, description="Units in use.")
    limit: LimitValue | None = Field(default=None, description="Units entitled.")
    limit_reached: FlagValue | None = Field(
        default=None, description="Whether the vendor says that the limit is reached."
    )
    available: NumberValue | None = Field(
        default=None, description="What remains by the vendor's own count."
    )
    overage: NumberValue | None = Field(default=None, description="Units over the limit.")
    peak_used: NumberValue | None = Field(default=None, description="Greatest use.")
    assignments: NumberValue | None = Field(
        default=None, description="Things to which a license of the pool is assigned."
    )
    thresholds: dict[ThresholdKind, LimitValue] = Field(
        default={}, description="Other ceilings that the vendor names, by kind."
    )
    units: dict[UnitState, NumberValue] = Field(
        default={}, description="Units entitled, by lifecycle."
    )


class EntitlementRows(RowSet):
    """Entitlements: features that a license grants."""

    license: TextValue | None = Field(default=None, description="Id of the license.")
    name: TextValue = Field(description="The vendor's machine name.")
    granted: FlagValue | None = Field(default=None, description="Whether the license grants it.")
    enabled: FlagValue | None = Field(default=None, description="Whether it is switched on.")
    limit: LimitValue | None = Field(default=None, description="Its limit.")
    unit: TextValue | None = Field(default=None, description="What the limit counts.")
    expiry: EndValue | None = Field(default=None, description="When it ends.")
    state: States = Field(default=(), description="Its states, as those of a license.")


class LocationRows(RowSet):
    """Locations: where units of a pool are used."""

    pool: TextValue = Field(description="Pool from which the units are taken.")
    unit: TextValue | None = Field(default=None, description="Unit of the pool.")
    location: TextValue = Field(description="Where.")
    location_type: TextValue | None = Field(default=None, description="Kind of the location.")
    used: NumberValue = Field(description="Units in use there.")
    duplicates: Annotated[Duplicates, SHOWN] = Field(
        default="add", description="What becomes of two rows with equal labels."
    )


class AssignmentRows(RowSet):
    """Assignments: things to which a license of a pool is assigned, counted by pool."""

    pool: TextValue = Field(description="The pool.")
    unit: TextValue | None = Field(default=None, description="Unit of the pool.")
    count: NumberValue = Field(
        default=NumberValue(value=1), description="Assignments of the row; default: 1."
    )
    duplicates: Annotated[Duplicates, SHOWN] = Field(
        default="add", description="What becomes of two rows with equal labels."
    )


class PeriodRows(RowSet):
    """Periods: what was used of a pool in days, months or years."""

    pool: TextValue = Field(description="The pool.")
    unit: TextValue | None = Field(default=None, description="Unit of the pool.")
    period: PeriodValue = Field(description="The period in ISO 8601, such as 2021-02.")
    used: NumberValue = Field(description="Units used in it.")


class ReportRows(RowSet):
    """What is said of the answer as a whole."""

    warnings: NumberValue | None = Field(default=None, description="Number of warnings.")
    pending_bytes: NumberValue | None = Field(
        default=None, description="Scanned data not yet accounted for, in bytes."
    )
    pending_scans: NumberValue | None = Field(
        default=None, description="Scans not yet accounted for."
    )
    data_timestamp: DateValue | None = Field(
        default=None, description='The vendor\'s own "as of" time.'
    )
