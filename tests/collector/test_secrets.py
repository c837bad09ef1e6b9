"""Credentials that a server sends back, in ways that its answer does not show as a whole."""

import json

import pytest
from aiohttp import web

from license_exporter.errors import FetchError, Reason
from tests.fakes import target
from tests.fetchers import fetcher_of
from tests.servers import serving

TOKEN = "t0ken-Of+the/vendor"
NAME = {"rows": "rows", "name": "name", "used": "used"}


async def fetched(answer, media_type="application/json", section=NAME, **request):
    """The names of the pools that a target has where a server answers so."""

    async def handler(_):
        return web.Response(body=answer, content_type=media_type)

    mapping = {"requests": {"rows": request}, "pools": [section]}
    async with serving(handler) as url:
        options = {"as": "acme", "mapping": mapping, "authorization": {"credentials": TOKEN}}
        fetcher = fetcher_of(target(vendor="json", url=url, **options))
        try:
            answered = await fetcher.fetch(None)
        finally:
            await fetcher.close()
    return {pool.name for pool in answered.report.pools}


async def refused(*args, **kwargs):
    with pytest.raises(FetchError) as caught:
        await fetched(*args, **kwargs)
    assert caught.value.message == (
        "the server sends back a credential, of which a label would be made; map another part of "
        "the answer"
    )
    return caught.value.reason


def rows(*names, **more):
    return json.dumps({"rows": [{"name": name, "used": 1, **more} for name in names]}).encode()


async def test_a_secret_is_struck_out_and_the_rest_stays():
    assert await fetched(rows(f"a {TOKEN} b", "seats")) == {"a * b", "seats"}


async def test_half_a_character_beside_is_no_secret():
    assert await fetched(rows("a\ud800", "seats")) == {"a\ud800", "seats"}


async def test_a_label_that_is_put_together_of_two_parts_is_refused():
    body = rows(TOKEN[:9], rest=TOKEN[9:])
    assert await fetched(body) == {TOKEN[:9]}
    section = {**NAME, "name": "join('', [name, rest])"}
    assert await refused(body, section=section) is Reason.SCHEMA


async def test_a_secret_in_a_text_that_is_json_itself_is_struck_out():
    inner = json.dumps({"name": TOKEN, "used": 1}).replace("+", "\\u002B").replace("/", "\\/")
    body = json.dumps({"rows": [{"text": inner}]}).encode()
    section = {"rows": "rows[*].from_json(text)", "name": "name", "used": "used"}
    assert await fetched(body, section=section) == {"*"}


@pytest.mark.parametrize("between", ["<!-- -->", "<![CDATA[]]>", "<?x?>"])
async def test_a_secret_that_xml_parts_is_refused(between):
    name = f"{TOKEN[:5]}{between}{TOKEN[5:]}"
    body = f"<a><rows><name>{name}</name><used>1</used></rows></a>".encode()
    section = {**NAME, "rows": "a.rows"}
    assert await refused(body, "application/xml", section) is Reason.SCHEMA


async def test_a_secret_in_letters_of_two_bytes_is_refused():
    assert await refused(rows(TOKEN).decode().encode("utf-16")) is Reason.SCHEMA


async def test_a_secret_is_struck_out_of_pages_too():
    section = {**NAME, "name": "join('', [name, rest])"}
    paging = {"paging": {"by": "next_url", "value": "next"}}
    assert await fetched(rows(TOKEN), **paging) == {"*"}
    body = rows(TOKEN[:9], rest=TOKEN[9:])
    assert await refused(body, section=section, **paging) is Reason.SCHEMA


async def test_the_name_of_an_entry_is_struck_out():
    body = json.dumps({"rows": {TOKEN: {"used": 1}}})
    section = {"rows": "entries(rows)", "name": "name", "used": "value.used"}
    assert await fetched(body.encode(), section=section) == {"*"}
