"""What holds for every answer: it is sent to its end, kept by nobody, and no body is asked for."""

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from license_exporter.web.refusals import make_harmless
from license_exporter.web.sending import send

# No endpoint needs a body; a short one is thrown away, in bytes.
_LONGEST_BODY = 1 << 16


def bad_request(problem: str) -> web.Response:
    """The answer to a request that cannot be meant."""
    return web.Response(status=400, text=f"Bad request: {problem}.\n")


@web.middleware
async def sent(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Send the answer of `handler` to its end, and refuse a request with a long body.

    Until such a body is read, nobody can tell that the client has gone.
    """
    if _has_long_body(request):
        response: web.StreamResponse = web.Response(
            status=413, text="The body is too long: no endpoint needs one.\n"
        )
        response.force_close()
    else:
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            await send(request, refusal)
            raise
    await send(request, response)
    return response


def _has_long_body(request: web.Request) -> bool:
    length = request.content_length
    if length is None:
        return hdrs.TRANSFER_ENCODING in request.headers
    return length > _LONGEST_BODY


async def harmless(request: web.Request, response: web.StreamResponse) -> None:
    """Say that an answer is what it says and is not to be stored."""
    make_harmless(response)
