import json
from urllib.parse import quote
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
    ],
    ids=["JSON", "PHP", ".NET", "small letters", "in part", "XML", "XML by numbers", "URL"],
)
def test_a_secret_is_struck_out_however_it_is_written(written):
    body = f'{{"a": "<{written}>", "b": "other \\\\ text\\/ &amp; more"}}'.encode()
    struck = Echoes([Secret(SECRET)]).sought({}).struck_out(body)
    assert struck == body.replace(written.encode(), b"*")
    assert struck != body


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
