"""Vendors as the options of a target configure them, as far as those are good."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from license_exporter.config import validation
from license_exporter.config.auth_config import WAYS
from license_exporter.config.leaving_out import LeftOut
from license_exporter.config.positions import location
from license_exporter.errors import ConfigError
from license_exporter.model.vendor import Vendor

# What of a mapping tells how its product is asked: by HTTP, and with which credentials.
_TELLING = (*WAYS, "requests")


@dataclass(frozen=True, slots=True)
class Configured:
    """A vendor, and what is wrong with the options, each line with its path below the target.

    `is_known` is whether they tell how the vendor is asked.
    """

    vendor: Vendor
    problems: tuple[str, ...] = ()
    is_known: bool = True


def configured(
    vendor: Vendor,
    options: BaseModel,
    left_out: LeftOut,
    said: Mapping[str, Any],
    folder: Path,
) -> Configured:
    """Configure a vendor with the options that the target `said`, but for what is `left_out`.

    `folder` is where relative paths start.
    """
    if vendor.configure is None:
        return Configured(vendor)
    try:
        made = vendor.configure(options)
    except ConfigError as error:
        problems = tuple(_told(error, left_out))
        places = (location(problem.partition(": ")[0]) for problem in error.problems)
        wrong = [*left_out.locations, *places]
        rest = validation.check(type(options), said, folder, wrong)
        try:
            made = vendor.configure(rest.model) if rest.model else vendor
        except ConfigError:
            made = vendor
        return Configured(made, problems, _is_known(made, rest.left_out))
    return Configured(made, is_known=_is_known(made, left_out))


def _told(error: ConfigError, left_out: LeftOut) -> Iterator[str]:
    for problem in error.problems:
        place, _, message = problem.partition(": ")
        if not left_out.explains(place, message):
            yield problem


def _is_known(vendor: Vendor, left_out: LeftOut) -> bool:
    return bool(vendor.documents) and not left_out.names(*_TELLING)
