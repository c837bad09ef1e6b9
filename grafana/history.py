"""An invented past of nine targets, as OpenMetrics: what dashboards are looked at with.

    python -m grafana.history --days 60 > history.om
    promtool tsdb create-blocks-from openmetrics --max-block-duration=744h history.om data

The pictures of docs/images/ show all 60 days of it.
"""

import argparse
import math
import sys
import time
from collections.abc import Iterator

from grafana.fleet import fleet
from grafana.series import DAY, Series


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=float, default=60, help="how far back")
    parser.add_argument("--step", type=float, default=270, help="seconds between samples")
    parser.add_argument("--end", type=float, default=time.time(), help="epoch seconds")
    flags = parser.parse_args()
    end = flags.end // flags.step * flags.step
    sys.stdout.writelines(exposition(end - flags.days * DAY, end, flags.step))


if __name__ == "__main__":
    main()
