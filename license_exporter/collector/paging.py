"""Where the next page of a document is, by what its last page says.

The ways are those of `vendors.Paging`; nothing here sends anything.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from license_exporter.errors import FetchError, Reason
from license_exporter.model.values import number
from license_exporter.model.vendor import Paging

# A link can have several relations, in any order.
_NEXT = re.compile(r';\s*rel\s*=\s*(?:next\b|"(?:[^"]*\s)?next[\s"])', re.IGNORECASE)


# No server takes a longer address, in characters.
_LONGEST = 16 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """What to ask for: another address (which may be relative), or further parameters.

    `number` is that of the page, where pages have one.
    """

    address: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    number: int | None = None


def first_page(paging: Paging) -> Page:
    """The page to begin with."""
    if paging.kind == "page":
        return _numbered(paging, paging.start)
    if paging.kind == "offset":
        return Page(params={paging.parameter: 0})
    return Page()


def next_page(paging: Paging, pages: list[object], links: list[str]) -> Page | None:
    """The page that follows the last of `pages`, None after the last one.

    `links` are the values of its `Link` headers. What is left out without a word is worse than no
    answer: raises FetchError `too_large` beyond `max_pages`, `schema` where rows that tell the end
    are not in the first page, and where what tells the next page is of another type.
    """
    page = _following(paging, pages, links)
    if page and any(map(_is_too_long, (page.address, *page.params.values()))):
        problem = "what tells the next page is longer than an address can be"
        raise FetchError(Reason.SCHEMA, problem)
    if page and len(pages) >= paging.max_pages:
        advice = "raise max_pages to read them"
        if pages[-2:-1] == pages[-1:]:
            advice = "the last two are the same, so the server may not know the parameter"
        raise FetchError(Reason.TOO_LARGE, f"more than {paging.max_pages} pages; {advice}")
    return page


def _following(paging: Paging, pages: list[object], links: list[str]) -> Page | None:
    last = pages[-1]
    if paging.kind == "link":
        return next(_linked(links), None)
    if paging.kind == "next_url":
        address = _told(paging, last, str)
        return Page(address=address) if address else None
    if paging.kind == "token":
        token = _told(paging, last, str, int, float)
        if not token:
            return None
        return Page(params={paging.parameter: token if isinstance(token, int) else str(token)})
    if paging.last and _at(last, paging.last) is True:
        # It may be the only one, and have no rows at all.
        return None
    counts = [_count(paging, page) for page in pages]
    if counts[0] is None:
        where = ".".join(paging.rows) or "the document itself"
        raise FetchError(
            Reason.SCHEMA, f"the first page has no rows at {where}; say in paging.rows where"
        )
    if not counts[-1] or (paging.size and counts[-1] < paging.size):
        return None
    rows = sum(filter(None, counts))
    if paging.total and _tells_all(_at(last, paging.total), rows):
        return None
    if paging.kind == "page":
        return _numbered(paging, paging.start + len(pages))
    return Page(params={paging.parameter: rows})


def is_past_the_end(paging: Paging, pages: list[object], status: int) -> bool:
    """Whether a server says by a status that there is no page beyond those that were counted."""
    return bool(pages) and paging.kind in ("page", "offset") and status in (204, 400, 404)


def _numbered(paging: Paging, number: int) -> Page:
    return Page(params={paging.parameter: number} if paging.parameter else {}, number=number)


def _tells_all(total: object, rows: int) -> bool:
    """Whether `rows` are as many as a document says that there are."""
    try:
        told = number(total)
    except ValueError:
        return False
    return told is not None and rows >= told


def _told(paging: Paging, page: object, *types: type) -> Any:
    """What a page tells of the next one: of these types, or empty where it is the last."""
    told = _at(page, paging.value)
    if told and (told is True or not isinstance(told, types)):
        where = ".".join(paging.value)
        problem = f"what stands at {where} tells no next page; say in paging.value what does"
        raise FetchError(Reason.SCHEMA, problem)
    return told


def _count(paging: Paging, page: object) -> int | None:
    """The number of rows of a page, None if there is no place for them; null is none of them."""
    if paging.rows:
        holder = _at(page, paging.rows[:-1])
        if not isinstance(holder, dict) or paging.rows[-1] not in holder:
            return None
        page = holder[paging.rows[-1]]
    elif isinstance(page, dict):
        return None
    if isinstance(page, list | dict):
        return len(page)
    return 0 if page is None else None


def _linked(links: list[str]) -> Iterator[Page]:
    """The pages that are called next (RFC 8288, section 3)."""
    for link in ",".join(links).split("<"):
        address, closed, parameters = link.partition(">")
        if closed and _NEXT.search(parameters):
            yield Page(address=address)


def _is_too_long(told: str | int) -> bool:
    return isinstance(told, str) and len(told) > _LONGEST


def _at(value: object, path: tuple[str, ...]) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
