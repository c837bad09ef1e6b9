"""What one fetch asks of a server: credentials made anew once, pages, versions."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import pytest
from aiohttp import web

from license_exporter.collector import room as room_of
from license_exporter.collector.requests import Requests
from license_exporter.collector.room import Places, Room
from license_exporter.config.echoes import Echoes
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Document, Paging
from tests.fakes import FakeClock, Gate
from tests.servers import client_of, serving, talking

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

    def params(self):
        return {}

    def told(self):
        return {}

    def refused(self):
        self.refusals += 1
        self._kept = None
        return True


class Fixed(Tokens):
    """One whose token is long enough to be sought in answers."""

    async def headers(self):
        return {"Authorization": "Bearer t0ken-that-is-sent"}


def asking(client, tokens=None, room=None, denied=None):
    denied = set() if denied is None else denied
    room = room or Room(Places(asyncio.Semaphore(2)))
    tokens = tokens or Tokens()
    return Requests(client, tokens, FakeClock(), room.arriving, denied, Echoes(), lists=frozenset())


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


async def three_pages(request):
    """A page of 300 bytes and more, which names the address of the next one."""
    page = int(request.query.get("page", "1"))
    following = f"{'s3cr3t' * 50}?page={page + 1}" if page < 3 else None
    return web.json_response({"page": page, "next": following})


async def test_credentials_that_cannot_be_had_are_asked_for_once():
    class Refused(Tokens):
        async def headers(self):
            self.fetched += 1
            raise FetchError(Reason.AUTH, "no")

    tokens = Refused()
    async with client_of("http://127.0.0.1:1") as client:
        requests = asking(client, tokens)
        outcomes = await asyncio.gather(
            *(requests.document(DOCUMENT, None) for _ in range(3)), return_exceptions=True
        )
    assert [outcome.reason for outcome in outcomes] == [Reason.AUTH] * 3
    assert tokens.fetched == 1


async def test_a_token_that_cannot_be_renewed_fails_all_documents_alike():
    class Broken(Tokens):
        async def headers(self):
            if self.refusals:
                self.fetched += 1
                raise FetchError(Reason.CONNECT, "no sign-in")
            return {"Authorization": "ended"}

    async def handler(request):
        return web.json_response({}, status=401)

    tokens = Broken()
    async with serving(handler) as url, client_of(url) as client:
        requests = asking(client, tokens)
        outcomes = await asyncio.gather(
            *(requests.document(DOCUMENT, None) for _ in range(3)), return_exceptions=True
        )
    assert [outcome.reason for outcome in outcomes] == [Reason.CONNECT] * 3
    assert tokens.fetched == 1


async def test_a_document_that_gives_up_waiting_for_a_new_token_leaves_that_to_the_others():
    waiting = asyncio.get_running_loop().create_future()

    class Slow(Tokens):
        async def headers(self):
            if self.refusals and not waiting.done():
                waiting.set_result(asyncio.current_task())
                await asyncio.Event().wait()
            return await super().headers()

    async def handler(request):
        ended = request.headers["Authorization"] == "token-1"
        return web.json_response({}, status=401 if ended else 200)

    async with serving(handler) as url, client_of(url) as client:
        requests = asking(client, Slow())
        both = {asyncio.create_task(requests.document(DOCUMENT, None)) for _ in range(2)}
        gives_up = await waiting
        gives_up.cancel()
        (other,) = both - {gives_up}
        assert (await other).body == b"{}"


class Cookies(Tokens):
    """An authenticator whose sessions are told by a cookie."""

    async def headers(self):
        return {"Cookie": (await super().headers())["Authorization"]}


async def the_page_that_signs_in(request):
    return web.Response(text="<html>", content_type="text/html")


async def a_way_to_it(request):
    return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/login"})


@pytest.mark.parametrize("ended", [the_page_that_signs_in, a_way_to_it])
async def test_a_session_that_has_ended_is_told_by_the_page_that_signs_in(ended):
    async def handler(request):
        stale = "token-1" in request.headers.getall("Cookie", [])
        return await ended(request) if stale else web.json_response({})

    tokens = Cookies()
    async with serving(handler) as url, client_of(url) as client:
        assert (await asking(client, tokens).document(DOCUMENT, None)).body == b"{}"
    assert tokens.fetched == 2


@pytest.mark.parametrize("ended", [the_page_that_signs_in, a_way_to_it])
async def test_a_page_for_people_says_nothing_of_credentials_that_are_no_cookie(ended):
    tokens = Tokens()
    async with serving(ended) as url, client_of(url) as client:
        with suppress(FetchError):
            await asking(client, tokens).document(DOCUMENT, None)
    assert tokens.fetched == 1


async def test_a_page_for_people_may_be_the_text_that_is_asked_for():
    tokens = Cookies()
    async with serving(the_page_that_signs_in) as url, client_of(url) as client:
        text = replace(DOCUMENT, format="text")
        assert (await asking(client, tokens).document(text, None)).body == b"<html>"
    assert tokens.fetched == 1


async def test_a_session_that_stays_ended_is_the_way_that_was_refused():
    async with serving(a_way_to_it) as url, client_of(url) as client:
        with pytest.raises(FetchError) as caught:
            await asking(client, Cookies()).document(DOCUMENT, None)
    assert (caught.value.reason, caught.value.status) == (Reason.HTTP, 302)


async def test_an_optional_document_that_stays_forbidden_costs_no_token_each_time():
    statuses = {"/rows": 200, "/extra": 403}

    async def handler(request):
        return web.json_response({}, status=statuses[request.path])

    extra = Document("extra", "extra", required=False)
    tokens, denied = Tokens(), set()

    async def fetch(client):
        requests = asking(client, tokens, denied=denied)
        await requests.document(DOCUMENT, None)
        with suppress(FetchError):
            await requests.document(extra, None)

    async with serving(handler) as url, client_of(url) as client:
        for _ in range(3):
            await fetch(client)
        assert tokens.fetched == 2
        statuses["/extra"] = 200
        await fetch(client)
        statuses["/extra"] = 403
        await fetch(client)
        assert tokens.fetched == 3


async def test_the_next_page_is_asked_for_in_a_body_that_has_the_parameter():
    bodies = []

    async def handler(request):
        bodies.append((request.query_string, await request.json()))
        return web.json_response([1, 2] if len(bodies) < 3 else [])

    paging = Paging("offset", parameter="offset")
    document = Document("rows", "rows", params={"all": "1"}, method="POST", paging=paging)
    async with serving(handler) as url, client_of(url) as client:
        for body in ({"limit": 2, "offset": 0}, {"limit": 2}):
            bodies.clear()
            await asking(client).document(replace(document, body=body), None)
            assert bodies == [
                ("all=1", {"limit": 2, "offset": offset})
                if "offset" in body
                else (f"all=1&offset={offset}", {"limit": 2})
                for offset in (0, 2, 4)
            ]


async def test_pages_are_followed_within_the_server():
    async with serving(three_pages) as url, client_of(url) as client:
        fetched = await asking(client, Fixed()).document(PAGED, None)
    assert [page["page"] for page in fetched.pages] == [1, 2, 3]
    # Three objects, each with a comma.
    assert (fetched.document, fetched.size, fetched.memory) == ("rows", 685, 3 * (140 + 70))
    assert fetched.struck_out(b"it was t0ken-that-is-sent") == b"it was *"


async def test_pages_that_a_header_names_are_followed():
    async def handler(request):
        asked.append(request.query_string)
        page = int(request.query.get("page", "1"))
        headers = {"Link": f"<?page={page + 1}>; rel=next"} if page < 3 else {}
        return web.json_response(page, headers=headers)

    asked = []
    async with serving(handler) as url, client_of(url) as client:
        linked = replace(PAGED, params={"size": "1"}, paging=Paging("link"), format=None)
        assert (await asking(client).document(linked, None)).pages == [1, 2, 3]
    assert asked == ["size=1", "page=2", "page=3"]


async def test_a_user_in_the_address_of_a_next_page_takes_no_credentials_place():
    async def handler(request):
        seen.append((request.query_string, request.headers["Authorization"]))
        following = None if request.query else f"http://user:pass@{request.host}/rows?page=2#top"
        return web.json_response({"next": following})

    seen = []
    async with serving(handler) as url, client_of(url) as client:
        await asking(client).document(PAGED, None)
    assert seen == [("", "token-1"), ("page=2", "token-1")]


async def test_all_pages_together_may_not_be_over_the_limit():
    async with serving(three_pages) as url, client_of(url, body_limit=684) as client:
        with pytest.raises(FetchError) as caught:
            await asking(client).document(PAGED, None)
    assert (caught.value.reason, caught.value.message) == (
        Reason.TOO_LARGE,
        "all pages together are over 684 bytes; raise body_size_limit if they may be",
    )
    async with serving(three_pages) as url, client_of(url, body_limit=685) as client:
        assert len((await asking(client).document(PAGED, None)).pages) == 3


async def test_the_path_of_a_next_page_is_not_shown_since_it_could_hold_anything():
    steps = []
    async with serving(three_pages) as url, client_of(url, steps=steps) as client:
        await asking(client).document(PAGED, None)
    assert [step.path for step in steps] == ["/rows", "/rows", "/rows"]


async def test_a_path_that_may_hold_a_secret_is_shown_as_it_is_written():
    async def handler(request):
        return web.json_response(dict(request.query))

    document = Document("rows", "t0ken/rows?key=k", shown_path="{token}/rows?key=k")
    steps = []
    async with serving(handler) as url, client_of(f"{url}/v1X", steps=steps) as client:
        fetched = await asking(client).document(document, None)
    assert fetched.body == b'{"key": "k"}'
    assert [step.path for step in steps] == ["/v1X/{token}/rows"]


async def test_credentials_that_come_back_are_no_part_of_a_document():
    async def handler(request):
        return web.json_response({"sent": request.headers["Authorization"]})

    async with serving(handler) as url, client_of(url) as client:
        fetched = await asking(client, Fixed()).document(DOCUMENT, None)
    assert fetched.decode(fetched.body) == {"sent": "Bearer *"}


async def test_with_other_credentials_the_same_answer_is_looked_through_anew():
    class Changing(Tokens):
        token = "t0ken-that-is-sent"

        async def headers(self):
            return {"Authorization": f"Bearer {self.token}"}

    async def handler(request):
        return web.json_response({"keys": ["the-t0ken-after-it"]})

    async with serving(handler) as url, client_of(url) as client:
        tokens = Changing()
        first = await asking(client, tokens).document(DOCUMENT, None)
        again = await asking(client, tokens).document(DOCUMENT, first.tag)
        tokens.token = "the-t0ken-after-it"
        other = await asking(client, tokens).document(DOCUMENT, first.tag)
    assert first.tag == again.tag != other.tag
    assert other.decode(other.body) == {"keys": ["*"]}


async def test_a_large_answer_that_stalls_gives_its_place_to_others(monkeypatch):
    monkeypatch.setattr(room_of, "_COMING", 0.1)

    async def stall(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n" + bytes(2_000_000))
        await reader.read()

    async def handler(request):
        return web.Response(body=bytes(2_000_000))

    gate = Gate()
    async with (
        talking(stall) as port,
        serving(handler) as url,
        client_of(f"http://127.0.0.1:{port}", body_limit=4_000_000) as stalling,
        client_of(url, body_limit=4_000_000) as healthy,
    ):
        places = Places(gate)
        task = asyncio.create_task(asking(stalling, room=Room(places)).document(DOCUMENT, None))
        await gate.asked.wait()
        async with asyncio.timeout(5):
            fetched = await asking(healthy, room=Room(places)).document(DOCUMENT, None)
        task.cancel()
        await asyncio.wait({task})
    assert fetched.size == 2_000_000


ELSEWHERE = (
    "the next page is at another server; it is not followed; if only the host or http in its "
    "address is wrong, say path_only: true"
)


@pytest.mark.parametrize(
    ("address", "reason", "told"),
    [
        ("http://127.0.0.1:1/rows", Reason.HTTP, ELSEWHERE),
        ("//127.0.0.1:1/rows", Reason.HTTP, ELSEWHERE),
        ("mailto:someone@example.com", Reason.HTTP, ELSEWHERE),
        ("http://[::1", Reason.SCHEMA, "the next page is at no address"),
    ],
)
async def test_a_next_page_elsewhere_is_not_asked_for(address, reason, told):
    async def handler(request):
        return web.json_response({"next": address})

    async with serving(handler) as url, client_of(url) as client:
        with pytest.raises(FetchError) as caught:
            await asking(client).document(PAGED, None)
    assert (caught.value.reason, caught.value.message) == (reason, told)


class Server:
    """Answers with `status`, `body` and `etag`, and notes what it was asked for."""

    def __init__(self):
        self.status = 200
        self.body = b"{}"
        self.etag = None
        self.asked = []

    async def answer(self, request):
        self.asked.append((request.method, request.path_qs, dict(request.headers)))
        if self.etag and request.headers.get("If-None-Match") == self.etag:
            return web.Response(status=304)
        headers = {"ETag": self.etag} if self.etag else {}
        return web.Response(status=self.status, body=self.body, headers=headers)


@pytest.fixture
async def server_and_client():
    server = Server()
    async with serving(server.answer) as url, client_of(url) as client:
        yield server, client


async def test_a_document_that_the_server_calls_unchanged_comes_without_its_body(
    server_and_client,
):
    server, client = server_and_client
    server.etag = f'"{"1" * 1022}"'
    first = await asking(client).document(DOCUMENT, None)
    assert (first.body, first.size, first.not_modified) == (b"{}", 2, False)
    again = await asking(client).bring(DOCUMENT, first.tag, 0.0)
    assert (again.body, again.tag, again.not_modified) == (None, first.tag, True)
    server.etag, server.body = '"2"', b"[]"
    changed = await asking(client).document(DOCUMENT, first.tag)
    assert (changed.body, changed.not_modified) == (b"[]", False)
    assert changed.tag != first.tag


@pytest.mark.parametrize("etag", [b'"\x01"', b'"\xff"', b'"' + b"x" * 1023 + b'"'])
async def test_an_etag_that_cannot_be_sent_back_is_none(etag):
    asked = []

    async def talk(reader, writer):
        for _ in range(2):
            asked.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: " + etag + b"\r\n\r\n{}")

    async with talking(talk) as port, client_of(f"http://127.0.0.1:{port}") as client:
        first = await asking(client).document(DOCUMENT, None)
        assert (await asking(client).document(DOCUMENT, first.tag)).tag == first.tag
    assert len(asked) == 2
    assert b"If-None-Match" not in asked[1]


async def test_without_an_etag_the_version_is_that_of_the_bytes(server_and_client):
    server, client = server_and_client
    first = await asking(client).document(DOCUMENT, None)
    again = await asking(client).document(DOCUMENT, first.tag)
    assert "If-None-Match" not in server.asked[-1][2]
    assert again.tag == first.tag
    server.body = b"[]"
    assert (await asking(client).document(DOCUMENT, first.tag)).tag != first.tag


async def test_unchanged_is_no_answer_to_one_who_has_nothing(server_and_client):
    server, client = server_and_client
    server.status = 304
    with pytest.raises(FetchError) as caught:
        await asking(client).document(DOCUMENT, None)
    assert caught.value.reason is Reason.HTTP


async def test_a_document_is_asked_for_with_its_method_parameters_headers_and_body(
    server_and_client,
):
    server, client = server_and_client
    document = Document(
        "rows",
        "a/rows",
        params={"size": "1"},
        headers={"X-Version": "2"},
        method="POST",
        body={"q": 1},
    )
    await asking(client).document(document, None)
    ((method, path, headers),) = server.asked
    assert (method, path, headers["X-Version"]) == ("POST", "/a/rows?size=1", "2")
    assert (headers["Authorization"], headers["Content-Length"]) == ("token-1", "8")


@pytest.mark.parametrize(
    ("format", "accepted"),
    [
        (None, "application/json"),
        ("json", "application/json"),
        ("xml", "application/xml, text/xml;q=0.9"),
        ("csv", "text/csv"),
        ("text", "text/plain, */*;q=0.5"),
    ],
)
async def test_a_server_is_told_which_format_is_understood(server_and_client, format, accepted):
    server, client = server_and_client
    await asking(client).document(replace(DOCUMENT, format=format), None)
    assert server.asked[-1][2]["Accept"] == accepted


async def test_an_answer_is_read_as_what_the_server_says_that_it_is():
    async def handler(_request):
        headers = {"Content-Type": "text/csv; charset=ISO-8859-1"}
        return web.Response(body="name\nMüller\n".encode("latin-1"), headers=headers)

    async with serving(handler) as url, client_of(url) as client:
        fetched = await asking(client).document(replace(DOCUMENT, format=None), None)
    assert fetched.decode(fetched.body) == [{"name": "Müller"}]


async def test_what_takes_longer_to_read_than_json_of_its_size_says_so(server_and_client):
    server, client = server_and_client
    server.body = b"<a/>"
    fetched = await asking(client).document(replace(DOCUMENT, format="xml"), None)
    assert fetched.work > fetched.size == 4


@pytest.mark.parametrize("paging", [None, PAGED.paging])
@pytest.mark.parametrize(
    ("status", "body", "is_absent"),
    [
        (404, b"", True),
        (400, b"there is no license", True),
        (400, b"something else", False),
        (200, b'{"note": "no license"}', False),
    ],
)
async def test_the_vendors_own_words_for_no_such_thing_are_no_failure(
    server_and_client, status, body, is_absent, paging
):
    server, client = server_and_client
    server.status, server.body = status, body
    document = Document(
        "rows",
        "rows",
        absent_statuses=frozenset({404}),
        absent_texts=("no license",),
        paging=paging,
    )
    if status == 400 and not is_absent:
        with pytest.raises(FetchError) as caught:
            await asking(client).document(document, None)
        assert caught.value.status == 400
    else:
        fetched = await asking(client).document(document, None)
        assert (fetched.body is None and fetched.pages is None) == is_absent


@pytest.mark.parametrize("status", [404, 400])
async def test_a_missing_document_is_replaced_by_its_fallback_under_the_same_name(status):
    async def handler(request):
        if request.path == "/v2/rows":
            return web.json_response({}, status=status)
        if "If-None-Match" in request.headers:
            return web.Response(status=304)
        return web.json_response({}, headers={"ETag": '"1"'})

    document = Document("rows", "v2/rows", fallback=Document("old", "v1/rows"))
    steps = []
    async with serving(handler) as url, client_of(url, steps=steps) as client:
        fetched = await asking(client).document(document, None)
        assert (await asking(client).document(document, fetched.tag)).not_modified
    assert (fetched.document, fetched.body) == ("rows", b"{}")
    assert [step.path for step in steps] == ["/v2/rows", "/v1/rows"] * 2


async def test_a_version_of_pages_changes_with_each_of_them(server_and_client):
    server, client = server_and_client
    server.body = b'{"row": 1}'
    first = await asking(client).document(PAGED, None)
    assert (await asking(client).document(PAGED, None)).tag == first.tag
    assert "If-None-Match" not in server.asked[-1][2]
    server.body = b'{"row": 2}'
    assert (await asking(client).document(PAGED, None)).tag != first.tag


async def test_a_required_document_that_was_refused_gets_a_fresh_token_the_next_time():
    statuses = [403, 403, 403, 200]

    async def handler(request):
        return web.json_response({}, status=statuses.pop(0))

    tokens, denied = Tokens(), set()
    async with serving(handler) as url, client_of(url) as client:
        with pytest.raises(FetchError):
            await asking(client, tokens, denied=denied).document(DOCUMENT, None)
        await asking(client, tokens, denied=denied).document(DOCUMENT, None)
    assert tokens.fetched == 3


async def test_pages_below_a_megabyte_are_large_together():
    async def handler(request):
        page = int(request.query.get("page", "1"))
        next_page = f"?page={page + 1}" if page < 4 else None
        return web.json_response({"next": next_page, "rows": "x" * 400_000})

    gate = asyncio.Semaphore(1)
    room = Room(Places(gate))
    async with serving(handler) as url, client_of(url, body_limit=2**22) as client:
        await asking(client, room=room).document(PAGED, None)
        assert gate.locked()
    room.leave()


async def test_the_values_of_all_pages_are_counted_together():
    async def handler(request):
        asked.append(request)
        return web.json_response({"next": f"?page={len(asked)}", "rows": [[]] * 40})

    asked = []
    async with serving(handler) as url, client_of(url, body_limit=10_000) as client:
        async with asyncio.timeout(5):
            with pytest.raises(FetchError, match="more than 60000 bytes of memory") as caught:
                await asking(client).document(PAGED, None)
    assert caught.value.reason is Reason.TOO_LARGE
    assert len(asked) == 10
