"""Attacks by answers: what a vendor's server can do to the exporter that asks it."""

from tests.hostile.attack import Attack

ATTACKS: tuple[Attack, ...] = ()
