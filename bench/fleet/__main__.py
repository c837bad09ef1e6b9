"""`make rules-cost`: what the rules and the dashboards cost Prometheus on a large fleet."""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from bench.fleet import history, queries
from bench.fleet.exposition import exposition
from bench.fleet.prometheus import Prometheus, prometheus, seconds, serving

_RULES = Path(__file__).parents[2] / "prometheus" / "rules.yml"
_SLOW, _LARGE = 1.0, 500_000  # seconds and bytes that a query of a dashboard may take


def _remember(running: Prometheus, groups: list[dict[str, Any]], folder: Path) -> int:
    """Gives Prometheus the history that its rules read; how many samples that is."""
    spans = history.read_back(rule for group in groups for rule in group["rules"])
    written = {
        rule["record"]: seconds(group["interval"])
        for group in groups
        for rule in group["rules"]
        if "record" in rule
    }
    end = int(time.time()) - 1200
    # What Prometheus writes to its own head by now is younger.
    families = {}
    for name, series in running.series(sorted(spans)).items():
        families[name] = series, history.times(spans[name], written.get(name, 60), end)
    one = {"license_used", "license_limit", "license_up", "license_pool_info"}
    for name, series in running.series(sorted(one - spans.keys())).items():
        of_one = {labels: value for labels, value in series.items() if "product-0000" in labels}
        families[name] = of_one, list(range(end - history.MONTH, end, 60))
    count = history.write(folder, families)
    for block in (folder / "blocks").iterdir():
        shutil.move(block, running.folder / block.name)
    return count


def _rules(running: Prometheus, groups: list[dict[str, Any]], minutes: int) -> None:
    """Prints what each group takes, and the dearest rules."""
    intervals = {group["name"]: seconds(group["interval"]) for group in groups}
    took: dict[str, list[float]] = {}
    rules: dict[tuple[str, int, str], list[float]] = {}
    seen: set[tuple[str, str]] = set()
    processor, end = running.processor_time(), time.monotonic() + 60 * minutes
    while time.monotonic() < end:
        for group in running.groups():
            if (group["name"], group["lastEvaluation"]) not in seen:
                seen.add((group["name"], group["lastEvaluation"]))
                took.setdefault(group["name"], []).append(group["evaluationTime"])
                for number, rule in enumerate(group["rules"]):
                    key = (group["name"], number, rule["name"])
                    rules.setdefault(key, []).append(rule["evaluationTime"])
        time.sleep(5)
    total = 0.0
    print("| group | interval | one evaluation | a minute |\n|---|---|---|---|")
    for name, times in took.items():
        mean = sum(times) / len(times)
        total += mean * 60 / intervals[name]
        minute = mean * 60 / intervals[name]
        print(f"| {name} | {intervals[name]} s | {mean:.3f} s | {minute:.3f} s |")
    processor = (running.processor_time() - processor) / minutes
    print(f"| all | | | {total:.2f} s |\n")
    print(f"processor time, scrapes and all: {processor:.2f} s a minute")
    print("dearest rules, seconds a minute:")
    dear = {key: sum(of) / len(of) * 60 / intervals[key[0]] for key, of in rules.items()}
    for (group, _, name), cost in sorted(dear.items(), key=lambda item: -item[1])[:25]:
        print(f"  {cost:.3f}  {group}  {name}")


def _dashboards(running: Prometheus) -> None:
    """Prints the queries that take too long or bring too much, and how many there are."""
    end = time.time()
    costs = [queries.cost(running, query, end) for query in queries.queries()]
    dear = [cost for cost in costs if cost.seconds > _SLOW or cost.size > _LARGE]
    slowest = max(costs, key=lambda cost: cost.seconds)
    largest = max(costs, key=lambda cost: cost.size)
    print(f"{len(costs)} queries, {len(dear)} over {_SLOW:g} s or {_LARGE // 1000} kB", end="; ")
    print(f"the slowest {slowest.seconds:.2f} s, the largest {largest.size // 1000} kB")
    for cost in sorted(dear, key=lambda cost: -cost.seconds):
        query = cost.query
        print(f"  {cost.seconds:.2f} s {cost.size // 1000} kB {query.dashboard} {query.panel}")
        print(f"    {query.expression}")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fleet", description=__doc__)
    parser.add_argument("--targets", type=int, default=1000, help="of 20 pools each (1000)")
    parser.add_argument("--minutes", type=int, default=5, help="of evaluations (5)")
    parser.add_argument("--prometheus", default="prometheus", help="the program")
    parser.add_argument("--rules", type=Path, default=_RULES, help="the file of rules")
    arguments = parser.parse_args()
    groups = yaml.safe_load(arguments.rules.read_text(encoding="utf-8"))["groups"]
    body = exposition(arguments.targets, time.time())
    print(f"{arguments.targets} targets, {len(body) / 1e6:.1f} MB", flush=True)
    with (
        tempfile.TemporaryDirectory() as name,
        serving(body) as target,
        prometheus(arguments.prometheus, target, groups, Path(name)) as running,
    ):
        time.sleep(310)
        scraped = body.count("\n") - body.count("#")
        print(f"{scraped} series scraped, {running.recorded()} recorded", flush=True)
        samples = _remember(running, groups, Path(name))
        print(f"{samples} samples of history", flush=True)
        time.sleep(130)
        _rules(running, groups, arguments.minutes)
        _dashboards(running)


if __name__ == "__main__":
    main()
