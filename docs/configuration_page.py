"""The tables of docs/configuration.md, from the models of the configuration."""

from importlib import metadata

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from tables import code, fill, table

from license_exporter.config.alerts import Alerts
from license_exporter.config.auth_config import (
    ApiKey,
    Authorization,
    BasicAuth,
    Login,
    OAuth2,
    RsaAdminKey,
    RsaOAuth,
    ways_of,
)
from license_exporter.config.contract import Contract
from license_exporter.config.http_config import Header, ProxyConfig, TLSConfig
from license_exporter.config.options import annotations, writer
from license_exporter.config.pools import PoolPatterns
from license_exporter.config.programs import Program
from license_exporter.config.target import Defaults, Entry
from license_exporter.model.vendor import Vendor
from license_exporter.vendors.flexlm import FlexlmOptions
from license_exporter.vendors.registry import GROUP, find_vendors

_BLOCKS: dict[str, type[BaseModel]] = {
    "rsa_admin_key": RsaAdminKey,
    "rsa_oauth": RsaOAuth,
    "basic_auth": BasicAuth,
    "authorization": Authorization,
    "oauth2": OAuth2,
    "login": Login,
    "api_key": ApiKey,
    "tls_config": TLSConfig,
    "http_headers": Header,
    "contract": Contract,
    "alerts": Alerts,
    "pools": PoolPatterns,
    "programs": Program,
}


_PROXY = tuple(ProxyConfig.model_fields)


def configuration_page(page: str) -> str:
    """The page with its tables written anew."""
    tables = {
        "target": _options(Entry, leave_out=tuple(Defaults.model_fields)),
        "defaults": _options(Defaults, leave_out=_PROXY),
        "proxy": _options(ProxyConfig),
        "vendors": _vendors(),
        "managers": _options(FlexlmOptions),
    }
    for name, model in _BLOCKS.items():
        tables[name] = _options(model, leave_out=_PROXY)
    return fill(page, tables)


def _options(model: type[BaseModel], leave_out: tuple[str, ...] = ()) -> str:
    rows = (
        _option(name, field) for name, field in model.model_fields.items() if name not in leave_out
    )
    return table(("option", "default", "meaning"), rows)


def _option(name: str, field: FieldInfo) -> tuple[str, str, str]:
    return code([name]), _default(field), field.description or ""


def _default(field: FieldInfo) -> str:
    """The default as it is written in a file; nothing where the option is simply not there."""
    if field.is_required():
        return "required"
    default = field.default
    if field.default_factory or default is None or default in ((), {}, ""):
        return ""
    write = writer(annotations(field))
    written = write(default) if write else default
    return f"`{str(written).lower() if isinstance(written, bool) else written}`"


def _vendors() -> str:
    """The vendors of this package, with what a target of each can say."""
    ours = [point for point in metadata.entry_points(group=GROUP) if point.name == "builtin"]
    return table(
        ("vendor", "product", "ways to authenticate", "usual unit of a pool", "other defaults"),
        (_vendor(name, vendor) for name, vendor in find_vendors(ours).items()),
    )


def _vendor(name: str, vendor: Vendor) -> tuple[str, ...]:
    units = code([vendor.unit, *(f"{pool}: {unit}" for pool, unit in vendor.units.items())])
    defaults = code(f"{option}: {value}" for option, value in vendor.defaults.items())
    ways = " or ".join(filter(None, (code(ways_of(vendor)), "none" if vendor.anonymous else "")))
    return code([name]), vendor.product, ways, units, defaults
