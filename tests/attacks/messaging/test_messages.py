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


async def friends(field: Field, *names: str) -> list[Viewer]:
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


def payload(given: list[str], chat: str, message: str, person: str) -> dict[str, Any]:
    known = {"chat_id": chat, "message_id": message, "user_id": person, "seq": 1, "muted": True}
    return {name: known.get(name, "🔥" if name == "emoji" else "x") for name in given}


@pytest.mark.parametrize("who", ["a stranger", "somebody removed", "nobody"])
async def test_nobody_but_members_does_or_hears_anything(
    field: Field, snapshot: Snapshot, who: str
) -> None:
    ana, ben, cleo = await friends(field, "ana", "ben", "cleo")
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
    for name, given in thread_events():
        await tab.call(name, payload(given, chat, message, ana.id), path=f"/messages/{chat}")
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


async def test_another_conversations_ids_open_nothing(field: Field, snapshot: Snapshot) -> None:
    ana, ben, cleo = await friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(ana, [ben.id])
    message = await messages.send(ana, chat, "first", text=SECRET)
    own = await conversations.start(cleo, [ana.id])
    before = await snapshot()
    tab = await field.tab(cleo, path=f"/messages/{own}")
    for name, given in thread_events():
        if {"message_id"} & set(given):
            await tab.call(name, payload(given, own, message, ben.id), path=f"/messages/{own}")
    await tab.call(event_name(ThreadState, "more"), {"chat_id": chat}, path=f"/messages/{own}")
    await tab.call(event_name(ThreadState, "load"), {}, path=f"/messages/{chat}")
    await tab.settle(0.3)
    assert await snapshot() == before and SECRET not in tab.text


async def listening(field: Field, viewer: Viewer, chat: str) -> RawTab:
    """Open a tab with a conversation, which has received everything so far."""
    tab = await field.tab(viewer, path=f"/messages/{chat}")
    await drained()
    await tab.settle(0.4)
    tab.frames.clear()
    return tab


async def test_the_inbox_ends_on_the_newest_line_however_people_write_at_once(field: Field) -> None:
    ana, ben, cleo = await friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(ana, [ben.id, cleo.id])
    watching = await field.tab(ana, path="/messages")
    mine, his, hers = [await listening(field, one, chat) for one in (ana, ben, cleo)]
    watching.frames.clear()
    for number in range(15):
        await asyncio.gather(*(say(tab, chat, f"{number} {n}") for n, tab in enumerate((mine, his, hers))))

    def told() -> list[int]:
        deltas = [
            (frame.get("delta") or {}).get(LiveState.get_full_name(), {}) for frame in watching.frames
        ]
        return [delta[f"chat_{chat}"]["seq"] for delta in deltas if f"chat_{chat}" in delta]

    await watching.until(lambda: bool(told()) and told()[-1] == 45)
    await watching.settle()
    assert told() == sorted(told())
    [row], _ = await inbox.page(ana)
    assert watching.known(LiveState, f"chat_{chat}")["line"] == row.line
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


async def test_from_the_instant_of_leaving_nothing_is_delivered(field: Field) -> None:
    ana, ben, cleo = await friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(ana, [ben.id, cleo.id])
    his, hers, mine = [await listening(field, one, chat) for one in (ben, cleo, ana)]
    await say(mine, chat, "All")
    await hers.until(lambda: "All" in hers.text)
    await his.until(lambda: "All" in his.text)
    await his.call(event_name(ThreadState, "leave"), {"chat_id": chat}, path=f"/messages/{chat}")
    await mine.call(
        event_name(ThreadState, "remove"), {"chat_id": chat, "user_id": cleo.id}, path=f"/messages/{chat}"
    )

    async def are_gone() -> bool:
        row = await db.conversations.find_one({})
        here = [one["user"] for one in row["members"] if one["folder"] != conversations.LEFT] if row else []
        return here == [ana.oid]

    await mine.until(are_gone)
    await RawTab.settle_all((mine, his, hers), 0.4)
    his.frames.clear()
    hers.frames.clear()
    await say(mine, chat, "Nobody")
    await mine.until(lambda: "Nobody" in mine.text)
    await RawTab.settle_all((his, hers))
    for tab in (his, hers):
        assert "Nobody" not in tab.text and f"chat_{chat}" not in tab.text


async def test_from_the_instant_of_a_block_nothing_is_delivered(field: Field) -> None:
    ana, ben = await friends(field, "ana", "ben")
    chat = await conversations.start(ana, [ben.id])
    mine, his = await listening(field, ana, chat), await listening(field, ben, chat)
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
    await his.until(lambda: "This person is not here any more" in his.text)
    await his.until(lambda: "cannot message this person" in his.text)
    await his.call(event_name(ThreadState, "read"), {"chat_id": chat, "seq": 1}, path=f"/messages/{chat}")
    await his.settle()
    await mine.settle()
    # No exceptions: neither messages nor the fact that somebody is typing or has read them.
    assert mine.frames == []
    assert [one.username for one in await blocks.mine(ana)] == ["ben"]


@pytest.mark.parametrize("blocker", ["ana", "ben"])
async def test_from_the_instant_of_a_block_neither_inbox_shows_that_the_other_writes(
    field: Field, blocker: str
) -> None:
    ana, ben = await friends(field, "ana", "ben")
    chat = await conversations.start(ana, [ben.id])
    await messages.send(ana, chat, "first", text="Hello")
    mine, his = [await field.tab(one, path="/messages") for one in (ana, ben)]
    key = f"typing_{chat}"

    def told(tab: RawTab) -> list[Any]:
        facts = [(frame.get("delta") or {}).get(LiveState.get_full_name(), {}) for frame in tab.frames]
        return [known[key] for known in facts if key in known]

    for tab, other, who in ((mine, his, ana), (his, mine, ben)):
        await tab.call(event_name(ThreadState, "typing"), {"chat_id": chat})
        await other.until(lambda other=other: bool(told(other)))
        assert told(other)[-1]["by"] == who.id
    acting, whom = (mine, ben) if blocker == "ana" else (his, ana)
    await acting.call(event_name(SettingsState, "block"), {"user_id": whom.id})
    for tab in (mine, his):
        await tab.until(lambda tab=tab: told(tab)[-1] is None)


async def test_a_tab_that_still_sends_what_was_unsent_elsewhere_is_told_so(field: Field) -> None:
    ana, ben = await friends(field, "ana", "ben")
    chat = await conversations.start(ana, [ben.id])
    await messages.unsend(ana, chat, await messages.send(ana, chat, "key of Oops", text="Oops"))
    mine, his = await listening(field, ana, chat), await listening(field, ben, chat)
    await say(mine, chat, "Oops")
    facts = lambda: [(one.get("delta") or {}).get(LiveState.get_full_name(), {}) for one in mine.frames]  # noqa: E731
    await mine.until(lambda: {f"pending_message_{chat}_key of Oops": None} in facts())
    await his.settle()
    assert his.frames == [] and (await messages.page(ben, chat))[0] == []


@pytest.mark.parametrize("blocker", ["ana", "ben"])
async def test_in_a_group_whom_a_block_parts_do_not_see_each_other_write_or_read(
    field: Field, blocker: str
) -> None:
    ana, ben, cleo = await friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(cleo, [ana.id, ben.id])
    await messages.send(cleo, chat, "first", text="Hello")
    path = f"/messages/{chat}"
    hers, mine, his = [await field.tab(one, path=path) for one in (cleo, ana, ben)]

    async def do(tab: RawTab, handler: str, **more: Any) -> None:
        await tab.call(event_name(ThreadState, handler), {"chat_id": chat, **more}, path=path)

    def seen(tab: RawTab, of: Viewer) -> int:
        chat_now = tab.known(ThreadState, "chat")
        [loaded] = [one["seen"] for one in chat_now["members"] if one["id"] == of.id]
        heard = tab.known(LiveState, f"seen_{chat}_{of.id}")
        return max(loaded, heard["seq"] if heard else 0)

    for tab, who in ((mine, ana), (his, ben)):
        await do(tab, "read", seq=1)
        await hers.until(lambda who=who: seen(hers, who) == 1)
    await mine.until(lambda: seen(mine, ben) == 1)
    await his.until(lambda: seen(his, ana) == 1)
    who, whom = (ana, ben) if blocker == "ana" else (ben, ana)
    blocking = await field.tab(who, path="/settings/account")
    await blocking.call(event_name(SettingsState, "block"), {"user_id": whom.id})
    await mine.until(lambda: seen(mine, ben) == 0)
    await his.until(lambda: seen(his, ana) == 0)
    await say(hers, chat, "Again")
    for tab in (mine, his):
        await tab.until(lambda tab=tab: "Again" in tab.text)
    for tab, who, other in ((mine, ana, his), (his, ben, mine)):
        await drained()
        await other.settle(0.4)
        other.frames.clear()
        await do(tab, "typing")
        await do(tab, "read", seq=2)
        await hers.until(lambda who=who: seen(hers, who) == 2)
        await hers.until(
            lambda who=who: (hers.known(LiveState, f"typing_{chat}") or {}).get("by") == who.id
        )
        await other.settle()
        assert other.frames == []


async def test_from_the_instant_of_signing_out_nothing_is_delivered(field: Field) -> None:
    ana, ben = await friends(field, "ana", "ben")
    chat = await conversations.start(ana, [ben.id])
    other = await sessions.viewer((await field.cookie(ana)).partition("=")[2])
    assert other is not None
    gone = await field.tab(ana, path=f"/messages/{chat}")
    stays = await listening(field, ana, chat)
    await stays.call(event_name(SettingsState, "end_others"), {})
    await gone.until(lambda: gone.known(LiveState, "signed_out") is True)
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


async def test_a_request_shows_its_sender_nothing(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    chat = await conversations.start(ana, [ben.id])
    mine = await listening(field, ana, chat)
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


async def test_the_list_of_somebody_else_is_never_read(field: Field) -> None:
    ana, ben, cleo = await friends(field, "ana", "ben", "cleo")
    chat = await conversations.start(ana, [ben.id])
    await messages.send(ana, chat, "first", text=SECRET)
    tab = await field.tab(cleo, path="/messages")
    await tab.call(event_name(InboxState, "search"), {"text": "ana"}, path="/messages")
    await tab.call(event_name(InboxState, "refresh"), {}, path="/messages")
    await tab.settle()
    assert SECRET not in tab.text and chat not in tab.text
