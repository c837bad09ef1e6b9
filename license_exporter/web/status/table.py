"""The status page's table of targets: which rows are shown, in which order, and what is in them."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from license_exporter.collector.target_view import TargetView
from license_exporter.web.status.attention import Attention
from license_exporter.web.status.findings import Finding, findings, next_expiry
from license_exporter.web.status.pools import PoolRow, pool_rows


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target in the table: its findings and pools, the most pressing first.

    `expiry` is in seconds since the epoch, None where no license has one.
    """

    view: TargetView
    findings: tuple[Finding, ...]
    pools: tuple[PoolRow, ...]
    expiry: float | None

    @property
    def attention(self) -> Attention:
        return self.findings[0].attention

    @property
    def text(self) -> str:
        """All words of the target that a filter can be meant for, in lower case."""
        view = self.view
        labels = (f"{name}={value}" for name, value in view.labels.items())
        words = (view.name, view.vendor, view.product, view.reason or "", view.message, *labels)
        findings = (f"{finding.attention} {finding.text}" for finding in self.findings)
        return "\n".join((*words, *findings)).lower()


@dataclass(frozen=True, slots=True)
class Overview:
    """One page of the table of targets.

    `rows` are those of page number `page` of `pages`, and `matching` counts the targets of all
    pages. `counts` has how many targets match the text, by attention; `total` counts all targets.
    """

    rows: tuple[TargetRow, ...]
    counts: Mapping[Attention, int]
    total: int
    matching: int
    page: int
    pages: int


def overview(
    views: Sequence[TargetView], now: float, text: str, attention: str, page: int, size: int
) -> Overview:
    """The page of those targets whose text has each word of `text`, the most pressing first.

    `attention` is a value of Attention, or "" for all; `size` is the number of targets on a page,
    and a `page` beyond the last one is the last one. `now` is in seconds since the epoch.
    """
    words = text.lower().split()
    rows = (target_row(view, now) for view in views)
    found = [row for row in rows if not words or _contains(row.text, words)]
    counts = Counter(row.attention for row in found)
    chosen = [row for row in found if attention in ("", row.attention)]
    chosen.sort(key=lambda row: (row.findings[0].rank, row.view.name))
    pages = max(1, math.ceil(len(chosen) / size))
    page = min(max(page, 1), pages)
    return Overview(
        rows=tuple(chosen[(page - 1) * size : page * size]),
        counts={attention: counts[attention] for attention in Attention if counts[attention]},
        total=len(views),
        matching=len(chosen),
        page=page,
        pages=pages,
    )


def _contains(text: str, words: Sequence[str]) -> bool:
    return all(word in text for word in words)


def target_row(view: TargetView, now: float) -> TargetRow:
    """The row of one target; `now` is in seconds since the epoch."""
    report = view.filled_report
    pools = pool_rows(view)
    return TargetRow(
        view, tuple(findings(view, pools, now)), tuple(pools), next_expiry(report, now)
    )
