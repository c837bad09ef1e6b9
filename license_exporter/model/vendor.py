"""What a vendor is: the documents that it needs, and a pure function that reads them.

A vendor knows no network, no clock and no metric. It is one module with a `VENDOR` (or one YAML
file with a mapping) in a package that an entry point of the group `license_exporter.vendors`
names; those of this package are registered in the same way.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from license_exporter.model.report import LicenseReport

if TYPE_CHECKING:
    from pydantic import BaseModel

    from license_exporter.errors import FetchError
    from license_exporter.model.answer import Answer


@dataclass(frozen=True, slots=True)
class Paging:
    """How the further pages of a document are found; at most `max_pages` are read.

    kind `link`: the `Link` header with rel="next". `next_url`: `value` is the path of the next
    address in the document. `token`: `value` is the path of a token, sent as parameter
    `parameter`. `page`: the number of the page, from `start`, is sent as `parameter` until a page
    has no row at `rows`. `offset`: the number of the rows read so far is sent as `parameter` until
    a page has fewer than `size`, or none. `{page}` in the document's path stands for the number of
    the page. These two also end with as many rows as `total` tells, and where `last` is true. With
    `path_only`, of a next address only the path and the query are taken. A path is a tuple of
    object keys. `parameter` is one of the query, or of a body that has it.
    """

    kind: Literal["link", "next_url", "token", "page", "offset"]
    value: tuple[str, ...] = ()
    parameter: str = ""
    rows: tuple[str, ...] = ()
    start: int = 1
    size: int | None = None
    max_pages: int = 100
    total: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    path_only: bool = False


@dataclass(frozen=True, slots=True)
class Each:
    """One request for each id of a list; more than `most` of them fail.

    `ids` finds them in `list`, another document of the same vendor, which may be in pages.
    """

    list: "Document"
    ids: "Callable[[object], object]" = field(compare=False)
    most: int = 100


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest day that has data: it is `first` to `last` days ago.

    A day has none where the server answers 400 or 404, or `data` finds nothing in the document (in
    each page of it).
    """

    first: int
    last: int
    data: "Callable[[object], object]" = field(default=bool, compare=False)


Format = Literal["json", "xml", "csv", "text"]
SourceKind = Literal["http", "program", "file"]
Checked = Literal["", "documents", "recordings", "live"]


@dataclass(frozen=True, slots=True)
class CSV:
    """How a table is written.

    `delimiter` parts its cells; without it, the one of `,` `;` tab and `|` does that the head has
    most of. The head is the first line that has a cell `column`, the first line without it.
    """

    delimiter: str = ""
    column: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a program, without a shell.

    `program` is a name under `programs` of the configuration. `arguments` are whole words, `input`
    is what stands on its standard input. `server` names the server that is asked, for people.
    """

    program: str
    arguments: tuple[str, ...] = field(default=(), repr=False)
    input: str = field(default="", repr=False)
    server: str = ""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file into which something else writes what a program prints; older, it is no answer.

    `max_age` is in seconds.
    """

    path: Path
    max_age: float


@dataclass(frozen=True, slots=True)
class Document:
    """One document: of a vendor's API, of a program, or of a file.

    `name` is the label `document` of `license_scrape_error`. With `runs`, it is what a program
    prints: the runs are tried in their order until one answers. `refusal` tells the error that an
    output says, whatever the program's exit code, as a FetchError; None where it is an answer. An
    output that is none and of a program that failed is an answer if no other run has a better one
    and the vendor recognises something in it.
    With `file`, it is read from there. Else it is asked for by HTTP, by what follows. `moving`
    is what of an output or a file says nothing, though it differs each time: the time at which it
    was printed. Without it, two that are equal are known to be, and are not read again.

    `format` is what the document is written in; None goes by the content type, else JSON. A text
    is a str with line feeds alone; `csv` says how a table is written. `path` is relative to the
    target's url and the vendor's `base_path`; `shown_path` is shown instead of it, where the
    operator's variables stand in it, which may be secrets. A document that is not `required` may
    fail without failing the target. Where the server answers with one of `absent_statuses`, or (an
    error whose body contains) one of `absent_texts`, the document is None: the vendor says that
    there is no such thing. An error whose body contains one of `forbidden_texts` means what 403
    means. `fallback` is asked for instead where the server answers 404, or 400, as those do that
    do not know a parameter.
    An answer with one of `good_statuses`, and any 2xx, is the document.

    With `each`, the document is an array of an object for each id, in which `document` is what is
    answered for its `id`; `{id}` stands for it in path, params, headers and body. With `dated`,
    `{today}` and the other names of days stand for dates there (UTC); `latest` says which `{date}`.
    """

    name: str
    path: str = field(default="", repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: Literal["GET", "POST"] = "GET"
    body: Any = field(default=None, repr=False)
    required: bool = True
    absent_statuses: frozenset[int] = frozenset()
    absent_texts: tuple[str, ...] = ()
    forbidden_texts: tuple[str, ...] = ()
    paging: Paging | None = None
    fallback: "Document | None" = None
    shown_path: str = ""
    format: Format | None = "json"
    csv: CSV = CSV()
    runs: tuple[Run, ...] = ()
    file: OutputFile | None = None
    refusal: "Callable[[str], FetchError | None] | None" = None
    moving: "re.Pattern[bytes] | None" = None
    good_statuses: frozenset[int] = frozenset()
    each: Each | None = None
    latest: Latest | None = None
    dated: bool = False

    @property
    def source(self) -> SourceKind:
        """Where it comes from."""
        if self.runs:
            return "program"
        return "file" if self.file else "http"


@dataclass(frozen=True, slots=True)
class HeaderKey:
    """An API key that is sent in a header of the product's own, with a fixed prefix."""

    header: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class ParamKey:
    """An API key that is sent as a parameter of the query."""

    parameter: str


@dataclass(frozen=True, slots=True)
class SignIn:
    """A request that exchanges credentials for a token, or for cookies.

    `body` is the JSON to POST to `path` (with `form`: the fields of a form), in which "{username}",
    "{password}" and "{key}" stand for the credentials; with `basic`, they are sent as basic
    authentication. `token` and `expires` are the paths of the token and of its end (ISO 8601) in
    the answer, as object keys; it can also stand in the answer's header `token_header` or in its
    cookie `token_cookie`. It lives for `lifetime` seconds, or until it is refused, and is sent in
    `header` with `prefix`. With `cookies`, those that the answer sets are sent back.
    `sign_out` is the path of a POST that ends the session. `tells` are the paths of what else the
    answer says, by the names that stand for it in the paths of documents.
    """

    path: str
    body: Any = field(default=None, repr=False)
    token: tuple[str, ...] = ()
    expires: tuple[str, ...] = ()
    form: bool = False
    basic: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    token_header: str = ""
    token_cookie: str = ""
    lifetime: float | None = None
    header: str = "Authorization"
    prefix: str = "Bearer "
    cookies: bool = False
    sign_out: str = ""
    tells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# An age of a vendor's own data, in seconds, from which on they are old.
DATA_AGE = 3 * 86400.0


@dataclass(frozen=True, slots=True)
class Vendor:
    """A product whose license can be read.

    `name` is the label `vendor`; `product` that of both info families. `base_path` is appended to
    a target's url unless the url ends with it or its host is one of `bare_hosts` (in which `*`
    stands for any characters). `ways` are the ways to authenticate that are this
    vendor's own (`rsa_admin_key`, `rsa_oauth`); `login` and `api_key` say how those two work here;
    with `anonymous`, no way is needed. `unit` is the usual unit of a pool, `units` that of pools
    that differ. `defaults` are options of a target in the words of the configuration. From
    `data_age` on, in seconds, the data that the product itself has collected are old.
    For people are: `accounts` (which least-privileged account to create), `yields` (what is
    exported), `kind` (what such products are for, by which they are listed), `checked` (what the
    reading was checked against) and `snippet` (a configuration with one target, to be filled in).
    `doubts` are what is probably not meant in its mapping, one line each with the place there.
    `options` describes further keys of a target, from which `configure` makes the vendor
    of that target.
    """

    name: str
    product: str
    documents: tuple[Document, ...]
    parse: "Callable[[Answer], LicenseReport]"
    base_path: str = ""
    bare_hosts: tuple[str, ...] = ()
    ways: frozenset[str] = frozenset()
    login: SignIn | None = None
    api_key: HeaderKey | ParamKey | SignIn | None = None
    anonymous: bool = False
    unit: str = "users"
    units: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, object] = field(default_factory=dict)
    data_age: float = DATA_AGE
    accounts: str = ""
    yields: str = ""
    kind: str = ""
    checked: Checked = ""
    snippet: str = ""
    doubts: tuple[str, ...] = ()
    options: "type[BaseModel] | None" = None
    configure: "Callable[[Any], Vendor] | None" = None

    @property
    def asks_http(self) -> bool:
        """Whether a document is asked for by HTTP, so that a target needs a url."""
        return any(document.source == "http" for document in self.documents)

    def base(self, url: str) -> str:
        """The address of the API, without a trailing slash, of the server at `url`."""
        url = url.rstrip("/")
        if (
            not self.base_path
            or url.endswith(f"/{self.base_path}")
            or self._is_bare(urlsplit(url).hostname)
        ):
            return url
        return f"{url}/{self.base_path}"

    def _is_bare(self, host: str | None) -> bool:
        return host is not None and any(fnmatchcase(host, pattern) for pattern in self.bare_hosts)
