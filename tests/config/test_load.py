from collections.abc import Mapping
from pathlib import Path

import pytest

from license_exporter.config.credentials import Secret
from license_exporter.config.load import load_config
from license_exporter.config.target import Config
from license_exporter.errors import ConfigError
from license_exporter.model.vendor import Vendor
from tests.config.vendors import VENDORS, PlugOptions

BAD = Path(__file__).parent / "fixtures/bad"


def load(folder: Path, text: str, environ: Mapping[str, str] | None = None) -> Config:
    path = folder / "config.yaml"
    path.write_text(text)
    return load_config(path, environ or {}, VENDORS)


def problems(path: Path, vendors: Mapping[str, Vendor] = VENDORS) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(path, {"PASSWORD": "hunter2"}, vendors)
    return caught.value.problems


@pytest.mark.parametrize("path", sorted(BAD.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_every_problem_and_no_secret(path: Path) -> None:
    lines = [line.replace(str(path), path.name) for line in problems(path)]
    assert lines == path.with_suffix(".txt").read_text().splitlines()
    assert "hunter" not in "\n".join(lines)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "config.yaml"
    assert problems(missing) == [f"{missing}: cannot be read: No such file or directory"]
    assert problems(tmp_path) == [f"{tmp_path}: cannot be read: Is a directory"]


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(b"targets: []\n# caf\xe9\n")
    assert problems(path) == [f"{path}: line 2 is not UTF-8; save the file in that encoding"]


def test_an_empty_list_of_targets_is_a_start(tmp_path: Path) -> None:
    assert load(tmp_path, "targets: []") == Config()


TWO = """
defaults:
  timeout: 20s
  labels: {env: prod, team: none}
  tls_config: {ca_file: ca.pem}
  proxy_url: http://proxy.example.com:3128
  no_proxy: localhost
targets:
  - name: rsa-prod
    vendor: rsa
    url: https://acme.example.com/AdminInterface/restapi/
    labels: {team: identity}
    basic_auth: {username: '${USER}', password_file: secrets/password}
    timeout: 5s
  - name: plugged
    vendor: plug
    url: https://plug.example.com
    tls_config: {server_name: other}
    proxy_from_environment: true
    variables: {unit: seats}
    contract: {limits: {a: 5, b/bytes: 7}}
"""


def test_a_target_says_what_the_file_says(tmp_path: Path) -> None:
    target, _ = load(tmp_path, TWO, {"USER": "alice"}).targets
    assert target.name == "rsa-prod"
    assert target.driver is VENDORS["rsa"]
    assert target.url == "https://acme.example.com/AdminInterface/restapi"
    assert target.basic_auth is not None
    assert target.basic_auth.secret("username") == Secret("alice")
    assert target.basic_auth.secret("password") == Secret(file=tmp_path / "secrets/password")
    assert target.where == "targets[0]"


def test_the_targets_own_options_hold_before_the_defaults_and_these_before_the_vendors(
    tmp_path: Path,
) -> None:
    rsa, plugged = load(tmp_path, TWO, {"USER": "alice"}).targets
    assert (rsa.timeout, plugged.timeout) == (5.0, 20.0)
    assert (rsa.min_interval, plugged.min_interval) == (300.0, 3600.0)


def test_labels_are_merged_and_blocks_take_the_place_of_defaults(tmp_path: Path) -> None:
    rsa, plugged = load(tmp_path, TWO, {"USER": "alice"}).targets
    assert rsa.labels == {"env": "prod", "team": "identity"}
    assert plugged.labels == {"env": "prod", "team": "none", "of": "vendor"}
    assert rsa.tls_config.ca_file == tmp_path / "ca.pem"
    assert plugged.tls_config.ca_file is None
    assert plugged.tls_config.server_name == "other"


def test_a_target_knows_which_blocks_that_name_pools_are_those_of_the_defaults(
    tmp_path: Path,
) -> None:
    defaults = "defaults: {alerts: {pools: {a: {near_limit: never}}}, contract: {limits: {a: 1}}}\n"
    text = defaults + TWO[TWO.index("targets:") :]
    rsa, plugged = load(tmp_path, text, {"USER": "alice"}).targets
    assert rsa.inherited == {"alerts", "contract"}
    assert plugged.inherited == {"alerts"}


def test_a_target_that_names_its_proxy_has_nothing_of_the_defaults_proxy(tmp_path: Path) -> None:
    rsa, plugged = load(tmp_path, TWO, {"USER": "alice"}).targets
    assert rsa.proxy_url == Secret("http://proxy.example.com:3128")
    assert rsa.no_proxy == "localhost"
    assert plugged.proxy_from_environment
    assert plugged.proxy_url is None
    assert plugged.no_proxy is None


def test_the_vendors_own_options_configure_it(tmp_path: Path) -> None:
    _, plugged = load(tmp_path, TWO, {"USER": "alice"}).targets
    assert plugged.options is not None
    assert plugged.options == PlugOptions(variables={"unit": "seats"})
    assert plugged.driver.unit == "seats"
    assert plugged.contract is not None
    assert plugged.contract.limits == {("a", "seats"): 5.0, ("b", "bytes"): 7.0}


def test_a_vendor_with_options_is_configured_even_if_none_is_given(tmp_path: Path) -> None:
    config = load(tmp_path, "targets: [{name: a, vendor: plug, url: 'http://a.example.com'}]")
    assert config.targets[0].options == PlugOptions()


def test_no_way_to_authenticate_is_needed_where_the_vendor_says_so(tmp_path: Path) -> None:
    [target] = load(
        tmp_path, "targets: [{name: a, vendor: plug, url: 'http://a.example.com'}]"
    ).targets
    assert target.basic_auth is None


def test_an_option_that_is_left_empty_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    text = """
defaults:
target_files:
targets:
  - name: a
    vendor: plug
    url: http://a.example.com
    timeout:
    labels:
"""
    [target] = load(tmp_path, text).targets
    assert target.timeout == 10.0


def test_the_url_is_not_needed_where_the_key_file_names_it(tmp_path: Path) -> None:
    [target] = load(
        tmp_path, "targets: [{name: a, vendor: rsa, rsa_admin_key: {key_file: rsa.key}}]"
    ).targets
    assert target.url is None
    assert target.secret_files() == (tmp_path / "rsa.key",)


def test_a_block_pasted_from_prometheus_works(tmp_path: Path) -> None:
    text = """
targets:
  - name: pasted
    vendor: immuta
    url: https://immuta.example.com
    oauth2:
      client_id: c
      client_secret: s
      token_url: https://login.example.com/token?a=b
      scopes: [read, write]
      endpoint_params: {audience: license, level: 5}
      tls_config: {insecure_skip_verify: yes}
    tls_config:
      ca_file: /etc/ca.pem
      cert_file: client.crt
      key_file: client.key
      server_name: immuta
      min_version: TLS13
    http_headers:
      X-One: {values: [a, b], secrets: [c], files: [d]}
    proxy_url: http://user:password@proxy.example.com:3128/
    no_proxy: 10.0.0.0/8,.internal
    proxy_connect_header: {Proxy-Authorization: [Basic abc]}
    follow_redirects: false
    enable_http2: true
    body_size_limit: 10MB
    sample_limit: 1000
"""
    [target] = load(tmp_path, text).targets
    assert target.oauth2 is not None
    assert target.oauth2.scopes == ("read", "write")
    assert target.oauth2.endpoint_params == {"audience": Secret("license"), "level": Secret("5")}
    assert target.oauth2.tls_config.insecure_skip_verify
    assert target.http_headers["X-One"].sources == (
        Secret("a"),
        Secret("b"),
        Secret("c"),
        Secret(file=tmp_path / "d"),
    )
    assert target.proxy_connect_header == {"Proxy-Authorization": (Secret("Basic abc"),)}
    assert (target.follow_redirects, target.body_size_limit) == (False, 10 * 1024**2)


def test_a_header_of_one_value_needs_no_list(tmp_path: Path) -> None:
    [target] = load(
        tmp_path,
        "targets: [{name: a, vendor: plug, url: 'http://a.example.com', http_headers: {X: y}}]",
    ).targets
    assert target.http_headers["X"].sources == (Secret("y"),)


def entry(name: str) -> str:
    return f"{{name: {name}, vendor: plug, url: 'http://a.example.com'}}"


def test_target_files_add_their_targets_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/2.yaml").write_text(f"targets: [{entry('c')}]")
    (tmp_path / "conf.d/1.yaml").write_text(f"- {entry('b')}")
    (tmp_path / "one.yaml").write_text(f"- {entry('d')}")
    config = load(
        tmp_path,
        f"target_files: [conf.d/*.yaml, one.yaml, conf.d/1.yaml, '*.yaml']\n"
        f"targets: [{entry('a')}]",
    )
    assert [target.name for target in config.targets] == ["a", "b", "c", "d"]
    assert [target.where for target in config.targets] == [
        "targets[0]",
        "conf.d/1.yaml: targets[0]",
        "conf.d/2.yaml: targets[0]",
        "one.yaml: targets[0]",
    ]
    assert config.target_files == ("conf.d/*.yaml", "one.yaml", "conf.d/1.yaml", "*.yaml")


def test_a_pattern_that_matches_nothing_is_no_error_and_targets_is_not_needed(
    tmp_path: Path,
) -> None:
    assert load(tmp_path, "target_files: [conf.d/*.yaml]").targets == ()


def test_a_link_to_nowhere_among_the_target_files_is_told(tmp_path: Path) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/a.yaml").symlink_to("gone.yaml")
    (tmp_path / "config.yaml").write_text("target_files: [conf.d/*.yaml]")
    assert problems(tmp_path / "config.yaml") == [
        "conf.d/a.yaml: cannot be read: No such file or directory"
    ]


def test_a_target_files_paths_start_at_the_folder_of_the_configuration_file(
    tmp_path: Path,
) -> None:
    (tmp_path / "conf.d").mkdir()
    (tmp_path / "conf.d/a.yaml").write_text(
        "- {name: a, vendor: plug, url: 'http://a.example.com', tls_config: {ca_file: k}}"
    )
    [target] = load(tmp_path, "target_files: [conf.d/a.yaml]").targets
    assert target.secret_files() == (tmp_path / "k",)


def test_a_vendor_that_cannot_be_loaded_is_told_at_its_target(tmp_path: Path) -> None:
    class Broken(dict[str, Vendor]):
        def __getitem__(self, name: str) -> Vendor:
            raise ConfigError(["broken-plugin cannot be loaded"])

    path = tmp_path / "config.yaml"
    path.write_text(f"targets: [{entry('a')}]")
    assert problems(path, Broken(VENDORS)) == ["targets[0].vendor: broken-plugin cannot be loaded"]


def test_two_loads_of_the_same_file_are_equal_targets(tmp_path: Path) -> None:
    assert load(tmp_path, TWO, {"USER": "alice"}) == load(tmp_path, TWO, {"USER": "alice"})


def test_a_changed_option_makes_a_target_another_one(tmp_path: Path) -> None:
    before = load(tmp_path, TWO, {"USER": "alice"}).targets
    after = load(tmp_path, TWO.replace("unit: seats", "unit: pcs"), {"USER": "bob"}).targets
    assert before[0] != after[0]
    assert before[1] != after[1]


def test_no_repr_of_a_configuration_shows_a_secret(tmp_path: Path) -> None:
    text = TWO.replace("password_file: secrets/password", "password: hunter2").replace(
        "http://proxy", "http://user:hunter3@proxy"
    )
    assert "hunter" not in repr(load(tmp_path, text, {"USER": "alice"}))


def test_a_pattern_that_looks_through_everything_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("license_exporter.config.patterns.MOST", 3)
    monkeypatch.setattr("license_exporter.config.load.MOST", 3)
    for number in range(5):
        (tmp_path / "deep" / str(number)).mkdir(parents=True)
    file = tmp_path / "config.yaml"
    for pattern in ("**/*.yaml", "deep/*"):
        file.write_text(f"targets: []\ntarget_files: ['{pattern}']\n")
        with pytest.raises(ConfigError) as caught:
            load_config(file, {}, {})
        assert caught.value.problems == [
            "target_files[0]: looks at more than 3 files or folders; name their own folder"
        ]


def test_targets_that_are_not_kept_are_checked_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    good = "{name: %s, vendor: seerbox, url: 'https://s', login: {username: u, password: p}}"
    path.write_text(f"targets: [{good % 'a'}, {good % 'b'}]")
    kept = load_config(path, {}, VENDORS, keep=lambda name: name == "b").targets
    assert [(target.name, target.where) for target in kept] == [("b", "targets[1]")]
    path.write_text(f"targets: [{{name: a}}, {good % 'b'}]")
    with pytest.raises(ConfigError, match=r"targets\[0\]"):
        load_config(path, {}, VENDORS, keep=lambda name: name == "b")


SAME = """
targets:
  - {name: a, vendor: plug, url: https://a.example.com, variables: {unit: seats}}
  - {name: b, vendor: plug, url: https://b.example.com, variables: {unit: seats}}
  - {name: c, vendor: plug, url: https://c.example.com, variables: {unit: "1"}}
  - {name: d, vendor: plug, url: https://d.example.com, variables: {org: wrong}}
  - {name: e, vendor: plug, url: https://e.example.com, variables: {org: wrong}}
"""


def test_what_many_targets_say_of_their_vendor_is_kept_once(tmp_path: Path) -> None:
    config = load(tmp_path, SAME.partition("  - {name: d")[0])
    a, b, c = config.targets
    assert a.driver is b.driver
    assert a.options is b.options
    assert (a.driver.unit, c.driver.unit) == ("seats", "1")


def test_what_is_wrong_with_many_targets_is_told_of_each(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(SAME)
    lines = problems(tmp_path / "config.yaml")
    assert [line for line in lines if "variables.org" in line] == [
        f"targets[{index}].variables.org: is wrong" for index in (3, 4)
    ]
