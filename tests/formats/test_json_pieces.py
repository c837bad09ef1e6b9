"""Large JSON is decoded as it would be as a whole."""

import json
import random
import re

import orjson
import pytest

from license_exporter.errors import FetchError, Reason
from license_exporter.formats import json_pieces
from license_exporter.formats.json import decode
from license_exporter.formats.json_pieces import PiecesError, decode_in_pieces

MIB = 1024**2
LARGE_VALUES = ["x" * 100_000] * 24
LARGE = ", ".join(f'"{text}"' for text in LARGE_VALUES)
LEAVES = (1, -2.5e3, "", None, True, 'a"b\\', "x" * 70, "é😀", [], {}, "[},{", 12345678)


@pytest.fixture
def _short_pieces(monkeypatch):
    monkeypatch.setattr(json_pieces, "_PIECE", 40)
    monkeypatch.setattr(json_pieces, "_FURTHER", 15)


def made(rng, depth):
    kind = rng.random()
    if not depth or kind < 0.4:
        return rng.choice(LEAVES)
    if kind < 0.7:
        return [made(rng, depth - 1) for _ in range(rng.randint(0, 9))]
    names = ("k", "a b", '"', "é", "n" * 60)
    return {f"{rng.choice(names)}{n}": made(rng, depth - 1) for n in range(rng.randint(0, 9))}


def broken(rng, body):
    at = rng.randrange(len(body))
    return (
        body[:at]
        + rng.choice((b"", b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b" ", b"1"))
        + (body[at + rng.randint(0, 1) :])
    )


def outcome(decoder, body):
    try:
        return decoder(body)
    except ValueError:
        return "no JSON"


@pytest.mark.usefixtures("_short_pieces")
@pytest.mark.parametrize("seed", range(4))
def test_pieces_come_to_what_the_whole_is_or_are_no_json_either(seed):
    rng = random.Random(seed)
    for _ in range(1000):
        value = made(rng, rng.randint(0, 5))
        indent = rng.choice((None, None, 1))
        body = json.dumps(value, ensure_ascii=rng.random() < 0.5, indent=indent).encode()
        if rng.random() < 0.6:
            body = broken(rng, body)
        whole = outcome(orjson.loads, body)
        assert outcome(lambda body: decode_in_pieces(body, orjson.loads), body) == whole


def test_no_piece_is_much_longer_than_others():
    lengths = []

    def measured(piece):
        lengths.append(len(piece))
        return orjson.loads(piece)

    rows = [{"n": f"{n}", "sites": [{"a": [n, "]},{"]}] * 3} for n in range(20_000)]
    document = {"meta": {"count": 1}, "data": {"rows": rows, "more": list(range(100_000))}}
    assert decode_in_pieces(json.dumps(document).encode(), measured) == document
    assert max(lengths) < 0.1 * MIB
    assert sum(lengths) / len(lengths) > 0.025 * MIB


def test_the_ends_of_pieces_are_guessed_where_rows_are_alike(monkeypatch):
    looked_for = []
    whole_end = json_pieces.whole_end
    monkeypatch.setattr(
        json_pieces, "whole_end", lambda *words: looked_for.append(1) or whole_end(*words)
    )
    rows = [{"n": n, "text": "," * 90} for n in range(10_000)]
    for separators in ((",", ":"), (", ", ": ")):
        body = json.dumps(rows, separators=separators).encode()
        assert decode_in_pieces(body, orjson.loads) == rows
    # The last piece of each ends with its array.
    assert len(looked_for) == 2


class Counted:
    """A pattern that counts what is looked for."""

    def __init__(self, pattern):
        self._pattern = pattern
        self.count = 0

    def search(self, *words):
        self.count += 1
        return self._pattern.search(*words)


def test_the_comma_behind_a_piece_is_found_without_looking_the_piece_through(monkeypatch):
    tokens = Counted(json_pieces._TOKENS)
    monkeypatch.setattr(json_pieces, "_TOKENS", tokens)
    # The first begins like none of the others, and many pieces end within a text.
    row = [{"a": [[1, {"b": 2}], "x" * 150]}, "y" * 200, 12, [{"c": "]" * 90}]]
    rows = [{"only": "first"}, *row * 5000]
    body = json.dumps(rows).encode()
    pieces = len(body) // json_pieces._PIECE
    assert decode_in_pieces(body, orjson.loads) == rows
    assert pieces > 30
    # The last piece is looked through, and some ten tokens of each other one.
    assert tokens.count < pieces * 12 + 1000


def test_elements_that_are_deep_are_decoded_many_at_a_time():
    decoded = []

    def counted(piece):
        decoded.append(piece)
        return orjson.loads(piece)

    deep = orjson.loads("[" * 25 + '1,{"a":2}' + "]" * 25)
    rows = [{"only": "first"}, *[deep] * 3000]
    body = orjson.dumps(rows)
    assert len(body) > 2.4 * json_pieces._PIECE
    assert decode_in_pieces(body, counted) == rows
    assert len(decoded) < 10


def test_what_is_wrong_in_a_large_document_is_told_by_its_place():
    with pytest.raises(FetchError) as caught:
        decode(f"[{LARGE}, {LARGE}, x]".encode())
    assert caught.value.reason is Reason.DECODE
    message = r"the answer is not valid JSON: behind byte 4,\d\d\d,\d\d\d"
    assert re.fullmatch(message, caught.value.message)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"\\ud800"', "\ud800"),
        ("1e999", float("inf")),
        ("1" * 30, float("1" * 30)),
        ("9" * 5000, float("inf")),
    ],
)
def test_a_large_document_has_what_a_small_one_may_have(text, value):
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert decode(f"[{text}, {LARGE}]".encode(encoding)) == [value, *LARGE_VALUES]


def test_letters_of_a_large_document_can_be_others():
    assert decode(f'["Zürich", {LARGE}]'.encode("latin-1"))[0] == "Zürich"
    assert decode(f'["Łódź", {LARGE}]'.encode("cp1250"), "windows-1250")[0] == "Łódź"


def test_large_arrays_in_each_other_are_entered_so_often_and_no_more(monkeypatch):
    """Each time, a piece is looked through."""
    monkeypatch.setattr(json_pieces, "_MOST_ENTERED", 100)
    nested = b"[" * 20 + b'"' + b"x" * 600_000 + b'"' + b"]" * 20
    assert decode(b"[" + b",".join([nested] * 4) + b"]")
    with pytest.raises(FetchError) as caught:
        decode(b"[" + b",".join([nested] * 5) + b"]")
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("body", "at"),
    [
        (b"", 0),
        (b"[", 1),
        (b"{", 1),
        (b'{"a"', 4),
        (b'{"a":', 5),
        (b'["a', 1),
        (b"[1,", 3),
        (b"[,1]", 1),
        (b"[1,]", 1),
        (b"[1]]", 3),
        (b"[1}", 2),
        (b'{"a":1]', 6),
        (b'{"a" 1}', 1),
        (b'{"a":1}x', 7),
    ],
)
def test_what_is_no_json_is_told_by_where_it_begins_to_be_none_or_little_before(body, at):
    with pytest.raises(PiecesError) as caught:
        decode_in_pieces(body, orjson.loads)
    assert caught.value.at == at


@pytest.mark.usefixtures("_short_pieces")
@pytest.mark.parametrize(
    "body",
    [
        b"[%b,1]" % (b" " * 45),
        b'{%b,"a":1}' % (b" " * 45),
        b"[%b]" % (b"1," * 50),
        b"{%b}" % b"".join(b'"a%d":1,' % number for number in range(20)),
    ],
)
def test_a_comma_without_an_element_before_or_behind_it_is_no_json_in_a_piece_either(body):
    with pytest.raises(PiecesError) as caught:
        decode_in_pieces(body, orjson.loads)
    assert 0 < caught.value.at <= body.rindex(b",") + 1


@pytest.mark.usefixtures("_short_pieces")
@pytest.mark.parametrize("body", [b'["%b" 1]', b'{"a":"%b" 1}', b'{"%b"1}'])
def test_what_stands_wrong_behind_a_long_text_is_told_by_its_place(body):
    body %= b"x" * 100
    with pytest.raises(PiecesError) as caught:
        decode_in_pieces(body, orjson.loads)
    assert caught.value.at == body.index(b"1")


@pytest.mark.usefixtures("_short_pieces")
def test_large_arrays_and_objects_are_entered_4000_times_at_most():
    large = [["x" * 100], {"x": "y" * 100}] * 2000
    body = json.dumps(large[:-1]).encode()  # which is one itself
    assert decode_in_pieces(body, orjson.loads) == large[:-1]
    with pytest.raises(FetchError) as caught:
        decode_in_pieces(json.dumps(large).encode(), orjson.loads)
    assert caught.value.reason is Reason.TOO_LARGE
    assert caught.value.message == "the answer has more than 4000 large arrays and objects"


def test_a_text_that_is_too_long_for_anybody_to_mean_is_too_large():
    longest = b"a" * (16 * MIB - 1)  # with the quote before it
    assert decode(b'["' + longest + b'"]')
    with pytest.raises(FetchError) as caught:
        decode(b'["' + longest + b'a"]')
    assert caught.value.reason is Reason.TOO_LARGE
    assert caught.value.message == "the answer has a text of over 16777216 bytes"


def test_a_text_may_be_long_in_an_answer_for_which_the_usual_limit_was_raised():
    (text,) = decode(b'["' + b"a" * (17 * MIB) + b'"]' + b" " * (48 * MIB))
    assert text == "a" * (17 * MIB)
