from pathlib import Path

import pytest
import yaml

from license_exporter.config import strict_yaml
from license_exporter.config.strict_yaml import Problem, dotted, parse, read


def told(content: str | bytes, environ: dict[str, str] | None = None) -> list[str]:
    encoded = content.encode() if isinstance(content, str) else content
    return [f"{dotted(p.location)}: {p.message}" for p in parse(encoded, environ).problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1:30", "1:30"),
        ("yes", "yes"),
        ("no", "no"),
        ("On", "On"),
        ("y", "y"),
        ("0123", "0123"),
        ("0o17", "0o17"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("+5", "+5"),
        ("2027-01-31", "2027-01-31"),
        ("2027-01-31T00:00:00Z", "2027-01-31T00:00:00Z"),
        ("=", "="),
        ("'30'", "30"),
        ("''", ""),
        ("0", 0),
        ("-30", -30),
        ("9007199254740993", 9007199254740993),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-.inf", float("-inf")),
        ("true", True),
        ("FALSE", False),
        ("", None),
        ("~", None),
        ("null", None),
        ("!!str 1", "1"),
        ("|\n a\n b\n", "a\nb\n"),
    ],
)
def test_scalars_are_read_as_people_mean_them(written: str, value: object) -> None:
    content = parse(f"key: {written}".encode())
    assert content.problems == []
    assert content.value == {"key": value}
    assert type(content.value["key"]) is type(value)


def test_keys_are_always_texts() -> None:
    assert parse(b"{1: a, true: b, ~: c, 2027-01-31: d}").value == {
        "1": "a",
        "true": "b",
        "~": "c",
        "2027-01-31": "d",
    }


def test_an_empty_document_is_none_and_no_problem() -> None:
    assert parse(b"").value is None
    assert parse(b"# nothing\n").problems == []


def test_a_byte_order_mark_is_no_part_of_the_content() -> None:
    assert parse(b"\xef\xbb\xbfa: 1").value == {"a": 1}


def test_anchors_and_merges_work() -> None:
    content = parse(
        b"base: &base {a: 1, b: 2}\n"
        b"one: {<<: *base, b: 3}\n"
        b"two: {c: 4, <<: [{b: 5}, *base]}\n"
        b"list: [*base, *base]\n"
    )
    assert content.problems == []
    assert content.value["one"] == {"a": 1, "b": 3}
    assert content.value["two"] == {"a": 1, "b": 5, "c": 4}
    assert content.value["list"] == [{"a": 1, "b": 2}, {"a": 1, "b": 2}]


def test_every_duplicate_key_is_told_with_its_lines() -> None:
    assert told("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n  c: 4\na: 2\n") == [
        "b.c: stands more than once (line 3 and 5 and 6); keep one",
        "a: stands more than once (line 1 and 7); keep one",
    ]


@pytest.mark.parametrize(
    "written", ["{u: v, password:secret}", "{secret}", "{u: v, 'secret' }", "\n  ? secret\n"]
)
def test_a_key_without_a_value_is_told_and_not_shown(written: str) -> None:
    (line,) = told(f"a: {written}")
    assert line.startswith("a: has a key without a value on line ")
    assert "secret" not in line


@pytest.mark.parametrize("written", ["{b: }", "{b: , c: 1}", "{'b':}", "\n  b:\n", "\n  b: # :\n"])
def test_a_value_can_be_left_empty(written: str) -> None:
    assert told(f"a: {written}") == []
    assert parse(f"a: {written}".encode()).value["a"]["b"] is None


def test_a_key_that_overrides_a_merged_one_is_no_duplicate_but_two_merges_are() -> None:
    assert told("a: &a {x: 1}\nb: {<<: *a, x: 2}") == []
    assert told("a: &a {x: 1}\nb: {<<: *a, <<: *a}") == [
        "b.<<: stands more than once (line 2); keep one".replace("b.<<", "b['<<']")
    ]


def test_only_a_mapping_can_be_merged() -> None:
    assert told("a: {<<: 5}") == ["a['<<']: must be a mapping or a list of mappings"]


SYNTAX = (
    "; check the indentation (no tabs), and quote texts with special characters, as ${...} "
    "within {}"
)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a: [1", f"is not YAML: line 2, column 1: did not find expected ',' or ']'{SYNTAX}"),
        (
            "a:\n\tb: 1",
            f"is not YAML: line 2, column 1: found character that cannot start any token{SYNTAX}",
        ),
        ("a: *b", f"is not YAML: line 1, column 4: found undefined alias{SYNTAX}"),
        (
            "a: b: c",
            (
                "is not YAML: line 1, column 5: mapping values are not allowed in this context"
                + SYNTAX
            ),
        ),
        ("a: \0", "is not YAML: it holds a control character"),
        (b"a: 1\nb: \xff", "line 2 is not UTF-8; save the file in that encoding"),
        ("a: 1\n---\nb: 2\n", "a second document stands on line 3; keep one"),
        ("a: &a [*a]", "the anchor on line 1 holds itself; remove its alias there"),
        ("[" * 5000 + "]" * 5000, "is nested deeper than 100 levels"),
    ],
)
def test_what_is_no_single_yaml_document_is_one_problem(content: str | bytes, message: str) -> None:
    assert told(content) == [f": {message}"]


def test_an_alias_is_not_shown_without_the_c_library_either(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strict_yaml, "_Loader", yaml.SafeLoader)
    assert parse(b"a: *secret").problems[0].message == (
        f"is not YAML: line 1, column 4: found undefined alias{SYNTAX}"
    )


def test_a_large_file_without_aliases_is_read_whole() -> None:
    content = parse(b"[" + b"a," * 150_000 + b"]")
    assert content.problems == []
    assert len(content.value) == 150_000


def test_aliases_cannot_make_a_small_file_endless() -> None:
    lines = ["a0: &a0 [1]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert told("\n".join(lines)) == [": has aliases that make too many values of it"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("!vault x", "has a tag; remove it, or quote a text that begins with !"),
        ("!!python/object/apply:os.system [x]", "has a tag; remove it"),
        ("!!set {x}", "has a tag; remove it"),
        ("!!int x", "does not fit its tag !!int; remove the tag"),
        ("1" * 5000, "has too many digits; put it in quotes if it is a text"),
    ],
)
def test_a_value_that_cannot_be_read_is_told_and_left_out(written: str, message: str) -> None:
    content = parse(f"a: {written}\nb: 1".encode())
    [problem] = content.problems
    assert problem.location == ("a",)
    assert problem.message.startswith(message)
    assert content.value == {"a": None, "b": 1}


def test_a_key_that_is_no_text_is_told() -> None:
    assert told("? [a]\n: 1") == [": has a list or mapping as a key on line 1; use a text"]


def test_variables_are_put_in_anywhere_in_a_text() -> None:
    environ = {"USER_NAME": "u", "EMPTY": "", "ODD": "${USER_NAME} $$"}
    content = parse(
        b"a: ${USER_NAME}\nb: ['x-${USER_NAME}-${USER_NAME}']\nc: '${EMPTY}'\nd: ${ODD}\n"
        b"e: $$ $x $${USER_NAME} 100$\n",
        environ,
    )
    assert content.problems == []
    assert content.value == {
        "a": "u",
        "b": ["x-u-u"],
        "c": "",
        "d": "${USER_NAME} $$",
        "e": "$ $x ${USER_NAME} 100$",
    }


def test_a_variable_stays_a_text_and_keys_have_none() -> None:
    content = parse(b"${N}: ${N}", {"N": "5"})
    assert content.value == {"${N}": "5"}


def test_without_variables_dollars_mean_nothing() -> None:
    assert parse(b"a: ${X} $$").value == {"a": "${X} $$"}


def test_variables_that_cannot_be_put_in_are_told_with_their_paths() -> None:
    assert told("a: ${UNSET}${GONE}\nb: [1, 'x${']\nc: ${a b}\nd: ${}", {}) == [
        "a: the variable UNSET is not set; set it, or write $$ for $",
        "a: the variable GONE is not set; set it, or write $$ for $",
        "b[1]: has a ${ without its }; write $$ for a dollar sign",
        "c: has a ${...} that is no variable's name; write $$ for a dollar sign",
        "d: has a ${...} that is no variable's name; write $$ for a dollar sign",
    ]


def test_a_path_shows_odd_keys_in_quotes() -> None:
    assert dotted(("targets", 2, "http_headers", "X-A", "a b", "")) == (
        "targets[2].http_headers.X-A['a b']['']"
    )


def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path) -> None:
    missing = read(tmp_path / "none.yaml")
    assert missing.problems == [Problem((), "cannot be read: No such file or directory")]
    assert read(tmp_path).problems == [Problem((), "cannot be read: Is a directory")]


@pytest.mark.parametrize(
    ("set", "value"),
    [("secret\n", "secret"), ("secret\r\n", "secret"), (" a b \n\n", " a b "), ("a\nb\n", "a\nb")],
)
def test_a_line_break_at_the_end_of_a_variable_is_dropped(set: str, value: str) -> None:
    content = strict_yaml.parse(b'a: "${PW}"', {"PW": set})
    assert content.value == {"a": value}


def test_aliases_of_a_large_text_with_a_variable_do_not_make_gigabytes() -> None:
    text = f"a: &a '$${'x' * 200_000}'\nb: [{', '.join(['*a'] * 1000)}]\n".encode()
    (problem,) = parse(text, {}).problems
    assert problem.message == "has aliases that make too much text of it"


def test_equal_texts_are_kept_once() -> None:
    value = parse(b"a: {longer: some text}\nb: {longer: some text}").value
    assert value["a"]["longer"] is value["b"]["longer"]
    assert next(iter(value["a"])) is next(iter(value["b"]))
