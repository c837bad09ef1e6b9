import pytest
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from license_exporter.errors import FetchError
from license_exporter.sources.http.cookies import cookie_header, updated_cookies
from tests.servers import client_of, serving


def after(cookies, *written):
    headers = CIMultiDict()
    for each in written:
        headers.add("Set-Cookie", each)
    return updated_cookies(cookies, CIMultiDictProxy(headers))


@pytest.mark.parametrize(
    ("written", "cookies"),
    [
        (["a=1"], {"a": "1", "old": "x"}),
        (["a=1; Path=/; HttpOnly", "b=2=3; Secure"], {"a": "1", "b": "2=3", "old": "x"}),
        (["old=y"], {"old": "y"}),
        (["old=; Max-Age=0"], {}),
        (["old=z; max-age=-1"], {}),
        (["old=z; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], {}),
        (["no cookie"], {"old": "x"}),
        ([f"big={'x' * 20_000}"], {"old": "x"}),
    ],
)
def test_cookies_are_set_and_taken_away(written, cookies):
    assert after({"old": "x"}, *written) == cookies


def test_a_header_holds_them_all():
    assert cookie_header({"a": "1", "b": '"2"'}) == 'a=1; b="2"'


async def test_a_redirect_that_sets_a_cookie_is_followed_with_it():
    async def handler(request):
        if request.cookies.get("sticky") == "1":
            return web.json_response({"used": 3})
        return web.Response(
            status=302, headers={"Location": request.path, "Set-Cookie": "sticky=1; Path=/"}
        )

    async with serving(handler) as url, client_of(url) as client:
        for _ in range(2):  # of the first answer nothing is kept
            assert (await client.send("GET", f"{url}/license")).status == 200


async def test_a_server_that_sets_the_same_cookie_for_ever_redirects_in_a_circle():
    async def handler(request):
        return web.Response(status=302, headers={"Location": request.path, "Set-Cookie": "a=1"})

    async with serving(handler) as url, client_of(url) as client:
        with pytest.raises(FetchError, match="circle"):
            await client.send("GET", f"{url}/license")
