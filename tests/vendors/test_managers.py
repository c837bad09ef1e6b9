"""What the other license managers' tools print, in the forms in which they were seen."""

import random
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from license_exporter.errors import ConfigError, FetchError, Reason
from tests.fuzz import fuzz
from tests.vendors.managers import (
    configured,
    day,
    garbled,
    read,
    recorded,
    refused,
    said,
    servers_of,
)

# Each recorded answer, by its vendor and file; the place of a host or a user in none of them may
# ever be seen outside.
RECORDED = [
    ("flexlm", "flexlm/triad.txt"),
    ("flexlm", "flexlm/expiry.txt"),
    ("rlm", "rlm/status.txt"),
    ("lmx", "lmx/status.txt"),
    ("lmx", "lmx/status.xml"),
    ("dsls", "dsls/status.txt"),
    ("sentinel_rms", "sentinel_rms/status.txt"),
    ("sentinel_rms", "sentinel_rms/old.txt"),
    ("lsdyna", "lsdyna/users.txt"),
    ("lsdyna", "lsdyna/totals.txt"),
    ("olicense", "olicense/status.txt"),
    ("olicense", "olicense/status.xml"),
    ("mathlm", "mathlm/status.txt"),
]
MANAGERS = tuple(dict.fromkeys(name for name, _ in RECORDED))


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("rlm", 'rlmutil v12.2\nError connecting to "rlm" server\n\nNo error', Reason.CONNECT),
        ("rlm", 'Error connecting to "rlm" server\nBad server hostname (-104)', Reason.DNS),
        ("lmx", "LM-X\nThere are no license server(s) available.\n", Reason.CONNECT),
        ("lmx", '<LM-X><LICENSE_PATH HOST="1@a" STATUS="Server is down"/></LM-X>', Reason.CONNECT),
    ],
)
def test_an_error_in_the_text_is_the_reason(name, text, reason):
    error = refused(name, text, **servers_of(name))
    assert error
    assert error.reason == reason


@pytest.mark.parametrize(("name", "path"), RECORDED)
def test_a_recorded_answer_is_not_refused(name, path):
    assert refused(name, recorded(path), **servers_of(name)) is None


@pytest.mark.parametrize(("name", "path"), RECORDED)
def test_all_that_a_recorded_answer_tells_is_exported_and_nothing_else(name, path):
    if path == "flexlm/expiry.txt":
        triad, expiry = recorded("flexlm/triad.txt"), recorded(path)
        found = read(name, triad, expiry=expiry, servers=["27000@lic1"], show_users=True)
    else:
        found = said(name, path, show_users=True)
    assert found.samples() == recorded(f"{path}.samples")


@pytest.mark.parametrize("name", MANAGERS)
@pytest.mark.parametrize("text", ["", "\n\n", "all is well\n", "\x00\x01", "Copyright (c) 2026\n"])
def test_an_answer_of_which_nothing_is_known_is_never_an_empty_success(name, text):
    with pytest.raises(FetchError) as error:
        read(name, text, **servers_of(name))
    assert error.value.reason == Reason.SCHEMA


@pytest.mark.parametrize(("name", "path"), RECORDED)
def test_no_user_and_no_host_of_a_user_is_exported_unasked(name, path):
    plain = said(name, path).exposition() if path != "flexlm/expiry.txt" else ""
    for word in ("ann", "Smith", "bob", "ws-1", "WS-1", "nid0016", "192.0.2.1"):
        assert f'"{word}' not in plain
        assert f" {word}" not in plain


@pytest.mark.parametrize("name", MANAGERS)
@pytest.mark.parametrize(
    "server",
    ["-a", "-a@lic1", "lic1;lmdown", "lic1 4084;quit", "a,b", "27000@-x", "x:", ":1", "lic1:0",
     "lic1:99999", "$(x)", "`x`", "a\nb", "a b", "", "@", "1@", "a/b", "a'b", 'a"b', "[x]"],
)  # fmt: skip
def test_a_server_that_could_be_more_than_one_is_refused(name, server):
    with pytest.raises((ValueError, ConfigError)):
        configured(name, servers=[server])


@pytest.mark.parametrize("name", MANAGERS)
def test_a_recorded_file_takes_the_place_of_the_servers(name):
    vendor = configured(name, output_file="out.txt", max_age="1h", product="CAD")
    (document,) = vendor.documents
    assert document.file
    assert (str(document.file.path), document.file.max_age) == ("/etc/exporter/out.txt", 3600)
    assert vendor.product == "CAD"
    assert vendor.defaults["min_interval"] == ("5m" if name == "dsls" else "2m")


# Where each block of an answer begins that could as well stand elsewhere.
BLOCKS = [
    ("rlm", "rlm/status.txt", r"(?=^\s*\S+ v[\d.]+(?:, pool: \d+)?\n)"),
    ("lmx", "lmx/status.txt", r"(?=^-{5,}\nFeature:)"),
    ("lmx", "lmx/status.xml", r"(?=^    <FEATURE )|(?=^  </LICENSE_PATH>)"),
    ("dsls", "dsls/status.txt", r"(?=^Acme Systems,)|(?=^admin >$)"),
    ("sentinel_rms", "sentinel_rms/status.txt", r"(?=^ \|- Feature Information)|(?=^Press)"),
    ("lsdyna", "lsdyna/totals.txt", r"(?=^(?:MPP|LS-DYNA))|(?=^ *LICENSE GROUP)"),
    ("olicense", "olicense/status.txt", r"(?=^={5,})"),
    ("olicense", "olicense/status.xml", r"(?=^ <license>)|(?=^</olicense>)"),
    ("mathlm", "mathlm/status.txt", r"(?=^(?:Sub )?Math\S+ +[AB])|(?=^Licenses in Use)"),
]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("name", "path", "begin"), BLOCKS)
def test_the_order_of_blocks_changes_nothing(name, path, begin, seed):
    text = recorded(path)
    head, *blocks = re.split(begin, text, flags=re.MULTILINE)
    # What follows them all, where the pattern has a second part for it.
    tail = [blocks.pop()] if begin.count("(?=") == 2 else []
    assert len(blocks) > 1
    random.Random(seed).shuffle(blocks)
    shuffled = "".join([head, *blocks, *tail])
    options = servers_of(name) | {"show_users": True}
    assert read(name, shuffled, **options).exposition() == read(name, text, **options).exposition()


@fuzz
@given(data=st.data())
@pytest.mark.parametrize(("name", "path"), RECORDED)
def test_whatever_a_tool_prints_is_read_or_is_an_error(name, path, data):
    text = data.draw(garbled(recorded(path)))
    vendor = configured(name, **servers_of(name))
    refusal = vendor.documents[0].refusal
    assert refusal
    refusal(text)
    try:
        found = read(name, text, show_users=True, **servers_of(name))
    except FetchError:
        return
    assert found.exposition()


def test_a_number_beyond_all_others_is_left_out_and_counted():
    usage = "\tf v1.0: ann@a 9/0 at 11/01 09:01  (handle: 1)\n".replace("9/0", "9" * 400 + "/0")
    text = "\tf v1.0\n\t\tcount: 5, # reservations: 0, inuse: 3, exp: permanent\n" + usage
    found = read("rlm", text, show_users=True)
    assert found.pools["f"].checkouts == 1
    assert found.pools["f"].user_used == {}
    assert found.skipped == 1


# Of lines made of these, a pattern that tries every way to part them would not come to an end.
REPEATED = [
    "Users of a: (Uncounted: ", " (v) (////", "permanent(", '" v, vendor: ', " v1: ", "@", "a@b #",
    "@a [", "  Aaaa", " ", "\t", "a/", "1 ", '"', "\n", "\n ", "count: ", "Version: ", "|- ", "<a>",
]  # fmt: skip
BEGUN = {
    "flexlm": "Users of f:  (Total of 1 license issued;  Total of 1 license in use)\n    ",
    "rlm": "x v1.0\n\tcount: 1, # reservations: 0, inuse: 1, exp: ",
    "lmx": "Feature: a Version: 1\n1 of 2 license(s) used:\n1 license(s) used by ",
    "dsls": "Feature,Count,Inuse,User\na,1,0,\n",
    "sentinel_rms": '   |- Feature name : "x"\n   |- ',
    "lsdyna": "PROGRAM EXPIRATION CPUS USED FREE MAX\nA 1/1/2027 - 1 1 | 0\n ",
    "olicense": "Modules:\na; b; 1; never;\n1 FloatsLockedBy:\n",
    "mathlm": "License Usage Summary:\nMathematica A 1 2\n",
}


@pytest.mark.parametrize("name", MANAGERS)
def test_a_long_line_is_read_in_time_whatever_it_is_made_of(name):
    vendor = configured(name, **servers_of(name))
    refusal = vendor.documents[0].refusal
    assert refusal
    for part in REPEATED:
        text = BEGUN[name] + part * (100_000 // len(part))
        refusal(text)
        assert read(name, text, **servers_of(name)).pools


@pytest.mark.parametrize(
    ("name", "path", "until"),
    [
        ("flexlm", "flexlm/triad.txt", day(2026, 12, 31)),
        ("rlm", "rlm/status.txt", day(2027, 7, 2)),
        ("lmx", "lmx/status.txt", day(2027, 2, 1)),
        ("lmx", "lmx/status.xml", day(2027, 2, 1)),
        ("dsls", "dsls/status.txt", day(2027, 1, 2)),
        ("sentinel_rms", "sentinel_rms/status.txt", day(2026, 11, 20)),
        ("olicense", "olicense/status.txt", day(2027, 1, 1)),
    ],
)
def test_an_answer_holds_until_the_first_of_a_features_several_ends(name, path, until):
    assert said(name, path).report.valid_until == until


@pytest.mark.parametrize("name", MANAGERS)
def test_the_product_is_what_the_target_says(name):
    path = dict(RECORDED)[name]
    vendor = said(name, path, product="CAD of Acme").vendor
    assert vendor.product == "CAD of Acme"
    assert said(name, path).vendor.product != "CAD of Acme"
