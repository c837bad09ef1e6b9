"""Changes the pure core, one change at a time, and looks whether a test notices.

    make mutants                      300 changes, chosen at random
    make mutants ARGS="--seed 7"      300 others
    make mutants ARGS=--all           all of them: some 20 minutes on two cores
    make mutants ARGS='license_exporter.model.values.*'

Each change that no test notices is shown, unless bench/mutants/known says why none does; then the
share that one does notice. Fails if a change is shown, or if the share of all is below 97 of 100.
"""

import argparse
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Collection
from fnmatch import fnmatch
from pathlib import Path

from bench.mutants.changes import Result, changed_lines, results
from bench.mutants.known import known

_MADE = Path("mutants")
_MUTMUT = Path(sys.executable).with_name("mutmut")

# Whatever is run, all changes are made first, and the tests are run once, to see what they reach.
_ONE = "license_exporter.model.values.x_flag*"

_AIM = 0.97


def main() -> None:
    arguments = _arguments()
    _mutmut("run", _ONE)
    names = [result.name for result in results(_MADE)]
    chosen = _chosen(sorted(names), arguments)
    _mutmut("run", *([] if arguments.all else chosen))
    tried = [result for result in results(_MADE) if result.name in set(chosen)]
    unnoticed = [result for result in tried if not result.noticed]
    unexplained = _show_unexplained(unnoticed)
    _show_shares(tried, unnoticed)
    share = 1 - len(unnoticed) / len(tried)
    print(
        f"{len(tried):,} of {len(names):,} changes tried, {share:.1%} noticed by a test, "
        f"{len(unnoticed) - unexplained:,} known, {unexplained:,} not"
    )
    sys.exit(unexplained > 0 or (arguments.all and share < _AIM))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="names of changes, with * for any characters")
    parser.add_argument("--all", action="store_true", help="try all of them")
    parser.add_argument("--sample", type=int, default=300, help="how many to try (300)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    return parser.parse_args()


def _chosen(names: list[str], arguments: argparse.Namespace) -> Collection[str]:
    if arguments.names:
        return {name for name in names if any(fnmatch(name, each) for each in arguments.names)}
    if arguments.all:
        return set(names)
    return set(random.Random(arguments.seed).sample(names, arguments.sample))


def _mutmut(*words: str) -> None:
    run = subprocess.run([_MUTMUT, *words], capture_output=True, text=True)
    if run.returncode:
        sys.exit("\n".join(run.stdout.splitlines()[-20:]) + run.stderr)


def _show_unexplained(unnoticed: list[Result]) -> int:
    """Print each that the list does not have, and return their number."""
    listed = {(each.function, each.lines) for each in known()}
    count = 0
    for result in unnoticed:
        lines = changed_lines(_MADE, result)
        if (result.function, lines) not in listed:
            print(result.name, *lines, sep="\n    ")
            count += 1
    return count


def _show_shares(tried: list[Result], unnoticed: list[Result]) -> None:
    all_of, missed = Counter(map(_wing, tried)), Counter(map(_wing, unnoticed))
    print()
    for wing in sorted(all_of):
        print(f"{wing:10} {1 - missed[wing] / all_of[wing]:6.1%} of {all_of[wing]:,}")


def _wing(result: Result) -> str:
    return result.name.split(".")[1]


if __name__ == "__main__":
    main()
