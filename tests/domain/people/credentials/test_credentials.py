"""Changing a password, and which passwords are acceptable."""

from __future__ import annotations

import asyncio
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.errors import Invalid, Refused, TooMany
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, validation
from instagram_clone.domain.people.credentials import credentials, passwords, sessions
from instagram_clone.domain.people.events import SessionEnded
from tests.conftest import PASSWORD, join
from tests.domain.conftest import send_all
from tests.mailbox import Mailbox, words

NEW = "five lemons on a plate"


async def test_changing_a_password_takes_the_old_one_and_notifies_the_owner(
    ana: Viewer, box: Mailbox
) -> None:
    await credentials.change_password(ana, PASSWORD, NEW)
    assert (await accounts.log_in("ana", NEW, "1")).user_id == ana.id
    with pytest.raises(Refused):
        await accounts.log_in("ana", PASSWORD, "1")
    await send_all()
    [mail] = box.to("ana@example.com")
    assert "was just changed" in words(mail) and "/forgot" in words(mail)


async def test_every_other_session_ends_and_this_one_stays(
    ana: Viewer, published: list[events.Event]
) -> None:
    here, other = [await sessions.start(ana.id, "Chrome/1 Windows") for _ in range(2)]
    viewer, away = await sessions.viewer(here), await sessions.viewer(other)
    assert viewer is not None and away is not None
    await credentials.change_password(viewer, PASSWORD, NEW)
    assert await sessions.viewer(here) == viewer and await sessions.viewer(other) is None
    ended = {event.session_id for event in published if isinstance(event, SessionEnded)}
    assert ended == {away.session_id, ana.session_id}
    # The database gives the same answer without the cache.
    sessions.evict(viewer.session_id)
    assert await sessions.viewer(here) == viewer
    # The session that makes the next change is the only one that survives it.
    third = await sessions.viewer(await sessions.start(ana.id, ""))
    assert third is not None
    await credentials.change_password(third, NEW, PASSWORD)
    assert await sessions.viewer(here) is None


async def test_the_old_password_is_asked_for_and_guessing_it_is_throttled(ana: Viewer) -> None:
    for wrong in ("", "x" * 1001):
        with pytest.raises(Invalid) as refusal:
            await credentials.change_password(ana, wrong, NEW)
        assert refusal.value.field == "current"
    for _ in range(5):
        with pytest.raises(Invalid) as refusal:
            await credentials.change_password(ana, "wrong password", NEW)
        assert refusal.value.fields == {"current": "That is not your password."}
    with pytest.raises(TooMany):
        await credentials.change_password(ana, PASSWORD, NEW)
    # Guessing in a stolen session uses up none of the owner's tries.
    own = await sessions.viewer(await sessions.start(ana.id, ""))
    assert own is not None
    await credentials.change_password(own, PASSWORD, NEW)


async def test_the_current_password_is_refused_as_a_new_one(ana: Viewer) -> None:
    with pytest.raises(Invalid) as refusal:
        await credentials.change_password(ana, PASSWORD, PASSWORD)
    assert refusal.value.field == "password"


async def test_only_one_of_two_simultaneous_changes_is_made(ana: Viewer) -> None:
    choices = [NEW, "six plums in a basket"]
    results = await asyncio.gather(
        *(credentials.change_password(ana, PASSWORD, password) for password in choices),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]
    assert (await accounts.log_in("ana", choices[results.index(None)], "1")).user_id == ana.id


async def test_a_log_in_while_the_password_changes_is_refused(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare = passwords.matches

    async def compare_slowly(password: str, stored: bytes | None) -> bool:
        is_match = await compare(password, stored)
        await db.users.update_one({"_id": ana.oid}, {"$set": {"password": b"another"}})
        return is_match

    monkeypatch.setattr(passwords, "matches", compare_slowly)
    with pytest.raises(Refused):
        await accounts.log_in("ana", PASSWORD, "1")


@pytest.mark.parametrize(
    ("password", "about", "why"),
    [
        ("password1", (), "too easy to guess"),
        ("P@$$w0rd1!", (), "too easy to guess"),
        ("qwertyuiop", (), "too easy to guess"),
        ("19841984", (), "too easy to guess"),
        ("instaclone1", (), "close to your name"),
        ("ana.maria12", ("ana.maria", "Ana María", "am@example.com"), "close to your name"),
        ("juno.mail@example.com", ("juno", "Juno", "juno.mail@example.com"), "close to your name"),
    ],
)
async def test_an_easily_guessed_password_is_refused(
    password: str, about: tuple[str, ...], why: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        await passwords.check(password, *about)
    assert why in str(refusal.value) and refusal.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "a town of twelve", "correct horse", "xK9#mP2q", "@4({1!|7", "orange juice", "пять лимонов"],
)
async def test_an_uncommon_password_is_accepted(password: str) -> None:
    assert await passwords.check(password, "ana", "Ana María", "ana@example.com") == password


@given(st.text(alphabet=st.characters(), min_size=8, max_size=900))
def test_no_password_breaks_the_strength_check(password: str) -> None:
    assert isinstance(passwords._judge(password, "ana", password, "")[1], str)


def test_the_strength_check_reads_a_bounded_part_of_a_password() -> None:
    # Each sign may stand for a letter: taken together, there are thousands of readings.
    worst = "4@8({[<3369!1|7+2$50%" * 40
    judged = passwords._limit_readings(worst)
    assert len(judged) == passwords.MAX_JUDGED and not set(judged) & set("@({[<!|+$%")
    assert passwords._limit_readings("P@$$w0rd1!") == "P@$$w0rd1!"


async def test_one_address_in_any_spelling_is_one_account(database: None) -> None:
    composed, decomposed = (
        "josé@bücher.example.com",
        unicodedata.normalize("NFD", "josé@bücher.example.com"),
    )
    assert composed != decomposed
    user_id = await accounts.sign_up(decomposed, "José", "jose", PASSWORD, "1")
    spellings = (composed, decomposed, composed.upper(), "José@xn--bcher-kva.example.com", f" {composed} ")
    for spelling in spellings:
        assert (await accounts.log_in(spelling, PASSWORD, "1")).user_id == user_id
        with pytest.raises(Invalid) as refusal:
            await accounts.sign_up(spelling, "José", "jose2", PASSWORD, "1")
        assert refusal.value.field == "email"


@pytest.mark.parametrize(
    "email",
    ["", "juno.mail", "a@b", "a b@c.de", "a@b..co", ".a@b.co", "a@b.test", "a@[1.2.3.4]", "A <a@b.co>",
     "a@b.co\nBcc: x@y.co", "a" * 65 + "@b.co", "a@" + "b." * 130 + "co", "a\u200b@b.co", '"a b"@c.de'],
)  # fmt: skip
def test_an_invalid_address_is_refused(email: str) -> None:
    with pytest.raises(Invalid) as refusal:
        validation.check_email(email)
    assert refusal.value.field == "email"
    assert str(refusal.value).endswith(".")


async def test_a_name_is_not_a_reason_to_refuse_a_long_password(database: None) -> None:
    ben = await join("ben")
    await credentials.change_password(ben, PASSWORD, "ben went to the market for bread")
