"""The words of a name: `maxUsers`, `MAX_USERS`, `max-users` and `maxusers` are max and user."""

import re
from functools import cache

_PART = re.compile(r"[A-Z]{2,}(?=s(?![a-z]))|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# Shorter words would be found by chance within others, these are told as parts of them.
_SHORT = frozenset({"at", "by", "in", "of", "on", "to", "is"})


def listed(*lines: str) -> frozenset[str]:
    """The words of texts in which they stand with spaces between."""
    return frozenset(" ".join(lines).split())


# What counts, what is counted and what is dated; one list for each meaning, in the singular.
PARTICIPLES = listed(
    "used consumed taken occupied utilized utilised assigned claimed redeemed filled"
)
USE = PARTICIPLES | listed("usage use consumption utilization spent")
LIMIT = listed(
    "limit max maximum quota purchased bought entitled capacity allowed allowance cap ceiling",
    "contracted prepaid ordered permitted",
)
LEFT = listed("remaining free left unused unassigned spare unallocated available avail")
OVER = listed("overage overuse excess owed overrun")
PEAK = listed("peak highest historical")
PERHAPS_USE = listed(
    "allocated provisioned reserved activated active current enrolled registered billable",
    "committed count counted number actual running counter sum",
)
PERHAPS_LIMIT = listed(
    "total quantity licensed granted issued included size paid subscribed allotted"
)
THRESHOLDS = listed("hard soft warning")

ENTITLED = listed("seat license entitlement unit subscription quantity")
THINGS = listed(
    "user member employee developer committer contributor author viewer creator editor node device",
    "host server agent endpoint machine instance core cpu socket vcpu shard client account project",
    "repository request message call email sms line loc component worker cluster database site",
    "workspace channel room guest envelope asset domain tenant vm vdom person",
    "activation ip connector sensor target session token transaction job pipeline byte file",
)
PEOPLE = listed(
    "user member employee people person assignee admin administrator owner contact creator",
    "author collaborator recipient committer guest",
)

END = listed(
    "expiry expire expired expiration exp end ends ended until till through thru renewal renew due",
    "terminate termination expiring",
)
START = listed("start started begin beginning from effective activation activated since starting")
CREATED = listed("created creation create issue issued purchase purchased")
UPDATED = listed("updated update modified modification changed")
VALIDATED = listed("validated verified checked refresh refreshed synced validation")
DEADLINES = {
    "maintenance": "maintenance",
    "support": "support",
    "grace": "grace_end",
    "trial": "trial_end",
    "termination": "termination",
    "promo": "promo_end",
    "promotion": "promo_end",
}

LICENSE = listed("license subscription entitlement contract plan agreement lic")
USAGE = listed("usage activity consumption utilization metric")
BOUGHT = listed("purchased bought entitled prepaid quota consumed expiry expire expiration sku")
# Of what goes by numbers, one word is as good as another.
PLAIN_UNITS = listed("quantity unit amount license capacity")
FEATURES = listed(
    "feature module capability addon entitlement option package flag service function"
)

# Says nothing of what is counted.
FILLERS = listed(
    "of in the by count number total value num amount per for all is has and at on to it",
    "data result item response attribute summary detail info information stat statistic payload",
    "body content object record row list entry document root monitor api get status overall out no",
    "breakdown this cycle so far currently",
)

_KNOWN = frozenset().union(
    USE, LIMIT, LEFT, OVER, PEAK, PERHAPS_USE, PERHAPS_LIMIT, THRESHOLDS, ENTITLED, THINGS, END,
    START, CREATED, UPDATED, VALIDATED, LICENSE, FEATURES, FILLERS, DEADLINES,
    listed("date time timestamp valid day last before after evaluation edition type customer"),
    listed("company organization millis ms inactive invalid onsite byte id key name user state"),
    listed("period month unlimited loc next"),
)  # fmt: skip


@cache
def words(name: str) -> tuple[str, ...]:
    """The words of a name in small letters, those that are plural in the singular."""
    found: list[str] = []
    for part in _PART.findall(name):
        if part == "s" and found:  # of VMs and IPs
            continue
        found += _split(_singular(part.lower()))
        if found[-2:] in (["add", "on"], ["add", "ons"]):
            found[-2:] = ["addon"]
    return tuple(found)


def _singular(word: str) -> str:
    word = word.replace("licence", "license").replace("organisation", "organization")
    if len(word) <= 3 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word.removesuffix("s")


def _split(word: str) -> list[str]:
    """A word, or the known ones that it is written of without anything between."""
    if word in _KNOWN or not 4 < len(word) <= 40:
        return [word]
    return _pieces(word) or [word]


def _pieces(word: str) -> list[str] | None:
    for end in range(len(word), 1, -1):
        piece = word[:end]
        if piece not in _SHORT and (end < 3 or _singular(piece) not in _KNOWN):
            continue
        if end == len(word):
            return [_singular(piece)]
        rest = _pieces(word[end:])
        if rest:
            return [_singular(piece), *rest]
    return None
