"""The states of a license, or of a feature: by flags (expired, valid) and by words (active)."""

from collections.abc import Iterator
from dataclasses import replace

from license_exporter.mapping.draft import readings
from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.guess import Guess, Sure
from license_exporter.mapping.draft.shape import Field, Group
from license_exporter.mapping.draft.words import words
from license_exporter.mapping.names import is_sensitive

# Words of states, in small letters, by what they mean; no other word of an answer is ever shown.
_STATES = {
    **dict.fromkeys(("active", "expired", "suspended", "invalid", "pending"), ""),
    **dict.fromkeys(
        ("valid", "licensed", "enabled", "registered", "in force", "current"), "active"
    ),
    **dict.fromkeys(("in compliance", "compliant", "activated", "good standing", "paid"), "active"),
    **dict.fromkeys(("disabled", "locked", "lockedout", "inactive", "cancelled"), "suspended"),
    **dict.fromkeys(("unlicensed", "no_license", "no license"), "absent"),
    **dict.fromkeys(("out of compliance", "out_of_compliance", "overused"), "exceeded"),
    **dict.fromkeys(("noncompliant", "non-compliant", "non_compliant"), "exceeded"),
    **dict.fromkeys(("grace", "grace period", "grace_period", "in grace"), "grace"),
    **dict.fromkeys(("revoked", "not valid"), "invalid"),
}
_FLAGS: dict[tuple[str, ...], tuple[object, object, Sure]] = {
    ("expired",): ("expired", "active", Sure.LIKELY),
    ("expire",): ("expired", "active", Sure.LIKELY),
    ("valid",): ("active", "invalid", Sure.LIKELY),
    ("invalid",): ("invalid", "active", Sure.LIKELY),
    ("licensed",): ("active", "absent", Sure.LIKELY),
    ("active",): ("active", "unknown", Sure.NOT_SURE),
    ("suspended",): ("suspended", [], Sure.LIKELY),
    ("disabled",): ("suspended", [], Sure.LIKELY),
    ("revoked",): ("invalid", [], Sure.LIKELY),
}
# A status is the license's own if its name has these words alone.
_STATE_OF_ITSELF = of.listed(
    "state status license subscription capability activation account compliance lic contract"
)
_JSON = {"true": True, "false": False}


def states_of(group: Group, *, told: bool) -> Iterator[Guess]:
    """The states that flags and words tell; `told` where the group is about a license."""
    fields = [field for field in group.fields if told or len(field.path) == 1]
    flagged = [(field, guess) for field in fields if (guess := _flag(field))]
    worded = [(field, guess) for field in fields if (guess := _state_word(field))]
    plain = [each for each in worded if _STATE_OF_ITSELF.issuperset(words(each[0].called))]
    # Beside a status, that of something else says nothing of the license.
    for number, (field, guess) in enumerate(flagged + (plain or worded[:1])):
        own = told and (guess.options or plain or not worded)
        yield replace(
            guess,
            column=f"state.{number}",
            sure=guess.sure if own else Sure.NOT_SURE,
            options=field.options(guess.options),
        )


def _flag(field: Field) -> Guess | None:
    name = tuple(word for word in words(field.called) if word not in ("is", "license", "has"))
    known = readings.flags(field.values)
    if known is None:
        return None
    if not name and words(field.called) in (("license",), ("is", "license")):
        name = ("licensed",)
    if name not in _FLAGS:
        return None
    yes, no, sure = _FLAGS[name]
    meant = {word: yes if value else no for word, value in (known or _JSON).items()}
    return Guess("", field.expression, f'"{name[0]}" is a state', sure, {"map": meant})


def _state_word(field: Field) -> Guess | None:
    name = words(field.called)
    if not name or name[-1] not in ("state", "status") or is_sensitive(field.name):
        return None
    found = {readings.word_of(value) for value in field.values if value is not None}
    known = sorted(word for word in found if word in _STATES)
    if not known:
        return None
    if len(known) == len(found):
        why, sure = f"its words are states: {', '.join(known[:4])}", Sure.LIKELY
    else:
        why, sure = f"some of its words are states: {', '.join(known[:4])}", Sure.NOT_SURE
    meant = {word: _STATES[word] for word in known if _STATES[word]}
    return Guess("", field.expression, why, sure, {"map": meant} if meant else {})
