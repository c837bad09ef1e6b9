"""How a mapping says where the further pages of a document are."""

from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from license_exporter.config.options import SHOWN, Options
from license_exporter.config.values import Flag, PositiveCount
from license_exporter.mapping import expressions
from license_exporter.mapping.expressions import ExpressionError
from license_exporter.model.vendor import Paging


class PagingOptions(Options):
    """How further pages are found; the rows of all pages are read."""

    by: Annotated[Literal["link", "next_url", "token", "page", "offset"], SHOWN] = Field(
        description="link: the Link header. next_url, token: the next page's address, or a token "
        "for it, stands in the document at `value`. page, offset: the number of the page, or of "
        "the rows so far, is sent as `parameter`; {page} in the path stands for that of the page."
    )
    value: Annotated[str, SHOWN] = Field(
        default="", description="Where the next address or token stands: names with dots between."
    )
    parameter: Annotated[str, SHOWN] = Field(
        default="",
        description="Parameter in which the token or number is sent: of the query, or of a body "
        "that has it.",
    )
    rows: Annotated[str, SHOWN] = Field(
        default="",
        description="Where the rows stand, whose absence ends page and offset: names with dots "
        "between. Default: the document itself.",
    )
    start: int = Field(default=1, description="Number of the first page.")
    size: PositiveCount | None = Field(
        default=None,
        description="Rows of a whole page, for page and offset; fewer end the paging. Default: "
        "none do.",
    )
    total: Annotated[str, SHOWN] = Field(
        default="",
        description="Where the number of all rows stands, with which page and offset end: names "
        "with dots between.",
    )
    last: Annotated[str, SHOWN] = Field(
        default="",
        description="Where it stands that this page is the last (true), for page and offset: names "
        "with dots between.",
    )
    path_only: Flag = Field(
        default=False,
        description="true: of the next address only the path and the query are taken, and asked "
        "for at the target's own url: for servers that write http for https, or an inner host.",
    )
    max_pages: PositiveCount = Field(
        default=100, description="Bound on the pages; an answer of more fails."
    )

    @field_validator("value", "rows", "total", "last")
    @classmethod
    def _names(cls, written: str) -> str:
        named_keys(written)
        return written

    @model_validator(mode="after")
    def _complete(self) -> "PagingOptions":
        if self.by in ("next_url", "token") and not self.value:
            raise ValueError(f"{self.by} needs a value: where it stands in the document")
        if self.by in ("token", "offset") and not self.parameter:
            raise ValueError(f"{self.by} needs a parameter in which to send it")
        return self

    def paging(self) -> Paging:
        return Paging(
            kind=self.by,
            value=named_keys(self.value),
            parameter=self.parameter,
            rows=named_keys(self.rows),
            start=self.start,
            size=self.size,
            max_pages=self.max_pages,
            total=named_keys(self.total),
            last=named_keys(self.last),
            path_only=self.path_only,
        )


def named_keys(written: str) -> tuple[str, ...]:
    """The keys that are written as names with dots between. Raises ValueError."""
    try:
        return expressions.keys(expressions.compile(written)) if written else ()
    except ExpressionError as error:
        raise ValueError(str(error)) from None
