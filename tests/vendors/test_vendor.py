import pytest

from tests.vendors.answers import vendor_of


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://git.example.com", "https://git.example.com/api/v3"),
        ("https://git.example.com/", "https://git.example.com/api/v3"),
        ("https://git.example.com/api/v3", "https://git.example.com/api/v3"),
        ("https://example.com/git", "https://example.com/git/api/v3"),
        ("https://example.com/X/", "https://example.com/X/api/v3"),
        ("https://api.github.com", "https://api.github.com"),
        ("https://api.acme.ghe.com/", "https://api.acme.ghe.com"),
        ("https://acme.ghe.com", "https://acme.ghe.com/api/v3"),
    ],
)
def test_the_base_path_is_added_where_it_is_missing_and_the_host_has_one(url, base):
    assert vendor_of("github_enterprise").base(url) == base
