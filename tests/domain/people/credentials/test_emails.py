"""Confirming an address, and changing it with the consent of both."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from instagram_clone.domain.core import db, events, outbox
from instagram_clone.domain.core.errors import Invalid, Refused, TooMany
from instagram_clone.domain.core.outbox import leases
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import credentials, email_changes, emails, recovery
from instagram_clone.domain.people.events import EmailChanged
from tests.conftest import PASSWORD, join
from tests.domain.conftest import Commands, send_all
from tests.mailbox import Mailbox, link, token, words

OLD, NEW = "ana@example.com", "ana.maria@example.com"


@pytest.fixture
async def confirmed(ana: Viewer, box: Mailbox) -> Viewer:
    """Ana, whose address is confirmed."""
    await emails.ask_to_confirm(ana.id)
    await send_all()
    await emails.confirm(token(box.wait(OLD)), "1")
    box.mails.clear()
    return ana


async def both_links(viewer: Viewer, box: Mailbox) -> tuple[str, str]:
    """Start a change and return the tokens mailed to the old and the new address."""
    box.mails.clear()
    await email_changes.begin(viewer, NEW, PASSWORD)
    await send_all()
    return token(box.wait(OLD)), token(box.wait(NEW))


async def test_an_address_is_confirmed_by_its_link_once(
    ana: Viewer, box: Mailbox, published: list[events.Event]
) -> None:
    assert not (await emails.own(ana)).confirmed
    await emails.ask_to_confirm(ana.id)
    await send_all()
    mail = box.wait(OLD)
    assert link(mail).startswith("http://localhost:3000/confirm?token=") and "three days" in words(mail)
    assert await emails.question(token(mail)) == "confirm"
    assert not (await emails.own(ana)).confirmed  # looking at a link does nothing
    published.clear()
    assert await emails.confirm(token(mail), "1") == "Your email is confirmed."
    assert published == [EmailChanged(ana.id)] and (await emails.own(ana)).confirmed
    assert await emails.question(token(mail)) == ""
    with pytest.raises(Refused):
        await emails.confirm(token(mail), "1")
    # Once confirmed, no further mail is sent.
    await emails.ask_to_confirm(ana.id)
    await send_all()
    assert len(box.mails) == 1


async def test_who_signs_up_is_mailed_a_link_by_another_process_should_this_one_die(
    database: None, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(_: object) -> None:
        """Commit, but do none of the follow-up work."""

    with monkeypatch.context() as dying:
        dying.setattr(outbox, "deliver", die)
        await accounts.sign_up(OLD, "Ana", "ana", PASSWORD, "1", confirm=True)
        await send_all()
    assert not box.mails and await outbox.process_due(datetime.now(UTC) + 2 * leases.LEASE)
    assert await emails.confirm(token(box.wait(OLD)), "1") == "Your email is confirmed."


async def test_who_has_not_confirmed_is_not_locked_out(ana: Viewer) -> None:
    assert (await accounts.log_in(OLD, PASSWORD, "1")).user_id == ana.id


async def test_nothing_changes_until_both_addresses_have_confirmed(
    confirmed: Viewer, box: Mailbox, published: list[events.Event]
) -> None:
    await email_changes.begin(confirmed, NEW, PASSWORD)
    pending = await emails.own(confirmed)
    assert (pending.email, pending.change_to, pending.waiting) == (OLD, NEW, ("old", "new"))
    await send_all()
    old, new = box.wait(OLD), box.wait(NEW)
    assert NEW in words(old) and all("both are confirmed" in words(mail) for mail in (old, new))
    assert [await emails.question(token(mail)) for mail in (old, new)] == ["change", "change"]
    assert "current address" in await emails.confirm(token(new), "1")
    assert (await emails.own(confirmed)).waiting == ("old",)
    assert (await accounts.log_in(OLD, PASSWORD, "1")).user_id == confirmed.id
    with pytest.raises(Refused):
        await emails.confirm(token(new), "1")  # the same address does not count twice
    published.clear()
    assert await emails.confirm(token(old), "1") == f"Your email is now {NEW}."
    assert EmailChanged(confirmed.id) in published
    assert await emails.own(confirmed) == emails.OwnEmail(NEW, True, "", ())
    assert (await accounts.log_in(NEW, PASSWORD, "1")).user_id == confirmed.id
    with pytest.raises(Refused):
        await accounts.log_in(OLD, PASSWORD, "1")
    await send_all()
    assert box.to(OLD, "has changed") and box.to(NEW, "has changed")
    assert await db.tokens.count_documents({}) == 0 and await db.email_changes.count_documents({}) == 0


async def test_both_links_at_once_change_it_once(confirmed: Viewer, box: Mailbox) -> None:
    links = await both_links(confirmed, box)
    said = await asyncio.gather(*(emails.confirm(one, "1") for one in links))
    assert sum("now" in text for text in said) >= 1
    assert (await emails.own(confirmed)).email == NEW


@pytest.mark.parametrize("side", [0, 1])
async def test_either_address_refuses(confirmed: Viewer, box: Mailbox, side: int) -> None:
    links = await both_links(confirmed, box)
    await emails.confirm(links[1 - side], "1")
    assert "refused" in await emails.refuse(links[side], "1")
    for one in links:
        with pytest.raises(Refused):
            await emails.confirm(one, "1")
    assert await emails.own(confirmed) == emails.OwnEmail(OLD, True, "", ())


async def test_a_mistyped_address_cannot_refuse_the_right_one(confirmed: Viewer, box: Mailbox) -> None:
    old_mistyped, mistyped = await both_links(confirmed, box)
    old, new = await both_links(confirmed, box)
    with pytest.raises(Refused):
        await emails.refuse(mistyped, "1")
    assert (await emails.own(confirmed)).change_to == NEW
    await emails.confirm(new, "1")
    # The old address can refuse the pending change by the link in any of its mails.
    assert "refused" in await emails.refuse(old_mistyped, "1")
    with pytest.raises(Refused):
        await emails.confirm(old, "1")
    assert await emails.own(confirmed) == emails.OwnEmail(OLD, True, "", ())


async def test_an_address_that_was_never_confirmed_is_told_and_not_asked(ana: Viewer, box: Mailbox) -> None:
    await email_changes.begin(ana, NEW, PASSWORD)
    assert (await emails.own(ana)).waiting == ("new",)
    await send_all()
    assert link(box.wait(OLD)) == "http://localhost:3000/forgot"
    assert await emails.confirm(token(box.wait(NEW)), "1") == f"Your email is now {NEW}."


async def test_a_change_asks_for_the_password_and_a_free_address(ana: Viewer, box: Mailbox) -> None:
    await join("ben")

    async def wrong(email: str, password: str) -> dict[str, str]:
        with pytest.raises(Invalid) as refusal:
            await email_changes.begin(ana, email, password)
        return refusal.value.fields

    assert await wrong(NEW, "wrong password") == {"current": "That is not your password."}
    assert set(await wrong("ana.mail", PASSWORD)) == {"email"}
    assert set(await wrong("ANA@example.com", PASSWORD)) == {"email"}
    assert set(await wrong("ben@EXAMPLE.com", PASSWORD)) == {"email"}
    assert await db.email_changes.count_documents({}) == 0
    for _ in range(2):
        await email_changes.begin(ana, NEW, PASSWORD)
    with pytest.raises(TooMany):
        for _ in range(5):
            await email_changes.begin(ana, NEW, PASSWORD)


async def test_an_address_that_somebody_took_meanwhile_stays_theirs(
    confirmed: Viewer, box: Mailbox
) -> None:
    links = await both_links(confirmed, box)
    await accounts.sign_up(NEW, "Maria", "maria", PASSWORD, "1")
    await emails.confirm(links[0], "1")
    with pytest.raises(Refused) as refusal:
        await emails.confirm(links[1], "1")
    assert str(refusal.value) == credentials.TAKEN
    assert await emails.own(confirmed) == emails.OwnEmail(OLD, True, "", ())


async def test_a_second_wish_ends_the_first(confirmed: Viewer, box: Mailbox) -> None:
    first = await both_links(confirmed, box)
    second = await both_links(confirmed, box)
    for one in first:
        with pytest.raises(Refused):
            await emails.confirm(one, "1")
    for one in second:
        await emails.confirm(one, "1")
    assert (await emails.own(confirmed)).email == NEW


async def test_a_change_ends_when_it_is_taken_back_expires_or_the_password_changes(
    confirmed: Viewer, box: Mailbox
) -> None:
    async def over(links: tuple[str, str]) -> None:
        for one in links:
            with pytest.raises(Refused):
                await emails.confirm(one, "1")
        assert await emails.own(confirmed) == emails.OwnEmail(OLD, True, "", ())

    links = await both_links(confirmed, box)
    await email_changes.cancel(confirmed)
    await over(links)
    links = await both_links(confirmed, box)
    await db.email_changes.update_many({}, {"$set": {"expires": datetime.now(UTC)}})
    await over(links)
    links = await both_links(confirmed, box)
    await emails.confirm(links[0], "1")
    await credentials.change_password(confirmed, PASSWORD, "five lemons on a plate")
    await over(links)


async def test_a_forgotten_passwords_link_dies_with_the_address_it_was_sent_to(
    confirmed: Viewer, box: Mailbox
) -> None:
    await recovery.ask("ana", "1")
    await send_all()
    given = token(box.wait(OLD, "Choose"))
    for one in await both_links(confirmed, box):
        await emails.confirm(one, "1")
    with pytest.raises(Refused):
        await recovery.reset(given, "five lemons on a plate", "1")


async def test_the_links_of_one_kind_do_nothing_of_another(confirmed: Viewer, box: Mailbox) -> None:
    await recovery.ask("ana", "1")
    await send_all()
    given = token(box.wait(OLD, "Choose"))
    for verb in (emails.confirm, emails.refuse):
        with pytest.raises(Refused):
            await verb(given, "1")
    await emails.ask_to_confirm((await join("ben")).id)
    await send_all()
    with pytest.raises(Refused):
        await emails.refuse(token(box.wait("ben@example.com")), "1")


async def test_asking_for_mail_again_and_again_is_throttled(ana: Viewer, box: Mailbox) -> None:
    for _ in range(5):
        await emails.ask_to_confirm(ana.id)
    with pytest.raises(TooMany, match="several mails already"):
        await emails.ask_to_confirm(ana.id)


async def test_people_who_look_at_their_addresses_in_one_moment_share_two_queries(
    ana: Viewer, commands: Commands
) -> None:
    others = [await join(f"person{one}") for one in range(8)]
    await email_changes.begin(ana, NEW, PASSWORD)
    commands.sent.clear()
    mine, *theirs = await asyncio.gather(*map(emails.own, [ana, *others]))
    asked = [(name, command[name]) for name, command in commands.sent if name == "find"]
    assert asked == [("find", "users"), ("find", "email_changes")]
    # Each is shown their own.
    assert (mine.email, mine.change_to) == (OLD, NEW)
    assert [(one.email, one.change_to) for one in theirs] == [
        (f"{person.username}@example.com", "") for person in others
    ]
