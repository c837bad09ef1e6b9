import pytest

from license_exporter.collector.budget import Budget, size_of
from license_exporter.collector.reading import Answered
from license_exporter.config.target import ANSWERS_SIZE_LIMIT
from license_exporter.errors import FetchError, Reason
from license_exporter.exposition.compression import Chunk
from license_exporter.model.report import Entitlement, License, LicenseReport, Pool

MB = 1024**2


def budget(limit=100 * MB, targets=10):
    made = Budget()
    made.resize(limit, targets)
    return made


def refusal(made, holder, size):
    with pytest.raises(FetchError) as caught:
        made.take(holder, size)
    assert caught.value.reason is Reason.TOO_LARGE
    return caught.value.message


def test_what_does_not_fit_beside_the_others_is_refused_with_what_to_do():
    made = budget()
    made.take("a", 30 * MB)
    made.take("b", 20 * MB)
    made.take("small", 1000)
    assert refusal(made, "c", 17 * MB) == (
        "the answer takes 17MB of memory, and answers_size_limit leaves 15MB beside the answers of "
        "other targets; raise it if there is memory, or export less by pools, history or "
        "max_locations"
    )
    made.take("c", 15 * MB)


def test_a_target_within_its_share_fits_whatever_the_others_hold():
    made = budget()
    made.take("a", 55 * MB)
    refusal(made, "b", 6 * MB)
    for name in "bcdefghij":
        made.take(name, 5 * MB)


def test_one_target_may_have_all_and_what_it_needs_no_longer_is_there_for_others():
    made = budget(targets=1)
    made.take("a", 100 * MB)
    made.take("a", 1000)
    made.take("b", 100 * MB)
    refusal(budget(targets=1), "a", 100 * MB + 1)


def test_there_is_a_budget_before_the_first_configuration_is_in_force():
    made = Budget()
    made.take("a", ANSWERS_SIZE_LIMIT // 2 + 64 * 1024)
    refusal(made, "b", 64 * 1024 + 1)


def test_no_more_than_the_limit_is_held_by_all_together():
    made = budget()
    held = {}
    for name in "abcdefghij" * 3:
        for size in range(60, 0, -1):
            try:
                made.take(name, size * MB)
            except FetchError:
                continue
            held[name] = size
            break
    assert sum(held.values()) == 100


def test_a_known_target_keeps_its_place_through_new_ones_and_through_a_smaller_budget():
    made = budget(targets=1)
    made.take("a", 50 * MB)
    made.resize(100 * MB, 100)
    made.take("b", MB)
    refusal(made, "b", 2 * MB)
    made.take("a", 50 * MB)
    made.resize(10 * MB, 100)
    made.take("a", 49 * MB)
    refusal(made, "a", 50 * MB)
    made.take("b", MB)


def test_what_is_refused_takes_nothing_from_what_was_held():
    made = budget()
    made.take("a", 20 * MB)
    refusal(made, "a", 56 * MB)
    made.take("a", 20 * MB)
    assert "leaves 40MB" in refusal(made, "b", 41 * MB)


def test_what_is_released_is_there_for_others_and_an_heir_has_what_its_former_had():
    made = budget()
    made.take("a", 55 * MB)
    made.hand_over("a", "b")
    refusal(made, "a", 6 * MB)
    made.take("b", 55 * MB)
    made.release("b")
    made.release("b")
    made.take("a", 55 * MB)


def test_small_answers_always_fit_however_many_there_are():
    made = budget(limit=1, targets=10_000)
    for name in range(10_000):
        made.take(name, 64 * 1024)
    assert refusal(made, "a", 64 * 1024 + 1).startswith(
        "the answer takes 65KB of memory, and answers_size_limit leaves 64KB beside"
    )


def test_the_size_of_an_answer_is_that_of_its_text_and_of_its_report():
    pools = (
        Pool("a", "users", periods={"2026": 1.0, "2025": 2.0}),
        Pool("b", "users", user_used={"ann": 1.0}),
    )
    licenses = (License("x", entitlements=(Entitlement("e"), Entitlement("f"))), License("y"))
    chunk = Chunk(b"x" * 70_000)
    chunk.deflated()
    encoded = {"f": (b"abc", chunk), "g": (b"d",)}
    answered = Answered(LicenseReport(pools=pools, licenses=licenses), encoded)
    assert size_of(answered) == 70_004 + 2 * 550 + 3 * 110 + 2 * 480 + 2 * 200
