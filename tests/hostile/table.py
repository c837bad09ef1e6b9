"""The figures as a table in Markdown, as SECURITY.md shows it."""

from collections.abc import Iterable, Iterator, Sequence

from tests.hostile.attack import END_SECONDS, HEALTHY_SECONDS, MEMORY_MB, SCRAPE_SECONDS, Result

_HEAD = (
    "attack",
    f"`/-/healthy` (≤ {HEALTHY_SECONDS:g} s)",
    f"another scrape, longer by (≤ {SCRAPE_SECONDS:g} s)",
    f"memory (≤ {MEMORY_MB} MB)",
    f"SIGTERM (≤ {END_SECONDS:g} s)",
    "also",
)


def lines(results: Iterable[Result]) -> Iterator[str]:
    """The table, a line at a time; (!) stands beside each figure beyond its bound."""
    yield _row(_HEAD)
    yield _row(["---"] * len(_HEAD))
    for result in results:
        usual = (result.healthy, result.scrape, result.memory, result.end)
        also = "; ".join(
            f"{figure.name}: {figure}" + ("" if figure.bound is None else f" (≤ {figure.bound:g})")
            for figure in result.further
        )
        yield _row([result.name, *map(str, usual), also])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
