"""What the name of a number or a date means, by its words and those of the names around it."""

from collections.abc import Sequence
from dataclasses import dataclass

from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Sure
from license_exporter.mapping.draft.words import words

# A number that ends in one of these counts nothing that is bought.
_NO_COUNT = of.listed(
    "id code port version page year month day hour minute second ms percent percentage ratio rate",
    "timeout interval serial order priority build price cost currency tax weight score offset ttl",
    "timestamp date time epoch index level latitude longitude quarter week duration zip status pid",
    "uptime expiry expiration expire number threshold perc pct",
)
# What a program has of these was not bought with its license.
_TECHNICAL = of.listed(
    "memory heap thread cache queue buffer swap connection retry attempt password login file",
    "rate latency load temperature upload request page cpu disk process container pod image mem",
)
# usedInstancesNumber is no number of a contract.
_COUNTED_BY_NUMBER = of.USE | of.LIMIT | of.LEFT | {"licensed"}
_TIMES = of.listed("time period grace duration lifetime validity")
_SPANS = of.listed("day hour minute second")
_PAGING = {
    "".join(words(name))
    for name in of.listed(
        "total count limit offset page perPage pageSize size start totalCount totalPages totalSize",
        "totalResults resultCount itemsPerPage startIndex next previous currentPage subtotal more",
        "selectable totalElements numberOfElements maxResults totalItems totalRecords recordCount",
        "resultSetSize startPosition endPosition pageCount pageNumber numRecords numResults",
        "numItems numPages totalEntries",
    )
}
_PAGING_OBJECTS = of.listed("meta pagination paging page link cursor")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The column that a name means, by which of its words, and how sure that alone makes."""

    column: str
    word: str
    sure: Sure


def count(name: Sequence[str]) -> Meaning | None:
    """What the words of a number's name say that it counts; None where they say nothing."""
    found = frozenset(name)
    if found & of.OVER:
        ceiling = found & (of.LIMIT - {"quota", "capacity"})
        return None if ceiling else _meant("overage", found & of.OVER)
    if "threshold" in found and not found & of.THRESHOLDS:
        return None
    in_use = {"in", "use"} <= found or {"checked", "out"} <= found
    participle = found & of.PARTICIPLES or (frozenset({"in use"}) if in_use else frozenset())
    if found & of.PEAK or {"high", "water"} <= found or (participle and found & {"max", "maximum"}):
        return _meant("peak_used", found & (of.PEAK | {"max", "maximum", "water"}))
    if found & of.THRESHOLDS and found & (of.LIMIT | of.ENTITLED | {"threshold"}):
        kind = next(iter(sorted(found & of.THRESHOLDS)))
        return Meaning(f"thresholds.{kind}", kind, Sure.LIKELY)
    if found & of.LEFT and not found & (of.LIMIT - {"allowance", "quota", "capacity"}):
        return _meant("available", found & of.LEFT)
    if participle:
        return _meant("used", participle)
    if found & of.LIMIT:
        return _meant("limit", found & of.LIMIT)
    if found & of.USE:
        return _meant("used", found & of.USE)
    return _perhaps(found)


def _perhaps(found: frozenset[str]) -> Meaning | None:
    """What words say that mean one thing here, another there."""
    entitled = found & of.ENTITLED
    if entitled and "total" in found:
        return _meant("limit", frozenset({"total"}) | entitled, Sure.NOT_SURE)
    if found & (of.PERHAPS_USE - {"count", "number", "counted"}):
        return _meant("used", found & of.PERHAPS_USE, Sure.NOT_SURE)
    if entitled or found & (of.PERHAPS_LIMIT - {"total", "quantity", "size"}):
        told = found & of.PERHAPS_LIMIT or entitled
        return _meant("limit", told, Sure.NOT_SURE)
    if found & of.PERHAPS_USE and found - of.PERHAPS_USE - of.FILLERS:
        return _meant("used", found & of.PERHAPS_USE, Sure.NOT_SURE)
    if found & of.PERHAPS_LIMIT:
        return _meant("limit", found & of.PERHAPS_LIMIT, Sure.NOT_SURE)
    return None


def date(name: Sequence[str], around: Sequence[str] = ()) -> Meaning | None:
    """What the words of a date's name say that it is; `around` are those of the names before it."""
    found = frozenset(name)
    if found & of.END or {"valid", "to"} <= found or {"not", "after"} <= found:
        return _end(found, around)
    for column, meant in (
        ("start", of.START),
        ("validated", of.VALIDATED),
        ("updated", of.UPDATED),
    ):
        if found & meant or (column == "start" and {"not", "before"} <= found):
            return _meant(column, found & meant or frozenset({"not before"}))
    if found & of.CREATED:
        sure = Sure.NOT_SURE if found & {"purchase", "purchased"} else Sure.LIKELY
        return _meant("created", found & of.CREATED, sure)
    return None


def _end(found: frozenset[str], around: Sequence[str]) -> Meaning:
    for word in (*sorted(found), *reversed(around)):
        if word in of.DEADLINES:
            return Meaning(f"deadlines.{of.DEADLINES[word]}", word, Sure.LIKELY)
    told = found & of.END or frozenset({"valid to"})
    if told & {"terminate"}:
        return Meaning("deadlines.termination", "terminate", Sure.LIKELY)
    if told & {"renewal", "renew", "due"}:
        return _meant("expiry", told, Sure.NOT_SURE)
    return _meant("expiry", told)


def counts_days(name: Sequence[str]) -> bool:
    """Whether a number is a span of time."""
    return not _SPANS.isdisjoint(name)


def noun(name: Sequence[str]) -> tuple[str, ...]:
    """What is counted: the words of a name that are neither a meaning nor fill it."""
    said = of.USE | of.LIMIT | of.LEFT | of.OVER | of.PEAK | of.PERHAPS_USE | of.THRESHOLDS
    said |= of.FILLERS | (of.PERHAPS_LIMIT - {"licensed", "quantity"}) | {"threshold"}
    rest = tuple(word for word in name if word not in said and not word.isdigit())
    shorter = tuple(word for word in rest if word not in of.LICENSE | {"licensed"})
    return shorter or tuple(word for word in rest if word != "licensed")


def is_bare(name: Sequence[str]) -> bool:
    """Whether a name says what is counted, and nothing else."""
    return bool(name) and len(noun(name)) + sum(word in of.FILLERS for word in name) >= len(name)


def counts_nothing(path: Sequence[str], has_rows: bool) -> bool:
    """Whether a number is of the kind that no license limits: an id, a version, a page."""
    name = words(path[-1])
    if name[-3:] == ("line", "of", "code"):
        return False
    if name[-1:] == ("number",) and set(name) & _COUNTED_BY_NUMBER:
        return False
    if _TIMES & set(name) and of.LEFT & set(name):
        return True
    if not name or name[-1] in _NO_COUNT or _PAGING_OBJECTS & set(words("_".join(path[:-1]))):
        return True
    return has_rows and "".join(name) in _PAGING and len(path) < 3


def is_technical(path: Sequence[str]) -> bool:
    """Whether a number counts what computers have, rather than what is bought."""
    return not _TECHNICAL.isdisjoint(words("_".join(path)))


def _meant(column: str, told: frozenset[str], sure: Sure = Sure.LIKELY) -> Meaning:
    return Meaning(column, " ".join(sorted(told)), sure)
