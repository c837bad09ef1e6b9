"""How a mapping says that a product signs in; at a server: tests/auth/test_sign_in.py."""

import pytest
from pydantic import ValidationError

from license_exporter.mapping.sign_in import SignInOptions
from license_exporter.model.vendor import SignIn

PASSWORD = {"u": "{username}", "p": "{password}"}
JSON = {"path": "session", "body": PASSWORD, "token": "t"}


def way(**written):
    return SignInOptions.model_validate(written).way({"org": "acme"})


def test_a_sign_in_by_json_is_made_as_it_is_written():
    assert way(
        path="/X/{org}/session/",
        body={"in": [PASSWORD], "org": "{org}"},
        headers={"X-Org": "org {org}"},
        token="data.token",
        expires="data.ends",
        lifetime="10m",
        header="X-Token",
        prefix="Token ",
        sign_out="/X/{org}/bye/",
        tells={"site": "data.site.id"},
    ) == SignIn(
        path="X/acme/session/",
        body={"in": [PASSWORD], "org": "acme"},
        token=("data", "token"),
        expires=("data", "ends"),
        headers={"X-Org": "org acme"},
        lifetime=600.0,
        header="X-Token",
        prefix="Token ",
        sign_out="X/acme/bye/",
        tells={"site": ("data", "site", "id")},
    )


def test_a_sign_in_by_a_form_or_basic_authentication_brings_what_the_answer_sets():
    assert way(path="login", form={"key": "{key}", "org": "{org}"}, token_cookie="sid") == SignIn(
        path="login", body={"key": "{key}", "org": "acme"}, form=True, token_cookie="sid"
    )
    assert way(path="login", basic=True, token_header="X-Token") == SignIn(
        path="login", basic=True, token_header="X-Token"
    )
    assert way(path="login", basic=True, cookies=True) == SignIn(
        path="login", basic=True, cookies=True
    )


@pytest.mark.parametrize(
    ("written", "prefix"),
    [
        ({}, "Bearer "),
        ({"header": "authorization"}, "Bearer "),
        ({"header": "X-Token"}, ""),
        ({"header": "Authorization", "prefix": ""}, ""),
        ({"header": "X-Token", "prefix": "Token "}, "Token "),
    ],
)
def test_a_token_is_a_bearers_in_authorization_unless_told_otherwise(written, prefix):
    assert way(**JSON, **written).prefix == prefix


def test_it_is_a_key_that_is_exchanged_where_one_is_sent():
    assert not SignInOptions.model_validate(JSON).takes_key
    key = {"path": "session", "token": "t"}
    for sent in (
        {"body": {"k": "{key}"}},
        {"form": {"k": "{key}"}},
        {"headers": {"X-Key": "{key}"}},
    ):
        assert SignInOptions.model_validate(key | sent).takes_key


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ({"token_header": "X"}, "give one of token, token_header and token_cookie"),
        ({"token_cookie": "X"}, "give one of token, token_header and token_cookie"),
        (
            {"token": ""},
            "brings nothing: give token, token_header, token_cookie or cookies",
        ),
        ({"form": {}}, "has a body and a form; keep one of the two"),
        (
            {"body": {"u": "{username}"}},
            "sends no credentials: {username} and {password}, or {key}",
        ),
        ({"token": "a["}, "column 3: the expression ends too early"),
        ({"expires": "a[0]"}, "column 1: only names with dots between can stand here"),
        ({"tells": {"a": "*"}}, "column 1: only names with dots between can stand here"),
        ({"prefix": "a\n"}, "holds a line break or another control character"),
    ],
)
def test_a_sign_in_that_cannot_work_is_refused(written, problem):
    with pytest.raises(ValidationError) as caught:
        SignInOptions.model_validate(JSON | written)
    (error,) = caught.value.errors()
    assert error["msg"] == f"Value error, {problem}"
