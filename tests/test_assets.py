from pathlib import Path

import pytest

from license_exporter import assets

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("kind", assets.KINDS)
def test_a_kind_names_files_that_can_be_read(kind: str) -> None:
    names = assets.names(kind)
    assert names == sorted(names)
    assert names
    for name in names:
        assert assets.read(name) == (ROOT / name).read_bytes()


def test_every_dashboard_and_rule_is_named() -> None:
    boards = {f"grafana/dashboards/{path.name}" for path in ROOT.glob("grafana/dashboards/*.json")}
    assert boards <= set(assets.names("dashboards"))
    assert {"prometheus/rules.yml", "prometheus/rules_test.yml"} <= set(assets.names("rules"))


def test_no_file_is_of_two_kinds() -> None:
    names = [name for kind in assets.KINDS for name in assets.names(kind)]
    assert len(names) == len(set(names))


def test_an_installation_without_its_files_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "_PACKAGE", tmp_path)
    (tmp_path / "share").mkdir()
    with pytest.raises(FileNotFoundError, match="runbooks"):
        assets.names("runbooks")
