"""How pressing what there is to say of a target is."""

from enum import StrEnum


class Attention(StrEnum):
    """How pressing a finding is, the most pressing first."""

    DOWN = "down"
    ENDED = "not in force"
    OVER = "over limit"
    EXPIRING = "expiring"
    NEAR = "near limit"
    STALE = "stale"
    NONE = "no license"
    PARTIAL = "incomplete"
    WAITING = "waiting"
    OK = "ok"


RANK = {attention: rank for rank, attention in enumerate(Attention)}
