"""Flags that environment variables give."""

import pytest

from license_exporter.cli.arguments import parse
from license_exporter.errors import ConfigError


def test_a_variable_stands_for_a_flag():
    variables = {
        "LICENSE_EXPORTER_CONFIG_FILE": "/etc/licenses.yaml",
        "LICENSE_EXPORTER_WEB_MAX_REQUESTS": "7",
        "LICENSE_EXPORTER_WEB_ENABLE_LIFECYCLE": "true",
        "LICENSE_EXPORTER_WEB_LISTEN_ADDRESS": "127.0.0.1:1 [::1]:1",
        "LICENSE_EXPORTER_TIMEOUT_OFFSET": "0.25",
    }
    args = parse([], variables)
    assert args.config_file == "/etc/licenses.yaml"
    assert args.max_requests == 7
    assert args.enable_lifecycle is True
    assert args.listen == ["127.0.0.1:1", "[::1]:1"]
    assert args.timeout_offset == 0.25


def test_a_flag_that_is_given_wins_over_its_variable():
    variables = {
        "LICENSE_EXPORTER_WEB_LISTEN_ADDRESS": ":1",
        "LICENSE_EXPORTER_WEB_ENABLE_LIFECYCLE": "true",
        "LICENSE_EXPORTER_LOG_LEVEL": "debug",
    }
    flags = ["--web.listen-address", ":2", "--no-web.enable-lifecycle", "--log.level=warn"]
    args = parse(flags, variables)
    assert (args.listen, args.enable_lifecycle, args.log_level) == ([":2"], False, "warn")


def test_an_empty_variable_says_nothing_and_false_is_false():
    variables = {
        "LICENSE_EXPORTER_CONFIG_FILE": "",
        "LICENSE_EXPORTER_WEB_ENABLE_LIFECYCLE": "False",
    }
    args = parse([], variables)
    assert (args.config_file, args.enable_lifecycle) == ("config.yaml", False)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("WEB_MAX_REQUESTS", "x", "argument --web.max-requests: invalid int value: 'x'"),
        ("LOG_LEVEL", "loud", "argument --log.level: invalid choice: 'loud'"),
        ("CONFIG_CHECK", "x", "must be true or false"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(name, value, problem):
    with pytest.raises(ConfigError) as refused:
        parse([], {f"LICENSE_EXPORTER_{name}": value})
    (line,) = refused.value.problems
    assert line.startswith(f"LICENSE_EXPORTER_{name}")
    assert problem in line


def test_a_variable_that_is_nearly_a_flags_is_warned_of(capsys):
    parse([], {"LICENSE_EXPORTER_CONFG_FILE": "x", "LICENSE_EXPORTER_RSA_PASSWORD": "hunter2"})
    assert capsys.readouterr().err == (
        "warning: LICENSE_EXPORTER_CONFG_FILE is no flag's; "
        "did you mean LICENSE_EXPORTER_CONFIG_FILE?\n"
    )


def test_what_kubernetes_sets_for_a_service_of_this_name_is_no_flag(capsys):
    variables = {
        "LICENSE_EXPORTER_PORT": "tcp://10.0.0.1:10058",
        "LICENSE_EXPORTER_SERVICE_HOST": "10.0.0.1",
        "LICENSE_EXPORTER_SERVICE_PORT": "10058",
    }
    assert parse([], variables).port is None
    assert not capsys.readouterr().err
