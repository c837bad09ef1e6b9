"""The requests of a mapping, and the documents that they are for one target."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from license_exporter.config.addresses import without_query
from license_exporter.config.http_config import header_name
from license_exporter.config.options import SHOWN, HeaderText, Options
from license_exporter.config.values import PositiveCount
from license_exporter.mapping import expressions
from license_exporter.mapping.expressions import ExpressionError
from license_exporter.mapping.printed import VARIABLE, Printed, filled
from license_exporter.mapping.value import OneOrMore
from license_exporter.model.vendor import Document, Format, Paging

# The server's own word for "there is no such thing" is no failure of an optional document.
_NOT_THERE = frozenset({404})

# What only a server can be asked, or say.
_OF_HTTP = frozenset(
    {"absent_status", "absent_text", "forbidden_text", "absent_if", "paging", "fallback"}
)


class PagingOptions(Options):
    """How further pages are found; the rows of all pages are read."""

    by: Annotated[Literal["link", "next_url", "token", "page", "offset"], SHOWN] = Field(
        description="link: the Link header. next_url, token: the next page's address, or a token "
        "for it, stands in the document at `value`. page, offset: the number of the page, or of "
        "the rows so far, is sent as `parameter`."
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
        description="Rows of a whole page, for offset; fewer end the paging. Default: none do.",
    )
    max_pages: PositiveCount = Field(
        default=100, description="Bound on the pages; an answer of more fails."
    )

    @field_validator("value", "rows")
    @classmethod
    def _names(cls, written: str) -> str:
        _keys(written)
        return written

    @model_validator(mode="after")
    def _complete(self) -> "PagingOptions":
        if self.by in ("next_url", "token") and not self.value:
            raise ValueError(f"{self.by} needs a value: where it stands in the document")
        if self.by in ("token", "page", "offset") and not self.parameter:
            raise ValueError(f"{self.by} needs a parameter in which to send it")
        return self

    def paging(self) -> Paging:
        return Paging(
            kind=self.by,
            value=_keys(self.value),
            parameter=self.parameter,
            rows=_keys(self.rows),
            start=self.start,
            size=self.size,
            max_pages=self.max_pages,
        )


def _keys(written: str) -> tuple[str, ...]:
    """The keys that are written as names with dots between. Raises ValueError."""
    try:
        return expressions.keys(expressions.compile(written)) if written else ()
    except ExpressionError as error:
        raise ValueError(str(error)) from None


def _header_name(value: object) -> str:
    # The type of a body can be one of the API's own.
    return "Content-Type" if str(value).lower() == "content-type" else header_name(value)


_HeaderName = Annotated[str, PlainValidator(_header_name), WithJsonSchema({"type": "string"})]


class Call(Options):
    """What is asked for. {name} in path, params and body stands for a variable."""

    path: Annotated[str | None, SHOWN, PlainSerializer(without_query)] = Field(
        default=None,
        description="Path behind the url and the base_path. Default: the request's name.",
    )
    params: dict[str, str] = Field(default={}, repr=False, description="Query parameters.")
    headers: dict[_HeaderName, HeaderText] = Field(
        default={}, repr=False, description="Headers, such as Accept."
    )
    method: Annotated[Literal["GET", "POST"], SHOWN] = Field(
        default="GET", description="POST only for a request that only reads."
    )
    body: Any = Field(default=None, repr=False, description="JSON body of a POST.")

    @model_validator(mode="before")
    @classmethod
    def _short(cls, written: object) -> object:
        return {} if written is None else written

    @model_validator(mode="after")
    def _sendable(self) -> "Call":
        if self.body is not None and self.method == "GET":
            raise ValueError("has a body, which only a POST can have: add method: POST")
        return self

    def variables(self) -> Iterator[str]:
        """The variables without which the request cannot be made."""
        for written in (self.path or "", *self.params.values()):
            yield from VARIABLE.findall(written)


class Request(Call, Printed):
    """A request, which brings one document."""

    optional: Annotated[bool | tuple[str, ...], SHOWN] = Field(
        default=False,
        description="true: the target stays up if it fails. Names of variables: so where one of "
        "them is given.",
    )
    absent_status: Annotated[tuple[int, ...], OneOrMore(), SHOWN] = Field(
        default=(),
        description="Status codes that mean that there is no license: its state is absent, and the "
        "target is up.",
    )
    absent_text: Annotated[tuple[str, ...], OneOrMore(), SHOWN] = Field(
        default=(), description="Texts of an error's body that mean the same."
    )
    forbidden_text: Annotated[tuple[str, ...], OneOrMore(), SHOWN] = Field(
        default=(),
        description="Texts of an error's body that mean that the account may not read it, as 403 "
        "does.",
    )
    absent_if: Annotated[str, SHOWN] = Field(
        default="",
        description="Expression over all documents (by name) that must also hold for that.",
    )
    absent_when: Annotated[str, SHOWN] = Field(
        default="",
        description="Expression over all documents (by name) that holds where the answer itself "
        "says that there is no license.",
    )
    paging: PagingOptions | None = Field(default=None, description="How further pages are found.")
    fallback: Call | None = Field(
        default=None, description="What is asked for instead where the server answers 404 or 400."
    )

    @model_validator(mode="after")
    def _tells_when_absent(self) -> "Request":
        if self.absent_if and not self.tells_absence:
            raise ValueError("absent_if holds beside absent_status or absent_text: add one of them")
        return self

    @model_validator(mode="after")
    def _asks_one_source(self) -> "Request":
        if self.program or self.file:
            asked = self.model_fields_set & (Call.model_fields.keys() | _OF_HTTP)
            for name in sorted(asked):
                raise ValueError(f"has {name}, which is of HTTP, beside a program or a file")
        return self

    def variables(self) -> Iterator[str]:
        """The variables without which the request cannot be made."""
        yield from super().variables()
        for written in self.words():
            yield from VARIABLE.findall(written)

    @property
    def tells_absence(self) -> bool:
        """Whether this document, where it is missing, means that there is no license."""
        return bool(self.absent_status or self.absent_text)

    def is_required(self, variables: Mapping[str, str]) -> bool:
        if isinstance(self.optional, bool):
            return not self.optional
        return variables.keys().isdisjoint(self.optional)

    def document(
        self, name: str, variables: Mapping[str, str], usual: Format | None = "json"
    ) -> Document:
        """The document of a target, written in the `usual` format if the mapping says no other."""
        required = self.is_required(variables)
        not_there = frozenset() if required else _NOT_THERE
        paging = self.paging.paging() if self.paging else None

        def document(call: Call, fallback: Document | None) -> Document:
            path = (name if call.path is None else call.path).strip("/")
            in_path = {key: quote(value, safe="{}") for key, value in variables.items()}
            address = filled(path, in_path)
            return Document(
                name=name,
                path=address,
                shown_path=path if path != address else "",
                params={key: filled(value, variables) for key, value in call.params.items()},
                headers=call.headers,
                method=call.method,
                body=_filled_body(call.body, variables),
                required=required,
                absent_statuses=not_there.union(self.absent_status),
                absent_texts=self.absent_text,
                forbidden_texts=self.forbidden_text,
                paging=paging,
                fallback=fallback,
                format=self.written(usual),
                csv=self.table(),
                runs=self.runs(variables),
                file=self.output_file(),
            )

        return document(self, document(self.fallback, None) if self.fallback else None)


def _filled_body(body: Any, variables: Mapping[str, str]) -> Any:
    if isinstance(body, str):
        return filled(body, variables)
    if isinstance(body, list):
        return [_filled_body(item, variables) for item in body]
    if isinstance(body, dict):
        return {key: _filled_body(item, variables) for key, item in body.items()}
    return body
