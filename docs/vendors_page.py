"""docs/vendors: the index, and on each vendor's page the configuration to start from."""

import re
from functools import partial
from importlib import metadata
from pathlib import Path

from tables import code, fill, table

from license_exporter.cli.catalogue import by_kind, needs, snippet_of
from license_exporter.model.vendor import Checked, Vendor
from license_exporter.vendors.registry import GROUP, find_vendors

FOLDER = Path(__file__).parent / "vendors"

_CHECKED: dict[Checked, str] = {
    "": "",
    "documents": "the product's documents",
    "recordings": "recorded answers",
    "live": "a live system",
}
_FIRST_BLOCK = re.compile(r"^```yaml\n.*?^```$", re.DOTALL | re.MULTILINE)


def ours() -> dict[str, Vendor]:
    """The vendors of this package."""
    points = [point for point in metadata.entry_points(group=GROUP) if point.name == "builtin"]
    return dict(find_vendors(points))


def index_page(page: str) -> str:
    """The index with its tables written anew. Raises KeyError for a kind without a table."""
    tables = {
        _mark(kind): table(
            ("product", "`vendor`", "needs", "checked against"),
            (
                (_link(each), code([each.name]), needs(each), _CHECKED[each.checked])
                for each in group
            ),
        )
        for kind, group in by_kind(ours().values()).items()
    }
    written = fill(page, tables)
    missing = [mark for mark in tables if f"<!-- table: {mark} -->" not in page]
    if missing:
        raise KeyError(f"docs/vendors/README.md has no table {', '.join(missing)}")
    return written


def vendor_page(vendor: Vendor, page: str) -> str:
    """The page with the vendor's own snippet as its first block of YAML."""
    return _FIRST_BLOCK.sub(lambda _: f"```yaml\n{snippet_of(vendor)}```", page, count=1)


def vendor_pages() -> dict[str, "partial[str]"]:
    """Each vendor's page by its name in docs/, with what writes it."""
    return {
        f"vendors/{name}.md": partial(vendor_page, vendor)
        for name, vendor in ours().items()
        if name != "json"
    }


def _mark(kind: str) -> str:
    return kind.replace(" ", "_")


def _link(vendor: Vendor) -> str:
    page = "../mapping.md" if vendor.name == "json" else f"{vendor.name}.md"
    return f"[{vendor.product}]({page})"
