"""An invented past of ten targets, as OpenMetrics: what dashboards are looked at with.

    python -m grafana.history --days 60 > history.om
    promtool tsdb create-blocks-from openmetrics --max-block-duration=744h history.om data

What rules record of it, `promtool tsdb create-blocks-from rules` adds: several times, as they read
one another. The pictures of docs/images/ show a Thursday at 14:00 with 62 days before it.
"""

import argparse
import sys
import time

from grafana.history.exposition import exposition
from grafana.history.series import DAY


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
