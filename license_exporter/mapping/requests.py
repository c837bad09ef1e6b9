"""The requests of a mapping, and the documents that they are for one target."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)

from license_exporter.config.addresses import without_query
from license_exporter.config.http_config import header_name
from license_exporter.config.options import SHOWN, HeaderText, Options
from license_exporter.mapping.paging import PagingOptions
from license_exporter.mapping.printed import Printed
from license_exporter.mapping.several import DAYS, ForEach, LatestDay
from license_exporter.mapping.value import OneOrMore
from license_exporter.mapping.variables import (
    OPTIONAL_VARIABLE,
    VARIABLE,
    filled,
    filled_body,
    given,
)
from license_exporter.model.vendor import Document, Format

# The server's own word for "there is no such thing" is no failure of an optional document.
_NOT_THERE = frozenset({404})

# What only a server can be asked, or say.
_OF_HTTP = frozenset(
    {
        "absent_status",
        "absent_text",
        "absent_if",
        "absent_when",
        "forbidden_text",
        "forbidden_when",
        "good_status",
        "for_each",
        "latest_day",
        "paging",
        "fallback",
    }
)


def _header_name(value: object) -> str:
    # The type of a body can be one of the API's own.
    return "Content-Type" if str(value).lower() == "content-type" else header_name(value)


_HeaderName = Annotated[str, PlainValidator(_header_name), WithJsonSchema({"type": "string"})]


class Call(Options):
    """What is asked for. {name} in path, params, headers and body stands for a variable.

    A parameter or header with {name?} is left out where the variable is not given.
    """

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
        for written in (self.path or "", *self.params.values(), *self.headers.values()):
            yield from VARIABLE.findall(written)
        if self.instead:
            yield from self.instead.variables()

    def optional_variables(self) -> Iterator[str]:
        """The variables without which some of it is left out."""
        for written in (*self.params.values(), *self.headers.values()):
            yield from OPTIONAL_VARIABLE.findall(written)
        if self.instead:
            yield from self.instead.optional_variables()

    @property
    def instead(self) -> "Call | None":
        """What is asked for where the server has no such thing."""
        return None


class Fallback(Call):
    """What is asked for instead where the server answers 404 or 400."""

    fallback: Call | None = Field(
        default=None, description="What is asked for instead of that, by the same answers."
    )

    @property
    def instead(self) -> Call | None:
        return self.fallback


class Request(Call, Printed):
    """A request, which brings one document."""

    optional: Annotated[bool | tuple[str, ...], SHOWN] = Field(
        default=False,
        description="true: the target stays up if it fails. Names of variables: so where one of "
        "them is given.",
    )
    unless: Annotated[tuple[str, ...], OneOrMore(), SHOWN] = Field(
        default=(),
        description="Names of variables: the request is not made where one of them is given.",
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
    forbidden_when: Annotated[str, SHOWN] = Field(
        default="",
        description="Expression over all documents (by name) that holds where the answer itself "
        "says that the account may not read it.",
    )
    good_status: Annotated[tuple[int, ...], OneOrMore(), SHOWN] = Field(
        default=(), description="Further status codes that come with the document, such as 503."
    )
    for_each: ForEach | None = Field(
        default=None,
        description="One request for each id of a list, for which {id} stands; the document is an "
        "array of objects with `id` and `document`.",
    )
    latest_day: LatestDay | None = Field(
        default=None, description="{date} stands for the latest day that has data."
    )
    paging: PagingOptions | None = Field(default=None, description="How further pages are found.")
    fallback: Fallback | None = Field(
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
        known = DAYS | self._own_names()
        yield from (name for name in super().variables() if name not in known)
        for written in self.words():
            yield from VARIABLE.findall(written)

    def _own_names(self) -> frozenset[str]:
        """What stands for something else than a variable in this request."""
        names = set()
        if self.for_each:
            names.add("id")
        if self.latest_day:
            names.add("date")
        if self.paging and self.paging.by == "page":
            names.add("page")
        return frozenset(names)

    @model_validator(mode="after")
    def _asks_in_one_way(self) -> "Request":
        if self.for_each and self.latest_day:
            raise ValueError("has for_each and latest_day; keep one of the two")
        paged = self.paging
        if paged and paged.by == "page" and not paged.parameter and "{page}" not in self._all_texts:
            raise ValueError("paging: page needs a parameter, or {page} in the path")
        for name, needed in (("id", self.for_each), ("date", self.latest_day)):
            if needed and f"{{{name}}}" not in self._all_texts:
                raise ValueError(f"asks the same each time: {{{name}}} stands nowhere in it")
        return self

    @property
    def instead(self) -> Fallback | None:
        return self.fallback

    @property
    def _all_texts(self) -> str:
        return f"{self.path} {self.params} {self.headers} {self.body}"

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

        def document(call: Call) -> Document:
            path = name if call.path is None else call.path
            # Of a path that is only a slash, that one is to be sent.
            path = path.lstrip("/") or path[:1]
            in_path = {key: quote(value, safe="{}") for key, value in variables.items()}
            address = filled(path, in_path)
            return Document(
                name=name,
                path=address,
                shown_path=path if path != address else "",
                params=given(call.params, variables),
                headers=given(call.headers, variables),
                method=call.method,
                body=filled_body(call.body, variables),
                required=required,
                absent_statuses=not_there.union(self.absent_status),
                absent_texts=self.absent_text,
                forbidden_texts=self.forbidden_text,
                paging=paging,
                fallback=document(call.instead) if call.instead else None,
                format=self.written(usual),
                csv=self.table(),
                runs=self.runs(variables),
                file=self.output_file(),
                good_statuses=frozenset(self.good_status),
                latest=self.latest_day.latest() if self.latest_day else None,
                dated=any(
                    f"{{{day}}}" in str((call.path, call.params, call.headers, call.body))
                    for day in DAYS
                ),
            )

        return document(self)
