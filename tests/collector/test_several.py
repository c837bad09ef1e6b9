"""Documents that take several requests, asked for at a real server."""

import asyncio
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from aiohttp import web

from license_exporter.auth.ways import authenticator
from license_exporter.collector.requests import Requests
from license_exporter.collector.room import Places, Room
from license_exporter.config.echoes import Echoes
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Document, Each, Latest, Paging, ParamKey, Vendor
from license_exporter.sources.source import Tag
from tests.fakes import FakeClock, target, target_of
from tests.mapping.mappings import vendor
from tests.servers import client_of, serving

CLOCK = FakeClock()
REPORTS = lambda page: page.get("reports")  # noqa: E731
NO_IDS = "some ids in orgs are no texts or numbers"
TODAY = datetime.fromtimestamp(CLOCK.time(), UTC).date()


class Server:
    """Answers by path and query; what is not there is 404."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []

    async def __call__(self, request):
        self.asked.append(request.raw_path)
        answer = self.answers.get(request.raw_path)
        if answer is None:
            return web.Response(status=404)
        if isinstance(answer, int):
            return web.Response(status=answer)
        return web.json_response(answer)


def asking(client, way=None, room=None):
    way = way or authenticator(target(), client, CLOCK)
    room = room or Room(Places(asyncio.Semaphore(2)))
    return Requests(
        client,
        way,
        CLOCK,
        room.arriving,
        set(),
        Echoes(),
        frozenset(["orgs"]),
    )


async def brought(server, *documents, name=None, **options):
    """The document of a name, the last by default, and the steps of the client."""
    steps = []
    async with serving(server) as url, client_of(url, steps=steps, **options) as client:
        requests = asking(client)
        fetched = await asyncio.gather(*(requests.bring(each, None, 0.0) for each in documents))
    values = {
        item.document: item.pages if item.body is None else item.decode(item.body)
        for item in fetched
    }
    return values[name or documents[-1].name], steps


def each(most=100, paging=None, **options):
    orgs = Document("orgs", "orgs", **options)
    ids = lambda rows: isinstance(rows, list) and [row.get("id") for row in rows]  # noqa: E731
    return orgs, Document("seats", "orgs/{id}/seats", each=Each(orgs, ids, most), paging=paging)


async def test_there_is_one_request_for_each_id_of_a_list_and_one_for_the_list():
    long = "x" * 512
    ids = [1, "a/b", 1, "gone", "X.X", long]
    server = Server(
        {
            "/orgs": [{"id": id} for id in ids],
            "/orgs/1/seats": {"used": 5},
            "/orgs/a%2Fb/seats": {"used": 7},
        }
    )
    seats, steps = await brought(server, *each(most=5))
    assert seats == [
        {"id": "1", "document": {"used": 5}},
        {"id": "a/b", "document": {"used": 7}},
        {"id": "gone", "document": None},
        {"id": "X.X", "document": None},
        {"id": long, "document": None},
    ]
    asked = ("1", "a%2Fb", "gone", "X.X", long)
    assert sorted(server.asked) == sorted(["/orgs", *(f"/orgs/{id}/seats" for id in asked)])
    assert {step.path for step in steps} == {"/orgs", "/orgs/{id}/seats"}


async def test_the_answers_for_ids_have_a_version_size_and_memory_together():
    seats = {"/orgs/1/seats": {"used": 5}, "/orgs/2/seats": [[], []]}
    server = Server({"/orgs": [{"id": "gone"}, {"id": 1}, {"id": 2}], **seats})
    async with serving(server) as url, client_of(url) as client:
        owner = target(basic_auth={"username": "someone", "password": "s3cr3t-word"})

        async def fetched():
            requests = asking(client, authenticator(owner, client, CLOCK))
            return await requests.bring(each()[1], None, 0.0)

        first = await fetched()
        # {"used": 5} and [[], []], which are three arrays.
        assert (first.document, first.size, first.memory) == ("seats", 11 + 8, 140 + 3 * 85 + 70)
        assert first.struck_out(b"it was s3cr3t-word") == b"it was *"
        assert (await fetched()).tag == first.tag
        server.answers["/orgs/2/seats"] = [[], [1]]
        changed = await fetched()
        server.answers["/orgs"] = [{"id": "left"}, {"id": 1}, {"id": 2}]
        renamed = await fetched()
        assert len({first.tag, changed.tag, renamed.tag}) == 3
        server.answers["/orgs"] = []
        none = await fetched()
        assert (none.pages, none.size, none.memory, none.struck_out) == ([], 1, 0, None)


async def test_a_list_of_ids_that_is_not_there_leaves_out_what_is_asked_for_each():
    seats, _ = await brought(Server({}), *each(absent_statuses=frozenset([404])))
    assert seats is None


@pytest.mark.parametrize(
    ("orgs", "reason", "told"),
    [
        (
            [{"id": number} for number in range(4)],
            Reason.TOO_LARGE,
            "more than 3 ids in orgs; raise for_each.max to ask for all",
        ),
        ([{"id": ".."}], Reason.SCHEMA, NO_IDS),
        ([{"id": None}], Reason.SCHEMA, NO_IDS),
        ([{"id": {}}], Reason.SCHEMA, NO_IDS),
        ([{"id": True}], Reason.SCHEMA, NO_IDS),
        ([{"id": "x" * 513}], Reason.SCHEMA, NO_IDS),
        ({}, Reason.SCHEMA, "there is no list of ids in orgs"),
    ],
)
async def test_too_many_ids_and_what_is_none_fail_the_document(orgs, reason, told):
    with pytest.raises(FetchError) as caught:
        await brought(Server({"/orgs": orgs}), *each(most=3))
    assert (caught.value.reason, caught.value.message) == (reason, told)


async def test_a_request_for_an_id_that_fails_fails_the_document():
    server = Server({"/orgs": [{"id": 1}, {"id": 2}], "/orgs/1/seats": {}, "/orgs/2/seats": 500})
    with pytest.raises(FetchError) as caught:
        await brought(server, *each())
    assert caught.value.reason is Reason.SERVER


@pytest.mark.parametrize("paging", [None, Paging("next_url", value=("next",))])
async def test_the_values_of_all_answers_for_ids_are_counted_together(paging):
    seats = {f"/orgs/{number}/seats": {"rows": [[]] * 1000} for number in range(20)}
    server = Server({"/orgs": [{"id": number} for number in range(20)], **seats})
    with pytest.raises(FetchError, match="more than 600000 bytes of memory"):
        await brought(server, *each(paging=paging), body_limit=100_000)
    assert len(server.asked) < 12


async def test_answers_for_ids_that_are_too_large_together_are_not_all_asked_for():
    seats = {f"/orgs/{number}/seats": "x" * 9_998 for number in range(30)}
    server = Server({"/orgs": [{"id": number} for number in range(30)], **seats})
    with pytest.raises(FetchError) as caught:
        await brought(server, *each(), body_limit=100_000)
    assert (caught.value.reason, caught.value.message) == (
        Reason.TOO_LARGE,
        "all answers together are over 100000 bytes; raise body_size_limit if they may be",
    )
    assert len(server.asked) < 18
    server.answers["/orgs"] = [{"id": number} for number in range(10)]
    rows, _ = await brought(server, *each(), body_limit=100_000)
    assert len(rows) == 10


async def test_answers_for_ids_below_a_megabyte_are_large_together():
    seats = {f"/orgs/{number}/seats": "x" * 400_000 for number in range(3)}
    server = Server({"/orgs": [{"id": number} for number in range(3)], **seats})
    gate = asyncio.Semaphore(1)
    room = Room(Places(gate))
    async with serving(server) as url, client_of(url, body_limit=2**22) as client:
        await asking(client, room=room).bring(each()[1], None, 0.0)
        assert gate.locked()
    room.leave()


async def test_the_values_of_a_list_of_ids_are_counted_before_it_is_decoded():
    with pytest.raises(FetchError, match="bytes of memory"):
        await brought(Server({"/orgs": [[]] * 20_000}), *each(), body_limit=100_000)


def day(ago):
    return TODAY.fromordinal(TODAY.toordinal() - ago).isoformat()


@pytest.mark.parametrize("too_early", [400, 404, {"warnings": ["no data yet"]}])
async def test_the_latest_day_that_has_data_is_found(too_early):
    server = Server({f"/usage/{day(1)}": too_early, f"/usage/{day(2)}": {"reports": [1]}})
    usage = Document("usage", "usage/{date}", latest=Latest(1, 4, REPORTS))
    document, _ = await brought(server, usage)
    assert document == {"reports": [1]}
    assert server.asked == [f"/usage/{day(1)}", f"/usage/{day(2)}"]


async def test_days_without_data_alone_are_no_document():
    usage = Document("usage", "usage/{date}", latest=Latest(1, 2, REPORTS))
    document, _ = await brought(Server({f"/usage/{day(ago)}": {} for ago in (1, 2)}), usage)
    assert document is None


async def test_a_day_whose_pages_have_data_is_found():
    server = Server({f"/usage/{day(1)}/0": {"last": True}, f"/usage/{day(2)}/0": {"reports": [1]}})
    paging = Paging("page", rows=("reports",), start=0, last=("last",))
    usage = Document("usage", "usage/{date}/{page}", paging=paging, latest=Latest(1, 4, REPORTS))
    document, _ = await brought(server, usage)
    assert document == [{"reports": [1]}]


async def test_a_day_that_may_not_be_read_is_no_day_without_data():
    asked = []

    async def answer(request):
        asked.append(request.path)
        return web.Response(status=400, text="insufficient scope")

    usage = Document("usage", "u/{date}", latest=Latest(1, 4), forbidden_texts=("scope",))
    with pytest.raises(FetchError) as caught:
        await brought(answer, usage)
    error = caught.value
    assert (error.reason, error.status, error.message) == (
        Reason.FORBIDDEN,
        400,
        "answered 400 Bad Request, saying that it is not permitted; check the account's rights",
    )
    assert asked == [f"/u/{day(1)}"]


async def test_no_day_with_data_and_any_other_failure_are_told():
    usage = Document("usage", "usage/{date}", latest=Latest(1, 3, REPORTS))
    server = Server({})
    with pytest.raises(FetchError) as caught:
        await brought(server, usage)
    assert caught.value.reason is Reason.NOT_FOUND
    assert server.asked == [f"/usage/{day(ago)}" for ago in (1, 2, 3)]
    for status, reason in ((403, Reason.FORBIDDEN), (500, Reason.SERVER)):
        server = Server({f"/usage/{day(1)}": status, f"/usage/{day(2)}": {"reports": [1]}})
        with pytest.raises(FetchError) as caught:
            await brought(server, usage)
        assert caught.value.reason is reason


async def test_days_stand_in_path_and_parameters():
    server = Server({f"/u/{day(1)}?to={day(0)}": {"ok": 1}})
    usage = Document("usage", "u/{yesterday}", params={"to": "{today}"}, dated=True)
    document, steps = await brought(server, usage)
    assert document == {"ok": 1}
    assert [step.path for step in steps] == ["/u/{yesterday}"]


@pytest.mark.parametrize("end", [404, 400, {"users": []}])
async def test_page_numbers_stand_in_the_path_and_end_as_the_server_has_it(end):
    server = Server({"/users/7/0": {"users": [1]}, "/users/7/1": {"users": [2]}, "/users/7/2": end})
    users = Document("users", "users/7/{page}", paging=Paging("page", rows=("users",), start=0))
    document, _ = await brought(server, users)
    assert [page["users"] for page in document][:2] == [[1], [2]]
    assert server.asked == ["/users/7/0", "/users/7/1", "/users/7/2"]


async def test_a_first_page_that_is_not_there_is_a_failure():
    users = Document("users", "users/{page}", paging=Paging("page", rows=("users",), start=0))
    with pytest.raises(FetchError):
        await brought(Server({}), users)


@pytest.mark.parametrize(
    "address", ["http://inner:8000/rows?page=2", "https://127.0.0.1/rows?page=2", "/rows?page=2"]
)
async def test_of_a_next_address_the_path_alone_can_be_taken(address):
    server = Server({"/rows": {"rows": [1], "next": address}, "/rows?page=2": {"rows": [2]}})
    rows = Document("rows", "rows", paging=Paging("next_url", value=("next",), path_only=True))
    document, _ = await brought(server, rows)
    assert [page["rows"] for page in document] == [[1], [2]]


async def test_a_next_address_elsewhere_is_never_asked_without_that():
    server = Server({"/rows": {"rows": [1], "next": "http://inner:8000/rows?page=2"}})
    with pytest.raises(FetchError, match="path_only"):
        await brought(server, Document("rows", "rows", paging=Paging("next_url", value=("next",))))
    assert server.asked == ["/rows"]


@pytest.mark.parametrize("status", [200, 201, 202, 203, 299])
async def test_any_good_status_with_a_body_is_an_answer(status):
    async def handler(_):
        return web.json_response({"used": 1}, status=status)

    assert (await brought(handler, Document("doc", "doc")))[0] == {"used": 1}


async def test_the_status_after_the_good_ones_is_none():
    async def handler(_):
        return web.json_response({"used": 1}, status=300)

    with pytest.raises(FetchError) as caught:
        await brought(handler, Document("doc", "doc"))
    assert (caught.value.reason, caught.value.status) == (Reason.HTTP, 300)


async def test_a_date_until_which_to_wait_is_told_as_how_long_that_is():
    until = format_datetime(datetime.fromtimestamp(CLOCK.time() + 90, UTC), usegmt=True)

    async def handler(_):
        return web.Response(status=429, headers={"Retry-After": until})

    with pytest.raises(FetchError) as caught:
        await brought(handler, Document("doc", "doc"))
    assert caught.value.retry_after == 90


@pytest.mark.parametrize("paging", [None, Paging("next_url", value=("next",))])
async def test_no_content_is_null_where_the_document_is_optional(paging):
    server = Server({"/doc": 204})
    async with serving(server) as url, client_of(url) as client:
        requests = asking(client)
        optional = Document("doc", "doc", required=False, paging=paging)
        fetched = await requests.bring(optional, None, 0.0)
        with pytest.raises(FetchError) as caught:
            await requests.bring(Document("doc", "doc", paging=paging), None, 0.0)
    assert (fetched.document, fetched.tag, fetched.body) == ("doc", Tag(b""), b"")
    assert fetched.decode(fetched.body) is None
    assert (caught.value.reason, caught.value.message) == (
        Reason.SCHEMA,
        "answered 204 No Content: there is nothing to read",
    )


async def test_a_status_can_be_called_good():
    async def handler(_):
        return web.json_response({"sealed": "x" * 100_000}, status=503)

    good = Document("doc", "doc", good_statuses=frozenset([503]))
    assert len((await brought(handler, good))[0]["sealed"]) == 100_000
    with pytest.raises(FetchError):
        await brought(handler, Document("doc", "doc"))


async def test_a_path_is_sent_as_it_is_written():
    for path, sent in [
        ("a/b/", "/v1/a/b/"),
        ("a;b=c//d", "/v1/a;b=c//d"),
        ("", "/v1"),
        ("/", "/v1/"),
    ]:
        server = Server({sent: {"ok": 1}})
        steps = []
        async with serving(server) as url, client_of(f"{url}/v1", steps=steps) as client:
            requests = asking(client)
            await requests.bring(Document("doc", path), None, 0.0)
        assert server.asked == [step.path for step in steps] == [sent]


async def test_a_key_in_the_query_is_sent_and_shown_nowhere():
    server = Server(
        {
            "/rows?apikey=s3cr3t-key": {"rows": [1], "next": "rows?page=2", "said": "s3cr3t-key"},
            "/rows?page=2&apikey=s3cr3t-key": {"rows": [2]},
        }
    )
    driver = Vendor("v", "V", (), lambda answer: None, api_key=ParamKey("apikey"))
    steps = []
    async with serving(server) as url, client_of(url, steps=steps) as client:
        keyed = target_of(driver, url=url, api_key={"key": "s3cr3t-key"})
        requests = asking(client, authenticator(keyed, client, CLOCK))
        rows = Document("rows", "rows", paging=Paging("next_url", value=("next",)))
        fetched = await requests.bring(rows, None, 0.0)
        with pytest.raises(FetchError) as caught:
            await requests.bring(Document("other", "other"), None, 0.0)
    assert [page["rows"] for page in fetched.pages] == [[1], [2]]
    assert "s3cr3t" not in f"{fetched.pages} {steps} {caught.value}"


def test_a_mapping_asks_for_each_id_and_reads_what_is_answered():
    each_org = vendor("""
    requests:
      orgs: {paging: {by: link}}
      seats: {path: "orgs/{id}/seats", for_each: {request: orgs, ids: "items[].id", max: 5}}
    pools: [{document: seats, rows: "[]", name: id, used: document.used}]
    """)
    _, seats = each_org.documents
    assert (seats.path, seats.each.list.name, seats.each.most) == ("orgs/{id}/seats", "orgs", 5)
    assert seats.each.ids([{"items": [{"id": 1}]}, {"items": [{"id": 2}]}]) == [1, 2]
    assert seats.each.ids([{"items": None}]) is None
