"""The documents of a fetch: how long each is waited for, and which failures fail the fetch."""

import asyncio

import pytest

from license_exporter.collector.gathering import gather
from license_exporter.errors import FetchError, Reason
from license_exporter.model.vendor import Document
from license_exporter.sources.source import Fetched, Tag

NEEDED, OTHER = Document("needed", "needed"), Document("other", "other", required=False)
MORE = Document("more", "more", required=False)


async def test_an_optional_document_has_three_quarters_of_the_time():
    asked = {}

    async def bring(document, known, deadline):
        asked[document.name] = (known, deadline)
        return Fetched(document.name, Tag(b""), size=1)

    begin = asyncio.get_running_loop().time()
    tag = Tag(b"1")
    fetched, missing = await gather([NEEDED, OTHER], bring, {"other": tag}, begin, 10.0)
    assert asked == {"needed": (None, begin + 10.0), "other": (tag, begin + 7.5)}
    assert ([each.document for each in fetched], missing) == (["needed", "other"], ())


async def test_a_document_that_takes_too_long_says_how_long_it_had():
    async def hang(*_asked):
        await asyncio.sleep(5)

    begin = asyncio.get_running_loop().time()
    with pytest.raises(FetchError) as caught:
        await gather([NEEDED, OTHER], hang, {}, begin, 0.02)
    error = caught.value
    told = [(each.document, each.reason, each.message) for each in (error.failure, *error.beside)]
    assert sorted(told) == [
        ("needed", Reason.TIMEOUT, "no whole answer within 0.02 s"),
        ("other", Reason.TIMEOUT, "no whole answer within 0.015 s"),
    ]


@pytest.mark.parametrize(
    ("more", "fails"),
    [
        (Fetched("more", Tag(b""), size=1), False),
        (Fetched("more", Tag(b""), not_modified=True), False),
        (Fetched("more", Tag(b"")), True),
        (FetchError(Reason.NOT_FOUND, "answered 404"), True),
    ],
)
async def test_where_no_document_is_required_one_that_came_is_enough(more, fails):
    async def bring(document, *_asked):
        if document is OTHER:
            raise FetchError(Reason.SERVER, "answered 500")
        if isinstance(more, FetchError):
            raise more
        return more

    gathered = gather([OTHER, MORE], bring, {}, asyncio.get_running_loop().time(), 5.0)
    if fails:
        with pytest.raises(FetchError, match="answered 500"):
            await gathered
        return
    fetched, missing = await gathered
    assert fetched == [more]
    assert [(each.document, each.reason) for each in missing] == [("other", Reason.SERVER)]
