"""Which targets are a replica's: each one's, of one replica alone."""

import pytest

from license_exporter.collector.shard import Shard, parse, shard_of

NAMES = [f"target-{number}" for number in range(6000)]


@pytest.mark.parametrize(
    ("written", "shard"),
    [
        ("0/5", Shard(0, 5)),
        ("2/5", Shard(2, 5)),
        ("license-exporter-4/5", Shard(4, 5)),
        ("a-3-b-1/2", Shard(1, 2)),
        ("0/1", Shard(0, 1)),
        ("5/5", Shard(0, 5)),
    ],
)
def test_a_shard_is_a_number_or_a_pod_and_of_how_many(written, shard):
    assert parse(written) == shard


@pytest.mark.parametrize("written", ["", "2", "/5", "6/5", "0/0", "-/5", "x/5", "1/5/2", "1/-5"])
def test_what_is_no_shard_is_refused(written):
    with pytest.raises(ValueError, match="is no"):
        parse(written)


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_each_target_is_in_one_shard_and_the_shards_are_about_equal(count):
    shards = [Shard(index, count) for index in range(count)]
    held = [[name for name in NAMES if shard.holds(name)] for shard in shards]
    assert sorted(name for names in held for name in names) == sorted(NAMES)
    fair = len(NAMES) / count
    assert all(fair * 0.6 < len(names) < fair * 1.4 for names in held)


def test_with_one_shard_more_a_sixth_of_the_targets_moves_and_only_to_it():
    moved = [name for name in NAMES if shard_of(name, 5) != shard_of(name, 6)]
    assert {shard_of(name, 6) for name in moved} == {5}
    assert 0.14 < len(moved) / len(NAMES) < 0.19


def test_the_shard_of_a_name_is_the_same_in_every_version():
    # Written down once: a replica that is not updated yet must agree.
    names = ["rsa-prod", "seerbox", "enterprise-recon", "immuta", "gitlab", "cad"]
    assert [shard_of(name, 5) for name in names] == [3, 0, 1, 4, 2, 3]
    assert shard_of("target-33932", 99_999) == 39_371
