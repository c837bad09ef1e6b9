"""What one fetch asks of a server: credentials made anew once, pages, versions."""

import asyncio

import pytest
from aiohttp import web

from license_exporter.documents import Requests
from license_exporter.errors import FetchError, Reason
from license_exporter.vendors import Document, Paging
from tests.fakes import FakeClock
from tests.servers import client_of, serving

DOCUMENT = Document("rows", "rows")
PAGED = Document("rows", "rows", paging=Paging("next_url", value=("next",)))


class Tokens:
    """An authenticator whose tokens are numbered."""

    def __init__(self):
        self.fetched = 0
        self.refusals = 0
        self._kept = None

    async def headers(self):
        if self._kept is None:
            self.fetched += 1
            self._kept = f"token-{self.fetched}"
        return {"Authorization": self._kept}

    def refused(self):
        self.refusals += 1
        self._kept = None
        return True


def asking(client, tokens=None):
    return Requests(client, tokens or Tokens(), FakeClock(), asyncio.Semaphore(2))


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_credentials_are_made_anew_once_for_all_documents(status):
    async def handler(request):
        stale = request.headers["Authorization"] == "token-1"
        return web.json_response({}, status=status if stale else 200)

    tokens = Tokens()
    async with serving(handler) as url, client_of(url) as client:
        requests = asking(client, tokens)
        await asyncio.gather(*(requests.document(DOCUMENT, None) for _ in range(3)))
    assert (tokens.fetched, tokens.refusals) == (2, 1)


async def test_fresh_credentials_that_are_refused_too_end_the_fetch():
    async def handler(request):
        return web.json_response({}, status=401)

    tokens = Tokens()
    async with serving(handler) as url, client_of(url) as client:
        requests = asking(client, tokens)
        with pytest.raises(FetchError) as caught:
            await requests.document(DOCUMENT, None)
    assert (caught.value.reason, tokens.fetched) == (Reason.AUTH, 2)


async def test_pages_are_followed_within_the_server():
    async def handler(request):
        page = int(request.query.get("page", "1"))
        following = f"rows?page={page + 1}" if page < 3 else None
        return web.json_response({"page": page, "next": following})

    async with serving(handler) as url, client_of(url) as client:
        fetched = await asking(client).document(PAGED, None)
    assert [page["page"] for page in fetched.pages] == [1, 2, 3]


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://127.0.0.1:1/rows", Reason.HTTP),
        ("//127.0.0.1:1/rows", Reason.HTTP),
        ("mailto:someone@example.com", Reason.HTTP),
        ("http://[::1", Reason.SCHEMA),
    ],
)
async def test_a_next_page_elsewhere_is_not_asked_for(address, reason):
    async def handler(request):
        return web.json_response({"next": address})

    async with serving(handler) as url, client_of(url) as client:
        with pytest.raises(FetchError) as caught:
            await asking(client).document(PAGED, None)
    assert caught.value.reason == reason
