"""Names under which an answer holds a secret or a person, and which expressions can show one.

The check is of names only: it cannot know what a document holds. It errs on the side of refusal;
`allow_sensitive` stands by a value that is known to be harmless.
"""

import re
from typing import Any


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# A name that ends in one of these words, or whose words together are one of them.
_LAST_WORDS = _listed(
    "auth cert certificate cookie credential credentials email emails fingerprint hash jwt key "
    "keys login logins mail mails passphrase passwd password passwords phone pin pwd secret "
    "secrets session signature token tokens upn user username usernames"
)
_TOGETHER = _listed(
    "accesskey apikey firstname fullname lastname licensekey mailaddress privatekey rawlicense "
    "samlnameid serialkey userid username userprincipalname"
)
# A name with one of these words anywhere.
_ANYWHERE = _listed("email passphrase password secret")

# Functions whose result tells nothing of the texts that they are given, and those whose result
# can hold any part of an object.
_HARMLESS = _listed(
    "abs ahead avg ceil contains ends_with floor is_null length minus starts_with sum to_number "
    "total type"
)
_WHOLE = _listed("from_json grandparent merge parent root to_string values")

# Functions and nodes whose result has names of its own, beside those of the document.
_RENAMING = frozenset(["entries", "group", "multi_select_dict"])

# Stands for every name of a document.
ANYTHING = "*"

Names = frozenset[str]
_NO_NAMES: Names = frozenset()


def is_sensitive(name: str) -> bool:
    """Whether a name is one of those under which secrets and people are found."""
    words = [word.lower() for word in _WORD.findall(name)]
    return bool(words) and (
        words[-1] in _LAST_WORDS or "".join(words) in _TOGETHER or not _ANYWHERE.isdisjoint(words)
    )


def sensitive(names: Names) -> list[str]:
    """Those of the names that are sensitive, in order."""
    return sorted(name for name in names if name == ANYTHING or is_sensitive(name))


def shown(tree: Any, row: Names = _NO_NAMES) -> Names:
    """The names of a document whose content an expression can yield.

    `tree` is JMESPath's syntax tree; `row` are the names that the current row itself comes from.
    """
    kind, children = tree["type"], tree["children"]
    if kind == "field":
        return frozenset([tree["value"]])
    if kind in ("literal", "comparator", "not_expression"):
        return _NO_NAMES
    if kind == "slice":  # whose children are numbers
        return row
    if kind == "function_expression":
        return _shown_by_function(tree, row)
    if kind == "expref":
        # Its row is one of another argument, whose names are shown beside.
        return shown(children[0])
    if kind in ("or_expression", "and_expression", "multi_select_list", "multi_select_dict"):
        return _NO_NAMES.union(*(shown(child, row) for child in children))
    if kind == "value_projection":
        return shown(children[1], frozenset([ANYTHING]))
    if kind == "filter_projection":
        return _shown_by_steps(children[:2], row)
    return _shown_by_steps(children, row)


def sought(tree: Any) -> Names:
    """The names that an expression looks up, with ANYTHING where it can look up all of them."""
    kind, children = tree["type"], [each for each in tree["children"] if isinstance(each, dict)]
    names = _NO_NAMES.union(*(sought(child) for child in children))
    if kind == "field":
        return frozenset([tree["value"]])
    if kind == "value_projection":
        return names | {ANYTHING}
    if kind == "function_expression" and tree["value"] not in _HARMLESS:
        of_all = not children or any(child["type"] == "current" for child in children)
        return names | ({ANYTHING} if of_all else _NO_NAMES)
    return names


def renames(tree: Any) -> bool:
    """Whether names that are not the document's can be looked up in what an expression yields."""
    return (
        tree["type"] in _RENAMING
        or (tree["type"] == "function_expression" and tree["value"] in _RENAMING)
        or any(renames(child) for child in tree["children"] if isinstance(child, dict))
    )


def _shown_by_steps(steps: list[Any], row: Names) -> Names:
    """The names of a chain of nodes, each of which is applied to the result of the one before."""
    behind_others = _NO_NAMES
    for step in steps:
        row = shown(step, row)
        if renames(step):
            behind_others |= row
    return row | behind_others


def _shown_by_function(tree: Any, row: Names) -> Names:
    if tree["value"] in _HARMLESS:
        return _NO_NAMES
    if tree["value"] in _WHOLE:
        return frozenset([ANYTHING])
    return _NO_NAMES.union(*(shown(child, row) for child in tree["children"]))
