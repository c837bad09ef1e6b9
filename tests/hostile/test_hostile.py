"""The frame of the attacks: that it measures, and that a broken bound is seen."""

import sys

import pytest

from tests.hostile import __main__ as command
from tests.hostile.attack import Attack, Figure, Result
from tests.hostile.table import lines

pytestmark = pytest.mark.e2e


def result(healthy: float = 0.1, further: tuple[Figure, ...] = ()) -> Result:
    return Result(
        "an attack",
        Figure("healthy", healthy, 0.5, "s"),
        Figure("scrape", 0.25, 2.0, "s"),
        Figure("memory", 59.6, 600, "MB"),
        Figure("end", 0.02, 25.0, "s"),
        further,
    )


def test_the_table_has_each_figure_beside_its_bound() -> None:
    head, _, row = lines([result(further=(Figure("lost", 0, 0), Figure("seen", 1200, None)))])
    assert "≤ 0.5 s" in head
    assert row == ("| an attack | 0.10 s | 0.25 s | 60 MB | 0.02 s | lost: 0 (≤ 0); seen: 1,200 |")


@pytest.mark.parametrize("value", [0.51, float("inf"), float("nan")])
def test_a_figure_beyond_its_bound_is_broken_and_marked(value: float) -> None:
    broken = result(healthy=value)
    assert broken.broken
    assert "(!)" in list(lines([broken]))[2]
    assert result(further=(Figure("lost", 1, 0),)).broken
    assert not result().broken


def test_an_attack_that_breaks_a_bound_ends_the_command_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    attacks = (
        Attack("none", lambda scene: None),
        Attack("one that counts", lambda scene: [Figure("lost", 3, 2)]),
        Attack("a long one", lambda scene: [Figure("lost", 3, 2)], short=False),
    )
    monkeypatch.setattr(command, "ATTACKS", attacks)
    monkeypatch.setattr(sys, "argv", ["hostile", "--short"])
    assert command.main() == 1
    shown = capsys.readouterr()
    assert "| lost: 3 (!) (≤ 2) |" in shown.out
    assert "a long one" not in shown.out
    assert shown.err == "broken: one that counts\n"
    monkeypatch.setattr(sys, "argv", ["hostile", "--short", "none"])
    assert command.main() == 0
