from pathlib import Path

import pytest

from license_exporter.config.auth_config import Authorization, BasicAuth, Login, RsaOAuth, ways_of
from license_exporter.config.credentials import Secret
from tests.config.option_errors import errors
from tests.config.vendors import VENDORS


@pytest.mark.parametrize(
    ("vendor", "ways"),
    [
        ("rsa", ("rsa_admin_key", "rsa_oauth", "basic_auth", "authorization", "oauth2")),
        ("seerbox", ("basic_auth", "authorization", "oauth2", "login")),
        ("enterprise_recon", ("basic_auth", "authorization", "oauth2")),
        ("immuta", ("basic_auth", "authorization", "oauth2", "api_key")),
    ],
)
def test_each_vendor_takes_the_ways_of_every_api_and_its_own(
    vendor: str, ways: tuple[str, ...]
) -> None:
    assert ways_of(VENDORS[vendor]) == ways


def test_a_user_name_with_a_colon_can_sign_in_but_not_be_sent_as_basic_authentication() -> None:
    said = {"username": "a:b", "password": "c"}
    assert Login.model_validate(said).secret("username") == Secret("a:b")
    assert errors(BasicAuth, said) == {
        "username": "holds a colon, which ends the user name in basic authentication"
    }


def test_a_user_name_and_a_password_may_be_in_place_or_in_files() -> None:
    basic_auth = BasicAuth.model_validate({"username": "u", "password_file": "p"})
    assert basic_auth.secret("username") == Secret("u")
    assert basic_auth.secret("password") == Secret(file=Path("p"))
    assert errors(BasicAuth, {"username": "u"}) == {
        "password_file": "is missing: give password or password_file"
    }


def test_nobody_signs_in_without_a_password_but_basic_authentication_may_have_none() -> None:
    said = {"username": "u", "password": ""}
    assert errors(Login, said) == {"password": "is empty"}
    assert BasicAuth.model_validate(said).secret("password") == Secret("")


def test_an_authorization_is_a_bearer_token_unless_told_otherwise() -> None:
    assert Authorization.model_validate({"credentials": "x"}).type == "Bearer"
    assert errors(Authorization, {"type": "BASIC", "credentials": "x"}) == {
        "type": "Basic is not for this option; use basic_auth"
    }


def test_an_authorization_can_have_a_type_of_one_word() -> None:
    assert Authorization.model_validate({"type": "Token", "credentials": "x"}).type == "Token"
    assert errors(Authorization, {"type": "two words", "credentials": "x"}) == {
        "type": "must be one word, such as Bearer"
    }


def test_rsas_scope_is_the_least_that_is_needed() -> None:
    oauth = RsaOAuth.model_validate(
        {"issuer": "https://a.example.com/oauth/", "client_id": 5, "jwk_file": "k"}
    )
    assert oauth.scope == "rsa.report.license.usage"
    assert (oauth.issuer, oauth.client_id) == ("https://a.example.com/oauth", "5")


def test_a_token_that_begins_with_its_type_is_told() -> None:
    told = "begins with Bearer, which is sent before it anyway; leave that out"
    with pytest.raises(ValueError, match=told) as caught:
        Authorization.model_validate({"credentials": "bearer s3cr3t"})
    assert "s3cr3t" not in str(caught.value)
    assert Authorization.model_validate({"type": "Token", "credentials": "token=abc"})
