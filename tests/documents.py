"""The vendors' documents under tests/vendors/fixtures, and answers made of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from license_exporter.model.answer import Answer
from license_exporter.model.report import LicenseReport
from license_exporter.model.vendor import Vendor

FIXTURES = Path(__file__).parent / "vendors" / "fixtures"


def document(path: str) -> Any:
    """A document by its path under tests/vendors/fixtures, without the suffix: new at each call."""
    return json.loads((FIXTURES / f"{path}.json").read_text(encoding="utf-8"))


def parsed(vendor: Vendor, documents: Mapping[str, object]) -> tuple[LicenseReport, Answer]:
    """What a vendor reads from documents, and the answer with its tally of skipped values."""
    answer = Answer(documents, now=1_700_000_000.0)
    return vendor.parse(answer), answer
