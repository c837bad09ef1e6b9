"""The runbooks as a part of a page: what each alert means, and what to do."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import escape

from license_exporter import assets

_FILE = "docs/runbooks.md"


def runbooks() -> str:
    """The HTML of the runbooks, without their title.

    Each heading has its text as its id, such as `LicenseExpired`, and an anchor in small letters,
    as the page has where repositories show it. Links to files beside it are texts here. Raises
    OSError if an installation lacks the file.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(assets.read(_FILE).decode())
    written: str = markdown.renderer.render(list(_anchored(tokens)), markdown.options, {})
    return written


def _anchored(tokens: list[Token]) -> Iterator[Token]:
    in_title = False
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.tag == "h1":
            in_title = token.nesting > 0
        elif not in_title:
            if token.children:
                token.children = [*_links(token.children)]
            if token.type == "heading_open" and after and after.children:
                name = after.content.replace(" ", "-")
                token.attrSet("id", name)
                anchor = Token("html_inline", "", 0, content=f'<a id="{escape(name.lower())}"></a>')
                after.children.insert(0, anchor)
            yield token


def _links(tokens: list[Token]) -> Iterator[Token]:
    """The tokens of a line without the links that lead to other files."""
    opened: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            opened.append(str(token.attrGet("href")).startswith(("https:", "http:", "#")))
        if token.type not in ("link_open", "link_close") or opened[-1]:
            yield token
        if token.type == "link_close":
            opened.pop()
