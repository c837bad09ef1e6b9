"""The built-in vendors of the tests of the configuration, and a plug-in with options of its own."""

from dataclasses import replace
from typing import Annotated

from pydantic import BaseModel, ConfigDict

from license_exporter.config.options import SHOWN
from license_exporter.errors import ConfigError
from license_exporter.model.answer import Answer
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Vendor
from license_exporter.vendors.enterprise_recon import VENDOR as ENTERPRISE_RECON
from license_exporter.vendors.immuta import VENDOR as IMMUTA
from license_exporter.vendors.rsa import VENDOR as RSA
from license_exporter.vendors.seerbox import VENDOR as SEERBOX


class Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str


class PlugOptions(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    variables: Annotated[dict[str, str], SHOWN] = {}
    unmarked: dict[str, str | int] = {}
    requests: tuple[Request, ...] = ()


def parse(answer: Answer) -> LicenseReport:
    return LicenseReport()


def configure(options: PlugOptions) -> Vendor:
    if options.variables.get("org") == "wrong":
        raise ConfigError(["variables.org: is wrong", "requests[0].path: is missing"])
    return replace(PLUG, unit=options.variables.get("unit", "users"))


PLUG = Vendor(
    name="plug",
    product="Plug",
    documents=(),
    parse=parse,
    anonymous=True,
    defaults={"min_interval": "1h", "labels": {"of": "vendor"}},
    options=PlugOptions,
    configure=configure,
)

VENDORS = {vendor.name: vendor for vendor in (ENTERPRISE_RECON, IMMUTA, PLUG, RSA, SEERBOX)}
