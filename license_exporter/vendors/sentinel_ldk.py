"""Sentinel LDK (HASP): the features that a license manager's own page lists, by HTTP.

The page is not quite JSON: objects with commas between them, between comments, the last of them a
summary. Users stand on another page, which is not asked for.
"""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

from license_exporter.model import (
    Answer,
    Document,
    FetchError,
    LicenseReport,
    Reason,
    SchemaError,
    Vendor,
)
from license_exporter.vendors._features import (
    NEVER,
    UNREADABLE,
    Features,
    read_day,
    read_units,
    said,
)
from license_exporter.vendors._managers import ProductOption

_FEATURES = "features"

# A page has 20 rows unless more are asked for; newer versions refuse the bare address.
_MOST = 10_000
_PARAMS = {
    "haspid": "0",
    "vendorid": "0",
    "productid": "0",
    "featureid": "-1",
    "filterfrom": "1",
    "filterto": str(_MOST),
}

_TAG = re.compile(r"<[^<>]*>")
_DATE = re.compile(r"(?:[A-Z][a-z]{2},? )?[A-Z][a-z]{2} +\d{1,2},? +\d{4}.*|\d{4}-\d\d-\d\d.*")
_ERROR = re.compile(r"<code>\s*0*([1-9]\d{0,8})\d*\s*</code>")


def parse(answer: Answer) -> LicenseReport:
    """Read the features. Raises SchemaError, and FetchError where the page tells of an error."""
    text = answer.text(_FEATURES)
    rows = list(_objects(text, answer))
    listed = [(id, said(row, "ven"), row) for row in rows if (id := said(row, "fid"))]
    summary = next((row for row in rows if "fhaspid" in row), None)
    if not listed and summary is None:
        if error := _ERROR.search(text):
            problem = f"the license manager's page tells of error {error[1]}"
            raise FetchError(Reason.SERVER, problem)
        raise SchemaError(_FEATURES, "the page lists no features")
    features = Features()
    vendors: dict[str, set[str]] = {}
    for id, vendor, _ in listed:
        vendors.setdefault(id, set()).add(vendor)
    for id, vendor, row in listed:
        # The id of the feature is its name; with its vendor's, where two have one of the same id.
        name = id if len(vendors[id]) < 2 else f"{vendor}:{id}"
        _add(features, row, name, answer)
    told = read_units(said(summary, "cnt")) if summary else UNREADABLE
    if told > len(listed):
        for _ in range(int(min(told, _MOST)) - len(listed)):
            answer.skip(f"{_FEATURES}.cnt")
    return LicenseReport(
        pools=features.pools(),
        licenses=features.licenses(answer.now),
        valid_until=features.valid_until(answer.now),
    )


def _objects(text: str, answer: Answer) -> Iterator[dict[str, object]]:
    """The objects among whatever else there is; what only begins like one is counted."""
    decoder = json.JSONDecoder()
    place = text.find("{")
    while place >= 0:
        try:
            value, end = decoder.raw_decode(text, place)
            yield value
        except (ValueError, RecursionError):
            answer.skip(_FEATURES)
            end = text.find("\n", place)
            if end < 0:
                return
        place = text.find("{", end)


def _add(features: Features, row: dict[str, object], name: str, answer: Answer) -> None:
    feature = features[name]
    feature.display_name = max(feature.display_name, said(row, "fn"))
    used = _amount(row, "logc", answer)
    limit = _amount(row, "logl", answer)
    if limit == 0 or row.get("logl") == "":
        limit = math.inf
    feature.add(used=used, limit=limit)
    text = unescape(_TAG.sub(" ", said(row, "lic"))).replace("\xa0", " ").strip()
    if text.lower().startswith("perpetual"):
        feature.ends_on(NEVER, limit)
    elif date := _DATE.search(text):
        try:
            feature.ends_on(read_day(date[0]), limit)
        except ValueError:
            answer.skip(f"{_FEATURES}.lic")
    elif "expir" in text.lower():
        answer.skip(f"{_FEATURES}.lic")


def _amount(row: dict[str, object], key: str, answer: Answer) -> float | None:
    text = said(row, key)
    if not text:
        return None
    units = read_units(text)
    if math.isnan(units):
        answer.skip(f"{_FEATURES}.{key}")
    return units


def _configure(options: ProductOption) -> Vendor:
    return replace(VENDOR, product=options.product or VENDOR.product)


VENDOR = Vendor(
    name="sentinel_ldk",
    product="Sentinel LDK",
    documents=(Document(_FEATURES, "_int_/tab_feat.html", params=_PARAMS, format="text"),),
    parse=parse,
    anonymous=True,
    unit="licenses",
    defaults={"min_interval": "2m"},
    options=ProductOption,
    configure=_configure,
    kind="license managers",
    checked="documents",
    snippet="""\
targets:
  - name: dongles
    vendor: sentinel_ldk
    url: http://lic1:1947
""",
    accounts=(
        "None, or basic_auth where the Admin Control Center has a password; its remote access must "
        "be on (Allow Remote Access to ACC), or the exporter on the same host."
    ),
    yields=(
        "For each feature, by its id: logins and their limit; a license for each day on which some "
        "of it end. No users."
    ),
)
