"""The file of `--web.config.file`, in the format of Prometheus' exporter-toolkit 0.17.

The format is described in the toolkit's docs/web-configuration.md. What a server made with
Python's `ssl` cannot do is refused here, never ignored.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    field_validator,
    model_validator,
)

from license_exporter.config import spelling, strict_yaml, values
from license_exporter.config.checked_file import CheckedFile
from license_exporter.config.tls_versions import TLSVersion
from license_exporter.errors import ConfigError

# Go's names of the suites (crypto/tls, CipherSuites) and OpenSSL's. Those of TLS 1.3 can be named
# but not chosen, in Go as in Python, and so have none here.
CIPHER_SUITES = {
    "TLS_AES_128_GCM_SHA256": None,
    "TLS_AES_256_GCM_SHA384": None,
    "TLS_CHACHA20_POLY1305_SHA256": None,
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384": "AES256-GCM-SHA384",
    "TLS_RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    "TLS_RSA_WITH_AES_256_CBC_SHA": "AES256-SHA",
}
CURVES = {
    "CurveP256": "prime256v1",
    "CurveP384": "secp384r1",
    "CurveP521": "secp521r1",
    "X25519": "X25519",
}
_HTTP2_SUITES = (
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
)

_CLIENT_AUTH = ("NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert")
_UNVERIFIED = ("RequestClientCert", "RequireAnyClientCert", "RequireClientCert")

# The allowed values of each header; None where any will do.
_HEADERS = {
    "Content-Security-Policy": None,
    "Strict-Transport-Security": None,
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": None,
}

# The 22nd character after the cost carries the last two bits of the salt only.
_BCRYPT = re.compile(
    r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}", re.ASCII
)

_DURATION = re.compile(r"((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+", re.ASCII)
_DURATION_PART = re.compile(r"([\d.]+)(ns|us|µs|ms|s|m|h)", re.ASCII)
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def _text(value: object) -> object:
    """The text of a scalar, as Go's YAML reads a number or a flag into a string."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _path(value: object, info: ValidationInfo) -> object:
    """A path that starts at the file's folder."""
    if not value or not isinstance(value, str) or info.context is None:
        return value
    return str(info.context["folder"] / values.file_name(value))


def _duration(value: object) -> object:
    """A duration in the notation of Go, such as 500ms or 1m30s, in seconds."""
    text = str(_text(value))
    if text == "0":
        return 0.0
    if not _DURATION.fullmatch(text):
        raise ValueError("not a duration such as 500ms, 1s or 1m30s")
    return sum(float(count) * _SECONDS[unit] for count, unit in _DURATION_PART.findall(text))


def _known_suite(value: str) -> str:
    if value not in CIPHER_SUITES:
        raise ValueError("unknown cipher" + spelling.suggestion(value, CIPHER_SUITES))
    return value


def _known_curve(value: str) -> str:
    if value not in CURVES:
        raise ValueError(f"unknown curve; expected one of {', '.join(CURVES)}")
    return value


def _known_header(value: str) -> str:
    if value not in _HEADERS:
        raise ValueError(f"cannot be set; can be: {', '.join(_HEADERS)}")
    return value


def _hash(value: str) -> str:
    if not _BCRYPT.fullmatch(value):
        raise ValueError(
            "not a bcrypt hash ($2a$, $2b$ or $2y$); `htpasswd -nBC 10 USER` makes one"
        )
    return value


Text = Annotated[str, BeforeValidator(_text)]
File = Annotated[str, BeforeValidator(_path)]
Suite = Annotated[Text, AfterValidator(_known_suite)]
Curve = Annotated[Text, AfterValidator(_known_curve)]
Header = Annotated[Text, AfterValidator(_known_header)]
Hash = Annotated[Text, AfterValidator(_hash)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _null_is_unset(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: item for key, item in value.items() if item is not None}
        return value


class TLSServerConfig(_Section):
    """`tls_server_config`; "" is an option that is not given, and paths have the file's folder."""

    cert: Text = Field("", repr=False)
    key: Text = Field("", repr=False)
    client_ca: Text = Field("", repr=False)
    cert_file: File = ""
    key_file: File = ""
    client_ca_file: File = ""
    client_auth_type: Text = ""
    client_allowed_sans: tuple[Text, ...] | None = None
    min_version: TLSVersion = "TLS12"
    max_version: TLSVersion = "TLS13"
    cipher_suites: tuple[Suite, ...] = ()
    curve_preferences: tuple[Curve, ...] = ()
    prefer_server_cipher_suites: StrictBool = True

    @field_validator("client_auth_type")
    @classmethod
    def _known_policy(cls, value: str) -> str:
        if value in _UNVERIFIED:
            raise ValueError(
                f"{value} asks for a certificate without verifying it, which Python's TLS cannot"
                " do; use RequireAndVerifyClientCert with client_ca_file"
            )
        if value and value not in _CLIENT_AUTH:
            raise ValueError(f"unknown; expected one of {', '.join(_CLIENT_AUTH)}")
        return value

    @field_validator("curve_preferences")
    @classmethod
    def _one_curve(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(value) > 1:
            raise ValueError("Python's TLS can be set to one curve only; keep one, or none for all")
        return value

    @property
    def enabled(self) -> bool:
        """Whether the server speaks TLS; the same keys decide it as in the toolkit."""
        keys = (self.cert, self.cert_file, self.key, self.key_file)
        return any((*keys, self.client_ca, self.client_ca_file, self.client_auth_type))

    @property
    def files(self) -> tuple[Path, ...]:
        names = (self.cert_file, self.key_file, self.client_ca_file)
        return tuple(Path(name) for name in names if name)


class HTTPServerConfig(_Section):
    """`http_server_config`; `http2` has no effect, since the server speaks HTTP/1.1."""

    http2: StrictBool = True
    headers: dict[Header, Text] = Field(default_factory=dict)

    @field_validator("headers")
    @classmethod
    def _allowed_values(cls, value: dict[str, str]) -> dict[str, str]:
        for name, text in value.items():
            allowed = _HEADERS[name]
            if allowed and text not in allowed:
                raise ValueError(f"invalid value for {name}; expected {' or '.join(allowed)}")
            if not text.isprintable():
                raise ValueError(f"invalid value for {name}; it holds a control character")
        return {name: text for name, text in value.items() if text}


class RateLimit(_Section):
    """`rate_limit`: `burst` requests at once, then one each `interval` seconds; 0 is no limit."""

    interval: Annotated[float, BeforeValidator(_duration)] = 0.0
    burst: Annotated[StrictInt, Field(ge=0)] = 0


class WebConfig(_Section):
    """How the server is protected; empty, it speaks plain HTTP to everyone."""

    tls_server_config: TLSServerConfig = TLSServerConfig()
    http_server_config: HTTPServerConfig = HTTPServerConfig()
    basic_auth_users: dict[Text, Hash] = Field(default_factory=dict, repr=False)
    rate_limit: RateLimit = RateLimit()


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file says, as far as it is good, and all that is wrong with it.

    `tls_is_good` is whether nothing of that is wrong with `tls_server_config`.
    """

    config: WebConfig
    problems: list[str]
    tls_is_good: bool


def load_web_config(path: Path) -> WebConfig:
    """Read the file; the certificates that it names are not read.

    Raises ConfigError with every problem and its path in the file.
    """
    examined = examine_web_config(path)
    if examined.problems:
        raise ConfigError(examined.problems)
    return examined.config


def examine_web_config(path: Path) -> Examined:
    """As `load_web_config`, with what is good of the file beside all that is wrong with it."""
    file = CheckedFile(str(path), strict_yaml.read_named(path))
    said = {} if file.value is None else file.value
    checked = file.check(WebConfig, said, (), path.parent)
    config = checked.model or WebConfig()
    for names, problem in _contradictions(config):
        if not checked.left_out.names(*names):
            file.note(("tls_server_config",), problem)
    problems = file.lines()
    tls_is_good = checked.model is not None and not any(
        problem.startswith("tls_server_config") for problem in problems
    )
    return Examined(config, problems, tls_is_good)


def _contradictions(config: WebConfig) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with options of TLS together, with the keys that it is about."""
    tls = config.tls_server_config
    pairs = ("cert", "cert_file", "key", "key_file")
    for name in ("cert", "key", "client_ca"):
        both = (name, f"{name}_file")
        if all(getattr(tls, each) for each in both):
            yield both, f"{name} and {name}_file exclude each other"
    if not tls.enabled:
        if given := sorted(tls.model_fields_set - {*pairs}):
            problem = f"{', '.join(given)} without cert_file and key_file: TLS would stay off"
            yield pairs, problem
        return
    for name in ("cert", "key"):
        if not getattr(tls, name) and not getattr(tls, f"{name}_file"):
            yield (name, f"{name}_file"), f"missing one of {name} or {name}_file"
    policy = "client_auth_type"
    if (tls.client_ca or tls.client_ca_file) and tls.client_auth_type in ("", "NoClientCert"):
        yield (policy,), "client_ca_file without a client_auth_type that asks for a certificate"
    required = tls.client_auth_type == "RequireAndVerifyClientCert"
    if tls.client_allowed_sans is not None and not required:
        problem = "client_allowed_sans needs client_auth_type: RequireAndVerifyClientCert"
        yield (policy,), problem
    if tls.max_version < tls.min_version:
        problem = f"max_version {tls.max_version} is below min_version {tls.min_version}"
        yield ("min_version", "max_version"), problem
    # The toolkit's programs do not start with such a file, and one file often serves them all.
    http2 = config.http_server_config.http2 and tls.min_version != "TLS13"
    if http2 and tls.cipher_suites and not set(_HTTP2_SUITES) & set(tls.cipher_suites):
        problem = f"cipher_suites lacks {' or '.join(_HTTP2_SUITES)}, which http2 needs"
        yield ("http2", "min_version", "cipher_suites"), problem
