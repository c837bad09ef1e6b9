"""`vendors` and `init`: what there is, and a configuration to start from."""

import pytest
import yaml

from license_exporter.cli.catalogue import by_kind, configuration, needs, snippet_of
from license_exporter.cli.flags import main
from license_exporter.config.load import load_config
from license_exporter.model import Document, HeaderKey, LicenseReport, Run, SignIn, Vendor
from license_exporter.vendors.registry import find_vendors

VENDORS = find_vendors()
OURS = sorted(VENDORS)


def loaded(tmp_path, text, vendors=VENDORS):
    file = tmp_path / "config.yaml"
    file.write_text(text)
    return load_config(file, {}, vendors)


def plugin(**options):
    """A vendor as a plug-in may bring it: it says nothing for people."""
    documents = options.pop("documents", (Document("license", "license"),))
    return Vendor("widget_works", "Widgets", documents, lambda _: LicenseReport(), **options)


def test_a_configuration_with_every_vendor_can_be_used_at_once(tmp_path):
    config = loaded(tmp_path, configuration(VENDORS.values()))
    assert sorted({target.driver.name for target in config.targets} - {"widgetworks"}) == [
        name for name in OURS if name != "json"
    ]


@pytest.mark.parametrize("name", OURS)
def test_the_snippet_of_a_vendor_is_a_configuration_by_itself(tmp_path, name):
    (target,) = loaded(tmp_path, snippet_of(VENDORS[name])).targets
    assert target.driver.name in (name, "widgetworks")


@pytest.mark.parametrize("name", OURS)
def test_a_vendor_of_ours_tells_its_kind_and_what_it_was_checked_against(name):
    vendor = VENDORS[name]
    assert bool(vendor.kind and vendor.checked) or name == "json"
    assert vendor.checked != "live", "true only where the pages say of which system"


@pytest.mark.parametrize(
    "vendor",
    [
        plugin(),
        plugin(anonymous=True),
        plugin(api_key=HeaderKey("X-Key")),
        plugin(login=SignIn("signin", token=("token",))),
        plugin(documents=(Document("status", runs=(Run("widgetstat"),)),), anonymous=True),
    ],
)
def test_a_plug_in_without_a_snippet_has_one_made_up(tmp_path, vendor):
    (target,) = loaded(tmp_path, snippet_of(vendor), {vendor.name: vendor}).targets
    assert target.name == "widget-works"
    assert needs(vendor) in {"authorization", "api_key", "login", "no account", "widgetstat"}


def test_init_prints_a_commented_configuration_of_the_vendors_named(tmp_path, capsys):
    assert main(["init", "rlm", "gitlab", "flexlm", "gitlab"]) == 0
    out = capsys.readouterr().out
    assert [target["vendor"] for target in yaml.safe_load(out)["targets"]] == [
        "rlm",
        "gitlab",
        "flexlm",
    ]
    assert set(yaml.safe_load(out)["programs"]) == {"rlmutil", "lmutil"}
    assert "# Account: A personal access token" in out


def test_vendors_are_listed_in_groups_with_what_they_need(capsys):
    assert main(["vendors"]) == 0
    out = capsys.readouterr().out
    groups = [line for line in out.splitlines() if line.endswith(":") and line[0] != " "]
    assert groups == [f"{kind}:" for kind in by_kind(VENDORS.values())]
    assert "\n  gitlab: GitLab (api_key)\n" in out
    assert "\n  flexlm: FlexLM (lmutil)\n" in out


def test_part_of_a_name_finds_vendors(capsys):
    assert main(["vendors", "jira"]) == 0
    out = capsys.readouterr().out
    assert "jira_cloud: " in out
    assert "jira_data_center: " in out
    assert "gitlab" not in out


def test_a_word_finds_vendors_by_all_that_is_told_of_them(capsys):
    assert main(["vendors", "--search", "COPILOT"]) == 0
    out = capsys.readouterr().out
    assert "github_enterprise: " in out
    assert "gitlab: " not in out


def test_a_word_that_stands_nowhere_is_refused(capsys):
    assert main(["vendors", "--search", "xyzzy"]) == 2
    assert "there is no vendor 'xyzzy'" in capsys.readouterr().err


def test_what_is_told_of_one_vendor_ends_with_a_target_to_paste(tmp_path, capsys):
    assert main(["vendors", "rsa"]) == 0
    told, _, pasted = capsys.readouterr().out.partition("  To paste:\n")
    assert "Ways to authenticate: rsa_admin_key, rsa_oauth" in told
    assert loaded(tmp_path, pasted).targets[0].name == "rsa-prod"
