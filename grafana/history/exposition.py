"""The invented past as OpenMetrics."""

import math
from collections.abc import Iterator

from grafana.history.fleet import fleet
from grafana.history.series import Series


def exposition(begin: float, end: float, step: float) -> Iterator[str]:
    """The lines of the file: each series with all its samples, the families together."""
    scrape = (("instance", "exporter:10058"), ("job", "license_exporter"))
    for series in sorted(fleet(begin, end), key=lambda series: series.metric):
        name = str(Series(series.metric, (*series.labels, *scrape), series.course))
        now = begin
        while now <= end:
            value = series.course(now)
            if value is not None:
                yield f"{name} {'+Inf' if value == math.inf else repr(float(value))} {now:.0f}\n"
            now += step
    yield "# EOF\n"
