"""Where the next page of a document is, by what its last page says.

The ways are those of `vendors.Paging`; nothing here sends anything.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from license_exporter.errors import FetchError, Reason
from license_exporter.vendors import Paging

_NEXT = re.compile(r";\s*rel\s*=\s*\"?next\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Page:
    """What to ask for: another address (which may be relative), or further parameters."""

    address: str = ""
    params: Mapping[str, str] = field(default_factory=dict)


def first_page(paging: Paging) -> Page:
    """The page to begin with."""
    if paging.kind == "page":
        return Page(params={paging.parameter: str(paging.start)})
    if paging.kind == "offset":
        return Page(params={paging.parameter: "0"})
    return Page()


def next_page(paging: Paging, pages: list[object], links: list[str]) -> Page | None:
    """The page that follows the last of `pages`, None after the last one.

    `links` are the values of its `Link` headers. Raises FetchError `too_large` beyond `max_pages`,
    since what is left out without a word is worse than no answer.
    """
    page = _following(paging, pages, links)
    if page and len(pages) >= paging.max_pages:
        raise FetchError(
            Reason.TOO_LARGE, f"more than {paging.max_pages} pages; raise max_pages to read them"
        )
    return page


def _following(paging: Paging, pages: list[object], links: list[str]) -> Page | None:
    last = pages[-1]
    if paging.kind == "link":
        return next(_linked(links), None)
    if paging.kind == "next_url":
        address = _at(last, paging.value)
        return Page(address=address) if isinstance(address, str) and address else None
    if paging.kind == "token":
        token = _at(last, paging.value)
        if token is None or token in ("", False):
            return None
        return Page(params={paging.parameter: str(token)})
    rows = _at(last, paging.rows)
    count = len(rows) if isinstance(rows, list) else 0
    if paging.kind == "page":
        following = paging.start + len(pages)
        return Page(params={paging.parameter: str(following)}) if count else None
    if count < paging.size:
        return None
    return Page(params={paging.parameter: str(len(pages) * paging.size)})


def _linked(links: list[str]) -> Iterator[Page]:
    """The pages that are called next (RFC 8288, section 3)."""
    for link in ",".join(links).split("<"):
        address, closed, parameters = link.partition(">")
        if closed and _NEXT.search(parameters):
            yield Page(address=address)


def _at(value: object, path: tuple[str, ...]) -> object:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
