"""Names of pools and units by what is counted: ("ram", "shard") are ram_shards, in shards."""

from license_exporter.mapping.draft import words as of
from license_exporter.mapping.draft.counts import Noun
from license_exporter.mapping.draft.guess import Guess, Sure, constant

# Whoever holds a seat is a user, by most products' words.
_USERS = of.PEOPLE | {"seat", "subscription"}


def plural(noun: Noun) -> str:
    """The name of what is counted; "" where that is not told."""
    if not noun:
        return ""
    *before, last = noun
    if last not in of.THINGS | of.ENTITLED or last == "loc":
        return "_".join(noun)
    many = f"{last[:-1]}ies" if last.endswith(("ry", "ty")) else f"{last}s"
    return "_".join((*before, many))


def unit(noun: Noun, *, of_rows: bool) -> Guess:
    """The unit of what is counted; in rows, of which each is something else, licenses."""
    last = noun[-1:] or ("license",)
    unnamed = of_rows and not set(last) & (of.THINGS | of.ENTITLED)
    if unnamed or set(last) & of.PLAIN_UNITS:
        last = ("license",)
    named = "users" if set(last) & _USERS else plural(last)
    sure = Sure.LIKELY if noun and not unnamed else Sure.NOT_SURE
    return constant("unit", named, "by the name" if sure else "a guess", sure)
