"""The command: it ends with exit code 1 where a bound is broken, or a scrape is not whole."""

import argparse
import asyncio
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.soak.day.run import day
from tests.soak.run import soak

_PARTS = {"day": day, "failing": soak}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="of all parts together")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--part", choices=_PARTS, help="this one alone")
    args = parser.parse_args()
    print(f"seed {args.seed}", flush=True)
    parts = [args.part] if args.part else list(_PARTS)
    broken = False
    for part in parts:
        with TemporaryDirectory() as folder:
            seconds = args.minutes * 60 / len(parts)
            figures = asyncio.run(_PARTS[part](seconds, Path(folder), args.seed))
        print(f"{part}:\n{figures}", flush=True)
        broken = broken or bool(figures.broken)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
