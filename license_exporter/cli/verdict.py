"""What a probe found, in a line for each target, or a few lines of one, for people."""

import math
from collections.abc import Iterator, Sequence

from license_exporter.collector.target_view import TargetView
from license_exporter.model.report import License
from license_exporter.process import human
from license_exporter.web.status.findings import Finding, findings
from license_exporter.web.status.pools import PoolRow, pool_rows

# So many pools, and licenses, are shown of one target.
_SHOWN = 20


def verdict(view: TargetView, doubts: Sequence[str], now: float) -> str:
    """The verdict on a target, in a line; `doubts` are the parts of a mapping that find nothing."""
    report = view.filled_report
    first = findings(view, pool_rows(view), now)[0]
    if not view.up:
        return _printable(f"{view.name}: {_told(first, view)}")
    counts = [
        _count(len(report.pools), "pool"),
        _count(len(report.licenses), "license"),
        *([f"{_count(len(doubts), 'part')} of the mapping found nothing"] if doubts else []),
    ]
    # Whatever else is said of it, what never matches is not good.
    word = "doubtful" if doubts else first.attention
    detail = "" if first.text == "Up" else f"{first.text}; "
    return _printable(f"{view.name}: {word}: {detail}{', '.join(counts)}")


def summary(view: TargetView, doubts: Sequence[str], now: float) -> str:
    """What a person wants to know of one target first."""
    report = view.filled_report
    pools = pool_rows(view)
    lines = [verdict(view, doubts, now), f"  {view.product}"]
    found = findings(view, pools, now)
    lines += [f"  {each.text}. {each.action}" for each in found if each.action]
    lines += _few([_pool(row) for row in pools], "pools")
    lines += _few([_license(license, now) for license in report.licenses], "licenses")
    lines += [f"  not found: {doubt}" for doubt in doubts]
    lines.append(f"license-exporter probe {view.name} --metrics shows its metrics.")
    return "\n".join(map(_printable, lines))


def _told(finding: Finding, view: TargetView) -> str:
    reason = f"{view.reason}: " if view.reason else ""
    return f"{finding.attention}: {reason}{finding.detail or finding.text}"


def _pool(row: PoolRow) -> str:
    pool = row.pool
    used = human.amount(pool.used, pool.unit) or "?"
    limit = human.amount(pool.limit, pool.unit) or "?"
    share = f" ({human.percent(row.ratio)})" if row.ratio is not None else ""
    return f"{pool.name}: {used} of {limit} {pool.unit}{share}"


def _license(license: License, now: float) -> str:
    states = " and ".join(sorted(license.states or ()))
    end = ""
    if license.expiry is not None:
        when = human.relative(license.expiry, now)
        end = f"good until {human.until(license.expiry)} ({when})"
        end = "never expires" if math.isinf(license.expiry) else end
    return f"license {license.id}: {', '.join(filter(None, (states, end))) or 'no end is told'}"


def _few(lines: Sequence[str], what: str) -> Iterator[str]:
    yield from (f"  {line}" for line in lines[:_SHOWN])
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more {what}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _printable(text: str) -> str:
    """The text without what would steer a terminal: names are the vendor's."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
