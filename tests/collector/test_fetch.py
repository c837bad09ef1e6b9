"""One fetch of one target, over real HTTP: which documents are told to have failed."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from license_exporter.collector import gathering
from license_exporter.errors import FetchError, Reason
from license_exporter.model.report import State
from tests.fakes import FakeClock, target
from tests.fetchers import fetcher_of
from tests.garbage import fails, no_frame_is_left, no_object_is_left
from tests.rsa_keys import key_file, pem
from tests.servers import serving

GOOD = {
    "/admin/license": [{"id": 1, "seats": 20}],
    "/admin/license/licenseStatus": {"activeUserCount": 1, "licenseSeats": 20},
    "/admin/license/usage": {"summary": {"dataConsumers": {"totalCount": 5}}},
}
LICENSE, STATUS, USAGE = GOOD


class Immuta:
    """A server in the place of Immuta: `answers` are statuses, bytes, or seconds to wait."""

    def __init__(self):
        self.answers = {}
        self.headers = {}
        self.sign_in = 200
        self.sign_ins = 0

    async def answer(self, request):
        if request.path == "/bim/apikey/authenticate":
            self.sign_ins += 1
            return web.json_response({"token": "t"}, status=self.sign_in)
        answer = self.answers.get(request.path, 200)
        if isinstance(answer, bytes):
            return web.Response(body=answer)
        if isinstance(answer, float):
            await asyncio.sleep(answer)
            answer = 200
        headers = self.headers.get(request.path)
        return web.json_response(GOOD[request.path], status=answer, headers=headers)


@asynccontextmanager
async def immuta(on_step=lambda step: None, **options):
    """The server, and a fetcher of it."""
    server = Immuta()
    async with serving(server.answer) as url:
        fetched = target(vendor="immuta", url=url, api_key={"key": "k"}, **options)
        fetcher = fetcher_of(fetched, on_step=on_step)
        try:
            yield server, fetcher
        finally:
            await fetcher.close()


async def failure(fetcher):
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(None)
    return caught.value


def told(error):
    return {failure.document: failure.reason for failure in (error.failure, *error.beside)}


@pytest.mark.parametrize("answer", [500, b"<html>"])
async def test_every_document_that_failed_is_told(answer):
    async with immuta() as (server, fetcher):
        server.answers = dict.fromkeys(GOOD, answer)
        reason = Reason.SERVER if answer == 500 else Reason.DECODE
        assert told(await failure(fetcher)) == dict.fromkeys(
            ("license", "licenseStatus", "usage"), reason
        )


@pytest.mark.parametrize(("usage", "reason"), [(500, Reason.SERVER), (b"{", Reason.DECODE)])
async def test_an_optional_document_that_failed_is_told_beside_one_of_the_wrong_shape(
    usage, reason
):
    async with immuta() as (server, fetcher):
        server.answers = {LICENSE: b"{}", USAGE: usage}
        assert told(await failure(fetcher)) == {"license": Reason.SCHEMA, "usage": reason}


async def test_of_several_failures_the_one_that_asks_for_the_longest_wait_comes_first():
    async with immuta() as (server, fetcher):
        server.answers = {LICENSE: 500, STATUS: 429}
        server.headers = {STATUS: {"Retry-After": "120"}}
        error = await failure(fetcher)
        assert (error.reason, error.retry_after) == (Reason.RATE_LIMITED, 120)
        server.answers = {LICENSE: 429, STATUS: 429}
        for seconds in (60, 120):
            server.headers = {LICENSE: {"Retry-After": "60"}, STATUS: {"Retry-After": f"{seconds}"}}
            assert (await failure(fetcher)).retry_after == seconds
        server.answers = {LICENSE: 500, STATUS: 403}
        server.headers = {}
        assert (await failure(fetcher)).reason == Reason.FORBIDDEN


@pytest.mark.parametrize("answer", [500, b"{"])
async def test_a_failed_fetch_leaves_nothing_for_the_garbage_collector(answer):
    async with immuta() as (server, fetcher):
        server.answers = {LICENSE: answer}
        with no_frame_is_left():
            assert await fails(fetcher.fetch(None))


async def test_a_good_fetch_leaves_nothing_for_the_garbage_collector():
    async with immuta() as (_, fetcher):
        await fetcher.fetch(None)
        with no_object_is_left():
            await fetcher.fetch(None)


async def test_a_failure_does_not_wait_for_slow_documents(monkeypatch):
    monkeypatch.setattr(gathering, "_LAST_WORDS", 0.1)
    async with immuta() as (server, fetcher):
        server.answers = {LICENSE: 500, STATUS: 30.0}
        async with asyncio.timeout(3):
            assert told(await failure(fetcher)) == {"license": Reason.SERVER}


async def test_a_refused_sign_in_is_tried_once_and_told_of_every_document():
    async with immuta() as (server, fetcher):
        server.sign_in = 401
        assert set(told(await failure(fetcher)).values()) == {Reason.AUTH}
        assert server.sign_ins == 1


async def test_an_optional_document_that_hangs_costs_its_own_values_only(monkeypatch):
    monkeypatch.setattr(gathering, "_OPTIONAL_SHARE", 0.2)
    async with immuta(timeout="2s") as (server, fetcher):
        server.answers = {USAGE: 30.0}
        async with asyncio.timeout(1.8):  # the others are not kept waiting for all of the timeout
            answered = await fetcher.fetch(None)
        assert [pool.name for pool in answered.report.pools] == ["users"]
        (missing,) = answered.failures
        assert (missing.document, missing.reason) == ("usage", Reason.TIMEOUT)


async def test_a_key_file_that_names_another_address_is_followed(tmp_path):
    asked = []

    async def handler(request):
        asked.append(request.path)
        return web.json_response([{"month": "2026-11", "activeUsers": 1}])

    file = tmp_path / "admin.key"
    async with serving(handler) as url:
        rsa = target(vendor="rsa", rsa_admin_key={"key_file": str(file)}, url=None)
        fetcher = fetcher_of(rsa)
        for address in ("one", "two", "two"):
            file.write_text(key_file(pem(), adminRestApiUrl=f"{url}/{address}"))
            await fetcher.fetch(None)
        await fetcher.close()
    assert asked == [f"/{address}/v2/licenseusage" for address in ("one", "two", "two")]


async def test_an_answer_whose_documents_are_unchanged_is_not_read_again():
    async with immuta() as (server, fetcher):
        first = await fetcher.fetch(None)
        again = await fetcher.fetch(first)
        assert again.report is first.report
        assert again.blocks is first.blocks
        server.answers = {LICENSE: b'[{"id": 1, "seats": 30}]'}
        changed = await fetcher.fetch(first)
    (license,) = changed.report.licenses
    assert [entitlement.limit for entitlement in license.entitlements] == [30]
    before, after = first.blocks, changed.blocks
    assert after["license_entitlement_limit"] != before["license_entitlement_limit"]
    assert after["license_skipped_values"] is before["license_skipped_values"]


async def test_what_is_missing_is_told_anew_even_where_the_rest_is_unchanged():
    async with immuta() as (server, fetcher):
        server.answers = {USAGE: 500}
        first = await fetcher.fetch(None)
        assert [failure.reason for failure in first.failures] == [Reason.SERVER]
        server.answers = {USAGE: 403}
        again = await fetcher.fetch(first)
        assert again.report is first.report
        assert [failure.reason for failure in again.failures] == [Reason.FORBIDDEN]


async def test_documents_are_asked_for_whole_where_only_some_have_changed():
    seats = {"activeUserCount": 1, "licenseSeats": 20}
    conditional = []

    async def answer(request):
        if request.path == "/bim/apikey/authenticate":
            return web.json_response({"token": "t"})
        body = seats if request.path == STATUS else GOOD[request.path]
        etag = f'"{hash(str(body))}"'
        conditional.append((request.path, "If-None-Match" in request.headers))
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.json_response(body, headers={"ETag": etag})

    async with serving(answer) as url:
        fetched = target(vendor="immuta", url=url, api_key={"key": "k"})
        fetcher = fetcher_of(fetched)
        first = await fetcher.fetch(None)
        assert (await fetcher.fetch(first)).report is first.report
        conditional.clear()
        seats["licenseSeats"] = 50
        changed = await fetcher.fetch(first)
        await fetcher.close()
    assert {pool.name: pool.limit for pool in changed.report.pools}["users"] == 50
    assert len(changed.report.licenses) == 1
    assert sorted(conditional) == sorted((path, known) for path in GOOD for known in (True, False))


async def test_an_unchanged_answer_is_read_again_once_it_means_something_else():
    mapping = {
        "requests": {"license": {}},
        "licenses": [{"state": "ahead(starts) && 'pending' || 'active'"}],
    }
    starts = "2023-11-14T22:13:30Z"  # 10 s after the fake clock's time
    clock = FakeClock()

    async def answer(request):
        return web.json_response({"starts": starts})

    async with serving(answer) as url:
        options = {"as": "acme", "mapping": mapping, "authorization": {"credentials": "t"}}
        fetched = target(vendor="json", url=url, **options)
        fetcher = fetcher_of(fetched, clock)
        first = await fetcher.fetch(None)
        assert first.report.valid_until == clock.time() + 10
        clock.advance(9)
        assert (await fetcher.fetch(first)).report is first.report
        clock.advance(1)
        later = await fetcher.fetch(first)
        await fetcher.close()
    assert first.report.licenses[0].states == {State.PENDING}
    assert later.report.licenses[0].states == {State.ACTIVE}


async def test_an_optional_document_of_the_wrong_shape_is_told_and_leaves_the_rest():
    async with immuta() as (server, fetcher):
        server.answers = {USAGE: b"[]"}
        answered = await fetcher.fetch(None)
        assert [pool.name for pool in answered.report.pools] == ["users"]
        (misread,) = answered.failures
        assert (misread.document, misread.reason) == ("usage", Reason.SCHEMA)
        assert (await fetcher.fetch(answered)).failures == (misread,)


async def test_of_many_locations_the_greatest_are_kept_for_the_status_page():
    rows = [
        {"location": f"host-{number}", "type": "file", "attribution": "server", "bytes": number}
        for number in range(30_000)
    ]
    document = {"summary": [], "datausage": rows}

    async def answer(request):
        return web.json_response(document)

    async with serving(answer) as url:
        gate = asyncio.Semaphore(1)
        fetcher = fetcher_of(target(url=url), gate=gate)
        answered = await fetcher.fetch(None)
        await fetcher.close()
    assert answered.report.locations == {
        ("server", "bytes", f"host-{number}", "file"): number for number in range(29_980, 30_000)
    }
    assert b'license_locations{target="recon",vendor="enterprise_recon"} 30000.0\n' in b"".join(
        answered.blocks["license_locations"]
    )
    assert not gate.locked()


async def test_the_exchanges_of_a_fetch_are_told_as_they_end_and_those_of_the_last_are_kept():
    told_of = []
    async with immuta(told_of.append) as (_server, fetcher):
        assert fetcher.steps == []
        first = await fetcher.fetch(None)
        assert [step.path for step in fetcher.steps] == [step.path for step in told_of]
        assert len(fetcher.steps) == 4
        await fetcher.fetch(first)
        assert sorted(step.path for step in fetcher.steps) == sorted(GOOD)
        assert len(told_of) == 7


async def test_the_pages_of_a_document_are_read_together():
    async def answer(request):
        page = int(request.query.get("page", "1"))
        following = f"/rows?page={page + 1}" if page < 3 else None
        return web.json_response({"next": following, "rows": [{"name": f"p{page}", "used": page}]})

    mapping = {
        "requests": {"rows": {"paging": {"by": "next_url", "value": "next"}}},
        "pools": [{"rows": "rows", "name": "name", "used": "used"}],
    }
    async with serving(answer) as url:
        options = {"as": "acme", "mapping": mapping, "authorization": {"credentials": "t"}}
        fetched = target(vendor="json", url=url, **options)
        fetcher = fetcher_of(fetched)
        first = await fetcher.fetch(None)
        assert (await fetcher.fetch(first)).report is first.report
        await fetcher.close()
    assert {pool.name: pool.used for pool in first.report.pools} == {"p1": 1, "p2": 2, "p3": 3}


async def test_an_optional_document_that_fails_at_once_ends_no_slow_one(monkeypatch):
    monkeypatch.setattr(gathering, "_LAST_WORDS", 0.1)
    async with immuta() as (server, fetcher):
        server.answers = {USAGE: 500, LICENSE: 0.15}
        answered = await fetcher.fetch(None)
    assert len(answered.report.licenses) == 1
    assert [failure.reason for failure in answered.failures] == [Reason.SERVER]
