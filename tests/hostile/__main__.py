"""Attack the exporter as a client and as a vendor; exit code 1 where a bound is broken."""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.hostile import clients, documents, requests, streams, vendors
from tests.hostile.attack import Attack, Result
from tests.hostile.run import run
from tests.hostile.table import lines

ATTACKS: tuple[Attack, ...] = (
    *clients.ATTACKS,
    *requests.ATTACKS,
    *vendors.ATTACKS,
    *documents.ATTACKS,
    *streams.ATTACKS,
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="WORD", help="attacks with it in their name")
    parser.add_argument("--short", action="store_true", help="fewer attacks, and less of each")
    args = parser.parse_args()
    chosen = [attack for attack in ATTACKS if _is_chosen(attack, args.names, short=args.short)]
    results: list[Result] = []
    # Servers that mean harm are threads beside those that watch, which must not wait for them.
    sys.setswitchinterval(0.0005)

    def measured():
        for attack in chosen:
            result = _measured(attack, short=args.short)
            if result.broken:
                # Whatever else the machine does can break a bound once.
                result = _measured(attack, short=args.short)
            results.append(result)
            yield result

    for line in lines(measured()):
        print(line, flush=True)
    broken = [result.name for result in results if result.broken]
    if broken or not results:
        print(f"broken: {', '.join(broken) or 'there is no such attack'}", file=sys.stderr)
    return 1 if broken or not results else 0


def _measured(attack: Attack, *, short: bool) -> Result:
    with TemporaryDirectory() as folder:
        return run(attack, Path(folder), short=short)


def _is_chosen(attack: Attack, words: list[str], *, short: bool) -> bool:
    if short and not attack.short:
        return False
    return not words or any(word in attack.name for word in words)


if __name__ == "__main__":
    sys.exit(main())
