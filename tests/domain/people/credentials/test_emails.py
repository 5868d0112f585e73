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
    assert await emails.link_purpose(token(mail)) == "confirm"
    assert not (await emails.own(ana)).confirmed  # looking at a link does nothing
    published.clear()
    assert await emails.confirm(token(mail), "1") == "Your email is confirmed."
    assert published == [EmailChanged(ana.id)] and (await emails.own(ana)).confirmed
    assert await emails.link_purpose(token(mail)) == ""
    with pytest.raises(Refused):
        await emails.confirm(token(mail), "1")
    # Once confirmed, no further mail is sent.
    await emails.ask_to_confirm(ana.id)
    await send_all()
    assert len(box.mails) == 1


async def test_another_process_mails_the_sign_up_link_if_this_one_dies(
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


async def test_people_can_log_in_before_confirming_their_address(ana: Viewer) -> None:
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
    assert [await emails.link_purpose(token(mail)) for mail in (old, new)] == ["change", "change"]
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
    outcomes = await asyncio.gather(*(emails.confirm(link_token, "1") for link_token in links))
    assert sum("now" in text for text in outcomes) >= 1
    assert (await emails.own(confirmed)).email == NEW


@pytest.mark.parametrize("side", [0, 1])
async def test_either_address_can_refuse_a_change(confirmed: Viewer, box: Mailbox, side: int) -> None:
    links = await both_links(confirmed, box)
    await emails.confirm(links[1 - side], "1")
    assert "refused" in await emails.refuse(links[side], "1")
    for link_token in links:
        with pytest.raises(Refused):
            await emails.confirm(link_token, "1")
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


async def test_an_unconfirmed_address_is_notified_but_need_not_consent(ana: Viewer, box: Mailbox) -> None:
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


async def test_an_address_taken_in_the_meantime_stays_with_its_new_owner(
    confirmed: Viewer, box: Mailbox
) -> None:
    links = await both_links(confirmed, box)
    await accounts.sign_up(NEW, "Maria", "maria", PASSWORD, "1")
    await emails.confirm(links[0], "1")
    with pytest.raises(Refused) as refusal:
        await emails.confirm(links[1], "1")
    assert str(refusal.value) == credentials.EMAIL_TAKEN
    assert await emails.own(confirmed) == emails.OwnEmail(OLD, True, "", ())


async def test_a_second_change_cancels_the_first(confirmed: Viewer, box: Mailbox) -> None:
    first = await both_links(confirmed, box)
    second = await both_links(confirmed, box)
    for link_token in first:
        with pytest.raises(Refused):
            await emails.confirm(link_token, "1")
    for link_token in second:
        await emails.confirm(link_token, "1")
    assert (await emails.own(confirmed)).email == NEW


async def test_a_change_ends_when_it_is_cancelled_expires_or_the_password_changes(
    confirmed: Viewer, box: Mailbox
) -> None:
    async def assert_over(links: tuple[str, str]) -> None:
        for link_token in links:
            with pytest.raises(Refused):
                await emails.confirm(link_token, "1")
        assert await emails.own(confirmed) == emails.OwnEmail(OLD, True, "", ())

    links = await both_links(confirmed, box)
    await email_changes.cancel(confirmed)
    await assert_over(links)
    links = await both_links(confirmed, box)
    await db.email_changes.update_many({}, {"$set": {"expires": datetime.now(UTC)}})
    await assert_over(links)
    links = await both_links(confirmed, box)
    await emails.confirm(links[0], "1")
    await credentials.change_password(confirmed, PASSWORD, "five lemons on a plate")
    await assert_over(links)


async def test_a_reset_link_is_void_once_the_address_changes(confirmed: Viewer, box: Mailbox) -> None:
    await recovery.ask("ana", "1")
    await send_all()
    given = token(box.wait(OLD, "Choose"))
    for link_token in await both_links(confirmed, box):
        await emails.confirm(link_token, "1")
    with pytest.raises(Refused):
        await recovery.reset(given, "five lemons on a plate", "1")


async def test_links_of_one_kind_do_not_work_as_another(confirmed: Viewer, box: Mailbox) -> None:
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


async def test_repeated_requests_for_mail_are_throttled(ana: Viewer, box: Mailbox) -> None:
    for _ in range(5):
        await emails.ask_to_confirm(ana.id)
    with pytest.raises(TooMany, match="several emails"):
        await emails.ask_to_confirm(ana.id)


async def test_simultaneous_reads_of_addresses_share_two_queries(ana: Viewer, commands: Commands) -> None:
    others = [await join(f"person{number}") for number in range(8)]
    await email_changes.begin(ana, NEW, PASSWORD)
    commands.sent.clear()
    mine, *others_emails = await asyncio.gather(*map(emails.own, [ana, *others]))
    queries = [(name, command[name]) for name, command in commands.sent if name == "find"]
    assert queries == [("find", "users"), ("find", "email_changes")]
    # Each is shown their own.
    assert (mine.email, mine.change_to) == (OLD, NEW)
    assert [(own.email, own.change_to) for own in others_emails] == [
        (f"{person.username}@example.com", "") for person in others
    ]
