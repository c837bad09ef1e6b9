"""How a mapping says that a product signs in."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator, model_validator

from license_exporter.config.http_config import AnyHeaderName
from license_exporter.config.options import SHOWN, HeaderText, Options, sendable
from license_exporter.config.values import Flag, PositiveDuration
from license_exporter.mapping.paging import named_keys
from license_exporter.mapping.variables import filled, filled_body
from license_exporter.model.vendor import SignIn


class SignInOptions(Options):
    """A POST that exchanges a user name and a password, or a key, for a token or for cookies.

    {username} and {password}, or {key}, stand for what the target's `login` or `api_key` holds.
    """

    path: Annotated[str, SHOWN] = Field(description="Path behind the url and the base_path.")
    body: Any = Field(default=None, repr=False, description="JSON body.")
    form: dict[str, str] | None = Field(
        default=None, repr=False, description="Fields of a form, instead of a JSON body."
    )
    basic: Flag = Field(
        default=False,
        description="true: the user name and password are sent by HTTP basic authentication.",
    )
    headers: dict[AnyHeaderName, HeaderText] = Field(
        default={}, repr=False, description="Headers of this request."
    )
    token: Annotated[str, SHOWN] = Field(
        default="", description="Where the token stands in the answer: names with dots between."
    )
    token_header: Annotated[str, SHOWN] = Field(
        default="", description="Header of the answer that holds the token instead."
    )
    token_cookie: Annotated[str, SHOWN] = Field(
        default="", description="Cookie of the answer that holds the token instead."
    )
    expires: Annotated[str, SHOWN] = Field(
        default="", description="Where the token's end stands (ISO 8601): names with dots between."
    )
    lifetime: PositiveDuration | None = Field(
        default=None, description="How long it is good. Default: until it is refused."
    )
    header: Annotated[AnyHeaderName, SHOWN] = Field(
        default="Authorization", description="Header in which the token is sent."
    )
    prefix: Annotated[str | None, AfterValidator(lambda text: text and sendable(text)), SHOWN] = (
        Field(
            default=None,
            description="What stands before it, with its space. Default: Bearer in Authorization, "
            "nothing in others.",
        )
    )
    cookies: Flag = Field(
        default=False, description="true: the cookies that the answer sets are sent back."
    )
    sign_out: Annotated[str, SHOWN] = Field(
        default="",
        description="Path of a POST that ends the session, for products that count sessions.",
    )

    tells: Annotated[dict[str, str], SHOWN] = Field(
        default={},
        description="What else stands in the answer (names with dots between), by the names that "
        "stand for it in the paths of requests: {site_id: credentials.site.id}.",
    )

    @field_validator("token", "expires")
    @classmethod
    def _names(cls, written: str) -> str:
        named_keys(written)
        return written

    @field_validator("tells")
    @classmethod
    def _named(cls, written: dict[str, str]) -> dict[str, str]:
        for names in written.values():
            named_keys(names)
        return written

    @model_validator(mode="after")
    def _complete(self) -> "SignInOptions":
        if sum(map(bool, (self.token, self.token_header, self.token_cookie))) > 1:
            raise ValueError("give one of token, token_header and token_cookie")
        if not (self.token or self.token_header or self.token_cookie or self.cookies):
            raise ValueError("brings nothing: give token, token_header, token_cookie or cookies")
        if self.body is not None and self.form is not None:
            raise ValueError("has a body and a form; keep one of the two")
        if not (self.basic or self.takes_key or "{password}" in self._texts):
            raise ValueError("sends no credentials: {username} and {password}, or {key}")
        return self

    @property
    def takes_key(self) -> bool:
        """Whether it is an API key that is exchanged, and not a user's password."""
        return "{key}" in self._texts

    @property
    def _texts(self) -> str:
        return f"{self.body} {self.form} {self.headers}"

    def way(self, variables: Mapping[str, str]) -> SignIn:
        """The sign-in of a target."""
        usual = "Bearer " if self.header.lower() == "authorization" else ""
        return SignIn(
            path=filled(self.path, variables).lstrip("/"),
            body=filled_body(self.body if self.form is None else self.form, variables),
            token=named_keys(self.token),
            expires=named_keys(self.expires),
            form=self.form is not None,
            basic=self.basic,
            headers={name: filled(text, variables) for name, text in self.headers.items()},
            token_header=self.token_header,
            token_cookie=self.token_cookie,
            lifetime=self.lifetime,
            header=self.header,
            prefix=usual if self.prefix is None else self.prefix,
            cookies=self.cookies,
            sign_out=filled(self.sign_out, variables).lstrip("/"),
            tells={name: named_keys(names) for name, names in self.tells.items()},
        )
