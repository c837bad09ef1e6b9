"""The renewals and the pools of all targets as CSV (RFC 4180, in UTF-8)."""

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from license_exporter.collector.target_view import TargetView
from license_exporter.process import human
from license_exporter.web.status.endings import Ending
from license_exporter.web.status.renewals import Renewals

# What a spreadsheet takes for the beginning of a formula, full-width signs too.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

# Names and values may have spaces in them.
_SEPARATOR = "; "

_Cell = str | float | None

_RENEWALS = (
    "date",
    "kind",
    "what",
    "target",
    "vendor",
    "product",
    "owner",
    "supplier",
    "reference",
    "auto_renew",
    "state",
    "pools",
    "price_at_use",
    "price_at_limit",
    "currency",
    "answer_time",
    "labels",
)
_POOLS = (
    "target",
    "vendor",
    "product",
    "owner",
    "pool",
    "unit",
    "name",
    "license",
    "parent",
    "window",
    "used",
    "limit",
    "contract",
    "contract_limit",
    "unit_price",
    "currency",
    "answer_time",
    "labels",
)


def renewals_csv(found: Renewals, now: float) -> bytes:
    """A line for each ending, and for each currency of its price."""
    return _csv(_RENEWALS, (row for ending in found.all for row in _of_ending(ending, now)))


def pools_csv(views: Iterable[TargetView]) -> bytes:
    """A line for each pool that is known."""
    return _csv(_POOLS, (row for view in views for row in _of_pools(view)))


def _of_ending(ending: Ending, now: float) -> Iterator[Sequence[_Cell]]:
    view, contract, price = ending.view, ending.contract, ending.price
    renews = contract.auto_renew if contract else None
    for currency in price.currencies or ("",):
        yield (
            "unknown" if ending.when is None else human.last_day(ending.when),
            ending.kind,
            ending.text,
            view.name,
            view.vendor,
            view.product,
            ending.owner,
            contract.supplier if contract else "",
            contract.reference if contract else "",
            {True: "yes", False: "no", None: ""}[renews],
            ending.state(now),
            _SEPARATOR.join(dict.fromkeys(pool.name for pool in ending.pools)),
            price.today.get(currency),
            price.limit.get(currency),
            currency,
            _moment(view.last_success),
            _labels(view),
        )


def _of_pools(view: TargetView) -> Iterator[Sequence[_Cell]]:
    owner = view.labels.get("owner", "") or view.labels.get("team", "")
    for pool in view.known.pools if view.known else ():
        key = (pool.name, pool.unit)
        contract = next((each for each in view.contracts if key in each.pools), None)
        price = contract.prices.get(key) if contract else None
        bought = contract.limits.get(key) if contract else None
        yield (
            view.name,
            view.vendor,
            view.product,
            (contract.owner if contract else "") or owner,
            *key,
            pool.display_name,
            pool.license,
            pool.parent,
            pool.window,
            pool.used,
            bought if pool.limit is None else pool.limit,
            contract.name if contract else "",
            bought,
            price,
            contract.currency if contract and price is not None else "",
            _moment(view.last_success),
            _labels(view),
        )


def _csv(names: Sequence[str], rows: Iterable[Sequence[_Cell]]) -> bytes:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(names)
    table.writerows([_cell(value) for value in row] for row in rows)
    # A vendor's text can hold half a character, which no encoding has.
    return written.getvalue().encode("utf-8", "replace")


def _cell(value: _Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return f"'{value}" if value.startswith(_FORMULA) else value
    if math.isinf(value):
        return "unlimited"
    return f"{value:.0f}" if value == int(value) else repr(round(value, 6))


def _moment(when: float | None) -> str:
    return "" if when is None else f"{datetime.fromtimestamp(when, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _labels(view: TargetView) -> str:
    return _SEPARATOR.join(f"{name}={value}" for name, value in view.labels.items())
