from pathlib import Path

from license_exporter.config import strict_yaml
from license_exporter.config.checked_file import CheckedFile
from license_exporter.config.leaving_out import LeftOut
from license_exporter.config.target import Defaults
from license_exporter.config.validation import Checked


def checked(text: str, prefix: str = "") -> CheckedFile:
    return CheckedFile("config.yaml", strict_yaml.parse(text.encode(), {}), prefix)


def test_problems_are_in_the_order_of_their_paths_whenever_they_are_noted() -> None:
    file = checked("a: 1")
    for location in (("targets", 10), ("targets", 2, "url"), ("defaults",), ("targets", 2)):
        file.note(location, "is wrong")
    assert file.lines() == [
        "defaults: is wrong",
        "targets[2]: is wrong",
        "targets[2].url: is wrong",
        "targets[10]: is wrong",
    ]


def test_nothing_more_is_said_of_a_value_that_could_not_be_read() -> None:
    file = checked("a: {b: '${GONE}'}\nc: 1")
    (unread,) = file.lines()
    assert unread.startswith("a.b: the variable GONE is not set")
    file.note(("a", "b"), "is empty")
    file.note(("a", "b", "c"), "is empty")
    assert file.lines() == [unread]
    file.note(("a",), "is wrong")
    file.note(("c",), "is wrong")
    assert file.lines() == ["a: is wrong", unread, "c: is wrong"]


def test_a_problem_of_the_file_as_a_whole_has_its_name_and_any_other_the_prefix() -> None:
    file = checked("a: 1", prefix="more.yaml: ")
    file.note((), "is empty")
    file.note(("a",), "is wrong")
    file.note_below(("b", 0), ["c: is missing"])
    assert file.lines() == [
        "config.yaml: is empty",
        "more.yaml: a: is wrong",
        "more.yaml: b[0].c: is missing",
    ]


def test_the_problems_of_a_value_are_noted_at_its_location_and_the_rest_is_its_model() -> None:
    file = checked("a: 1")
    folder = Path()
    good = file.check(Defaults, {"timeout": "1m"}, ("defaults",), folder)
    assert good == Checked(Defaults(timeout="1m"))
    assert file.lines() == []
    said = {"timeout": "0s", "max_stale": "1m"}
    bad = file.check(Defaults, said, ("defaults",), folder)
    assert bad.model == Defaults(max_stale="1m")
    assert bad.left_out == LeftOut((("timeout",),))
    assert file.lines() == ["defaults.timeout: must be longer than 0s"]
