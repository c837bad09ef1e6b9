"""What was probably meant by a word that is not known."""

import difflib
from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str:
    """The nearest of the known words, "" if none is near."""
    return next(iter(difflib.get_close_matches(word.lower(), list(known), 1)), "")


def suggestion(word: str, known: Iterable[str]) -> str:
    """`; did you mean 'x'?` for the nearest of the known words, "" if none is near."""
    near = nearest(word, known)
    return f"; did you mean {near!r}?" if near else ""
