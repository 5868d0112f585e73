"""Signing up, logging in and editing a profile."""

from __future__ import annotations

import asyncio

import pytest

from instagram_clone.domain.core import db
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused, TooMany
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, profiles, validation
from instagram_clone.domain.people.credentials import devices, passwords, sessions
from tests.conftest import PASSWORD, join


@pytest.mark.parametrize("name", ["ana", "Juno.Reyes", "a_b", "x1.y2_z3", "a" * 30])
def test_these_usernames_are_accepted(name: str) -> None:
    assert validation.check_username(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "ab", "a" * 31, ".ana", "ana.", "_ana", "ana_", "an..a", "an a", "añà", "explore", "Login",
     "a/b", "ana\n", "p" * 2, "settings", "new"],
)  # fmt: skip
def test_these_usernames_are_refused(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        validation.check_username(name)
    assert refusal.value.field == "username"


async def test_a_person_signs_up_and_logs_in_by_name_or_email_in_any_case(database: None) -> None:
    user_id = await accounts.sign_up("Ana@Example.com", "Ana  María 🌿", "Ana.M", PASSWORD, "1.1.1.1")
    assert (await accounts.log_in("ana.m", PASSWORD, "1.1.1.1")).user_id == user_id
    assert (await accounts.log_in(" ANA@example.COM ", PASSWORD, "1.1.1.1")).user_id == user_id
    profile = await profiles.profile("ANA.M")
    assert (profile.username, profile.name) == ("Ana.M", "Ana María 🌿")


async def test_every_field_of_a_sign_up_says_what_is_wrong(ana: Viewer) -> None:
    async def wrong(*fields: str) -> dict[str, str]:
        with pytest.raises(Invalid) as refusal:
            await accounts.sign_up(*fields, "1")
        return refusal.value.fields

    assert await wrong("", " ", "", "") == {
        "email": "Enter your email address.",
        "name": "Tell people what to call you.",
        "username": "Choose a username.",
        "password": "Choose a password.",
    }
    assert set(await wrong("ana", "Ben", "an", PASSWORD)) == {"email", "username"}
    assert set(await wrong("ana@example.com", "Ben", "ANA", PASSWORD)) == {"email", "username"}
    assert set(await wrong("ben@example.com", "Ben", "ben", "short")) == {"password"}


async def test_the_password_is_kept_only_as_a_bcrypt_hash(ana: Viewer) -> None:
    row = await db.users.find_one({"_id": ana.oid})
    assert row is not None and row["password"].startswith(b"$2b$")
    assert PASSWORD not in str(row)


def test_passwords_cost_twelve_by_default() -> None:
    assert passwords.COST == 12


async def test_every_byte_of_a_long_password_counts(database: None) -> None:
    long = ("é lemons on a plate, " * 50)[:480] + "x"
    await accounts.sign_up("a@b.co", "A", "ana", long, "1")
    with pytest.raises(Refused):
        await accounts.log_in("ana", long[:-1] + "y", "1")
    assert await accounts.log_in("ana", long, "1")


@pytest.mark.parametrize("password", ["short", "Password1", "x" * 1001, "12345678"])
async def test_a_poor_password_is_refused(database: None, password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await accounts.sign_up("a@b.co", "A", "ana", password, "1")
    assert refusal.value.field == "password"
    assert await db.users.count_documents({}) == 0


async def test_one_of_two_simultaneous_sign_ups_wins_the_name(database: None) -> None:
    results = await asyncio.gather(
        accounts.sign_up("one@b.co", "One", "juno", PASSWORD, "1"),
        accounts.sign_up("two@b.co", "Two", "JUNO", PASSWORD, "2"),
        return_exceptions=True,
    )
    refused = [result for result in results if isinstance(result, Invalid)]
    assert len(refused) == 1 and refused[0].field == "username"
    assert "is taken. How about" in str(refused[0])
    assert await db.users.count_documents({}) == 1


async def test_unknown_names_and_wrong_passwords_get_the_same_answer(ana: Viewer) -> None:
    answers = set()
    for login in ("ana", "nobody", "nobody@example.com"):
        with pytest.raises(Refused) as refusal:
            await accounts.log_in(login, "wrong password", "1")
        answers.add(str(refusal.value))
    assert len(answers) == 1


async def test_five_failures_lock_an_address_out_even_with_the_right_password(
    ana: Viewer,
) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            await accounts.log_in("ana", "wrong password", "1")
    with pytest.raises(TooMany) as refusal:
        await accounts.log_in("ana", PASSWORD, "1")
    assert "Try again in 15 minutes." in str(refusal.value)
    assert 0 < refusal.value.seconds <= 900
    assert await accounts.log_in("ana", PASSWORD, "2"), (
        "the owner at another address must not be locked out"
    )


async def test_failures_are_counted_per_name_however_it_is_spelled(ana: Viewer) -> None:
    for login in ("ana", "ANA", " ana ", "Ana", "aNa"):
        with pytest.raises(Refused):
            await accounts.log_in(login, "wrong password", "1")
    with pytest.raises(TooMany):
        await accounts.log_in("ana", PASSWORD, "1")
    for login in ("nobody", "NOBODY", "nobody", "Nobody", "nobody"):
        with pytest.raises(Refused):
            await accounts.log_in(login, "wrong password", "2")
    with pytest.raises(TooMany):
        await accounts.log_in("nobody", "wrong password", "2")


async def test_failures_do_not_tell_whose_email_an_address_is(ana: Viewer, ben: Viewer) -> None:
    for _ in range(5):
        with pytest.raises(Refused):
            await accounts.log_in("ana", "wrong password", "1")
    for email in ("ana@example.com", "ben@example.com", "nobody@example.com"):
        with pytest.raises(Refused):
            await accounts.log_in(email, "wrong password", "1")


async def test_failures_from_anywhere_count_by_account_whatever_login_is_used(ana: Viewer) -> None:
    for number in range(100):
        with pytest.raises(Refused):
            login = ("ana", "ana@example.com")[number % 2]
            await accounts.log_in(login, "wrong password", f"10.0.0.{number}")
    for login in ("ana", "ana@example.com"):
        with pytest.raises(TooMany):
            await accounts.log_in(login, PASSWORD, "10.0.1.1")


async def test_all_addresses_of_an_ipv6_network_count_as_one(ana: Viewer) -> None:
    for number in range(5):
        with pytest.raises(Refused):
            await accounts.log_in("ana", "wrong password", f"2001:db8:0:1::{number}")
    with pytest.raises(TooMany):
        await accounts.log_in("ana", PASSWORD, "2001:db8:0:1:ffff::9")
    assert await accounts.log_in("ana", PASSWORD, "2001:db8:0:2::1")


async def test_strangers_cannot_lock_the_owner_out_on_a_known_device(ana: Viewer) -> None:
    device = devices.remember("", ana.id)
    for number in range(100):
        with pytest.raises(Refused):
            await accounts.log_in("ana", "wrong password", f"10.0.0.{number // 5}")
    with pytest.raises(TooMany):
        await accounts.log_in("ana", PASSWORD, "192.0.2.1")
    assert (await accounts.log_in("ana", PASSWORD, "192.0.2.1", device)).user_id == ana.id
    # A device is no way around the limits either: it has its own, for accounts it was used with.
    for _ in range(10):
        with pytest.raises(Refused):
            await accounts.log_in("ana", "wrong password", "192.0.2.1", device)
    with pytest.raises(TooMany):
        await accounts.log_in("ana", PASSWORD, "192.0.2.1", device)


async def test_a_device_is_known_for_the_accounts_it_was_used_with(ana: Viewer, ben: Viewer) -> None:
    device = devices.remember(devices.remember("", ana.id), ben.id)
    assert devices.known_id(device, ana.id) == devices.known_id(device, ben.id) != ""
    assert devices.known_id(devices.remember("", ben.id), ana.id) == ""
    session = await sessions.start(ana.id, "")
    for forged in ("", "x", "a.b.c", device[:-2], session):
        assert devices.known_id(forged, ana.id) == ""
    assert await sessions.viewer(device) is None, "a device token is not a session"
    for number in range(20):
        device = devices.remember(device, f"account {number}")
    assert devices.known_id(device, ana.id) == "" and len(device) < 1000


async def test_sign_ups_that_reveal_who_has_an_account_are_limited(ana: Viewer) -> None:
    async def probe(email: str, username: str) -> dict[str, str]:
        with pytest.raises(Invalid) as refusal:
            await accounts.sign_up(email, "X", username, PASSWORD, "6.6.6.6")
        return refusal.value.fields

    for number in range(15):
        assert "email" in await probe("ana@example.com", f"free{number}")
        assert "username" in await probe(f"free{number}@b.co", "ana")
    # Answers that reveal nothing about anybody are not limited.
    assert await probe("ana@example.com", "a b") == {
        "username": "Use letters, digits, dots and underscores, with a letter or digit at both ends."
    }
    with pytest.raises(TooMany):
        await accounts.sign_up("ana@example.com", "X", "free", PASSWORD, "6.6.6.6")
    with pytest.raises(TooMany):
        await accounts.sign_up("free@b.co", "X", "free", PASSWORD, "6.6.6.6")
    assert await accounts.sign_up("free@b.co", "X", "free", PASSWORD, "7.7.7.7")


async def test_twenty_guesses_at_once_are_counted_as_twenty(ana: Viewer) -> None:
    tries = [accounts.log_in("ana", f"guess {number}", "1") for number in range(20)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, Refused) for result in results) == 5
    assert sum(isinstance(result, TooMany) for result in results) == 15


async def test_twenty_failures_lock_an_address_out(ana: Viewer) -> None:
    for number in range(20):
        with pytest.raises(Refused):
            await accounts.log_in(f"name{number}", "wrong password", "9.9.9.9")
    with pytest.raises(TooMany):
        await accounts.log_in("ana", PASSWORD, "9.9.9.9")
    assert await accounts.log_in("ana", PASSWORD, "8.8.8.8")


async def test_a_success_forgives_the_failures_before_it(ana: Viewer) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(Refused):
                await accounts.log_in("ana", "wrong password", "1")
        assert await accounts.log_in("ana", PASSWORD, "1")


async def test_an_address_may_sign_up_five_times_an_hour(database: None) -> None:
    for number in range(5):
        await accounts.sign_up(f"{number}@b.co", "A", f"ana{number}", PASSWORD, "1")
    with pytest.raises(TooMany):
        await accounts.sign_up("6@b.co", "A", "ana6", PASSWORD, "1")


async def test_a_profile_is_edited(ana: Viewer) -> None:
    profile = await profiles.edit_profile(ana, "Ana B", "ana.b", " hello\n\nthere ", "example.com/me")
    assert (profile.name, profile.username) == ("Ana B", "ana.b")
    assert (profile.bio, profile.website) == ("hello\n\nthere", "https://example.com/me")
    with pytest.raises(NotFound):
        await profiles.profile("ana")


@pytest.mark.parametrize(
    "website", ["javascript:alert(1)", "http://a b.c", "x", "https://u:p@h.com", "a" * 300]
)
async def test_an_invalid_website_is_refused(ana: Viewer, website: str) -> None:
    with pytest.raises(Invalid) as refusal:
        await profiles.edit_profile(ana, "Ana", "ana", "", website)
    assert refusal.value.field == "website"


async def test_a_username_of_somebody_else_is_refused(ana: Viewer) -> None:
    ben = await join("ben")
    with pytest.raises(Invalid) as refusal:
        await profiles.edit_profile(ben, "Ben", "ANA", "", "")
    assert refusal.value.field == "username"
    assert (await profiles.own_profile(ben)).username == "ben"
