"""The pages of the project as they are written, and what they give to paste."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Block:
    """Something to paste: its page by its path in the project, the line, and its language."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def _written() -> list[Path]:
    """The pages of the project, those of .github and of what is built left out."""
    folders = [
        path
        for path in ROOT.iterdir()
        if path.is_dir() and not path.name.startswith(".") and path.name not in ("build", "dist")
    ]
    return sorted([*ROOT.glob("*.md"), *(page for path in folders for page in path.rglob("*.md"))])


PAGES = _written()


@cache
def tokens(page: Path) -> list[Token]:
    markdown = MarkdownIt("commonmark").enable("table")
    return markdown.parse(page.read_text(encoding="utf-8"))


def named(page: Path) -> str:
    return str(page.relative_to(ROOT))


@cache
def blocks() -> list[Block]:
    """All blocks of all pages. An indented one, which has no language, is one of commands."""
    return [
        Block(named(page), (token.map or [0])[0] + 1, _language(token), token.content)
        for page in PAGES
        for token in tokens(page)
        if token.type in ("fence", "code_block")
    ]


def _language(token: Token) -> str:
    return "sh" if token.type == "code_block" else token.info


def spans() -> Iterator[tuple[str, str]]:
    """What stands as code within the text: its page, and it."""
    for page in PAGES:
        for token in tokens(page):
            for part in token.children or ():
                if part.type == "code_inline":
                    yield named(page), part.content
