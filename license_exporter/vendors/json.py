"""Any API, program or file, by a mapping; the vocabulary is told in docs/mapping.md."""

from dataclasses import replace

from license_exporter.errors import ConfigError
from license_exporter.mapping.vendor import (
    USUAL_API_KEY,
    AskingOptions,
    JsonOptions,
    UnfinishedOptions,
    configure_asking,
    configure_json,
)
from license_exporter.model import Answer, LicenseReport, Vendor


def _parse(answer: Answer) -> LicenseReport:
    """Never called: `configure_json` puts the mapping's own parser in its place."""
    raise ConfigError(["a target of vendor json is read by its own mapping"])


VENDOR = Vendor(
    name="json",
    product="JSON API",
    documents=(),
    parse=_parse,
    api_key=USUAL_API_KEY,
    anonymous=True,
    snippet="""\
targets:
  - name: widgets
    vendor: json
    as: widgetworks
    url: https://widgets.example.com
    authorization: {credentials_file: /run/secrets/widgets.token}
    mapping:
      requests:
        license: {path: api/license}
      licenses:
        - expiry: expires
      pools:
        - {name: {value: seats}, used: seats.used, limit: seats.purchased}
""",
    accounts="An account of the exporter's own that can read the documents and nothing else.",
    yields="What the target's mapping says.",
    options=JsonOptions,
    configure=configure_json,
)

# For `probe`, which shows what there is to map.
UNFINISHED = replace(VENDOR, options=UnfinishedOptions)


def asking(path: str) -> Vendor:
    """The same, whose targets ask for this path alone, whatever their mapping says."""
    return replace(
        VENDOR, options=AskingOptions, configure=lambda options: configure_asking(options, path)
    )
