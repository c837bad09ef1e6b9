import asyncio
import base64

import bcrypt
import pytest

from license_exporter.web.passwords import Passwords, basic_credentials
from license_exporter.web.turns import BusyError


def hashed(password: bytes, cost: int = 4, prefix: bytes = b"2b") -> str:
    made = bcrypt.hashpw(password, bcrypt.gensalt(cost)).decode()
    return made.replace("$2b$", f"${prefix.decode()}$")


@pytest.fixture
async def passwords():
    passwords = Passwords()
    yield passwords
    passwords.close()


def encoded(text: bytes) -> str:
    return base64.b64encode(text).decode()


@pytest.mark.parametrize(
    ("header", "credentials"),
    [
        (f"Basic {encoded(b'alice:secret')}", ("alice", b"secret")),
        (f"basic  {encoded(b'alice:se:cret')}", ("alice", b"se:cret")),
        (f"Basic {encoded('jürgen:pässword'.encode())}", ("jürgen", "pässword".encode())),
        (f"Basic {encoded(b':')}", ("", b"")),
        (f"Basic {encoded(b'alice')}", None),
        (f"Basic {encoded(bytes([255, 58]))}", None),
        ("Basic !", None),
        ("Basic é", None),
        ("Bearer token", None),
        ("", None),
    ],
)
def test_credentials_are_read_from_the_header(header: str, credentials: object) -> None:
    assert basic_credentials(header) == credentials


@pytest.mark.parametrize("prefix", [b"2a", b"2b", b"2y"])
async def test_every_kind_of_hash_is_compared(passwords: Passwords, prefix: bytes) -> None:
    users = {"alice": hashed(b"right", prefix=prefix)}
    assert await passwords.are_right(users, "alice", b"right")
    assert not await passwords.are_right(users, "alice", b"wrong")
    assert not await passwords.are_right(users, "bob", b"right")


async def test_only_the_first_72_bytes_count_as_in_bcrypt_itself(passwords: Passwords) -> None:
    users = {"alice": hashed(b"x" * 72)}
    assert await passwords.are_right(users, "alice", b"x" * 100)
    assert not await passwords.are_right(users, "alice", b"x" * 71)


async def test_any_bytes_can_be_a_password(passwords: Passwords) -> None:
    users = {"alice": hashed(b"right")}
    assert not await passwords.are_right(users, "alice", b"\0")
    assert not await passwords.are_right(users, "alice", b"")
    assert not await passwords.are_right(users, "alice", b"\xff" * 10_000)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[tuple[bytes, bytes]]:
    """The passwords and hashes that were compared: each comparison takes long."""
    compared = []
    compare = bcrypt.checkpw

    def checkpw(password: bytes, hashed: bytes) -> bool:
        compared.append((password, hashed))
        return compare(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", checkpw)
    return compared


async def test_an_unknown_user_costs_as_much_as_the_dearest_known_one(
    passwords: Passwords, compared: list[tuple[bytes, bytes]]
) -> None:
    users = {"alice": hashed(b"a", 4), "bob": hashed(b"b", 4), "root": hashed(b"c", 6)}
    assert not await passwords.are_right(users, "mallory", b"wrong")
    ((password, decoy),) = compared
    assert password == b"wrong"
    assert decoy.startswith(b"$2b$06$")
    assert len(decoy) == len(users["alice"])


async def test_only_right_passwords_are_remembered(
    passwords: Passwords, compared: list[tuple[bytes, bytes]]
) -> None:
    users = {"alice": hashed(b"right")}
    for _ in range(3):
        assert await passwords.are_right(users, "alice", b"right")
        assert not await passwords.are_right(users, "alice", b"wrong")
    assert [password for password, _ in compared] == [b"right", b"wrong", b"wrong", b"wrong"]


async def test_a_changed_hash_ends_what_is_remembered(passwords: Passwords) -> None:
    assert await passwords.are_right({"alice": hashed(b"old")}, "alice", b"old")
    assert not await passwords.are_right({"alice": hashed(b"new")}, "alice", b"old")
    assert not await passwords.are_right({"bob": hashed(b"new")}, "alice", b"old")


async def test_no_more_than_100_are_remembered_and_none_in_clear(passwords: Passwords) -> None:
    users = {f"user-{number}": hashed(b"right") for number in range(3)}
    for number in range(110):
        user = f"user-{number % 3}"
        users[user] = hashed(b"right") if number % 3 else users[user]
        assert await passwords.are_right(users, user, b"right")
    assert len(passwords._right) <= 100
    assert b"right" not in b"".join(passwords._right)


async def test_the_event_loop_is_not_held_while_passwords_are_compared(
    passwords: Passwords,
) -> None:
    users = {"alice": hashed(b"right", 10)}
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.001)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await asyncio.gather(*(passwords.are_right(users, "alice", b"wrong") for _ in range(3)))
    ticking.cancel()
    assert ticks > 10


async def test_simultaneous_scrapes_with_one_password_compare_it_once(
    passwords: Passwords, compared: list[tuple[bytes, bytes]]
) -> None:
    users = {"alice": hashed(b"right")}
    found = await asyncio.gather(
        *(passwords.are_right(users, "alice", b"right") for _ in range(20))
    )
    assert all(found)
    assert len(compared) == 1


async def test_who_guesses_keeps_nobody_else_from_signing_in(
    passwords: Passwords, compared: list[tuple[bytes, bytes]]
) -> None:
    users = {"alice": hashed(b"right", 9)}
    guesses = [passwords.are_right(users, "alice", b"%d" % n, "mallory") for n in range(200)]
    guessing = asyncio.gather(*guesses, return_exceptions=True)
    await asyncio.sleep(0)
    assert await passwords.are_right(users, "alice", b"right", "prometheus")
    assert len(compared) <= 5
    found = await guessing
    assert found.count(False) == 4
    assert sum(isinstance(answer, BusyError) for answer in found) == 196


async def test_a_first_sign_in_waits_for_one_comparison_however_many_guess(
    passwords: Passwords, compared: list[tuple[bytes, bytes]]
) -> None:
    users = {"alice": hashed(b"right", 8), "bob": hashed(b"other", 8)}
    assert await passwords.are_right(users, "alice", b"right", "prometheus")
    guesses = [
        asyncio.create_task(passwords.are_right(users, "bob", b"%d" % n, f"mallory {n % 30}"))
        for n in range(90)
    ]
    await asyncio.sleep(0.05)
    before = len(compared)
    assert await passwords.are_right(users, "bob", b"other", "prometheus")
    assert len(compared) <= before + 2
    for guess in guesses:
        guess.cancel()


async def test_what_nobody_waits_for_is_not_compared(
    passwords: Passwords, compared: list[tuple[bytes, bytes]]
) -> None:
    users = {"alice": hashed(b"right", 8)}
    guesses = [
        asyncio.create_task(passwords.are_right(users, "alice", b"%d" % n, f"{n}"))
        for n in range(50)
    ]
    await asyncio.sleep(0)
    for guess in guesses:
        guess.cancel()
    await asyncio.gather(*guesses, return_exceptions=True)
    assert await passwords.are_right(users, "alice", b"right", "prometheus")
    assert len(compared) <= 2


async def test_no_more_wait_than_there_is_room_for_from_however_many_addresses(
    passwords: Passwords,
) -> None:
    users = {"alice": hashed(b"right")}
    guesses = [passwords.are_right(users, "alice", b"%d" % n, f"{n}") for n in range(150)]
    found = await asyncio.gather(*guesses, return_exceptions=True)
    assert found.count(False) == 100
    assert await passwords.are_right(users, "alice", b"right", "0")
