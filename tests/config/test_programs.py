"""Which programs may be run, and who may say so."""

import jsonschema
import pytest
import yaml

from license_exporter.config import programs
from license_exporter.config.load import load_config
from license_exporter.config.schema import schema
from license_exporter.errors import ConfigError
from license_exporter.vendors.registry import find_vendors

MAPPING = {"requests": {"x": {"program": "tool"}}, "pools": [{"name": "n", "used": "u"}]}
TARGET = {"name": "acme", "vendor": "json", "as": "acme", "mapping": MAPPING}


def loaded(folder, said, fragment=None):
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(said))
    if fragment is not None:
        (folder / "more.yaml").write_text(yaml.safe_dump(fragment))
    return load_config(file, {}, find_vendors())


def problems(folder, said, fragment=None):
    with pytest.raises(ConfigError) as caught:
        loaded(folder, said, fragment)
    return caught.value.problems


def test_a_program_is_a_path_or_more(tmp_path):
    long = {
        "path": "/opt/tool",
        "environment": {"A": 1, "B": "\n", "C": "x y\r\n"},
        "max_processes": 2,
    }
    said = {"programs": {"tool": long, "other": "/opt/other"}, "targets": [TARGET]}
    config = loaded(tmp_path, said)
    assert list(config.targets[0].programs) == ["tool"]
    tool, other = config.programs["tool"], config.programs["other"]
    assert (str(tool.path), tool.environment, tool.max_processes) == (
        "/opt/tool",
        {"A": "1", "B": "", "C": "x y"},
        2,
    )
    assert (str(other.path), other.environment, other.max_processes) == ("/opt/other", {}, 4)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"tool": "bin/tool"}, "programs.tool.path: must be an absolute path"),
        ({"tool": {}}, "programs.tool.path: is missing"),
        ({"tool": {"path": "/a\0b"}}, "programs.tool.path: is not the name of a file"),
        ({"tool": {"path": "/a", "shell": "x"}}, "programs.tool.shell: is not known"),
        (
            {"tool": {"path": "/a", "environment": {"A=B": "x"}}},
            "programs.tool.environment['A=B']: is not",
        ),
        ({"tool": {"path": "/a", "max_processes": 0}}, "programs.tool.max_processes: must be 1"),
        ({"to ol": "/a", "tool": "/a"}, "programs['to ol']: is not a name"),
        (["/a"], "programs: must be a mapping"),
    ],
)
def test_what_is_no_program_is_refused(tmp_path, said, problem):
    told = problems(tmp_path, {"programs": said, "targets": []})
    assert [line for line in told if line.startswith(problem)] == told


def test_a_fragment_adds_no_program(tmp_path):
    fragment = {"programs": {"tool": "/bin/sh"}, "targets": [TARGET]}
    first, second = problems(tmp_path, {"target_files": ["more.yaml"]}, fragment)
    assert first == "more.yaml: programs: stands in the main configuration file only"
    assert second.startswith("more.yaml: targets[0]: needs the program tool, which programs does")


def test_a_fragment_uses_what_the_main_file_names(tmp_path):
    said = {"programs": {"tool": "/bin/true"}, "target_files": ["more.yaml"]}
    assert loaded(tmp_path, said, {"targets": [TARGET]}).targets[0].programs


@pytest.mark.parametrize(
    ("option", "value"), [("url", "https://a.example.com"), ("authorization", {"credentials": "t"})]
)
def test_a_target_that_asks_nobody_by_http_has_no_url_and_no_credentials(tmp_path, option, value):
    said = {"programs": {"tool": "/bin/true"}, "targets": [{**TARGET, option: value}]}
    assert problems(tmp_path, said) == [
        f"targets[0].{option}: is not for a target that is not asked by HTTP; remove it"
    ]


def test_where_there_are_no_process_groups_it_is_told_at_load(tmp_path, monkeypatch):
    monkeypatch.setattr(programs, "HAVE_GROUPS", False)
    assert problems(tmp_path, {"programs": {"tool": "/bin/true"}, "targets": []}) == [
        "programs.tool: cannot be run on this system, which has no process groups (POSIX)"
    ]


def test_a_target_whose_program_changes_is_another_one(tmp_path):
    def target(path):
        return loaded(tmp_path, {"programs": {"tool": path}, "targets": [TARGET]}).targets[0]

    assert target("/bin/true") == target("/bin/true")
    assert target("/bin/true") != target("/bin/false")


def test_the_schema_knows_programs():
    validator = jsonschema.Draft202012Validator(schema(find_vendors()))
    good = {"programs": {"tool": "/a", "b": {"path": "/b"}}, "targets": [TARGET]}
    validator.validate(good)
    for bad in ({"tool": "a"}, {"tool": {}}, {"tool": {"path": "/a", "x": 1}}):
        assert not validator.is_valid({"programs": bad, "targets": []})
