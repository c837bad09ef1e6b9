"""Cookies (RFC 6265) of one server, as far as a sign-in or a chain of redirects needs them."""

from collections.abc import Mapping

from multidict import CIMultiDictProxy

# More of them are no session's, in characters.
_LONGEST = 16 * 1024


def updated_cookies(cookies: Mapping[str, str], headers: CIMultiDictProxy[str]) -> dict[str, str]:
    """The cookies, by name, after those that an answer sets and takes away."""
    jar = dict(cookies)
    for written in headers.getall("Set-Cookie", []):
        pair, *attributes = (part.strip() for part in written.split(";"))
        name, equals, value = (part.strip() for part in pair.partition("="))
        if not (name and equals and pair.isprintable()):
            continue
        if value and not any(map(_ends, attributes)):
            jar[name] = value
        else:
            jar.pop(name, None)
    return jar if sum(map(len, jar.values())) <= _LONGEST else dict(cookies)


def cookie_header(cookies: Mapping[str, str]) -> str:
    """The value of the header `Cookie`."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def with_cookies(
    headers: Mapping[str, str] | None, cookies: Mapping[str, str]
) -> Mapping[str, str]:
    """The header `Cookie` of a request that has these headers already."""
    own = (headers or {}).get("Cookie", "")
    return {"Cookie": "; ".join(filter(None, (own, cookie_header(cookies))))}


def _ends(attribute: str) -> bool:
    """Whether an attribute says that the cookie is to be forgotten."""
    name, _, value = (part.strip().lower() for part in attribute.partition("="))
    if name == "max-age":
        return value.startswith("-") or value == "0"
    return name == "expires" and "1970" in value
