from pathlib import Path

import yaml

from license_exporter.config.load import load_config
from license_exporter.config.masking import masked
from license_exporter.vendors.registry import find_vendors
from tests.config.vendors import VENDORS

FULL = Path(__file__).parent / "fixtures/full.yaml"
SECRET = "hunter2"


def shown(path: Path) -> str:
    return masked(load_config(path, {"FROM_ENVIRONMENT": SECRET}, VENDORS))


def test_the_configuration_in_force_is_shown_without_any_secret() -> None:
    text = shown(FULL).replace(f"{FULL.parent}/", "")
    assert SECRET not in text
    assert text == FULL.with_suffix(".masked.yaml").read_text()


def test_every_secret_of_the_file_has_its_place() -> None:
    secrets = FULL.read_text().count(SECRET) + FULL.read_text().count("${FROM_ENVIRONMENT}")
    assert shown(FULL).count("<secret>") == secrets


def test_what_is_shown_reads_as_a_configuration_again(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(shown(FULL))
    again = masked(load_config(path, {}, VENDORS))
    assert yaml.safe_load(again) == yaml.safe_load(shown(FULL))


def test_a_mapping_is_shown_as_it_is_written(tmp_path: Path) -> None:
    mapping = {
        "requests": {"plan": {"absent_status": [404], "paging": {"by": "link"}}},
        "licenses": [
            {
                "state": [{"path": "status", "map": {"ok": ["active"], "late": ["grace"]}}],
                "expiry": {"path": "ends", "format": ["iso", "unix"], "never": [None, "Never"]},
            }
        ],
        "pools": [
            {
                "rows": ["plans", "entries(seats)"],
                "name": {"path": "name"},
                "window": {"value": "month"},
                "limit": {"path": "value", "unlimited": [-1, "MAX"], "map": {"few": 3.0}},
            }
        ],
    }
    target = {"name": "a", "vendor": "json", "as": "acme", "url": "https://acme.example.com"}
    path = tmp_path / "config.yaml"
    path.write_text(yaml.safe_dump({"targets": [{**target, "mapping": mapping}]}))
    text = masked(load_config(path, {}, find_vendors()))
    assert yaml.safe_load(text)["targets"][0]["mapping"] == mapping


def test_an_empty_configuration_shows_that_it_has_no_targets(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("targets: []")
    assert shown(path) == "targets: []\n"
