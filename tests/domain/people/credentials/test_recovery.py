"""Recovering a forgotten password, and what a link may do."""

from __future__ import annotations

import asyncio
import socket
from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import OperationFailure

from instagram_clone import config
from instagram_clone.domain.core import db, events, outbox
from instagram_clone.domain.core.errors import Invalid, Refused, TooMany
from instagram_clone.domain.core.outbox import leases
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.credentials import (
    credentials,
    emails,
    mails,
    recovery,
    session_cards,
    sessions,
    tokens,
)
from instagram_clone.domain.people.events import MailDue, SessionEnded
from tests.conftest import PASSWORD, join
from tests.domain.conftest import UseServer, send_all
from tests.mailbox import Mailbox, link, token, words

NEW = "five lemons on a plate"


async def link_for(box: Mailbox, login: str = "ana") -> str:
    """Ask for a link and return the token that was mailed."""
    before = len(box.mails)
    await recovery.ask(login, "1")
    await send_all()
    assert len(box.mails) == before + 1
    return token(box.mails[-1])


async def test_a_link_is_mailed_and_sets_a_new_password(ana: Viewer, box: Mailbox) -> None:
    assert await recovery.ask("ana", "1") == recovery.ANSWER
    await send_all()
    [mail] = box.to("ana@example.com")
    assert link(mail).startswith("http://localhost:3000/reset?token=")
    for kind in ("plain", "html"):
        assert "ana" in words(mail, kind) and "30 minutes" in words(mail, kind)
        assert token(mail) in words(mail, kind)
    assert mail["From"].addresses[0].display_name == "Instaclone"
    assert mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"] and mail["Date"]
    await recovery.reset(token(mail), NEW, "1")
    assert (await accounts.log_in("ana", NEW, "1")).user_id == ana.id
    with pytest.raises(Refused):
        await accounts.log_in("ana", PASSWORD, "1")
    await send_all()
    assert "was just changed" in words(box.to("ana@example.com", "has changed")[0])


async def test_known_and_unknown_names_are_answered_alike_with_the_same_work(
    ana: Viewer, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[MailDue] = []

    async def collect(event: MailDue) -> None:
        queued.append(event)

    monkeypatch.setattr(events, "_later", {MailDue: [collect]})
    logins = ["ana", "ana@example.com", "nobody", "nobody@example.com"]
    for login in (*logins, "x" * 300):
        assert await recovery.ask(login, "1") == recovery.ANSWER
    await send_all()
    # The queued work is the same for everybody: whether there is an account is looked up afterwards.
    assert [(one.letter, one.account, one.detail) for one in queued] == [
        ("reset", one, "") for one in logins
    ]
    assert await db.tokens.count_documents({}) == 0
    monkeypatch.undo()
    for login in logins:
        await recovery.ask(login, "1")
    await send_all()
    assert len(box.mails) == 2 and await db.outbox.count_documents({}) == 0


async def test_a_request_does_not_wait_for_the_mail_server(ana: Viewer, use_server: UseServer) -> None:
    silent = socket.create_server(("127.0.0.1", 0))
    with silent:
        use_server(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        assert await recovery.ask("ana", "1") == recovery.ANSWER
        # The mail is on its way all the same: the server gets a connection.
        caller, _ = await asyncio.to_thread(silent.accept)
        assert await db.outbox.count_documents({"event.kind": "MailDue"}) == 1
        caller.close()
        await send_all()


async def test_the_database_holds_neither_the_link_nor_its_secret(ana: Viewer, box: Mailbox) -> None:
    link_token = await link_for(box)
    await recovery.ask("nobody", "1")
    for name in ("tokens", "outbox"):
        assert link_token not in str(await db.__getattr__(name).find({}).to_list())
    assert len(link_token) >= 43  # 256 bits


async def test_a_link_works_once_and_voids_the_accounts_other_links(ana: Viewer, box: Mailbox) -> None:
    first, second = await link_for(box), await link_for(box, "ana@example.com")
    assert await recovery.is_valid(first) and await recovery.is_valid(second)
    await recovery.reset(second, NEW, "1")
    for used in (first, second):
        assert not await recovery.is_valid(used)
        with pytest.raises(Refused) as refusal:
            await recovery.reset(used, "six plums in a basket", "1")
        assert str(refusal.value) == recovery.DEAD_LINK
    assert (await accounts.log_in("ana", NEW, "1")).user_id == ana.id


async def test_only_one_of_two_simultaneous_uses_of_a_link_wins(ana: Viewer, box: Mailbox) -> None:
    link_token = await link_for(box)
    choices = [NEW, "six plums in a basket"]
    results = await asyncio.gather(
        *(recovery.reset(link_token, password, "1") for password in choices), return_exceptions=True
    )
    assert sorted(type(result).__name__ for result in results) == ["Refused", "str"]
    assert (await accounts.log_in("ana", choices[results.index(ana.id)], "1")).user_id == ana.id


async def test_a_link_that_is_expired_forged_or_of_another_kind_is_refused(
    ana: Viewer, box: Mailbox
) -> None:
    link_token = await link_for(box)
    await emails.ask_to_confirm(ana.id)
    await send_all()
    other = token(box.to("ana@example.com", "Confirm")[-1])
    await db.tokens.update_many({"purpose": "reset"}, {"$set": {"expires": datetime.now(UTC)}})
    for bad in (link_token, other, link_token[:-1], "", "x" * 5000, "\ud800"):
        assert not await recovery.is_valid(bad)
        with pytest.raises(Refused):
            await recovery.reset(bad, NEW, "1")
    assert (await accounts.log_in("ana", PASSWORD, "1")).user_id == ana.id


async def test_a_link_is_valid_for_half_an_hour(ana: Viewer, box: Mailbox) -> None:
    await link_for(box)
    [row] = await db.tokens.find({}).to_list()
    left = row["expires"] - datetime.now(UTC)
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)


async def test_a_link_changes_only_its_own_account(ana: Viewer, box: Mailbox) -> None:
    await join("ben")
    await recovery.reset(await link_for(box, "ben"), NEW, "1")
    assert (await accounts.log_in("ana", PASSWORD, "1")).user_id == ana.id
    assert await session_cards.mine(ana)


async def test_a_link_is_void_after_the_password_changes(ana: Viewer, box: Mailbox) -> None:
    link_token = await link_for(box)
    await credentials.change_password(ana, PASSWORD, NEW)
    assert not await recovery.is_valid(link_token)


async def test_a_link_issued_while_the_password_changes_is_void(ana: Viewer, box: Mailbox) -> None:
    row = await accounts.by_login("ana")
    assert row is not None
    await credentials.change_password(ana, PASSWORD, NEW)
    late = await tokens.issue(
        "reset", ana.oid, recovery.LIFETIME, email_key=row["email_key"], password_number=0, mailed=True
    )
    with pytest.raises(Refused):
        await recovery.reset(late, "six plums in a basket", "1")


async def test_a_reset_ends_every_session_at_once(
    ana: Viewer, box: Mailbox, published: list[events.Event]
) -> None:
    other = await sessions.start(ana.id, "Chrome/1 Windows")
    assert await sessions.viewer(other) is not None
    link_token = await link_for(box)
    published.clear()
    await recovery.reset(link_token, NEW, "1")
    assert await sessions.viewer(other) is None
    assert await db.sessions.count_documents({}) == 0
    assert len([event for event in published if isinstance(event, SessionEnded)]) == 2


@pytest.mark.parametrize("place", [(sessions, "end_all"), (tokens, "revoke"), (mails, "queue")])
async def test_a_reset_that_fails_anywhere_changes_nothing(
    ana: Viewer, box: Mailbox, monkeypatch: pytest.MonkeyPatch, place: tuple[object, str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OperationFailure("no")

    link_token = await link_for(box)
    with monkeypatch.context() as broken:
        broken.setattr(*place, fail)
        with pytest.raises(OperationFailure):
            await recovery.reset(link_token, NEW, "1")
    assert (await accounts.log_in("ana", PASSWORD, "1")).user_id == ana.id
    assert await session_cards.mine(ana)
    await recovery.reset(link_token, NEW, "1")


async def test_sessions_of_an_old_password_are_rejected_even_if_still_stored(
    ana: Viewer, box: Mailbox
) -> None:
    await recovery.reset(await link_for(box), NEW, "1")
    late = await sessions.start(ana.id, "")
    # Like the session of somebody who was logging in with the old password while it was changed.
    await db.sessions.update_one({"user": ana.oid}, {"$set": {"password_number": 0}})
    assert await sessions.viewer(late) is None


async def test_another_process_notifies_open_tabs_if_this_one_dies(
    ana: Viewer, box: Mailbox, published: list[events.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(_: object) -> None:
        """Commit, but do none of the follow-up work."""

    link_token = await link_for(box)
    with monkeypatch.context() as dying:
        dying.setattr(outbox, "deliver", die)
        await recovery.reset(link_token, NEW, "1")
        await send_all()
    assert SessionEnded(ana.session_id, ana.id) not in published
    assert await outbox.process_due(datetime.now(UTC) + 2 * leases.LEASE)
    assert SessionEnded(ana.session_id, ana.id) in published
    assert box.to("ana@example.com", "has changed")


async def test_a_poor_password_is_refused_and_does_not_use_up_the_link(ana: Viewer, box: Mailbox) -> None:
    link_token = await link_for(box)
    for poor in ("", "short", "password1", "ana@example.com"):
        with pytest.raises(Invalid) as refusal:
            await recovery.reset(link_token, poor, "1")
        assert refusal.value.field == "password"
    await recovery.reset(link_token, NEW, "1")


async def test_reading_the_mail_confirms_the_address(ana: Viewer, box: Mailbox) -> None:
    assert not (await emails.own(ana)).confirmed
    await recovery.reset(await link_for(box), NEW, "1")
    assert (await emails.own(ana)).confirmed


async def test_the_operator_can_make_a_link_without_mail(ana: Viewer) -> None:
    made = await recovery.make_link("ana")
    await recovery.reset(made.partition("token=")[2], NEW, "1")
    assert (await accounts.log_in("ana", NEW, "1")).user_id == ana.id
    assert not (await emails.own(ana)).confirmed
    assert await recovery.make_link("nobody") == ""


async def test_requests_are_throttled_by_address_alike_for_all_names(ana: Viewer, box: Mailbox) -> None:
    for address, login in (("1", "ana"), ("2", "nobody")):
        for _ in range(20):
            await recovery.ask(login, address)
        with pytest.raises(TooMany, match=r"Try again in 15 minutes\."):
            await recovery.ask(login, address)
    assert await recovery.ask("ana", "3") == recovery.ANSWER


async def test_requests_by_others_neither_flood_a_mailbox_nor_void_links(ana: Viewer, box: Mailbox) -> None:
    for login in ("ana", "ana@example.com") * 5:
        await recovery.ask(login, "1")
    await send_all()
    assert len(box.mails) == 3
    await recovery.reset(token(box.mails[0]), NEW, "1")


async def test_a_request_that_could_not_be_mailed_in_time_is_dropped(ana: Viewer, box: Mailbox) -> None:
    box.refusal = "451 Later"
    await recovery.ask("ana", "1")
    await send_all()
    box.refusal = ""
    long_ago = (datetime.now(UTC) - timedelta(hours=2)).isoformat()
    await db.outbox.update_many({}, {"$set": {"event.asked": long_ago}})
    assert await outbox.process_due(datetime.now(UTC) + timedelta(hours=1)) == 1
    assert box.mails == [] and await db.outbox.count_documents({}) == 0


async def test_unsent_mail_counts_toward_no_limit_and_leaves_no_link(ana: Viewer, box: Mailbox) -> None:
    box.refusal = "451 Later"
    await recovery.ask("ana", "1")
    await send_all()
    for _ in range(4):
        await outbox.process_due(datetime.now(UTC) + timedelta(hours=1))
    assert await db.tokens.count_documents({}) == 0
    box.refusal = ""
    await outbox.process_due(datetime.now(UTC) + timedelta(hours=1))
    assert len(box.mails) == 1 and await recovery.is_valid(token(box.mails[0]))


async def test_in_production_without_a_server_people_are_referred_to_the_operator(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REFLEX_ENV_MODE", "prod")
    config.settings.cache_clear()
    try:
        with pytest.raises(Refused) as refusal:
            await recovery.ask("ana", "1")
        assert str(refusal.value) == recovery.NO_MAIL
        assert await db.outbox.count_documents({}) == 0
    finally:
        monkeypatch.undo()
        config.settings.cache_clear()
