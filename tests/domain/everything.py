"""Whatever queries the database, called at least once."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, outbox, throttles
from instagram_clone.domain.core.errors import DomainError
from instagram_clone.domain.core.outbox import leases
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import recents, search, suggestions
from instagram_clone.domain.media import avatars, drafts, media
from instagram_clone.domain.messaging import conversations, inbox, membership, messages, receipts
from instagram_clone.domain.notifications import activity, alerts
from instagram_clone.domain.people import (
    accounts,
    audiences,
    counts,
    directory,
    preferences,
    presence,
    profiles,
    usernames,
    visibility,
)
from instagram_clone.domain.people.credentials import (
    credentials,
    email_changes,
    emails,
    log_ins,
    recovery,
    session_cards,
    sessions,
    tokens,
)
from instagram_clone.domain.people.events import ProfileEdited
from instagram_clone.domain.people.relations import blocks, follow_requests, follows, graph
from instagram_clone.domain.posts import comment_cards, comments, feed, likes, post_cards, posts, saves
from tests.conftest import PASSWORD, file_of, picture
from tests.domain import crashes
from tests.domain.conftest import send_all
from tests.mailbox import Mailbox, token


async def call_all(ana: Viewer, ids: crashes.Ids, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Call everything that queries the database, at least once."""
    monkeypatch.setattr(accounts._summaries, "seconds", 0)
    await reads_and_small_changes(ana, ids)
    await rare_conversation_actions(ana, ids)
    for name in sorted(crashes.CHANGES, key=lambda name: name == "block"):
        with contextlib.suppress(DomainError):
            await crashes.CHANGES[name](ana, ids)
    await rare_actions(ana, ids, monkeypatch)
    await follow_up_work(ana)
    await alert_actions(ids)
    await account_actions(ana, box, monkeypatch)


async def reads_and_small_changes(ana: Viewer, ids: crashes.Ids) -> None:
    """Read every page and list, and do what people do all day."""
    ben = await _viewer("ben")
    dan = await _viewer("dan")
    post, own, comment, chat = ids["post"], ids["own post"], ids["own comment"], ids["chat"]
    for page in (feed.home(ana), feed.home(ana, post), feed.explore(ana), feed.explore(ana, post)):
        await page
    for page in (feed.by_person(ana, ben.id), feed.by_person(ana, ben.id, post), feed.explore(None)):
        await page
    await post_cards.show(ana, post)
    await post_cards.visible(ana, [ObjectId(post)])
    await post_cards.by_author(ben.id, [post])
    await post_cards.revisions([post])
    await comment_cards.page(ana, post)
    await comment_cards.page(ana, post, comment)
    await comment_cards.replies(ana, comment)
    await comment_cards.replies(ana, comment, comment)
    await likes.people(ana, own)
    await likes.people(ana, own, str(ObjectId()))
    await likes.comment_people(ana, comment)
    await saves.save(ana, post)
    await saves.page(ana)
    await saves.page(ana, str(ObjectId()))
    await saves.unsave(ana, post)
    for listed in (directory.followers_page, directory.following_page):
        await listed(ana, ben.id)
        await listed(ana, ben.id, str(ObjectId()))
    await suggestions.people(ana)
    await suggestions.dismiss(ana, ids["cleo"])
    for text in ("b", "ben", "be be", "ben an", "ben@", "bemj", "cleeo"):
        found = await search.people(ana, text, 1)
        await search.people(ana, text, 1, found.cursor or f"3{bytes(13).hex()}")
    for text in ("look", "loo", "another look", "another loo", "unphotographed"):
        await search.posts(ana, text)
        await search.posts(ana, text, 1, post)
    await search.everything(ana, "ben")
    await recents.remember(ana, person_id=ben.id)
    await recents.remember(ana, text="look")
    await recents.recent(ana)
    await recents.remove(ana, str(ObjectId()))
    await recents.clear(ana)
    await directory.relationship(ana, ben.id)
    await directory.requests_page(dan)
    await directory.requests_page(dan, str(ObjectId()))
    await directory.requests(dan)
    await graph.is_following(ana, ben.id)
    await follow_requests.requested_among(ana.oid, [ben.oid])
    await graph.followers_among_all([ana.oid], [ben.oid])
    await graph.followees(ana.oid, 10)
    await graph.followers_among(ana.id, [ben.id])
    await graph.mutual(ana.oid, [ben.oid])
    await profiles.profile("BEN")
    await profiles.own_profile(ana)
    await preferences.alert_rules(ana.oid)
    await preferences.set_alert_rule(ana, "like", "following")
    await preferences.of([ana.oid, ben.oid])
    await preferences.set_preference(ana, "show_active", True)
    await presence.last_online([ben.oid])
    await profiles.edit_profile(ana, "Ana", "ana", "", "")
    await presence.disconnected(ana.id)
    await usernames.is_taken("ana")
    await usernames.suggest_similar("ana")
    await usernames.mentioned("@ben")
    await activity.page(ben)
    await activity.page(ben, "5")
    await activity.unread(ben)
    await activity.mark_seen(ben)
    await blocks.page(ana)
    await blocks.page(ana, str(ObjectId()))
    await blocks.check_reachable(ana, [ben.oid], "")
    await blocks.between(ana.oid, ben.oid)
    await visibility.viewers_among(audiences.Item(ben.oid), [ana.id])
    await visibility.all_blocked_either_way([ana.oid], [ben.oid])
    await inbox.page(ana)
    await inbox.page(ana, before=f"2030-01-01T00:00:00+00:00 {chat}")
    await inbox.requests(ana)
    await inbox.people(ana)
    await inbox.unread(ana)
    await inbox.show(ana, chat)
    await messages.page(ana, chat)
    await messages.page(ana, chat, 2)
    for _ in range(2):
        await messages.react(ana, chat, ids["sent photo"], "🔥")
    await receipts.mark_read(ana, chat, 1)
    await membership.mute(ana, chat, True)
    await conversations.start(ben, [ana.id])
    group = await conversations.start(ana, [ben.id, ids["cleo"]], "Us")
    await membership.rename(ana, group, "We")
    await membership.leave(ben, group)
    await conversations.catch_up(ObjectId(chat))
    await drafts.sweep()
    await session_cards.mine(ana)
    await sessions.end_others(ana)


async def account_actions(ana: Viewer, box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what people do with their own account."""
    monkeypatch.setattr(sessions, "_SEEN_EVERY", timedelta())
    with contextlib.suppress(DomainError):
        await sessions.start(ana.id, "Firefox/1 Linux", password_number=-1)
    signed_in = await sessions.viewer(await sessions.start(ana.id, "Firefox/1 Linux"))
    assert signed_in is not None
    await accounts.sign_up("new@example.com", "New", "newcomer", PASSWORD, "1")
    with contextlib.suppress(DomainError):
        await log_ins.log_in("ana", "not that one", "1")
    await log_ins.log_in("ana@example.com", PASSWORD, "1")
    await throttles.give_back("a", "b")
    await tokens.discard("nobody's")
    await emails.own(ana)
    await emails.ask_to_confirm(ana.id)
    await send_all()
    await emails.confirm(token(box.to("ana@example.com", "Confirm")[-1]), "1")
    for end in (email_changes.cancel, None):
        await email_changes.begin(signed_in, "ana@example.org", PASSWORD)
        await send_all()
        if end is not None:
            await end(signed_in)
    for address in ("ana@example.com", "ana@example.org"):
        await emails.confirm(token(box.to(address)[-1]), "1")
    await credentials.strength(signed_in, PASSWORD)
    await credentials.change_password(signed_in, PASSWORD, "five lemons in a jar")
    await send_all()
    link = await recovery.make_link("ana")
    await recovery.is_valid(link.partition("token=")[2])
    await recovery.reset(link.partition("token=")[2], "six limes on a shelf", "1")
    await sessions.end(signed_in)


async def rare_actions(ana: Viewer, ids: crashes.Ids, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what seldom happens."""
    ben = await profiles.profile("ben")
    with contextlib.suppress(DomainError):
        await blocks.check_reachable(ana, [ObjectId(ben.id)], "")
    await blocks.unblock(ana, ben.id)
    await counts.recount(ana.oid)
    await posts.recount(ObjectId(ids["post"]))
    await comments.recount(ObjectId(ids["comment"]))
    photo = (await post_cards.show(ana, ids["post"])).photo
    await media.access_file(ana, photo.id, 320)
    await profiles.has_avatar(ana.oid, photo.id)
    with contextlib.suppress(DomainError):
        await outbox.commit(lambda transaction: drafts.take(transaction, photo, media.POST))
    monkeypatch.setattr(feed, "_MAX_MERGED", 1)
    await feed.home(ana)
    monkeypatch.setattr(feed, "_MANY_AUTHORS", 1)
    await feed.home(ana)
    # The list of people that this caches is then brought up to date.
    await follows.follow(ana, ben.id)
    await feed.home(ana)
    await comments.add(ana, ids["post"], "Nice, @cleo", "c", ids["comment"])
    await likes.like_comment(ana, ids["comment"])
    await likes.unlike_comment(ana, ids["comment"])
    await avatars.set_avatar(ana, (await drafts.store(ana, file_of(picture(400, 400)))).id)


async def rare_conversation_actions(ana: Viewer, ids: crashes.Ids) -> None:
    """Do what seldom happens in conversations."""
    ben, chat = await _viewer("ben"), ids["chat"]
    row = await db.messages.find_one({"_id": ObjectId(ids["sent photo"])})
    assert row is not None
    await media.access_file(ben, row["photo"]["id"], 256)
    answer = await messages.send(ben, chat, "answer", text="Nice", answering=ids["sent photo"])
    await messages.page(ana, chat)
    with contextlib.suppress(DomainError):
        await messages.send(ben, chat, "answer", text="")
    await messages.unsend(ben, chat, answer)


async def follow_up_work(ana: Viewer) -> None:
    """Make a change whose follow-up work waits for that of an earlier one, which another process left."""

    async def earlier(transaction: outbox.Transaction) -> None:
        transaction.announce(ProfileEdited(ana.id, ana.username))

    await outbox.commit_undelivered(earlier)
    await profiles.edit_profile(ana, "Ana", "ana", "", "")
    await outbox.process_due()
    await outbox.process_due(leases.now() + leases.LEASE)
    await leases.take_next(ana.id, leases.now())


async def alert_actions(ids: crashes.Ids) -> None:
    """Take back one of several likes, and number and count as migrations and repair do."""
    post, [ben, cleo, dan] = ids["post"], [await _viewer(name) for name in ("ben", "cleo", "dan")]
    for person in (cleo, dan):
        await likes.like(person, post)
    await likes.unlike(cleo, post)
    line = await db.alerts.find_one({"to": ben.oid, "kind": "like"})
    assert line is not None
    await alerts.recount(line["_id"])
    await alerts.set_number(line["_id"], line["seq"])
    await alerts.start_counter(ObjectId(), 1)


async def _viewer(username: str) -> Viewer:
    found = await profiles.profile(username)
    return Viewer(found.id, username, "")
