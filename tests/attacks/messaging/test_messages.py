"""Conversations attacked: by strangers, by removed members, and with ids of other conversations."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.messaging import conversations, inbox, membership, messages
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.live.delivery import LiveState
from instagram_clone.web import guard
from instagram_clone.web.states.messaging.inbox import InboxState
from instagram_clone.web.states.messaging.thread import ThreadState
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.people import PeopleState
from tests.attacks.conftest import Field, Snapshot, drained
from tests.client import RawTab, event_name

SECRET = "what only ana and ben may read"


async def join_friends(field: Field, *names: str) -> list[Viewer]:
    people = [await field.join(name) for name in names]
    for one in people:
        for other in people:
            if one is not other:
                await follows.follow(one, other.id)
    return people


async def say(tab: RawTab, chat: str, text: str) -> None:
    payload = {"chat_id": chat, "key": f"key of {text}", "text": text}
    await tab.call(event_name(ThreadState, "send"), payload, path=f"/messages/{chat}")


def thread_events() -> list[tuple[str, list[str]]]:
    state = ThreadState.get_full_name()
    return [
        (name, list(guard.arguments(fn)[0]))
        for name, fn in guard.client_callable().items()
        if name.startswith(f"{state}.")
    ]


def payload(names: list[str], chat: str, message: str, person: str) -> dict[str, Any]:
    values = {"chat_id": chat, "message_id": message, "user_id": person, "seq": 1, "muted": True}
    return {name: values.get(name, "🔥" if name == "emoji" else "x") for name in names}


@pytest.mark.parametrize("who", ["a stranger", "somebody removed", "nobody"])
async def test_only_members_can_act_in_a_conversation_or_receive_its_events(
    field: Field, snapshot: Snapshot, who: str
) -> None:
    ana, ben, cleo = await join_friends(field, "ana", "ben", "cleo")
    if who == "somebody removed":
        chat = await conversations.start(ana, [ben.id, cleo.id])
        await membership.remove(ana, chat, cleo.id)
    else:
        chat = await conversations.start(ana, [ben.id])
    message = await messages.send(ana, chat, "first", text=SECRET)
    before = await snapshot()
    viewer = None if who == "nobody" else cleo
    tab = await field.tab(viewer, path=f"/messages/{chat}")
    assert len(thread_events()) > 12
    for name, arguments in thread_events():
        await tab.call(name, payload(arguments, chat, message, ana.id), path=f"/messages/{chat}")
    await tab.settle(0.3)
    assert await snapshot() == before
    mine = await field.tab(ana)
    await say(mine, chat, f"{SECRET} too")
    await mine.call(event_name(ThreadState, "typing"), {"chat_id": chat})
    await mine.until(lambda: f"{SECRET} too" in mine.text)
    await mine.settle(0.3)
    await tab.settle()
    assert SECRET not in tab.text and "typing_" not in tab.text
    assert (await messages.page(ben, chat))[0][-1].text[0].text == f"{SECRET} too"


async def test_ids_of_another_conversation_give_no_access(field: Field, snapshot: Snapshot) -> None:
    ana, ben, cleo = await join_friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(ana, [ben.id])
    message = await messages.send(ana, chat, "first", text=SECRET)
    own = await conversations.start(cleo, [ana.id])
    before = await snapshot()
    tab = await field.tab(cleo, path=f"/messages/{own}")
    for name, arguments in thread_events():
        if {"message_id"} & set(arguments):
            await tab.call(name, payload(arguments, own, message, ben.id), path=f"/messages/{own}")
    await tab.call(event_name(ThreadState, "more"), {"chat_id": chat}, path=f"/messages/{own}")
    await tab.call(event_name(ThreadState, "load"), {}, path=f"/messages/{chat}")
    await tab.settle(0.3)
    assert await snapshot() == before and SECRET not in tab.text


async def open_listening(field: Field, viewer: Viewer, chat: str) -> RawTab:
    """Open a tab with a conversation, which has received everything so far."""
    tab = await field.tab(viewer, path=f"/messages/{chat}")
    await drained()
    await tab.settle(0.4)
    tab.frames.clear()
    return tab


async def test_the_inbox_ends_on_the_newest_message_when_many_write_at_once(field: Field) -> None:
    ana, ben, cleo = await join_friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(ana, [ben.id, cleo.id])
    watching = await field.tab(ana, path="/messages")
    mine, his, hers = [await open_listening(field, one, chat) for one in (ana, ben, cleo)]
    watching.frames.clear()
    for number in range(15):
        await asyncio.gather(*(say(tab, chat, f"{number} {n}") for n, tab in enumerate((mine, his, hers))))

    def shown_seqs() -> list[int]:
        deltas = [
            (frame.get("delta") or {}).get(LiveState.get_full_name(), {}) for frame in watching.frames
        ]
        return [delta[f"chat_{chat}"]["seq"] for delta in deltas if f"chat_{chat}" in delta]

    await watching.until(lambda: bool(shown_seqs()) and shown_seqs()[-1] == 45)
    await watching.settle()
    assert shown_seqs() == sorted(shown_seqs())
    [row], _ = await inbox.page(ana)
    assert watching.value(LiveState, f"chat_{chat}")["line"] == row.line
    # A browser resends a message when it gets no reply: nobody else is notified again.
    await drained()
    await RawTab.settle_all((his, hers, watching), 0.4)
    for tab in (his, hers, watching):
        tab.frames.clear()
    await say(mine, chat, "0 0")
    await mine.settle()
    await RawTab.settle_all((his, hers))
    assert his.frames == hers.frames == []
    await watching.settle()
    assert f"chat_{chat}" not in watching.text


async def test_nothing_is_delivered_after_leaving(field: Field) -> None:
    ana, ben, cleo = await join_friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(ana, [ben.id, cleo.id])
    his, hers, mine = [await open_listening(field, member, chat) for member in (ben, cleo, ana)]
    await say(mine, chat, "All")
    await hers.until(lambda: "All" in hers.text)
    await his.until(lambda: "All" in his.text)
    await his.call(event_name(ThreadState, "leave"), {"chat_id": chat}, path=f"/messages/{chat}")
    await mine.call(
        event_name(ThreadState, "remove"), {"chat_id": chat, "user_id": cleo.id}, path=f"/messages/{chat}"
    )

    async def have_left() -> bool:
        row = await db.conversations.find_one({})
        remaining = (
            [member["user"] for member in row["members"] if member["folder"] != conversations.LEFT]
            if row
            else []
        )
        return remaining == [ana.oid]

    await mine.until(have_left)
    await RawTab.settle_all((mine, his, hers), 0.4)
    his.frames.clear()
    hers.frames.clear()
    await say(mine, chat, "Nobody")
    await mine.until(lambda: "Nobody" in mine.text)
    await RawTab.settle_all((his, hers))
    for tab in (his, hers):
        assert "Nobody" not in tab.text and f"chat_{chat}" not in tab.text


async def test_nothing_is_delivered_after_a_block(field: Field) -> None:
    ana, ben = await join_friends(field, "ana", "ben")
    chat = await conversations.start(ana, [ben.id])
    mine, his = await open_listening(field, ana, chat), await open_listening(field, ben, chat)
    await say(his, chat, "Hi")
    await mine.until(lambda: "Hi" in mine.text)
    await mine.call(event_name(SettingsState, "block"), {"user_id": ben.id})
    await mine.until(lambda: '"Blocked"' in mine.text)
    await drained()
    await mine.settle(0.4)
    await his.settle(0.4)
    mine.frames.clear()
    his.frames.clear()
    await say(his, chat, "Answer me")
    await his.call(event_name(ThreadState, "typing"), {"chat_id": chat}, path=f"/messages/{chat}")
    await his.call(event_name(PeopleState, "follow"), {"user_id": ana.id})
    await his.until(lambda: "This account is no longer available" in his.text)
    await his.until(lambda: "cannot message this person" in his.text)
    await his.call(event_name(ThreadState, "read"), {"chat_id": chat, "seq": 1}, path=f"/messages/{chat}")
    await his.settle()
    await mine.settle()
    # No exceptions: neither messages nor the fact that somebody is typing or has read them.
    assert mine.frames == []
    assert [one.username for one in (await blocks.page(ana))[0]] == ["ben"]


@pytest.mark.parametrize("blocker", ["ana", "ben"])
async def test_neither_inbox_shows_typing_after_a_block(field: Field, blocker: str) -> None:
    ana, ben = await join_friends(field, "ana", "ben")
    chat = await conversations.start(ana, [ben.id])
    await messages.send(ana, chat, "first", text="Hello")
    mine, his = [await field.tab(one, path="/messages") for one in (ana, ben)]
    key = f"typing_{chat}"

    def typing_facts(tab: RawTab) -> list[Any]:
        facts = [(frame.get("delta") or {}).get(LiveState.get_full_name(), {}) for frame in tab.frames]
        return [delta[key] for delta in facts if key in delta]

    for tab, other, writer in ((mine, his, ana), (his, mine, ben)):
        await tab.call(event_name(ThreadState, "typing"), {"chat_id": chat})
        await other.until(lambda other=other: bool(typing_facts(other)))
        assert typing_facts(other)[-1]["by"] == writer.id
    acting, blocked = (mine, ben) if blocker == "ana" else (his, ana)
    await acting.call(event_name(SettingsState, "block"), {"user_id": blocked.id})
    for tab in (mine, his):
        await tab.until(lambda tab=tab: typing_facts(tab)[-1] is None)


async def test_a_tab_that_resends_an_unsent_message_is_notified(field: Field) -> None:
    ana, ben = await join_friends(field, "ana", "ben")
    chat = await conversations.start(ana, [ben.id])
    await messages.unsend(ana, chat, await messages.send(ana, chat, "key of Oops", text="Oops"))
    mine, his = await open_listening(field, ana, chat), await open_listening(field, ben, chat)
    await say(mine, chat, "Oops")
    facts = lambda: [(one.get("delta") or {}).get(LiveState.get_full_name(), {}) for one in mine.frames]  # noqa: E731
    await mine.until(lambda: {f"pending_message_{chat}_key of Oops": None} in facts())
    await his.settle()
    assert his.frames == [] and (await messages.page(ben, chat))[0] == []


@pytest.mark.parametrize("blocker", ["ana", "ben"])
async def test_blocked_members_of_a_group_do_not_see_each_other_type_or_read(
    field: Field, blocker: str
) -> None:
    ana, ben, cleo = await join_friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(cleo, [ana.id, ben.id])
    await messages.send(cleo, chat, "first", text="Hello")
    path = f"/messages/{chat}"
    hers, mine, his = [await field.tab(one, path=path) for one in (cleo, ana, ben)]

    async def do(tab: RawTab, handler: str, **more: Any) -> None:
        await tab.call(event_name(ThreadState, handler), {"chat_id": chat, **more}, path=path)

    def seen_seq(tab: RawTab, of: Viewer) -> int:
        chat_now = tab.value(ThreadState, "chat")
        [loaded] = [one["seen"] for one in chat_now["members"] if one["id"] == of.id]
        pushed = tab.value(LiveState, f"seen_{chat}_{of.id}")
        return max(loaded, pushed["seq"] if pushed else 0)

    for tab, who in ((mine, ana), (his, ben)):
        await do(tab, "read", seq=1)
        await hers.until(lambda who=who: seen_seq(hers, who) == 1)
    await mine.until(lambda: seen_seq(mine, ben) == 1)
    await his.until(lambda: seen_seq(his, ana) == 1)
    who, blocked = (ana, ben) if blocker == "ana" else (ben, ana)
    blocking = await field.tab(who, path="/settings/account")
    await blocking.call(event_name(SettingsState, "block"), {"user_id": blocked.id})
    await mine.until(lambda: seen_seq(mine, ben) == 0)
    await his.until(lambda: seen_seq(his, ana) == 0)
    await say(hers, chat, "Again")
    for tab in (mine, his):
        await tab.until(lambda tab=tab: "Again" in tab.text)
    for tab, who, other in ((mine, ana, his), (his, ben, mine)):
        await drained()
        await other.settle(0.4)
        other.frames.clear()
        await do(tab, "typing")
        await do(tab, "read", seq=2)
        await hers.until(lambda who=who: seen_seq(hers, who) == 2)
        await hers.until(
            lambda who=who: (hers.value(LiveState, f"typing_{chat}") or {}).get("by") == who.id
        )
        await other.settle()
        assert other.frames == []


async def test_nothing_is_delivered_after_signing_out(field: Field) -> None:
    ana, ben = await join_friends(field, "ana", "ben")
    chat = await conversations.start(ana, [ben.id])
    other = await sessions.viewer((await field.cookie(ana)).partition("=")[2])
    assert other is not None
    gone = await field.tab(ana, path=f"/messages/{chat}")
    stays = await open_listening(field, ana, chat)
    await stays.call(event_name(SettingsState, "end_others"), {})
    await gone.until(lambda: gone.value(LiveState, "signed_out") is True)
    await drained()
    await gone.settle(0.4)
    gone.frames.clear()
    his = await field.tab(ben, path=f"/messages/{chat}")
    await say(his, chat, "Just for ana")
    await stays.until(lambda: "Just for ana" in stays.text)
    await say(gone, chat, "From beyond")
    await gone.settle()
    await say(his, chat, "Still just for ana")
    await stays.until(lambda: "Still just for ana" in stays.text)
    await gone.settle()
    assert "just for ana" not in json.dumps(gone.frames).lower()
    assert "From beyond" not in [one.text[0].text for one in (await messages.page(ben, chat))[0]]


async def test_a_message_request_reveals_nothing_to_its_sender(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    chat = await conversations.start(ana, [ben.id])
    mine = await open_listening(field, ana, chat)
    await say(mine, chat, "May I?")
    his = await field.tab(ben, path=f"/messages/{chat}")
    await drained()
    await mine.settle(0.4)
    mine.frames.clear()
    for name, arguments in (("typing", {}), ("read", {"seq": 1}), ("decline", {})):
        await his.call(
            event_name(ThreadState, name), {"chat_id": chat, **arguments}, path=f"/messages/{chat}"
        )
    await his.settle(0.3)
    await mine.settle()
    assert mine.frames == []
    assert await db.messages.count_documents({}) == 1


async def test_nobody_can_read_somebody_elses_inbox(field: Field) -> None:
    ana, ben, cleo = await join_friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(ana, [ben.id])
    await messages.send(ana, chat, "first", text=SECRET)
    tab = await field.tab(cleo, path="/messages")
    await tab.call(event_name(InboxState, "search"), {"text": "ana"}, path="/messages")
    await tab.call(event_name(InboxState, "refresh"), {}, path="/messages")
    await tab.settle()
    assert SECRET not in tab.text and chat not in tab.text
