import base64
import json
import re
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

import pytest

from license_exporter.config.credentials import Secret
from license_exporter.config.echoes import Echoes, secrets_beside
from tests.fakes import target

SECRET = 'k3y/of+a"product&more\\'


@pytest.mark.parametrize(
    ("header", "secret"),
    [
        ("Bearer t0ken-that-is-sent", "t0ken-that-is-sent"),
        ("k3y-of-a-product", "k3y-of-a-product"),
        ("Token token=k3y-of-a-product", "k3y-of-a-product"),
        ("Basic dXNlcjpwYXNzIHfDtnJk", "dXNlcjpwYXNzIHfDtnJk"),
        ("Basic dXNlcjpwYXNzIHfDtnJk", "pass wörd"),
    ],
)
def test_credentials_that_a_server_sends_back_are_struck_out(header: str, secret: str) -> None:
    body = f'{{"user": "user", "a": "<{secret}>", "{secret}": 1}}'.encode()
    assert (
        Echoes().sought({"X-Key": header}).struck_out(body)
        == b'{"user": "user", "a": "<*>", "*": 1}'
    )


@pytest.mark.parametrize(
    "header", ["", "Bearer ", "Basic dTpw", "p", "short", "1234567890", "Bearer x"]
)
def test_what_may_stand_in_an_answer_by_chance_is_left_there(header: str) -> None:
    body = b'{"p": "short x", "count": 1234567890}'
    assert Echoes().sought({"Authorization": header}).struck_out(body) is body


def escaped(text):
    return "".join(f"\\u{ord(character):04X}" for character in text)


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET)[1:-1].replace("/", "\\/"),
        escaped(SECRET),
        escaped(SECRET).lower(),
        "k3y" + escaped(SECRET[3:5]) + json.dumps(SECRET[5:])[1:-1],
        escape(SECRET, {'"': "&quot;"}),
        escape(SECRET, {"/": "&#47;", "+": "&#x2B;", '"': "&#x0022;"}),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        quote(SECRET, safe="/+"),
        quote(quote(SECRET, safe=""), safe=""),
        "".join(f"%{octet:02x}" for octet in SECRET.encode()),
        json.dumps(json.dumps(SECRET)[1:-1])[1:-1],
        json.dumps(escaped(SECRET))[1:-1],
        json.dumps(json.dumps(SECRET)[1:-1].replace("/", "\\/"))[1:-1],
        SECRET.replace('"', '""'),
        "".join(f"&#x{ord(character):X};" for character in SECRET),
        "".join(f"&#{ord(character):07};" for character in SECRET),
    ],
    ids=[
        *("JSON", "PHP", ".NET", "small letters", "in part", "XML", "XML by numbers", "URL"),
        *("URL in small letters", "URL in part", "URL in a URL", "URL by numbers alone"),
        *("JSON in JSON", ".NET in JSON", "PHP in JSON", "CSV"),
        *("XML by hexadecimal numbers alone", "XML by numbers with zeros"),
    ],
)
def test_a_secret_is_struck_out_however_it_is_written(written):
    body = f'{{"a": "<{written}>", "b": "other \\\\ text\\/ &amp; more"}}'.encode()
    struck = Echoes([Secret(SECRET)]).sought({}).struck_out(body)
    assert struck == body.replace(written.encode(), b"*")
    assert struck != body


@pytest.mark.parametrize("secret", ["пароль-12", "pass 😀 word", "naïve-key-é"])
@pytest.mark.parametrize(
    "write",
    [
        lambda secret: json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        lambda secret: json.dumps(secret)[1:-1].encode(),
        lambda secret: (
            re.sub(r"u[0-9a-f]{4}", lambda it: "u" + it[0][1:].upper(), json.dumps(secret))
            .strip('"')
            .encode()
        ),
        lambda secret: quote(secret, safe="").encode(),
        lambda secret: quote_plus(secret).lower().encode(),
        lambda secret: secret.encode("ascii", "xmlcharrefreplace"),
        lambda secret: secret.encode("latin-1", "xmlcharrefreplace"),
    ],
    ids=["UTF-8", "JSON", "JSON in large letters", "URL", "form", "XML", "Latin-1"],
)
def test_letters_of_all_languages_are_struck_out(secret, write):
    sought = Echoes([Secret(secret)]).sought({})
    assert sought.struck_out(b"<" + write(secret) + b">") == b"<*>"


@pytest.mark.parametrize("before", ["", "u", "us", "use", "Bearer ", "X-Gateway: "])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_of_what_a_secret_is_a_part_of_is_struck_out(before, encode):
    secret = "Zx+9/qTkWp7Lmab/+Q3==>>>???"
    whole = encode(f"{before}{secret} and more".encode())
    struck = Echoes([Secret(secret)]).sought({}).struck_out(whole)
    told = struck.partition(b"*")
    assert told[1]
    assert len(told[0]) <= 4 * (len(before) // 3) + 3
    assert secret[3:] not in base64.urlsafe_b64decode(told[0][: len(told[0]) // 4 * 4]).decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"Cookie": "JSESSIONID=0123456789abcdef; other=x"},
        {"Cookie": 'other=x; session="0123456789abcdef"'},
        {"Authorization": 'Token token="0123456789abcdef"'},
        {"X-Key": "0123456789ABCDEF"},
    ],
)
def test_sessions_and_keys_are_struck_out_without_what_is_around_them(sent):
    assert Echoes().sought(sent).struck_out(b'{"id": "0123456789abcdef"}') == b'{"id": "*"}'


def test_the_credentials_in_a_secret_header_are_struck_out_alone():
    sought = Echoes([Secret("Bearer t0ken-of-gateway")]).sought({})
    assert sought.struck_out(b"t0ken-of-gateway") == b"*"


def test_an_answer_of_many_pieces_is_struck_out_where_they_meet():
    written = escaped(SECRET).encode()
    sought = Echoes([Secret(SECRET)]).sought({})
    for at in range(2**19 - 60, 2**19 + 3, 7):
        body = b"x" * at + written + b"y" * 2**19 + written
        assert sought.struck_out(body) == b"x" * at + b"*" + b"y" * 2**19 + b"*"


def test_secrets_of_headers_and_of_what_is_exchanged_for_a_token_are_sent_beside(tmp_path):
    (tmp_path / "header").write_text("in-a-file")
    header = {"values": ["no-secret"], "secrets": ["in-place"], "files": [str(tmp_path / "header")]}
    made = target(
        http_headers={"X-A": header},
        basic_auth=None,
        oauth2={
            "client_id": "c",
            "client_secret": "of-the-client",
            "token_url": "https://x.example",
        },
    )
    assert [secret.read() for secret in secrets_beside(made)] == [
        "in-place",
        "in-a-file",
        "of-the-client",
    ]


def test_a_file_that_is_gone_is_no_reason_to_fail(tmp_path):
    echoes = Echoes([Secret(file=tmp_path / "none"), Secret("still-struck-out")])
    assert echoes.sought({}).struck_out(b"still-struck-out") == b"*"


def test_secrets_that_stay_are_made_ready_once_and_others_bear_another_mark(tmp_path):
    file = tmp_path / "header"
    file.write_text("first-of-the-file")
    echoes = Echoes([Secret(file=file)])
    sought = echoes.sought({"Authorization": "Bearer t0ken-that-is-sent"})
    assert echoes.sought({"Authorization": "Bearer t0ken-that-is-sent"}) is sought
    renewed = echoes.sought({"Authorization": "Bearer t0ken-that-is-new"})
    file.write_text("second-of-it")
    changed = echoes.sought({"Authorization": "Bearer t0ken-that-is-new"})
    assert len({sought.mark, renewed.mark, changed.mark}) == 3
    assert changed.struck_out(b"second-of-it t0ken-that-is-new") == b"* *"
