import pytest

from license_exporter.mapping import expressions
from license_exporter.mapping.names import is_sensitive, sensitive, shown

SENSITIVE = (
    "key licenseKey license_key LICENSE_KEY x-api-key apikey token accessToken client_secret "
    "secret_value password PasswordHash email contactEmail email_address e_mail mail login "
    "github_com_login userName username user rawLicense licenseHash fingerprint upn"
)
HARMLESS = (
    "name plan skuPartNumber monkey keyboard tokenType user_limit users max_users loginCount "
    "license customer 产品 _"
)


@pytest.mark.parametrize("name", SENSITIVE.split())
def test_the_names_of_secrets_and_people_are_known(name):
    assert is_sensitive(name)


@pytest.mark.parametrize("name", HARMLESS.split())
def test_other_names_are_harmless(name):
    assert not is_sensitive(name)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name", []),
        ("license.key", ["key"]),
        ("name || email", ["email"]),
        ("email || name", ["email"]),
        ("email && name", ["email"]),
        ("[email, name]", ["email"]),
        ("{a: email, b: name}", ["email"]),
        ("token.[@, name]", ["token"]),
        ("token | 'x'", []),
        ("name == token", []),
        ("token | [0]", ["token"]),
        ("token | [1:]", ["token"]),
        ("token | @", ["token"]),
        ("users[?name=='x'].email", ["email"]),
        ("users[?email=='x'].name", []),
        ("users[].email | [0]", ["email"]),
        ("{x: token}.x", ["token"]),
        ("[name, {x: token}][1].x", ["token"]),
        ("join(' ', [name, password])", ["password"]),
        ("length(key)", []),
        ("key == 'x'", []),
        ("!key", []),
        ("to_string(license)", ["*"]),
        ("values(@)[0]", ["*"]),
        ("*", ["*"]),
        ("*.name", []),
        ("*.key", ["key"]),
        ("parent().name", []),
        ("root().doc.token", ["token"]),
        ("group(users, &email)[0].name", ["email"]),
        ("entries(tokens)[0].name", ["tokens"]),
        ("sort_by(users, &email)[0].name", []),
        ("map(&email, users)[0]", ["email"]),
        ("[0]", []),
        ("a[1:2].key[]", ["key"]),
        ("{x: token} | {y: x} | y", ["token"]),
        ("token.reverse(@)", ["token"]),
        ("keys[].map(&@, plans)", []),
        ("map(&@, tokens)", ["tokens"]),
    ],
)
def test_the_names_that_an_expression_can_show_are_found(text, names):
    assert sensitive(shown(expressions.compile(text).tree)) == names
