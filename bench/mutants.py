"""Changes the pure core, one change at a time, and looks whether a test notices.

    make mutants                      300 changes, chosen at random
    make mutants ARGS="--seed 7"      300 others
    make mutants ARGS=--all           all of them: hours
    make mutants ARGS='license_exporter.model.values.*'

Each change that no test notices is shown, then the share of those that one does. What changes only
the text of a message, or nothing that could be seen, is among them.
"""

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

_MADE = Path("mutants")
_MUTMUT = Path(sys.executable).with_name("mutmut")

# Whatever is run, all changes are made first, and the tests are run once, to see what they reach.
_ONE = "license_exporter.model.values.x_flag*"

# Exit codes of the tests: none failed, none was there.
_UNNOTICED = frozenset({0, 5, 33})


def main() -> None:
    arguments = _arguments()
    _mutmut("run", _ONE)
    names = sorted(_results())
    if arguments.names:
        chosen = [name for name in names if any(fnmatch(name, each) for each in arguments.names)]
    elif arguments.all:
        chosen = names
    else:
        chosen = random.Random(arguments.seed).sample(names, arguments.sample)
    _mutmut("run", *([] if arguments.all else chosen))
    results = _results()
    unnoticed = [name for name in chosen if results[name] in _UNNOTICED]
    for name in unnoticed:
        print(name, *_changed(name), sep="\n    ")
    print()
    tried, missed = Counter(map(_wing, chosen)), Counter(map(_wing, unnoticed))
    for wing in sorted(tried):
        print(f"{wing:10} {1 - missed[wing] / tried[wing]:6.1%} of {tried[wing]:,}")
    share = 1 - len(unnoticed) / len(chosen)
    print(f"{len(chosen):,} of {len(names):,} changes tried, {share:.1%} noticed by a test")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", help="names of changes, with * for any characters")
    parser.add_argument("--all", action="store_true", help="try all of them")
    parser.add_argument("--sample", type=int, default=300, help="how many to try (300)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    return parser.parse_args()


def _mutmut(*words: str) -> None:
    run = subprocess.run([_MUTMUT, *words], capture_output=True, text=True)
    if run.returncode:
        sys.exit("\n".join(run.stdout.splitlines()[-20:]) + run.stderr)


def _results() -> dict[str, int | None]:
    """The exit code of the tests by the name of the change, None before they are run."""
    results: dict[str, int | None] = {}
    for file in _MADE.rglob("*.meta"):
        results |= json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
    return results


def _wing(name: str) -> str:
    return name.split(".")[1]


def _changed(name: str) -> Iterator[str]:
    """The lines that a change takes away and adds, with - and + before them."""
    shown = subprocess.run([_MUTMUT, "show", name], capture_output=True, text=True, check=True)
    for line in shown.stdout.splitlines():
        if line.startswith(("-", "+")) and not line.startswith(("---", "+++")):
            yield line


if __name__ == "__main__":
    main()
