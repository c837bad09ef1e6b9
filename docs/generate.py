"""Write the pages of docs/ that come from the code: `python docs/generate.py`.

A page that is new here is one more function, from the page as it stands to the page as it should.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from commands_page import commands_page, manual_page
from configuration_page import configuration_page
from metrics_page import metrics_page
from vendors_page import index_page, vendor_pages

DOCS = Path(__file__).parent

PAGES: Mapping[str, Callable[[str], str]] = {
    "commands.md": commands_page,
    "configuration.md": configuration_page,
    "license-exporter.1": manual_page,
    "metrics.md": metrics_page,
    "vendors/README.md": index_page,
    **vendor_pages(),
}


def main() -> None:
    """Write each page anew."""
    for name, page in PAGES.items():
        path = DOCS / name
        path.write_text(page(path.read_text()))


if __name__ == "__main__":
    main()
