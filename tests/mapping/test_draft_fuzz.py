"""Drafts of any documents: each is a mapping that reads them, and shows none of their texts."""

from hypothesis import given
from hypothesis import strategies as st

from license_exporter.mapping.draft import draft
from tests.fuzz import SECRET, edits, fuzz, planted
from tests.mapping.drafts import read
from tests.mapping.whole import DOCUMENT
from tests.vendors.answers import ANSWERS

# Names that mean something to a draft, and some that mean nothing, or tell of people and secrets.
_KNOWN = (
    "used limit total seats users userCount maxUsers available remaining quota consumed inUse",
    "expires expiryDate startDate createdAt maintenanceExpiry status state valid expired trial",
    "features modules entitlements name id sku title email login key token licenses plans usage",
    "limits summary month namespace enabled suspended warning hasUnlimitedSeats isTrial company",
    "edition type data items rows count value license Users(max) x",
)
_NAMES = st.sampled_from(" ".join(_KNOWN).split()) | st.text(max_size=8)
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 10**13),
    st.floats(),
    st.sampled_from([0, -1, 2**31 - 1, 2**63 - 1, 1_810_339_200, 1_810_339_200_000]),
    st.sampled_from(["unlimited", "never", "active", "EXPIRED", "true", "yes", "10", "19,609"]),
    st.sampled_from(["2027-05-15", "May 15, 2027", "0001-01-01T00:00:00Z", "15.05.2027", ""]),
    st.sampled_from([SECRET, f"{SECRET} b", f"{SECRET}@example.com", f"'{SECRET}\n: #"]),
)
_OBJECTS = st.dictionaries(_NAMES, _VALUES, min_size=3, max_size=8)
_NESTED = st.recursive(
    _VALUES | _OBJECTS | st.lists(_OBJECTS, min_size=1, max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=6,
)
_DOCUMENTS = (
    st.dictionaries(_NAMES, _NESTED, min_size=2, max_size=6)
    | st.lists(_OBJECTS, min_size=1, max_size=4)
    | _NESTED
)
_ANSWERS = [answers[0] for answers in ANSWERS.values()]


def assert_good(documents, paged=frozenset()):
    """Assert that a draft of the documents reads them, and shows no secret; none is good too."""
    requests = {name: {"paging": {"by": "link"}} if name in paged else {} for name in documents}
    made = draft(documents, requests, paged)
    if made.row_sets:
        text = made.text()
        assert SECRET not in text
        report, _ = read(text, documents)
        assert report.pools or report.licenses or report.locations is not None


@fuzz
@given(document=_DOCUMENTS)
def test_any_document_makes_a_mapping_that_reads_it_or_nothing(document):
    assert_good({"license": document})


@fuzz
@given(documents=st.dictionaries(st.sampled_from(["license", "usage", "x/y"]), _DOCUMENTS))
def test_so_do_several_documents_and_pages(documents):
    assert_good(documents, frozenset({"usage"}))


@fuzz
@given(data=st.data())
def test_so_does_any_edit_of_an_answer(data):
    answer = data.draw(st.sampled_from(_ANSWERS))
    assert_good(dict(data.draw(edits(planted(dict(answer))))))


@fuzz
@given(data=st.data())
def test_so_does_any_edit_of_a_document_of_the_whole_model(data):
    assert_good({"doc": data.draw(edits({"doc": planted(DOCUMENT)}))["doc"]})
