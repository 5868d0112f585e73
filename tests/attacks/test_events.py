"""Every event a client can send, sent by people who may not, and with invalid payloads."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.domain.posts import comments, likes, post_cards
from instagram_clone.live.delivery import LiveState
from instagram_clone.web import guard
from instagram_clone.web.states.people.account import SettingsState, SignUpState
from instagram_clone.web.states.people.credentials import EmailState
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from instagram_clone.web.states.session import SessionState
from tests.attacks.conftest import Field, Snapshot
from tests.client import HYDRATE, STATE, event_name
from tests.conftest import file_of, picture, share

SECRET = "what only ana may read"
STORE = f"{STATE}.reflex___state____update_vars_internal_state.update_vars_internal"
"""Reflex's event by which a browser sends vars from its storage."""

JUNK: list[Any] = [
    None, True, 1, -1, 1.5, 10**400, [], ["x"], {}, {"$ne": None}, {"$gt": ""}, {"$where": "sleep(1000)"},
    "\0", "x" * 1_000, "x" * 100_000, "../../etc/passwd", "<script>alert(1)</script>", "🌿" * 50, [[[]]],
]  # fmt: skip


def arguments(name: str) -> list[str]:
    return list(guard.arguments(guard.client_callable()[name])[0])


@pytest.fixture
async def town(field: Field) -> tuple[Viewer, Viewer, str, str]:
    """Ana with a post and a comment, and ben, who means her no good."""
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ana, "A wall")
    comment_id = await comments.add(ana, post_id, "Mine")
    await likes.like(ana, post_id)
    return ana, ben, post_id, comment_id


async def test_visitors_can_change_nothing(field: Field, town: tuple, snapshot: Snapshot) -> None:
    ana, _, post_id, comment_id = town
    before = await snapshot()
    tab = await field.tab()
    names = guard.client_callable()
    assert len(names) > 25
    for name in names:
        for value in (post_id, comment_id, ana.id, "x"):
            await tab.call(name, dict.fromkeys(arguments(name), value))
    await tab.settle()
    assert await snapshot() == before
    assert ana.id not in str(tab.value(SessionState, "user_id") or "")
    assert "ana@example.com" not in tab.text


@pytest.mark.parametrize("signed_in", [True, False])
async def test_junk_changes_nothing_and_breaks_nothing(
    field: Field, town: tuple, snapshot: Snapshot, signed_in: bool
) -> None:
    _, ben, _, _ = town
    before = await snapshot()
    tab = await field.tab(ben if signed_in else None)
    for name in guard.client_callable():
        names = arguments(name)
        for junk in JUNK:
            if junk is True and name.endswith(".set_private"):
                continue  # their own choice
            await tab.call(name, dict.fromkeys(names, junk))
            await tab.call(name, {**dict.fromkeys(names, junk), "extra": junk})
            await tab.call(name, junk)
    await tab.settle(0.5)
    assert not tab.closed
    assert await snapshot() == before
    assert "Traceback" not in tab.text and "pymongo" not in tab.text


async def test_people_cannot_delete_what_belongs_to_others(field: Field, town: tuple) -> None:
    ana, ben, post_id, comment_id = town
    tab = await field.tab(ben)
    await tab.call(event_name(TimelineState, "delete"), {"post_id": post_id})
    await tab.call(event_name(DetailState, "delete_comment"), {"comment_id": comment_id})
    await tab.until(lambda: "Only the person who shared a post can delete it." in tab.text)
    await tab.settle()
    assert (await post_cards.show(ana, post_id)).comments == 1
    mine = await field.tab(ana)
    await mine.call(event_name(DetailState, "delete_comment"), {"comment_id": comment_id})

    async def is_gone() -> bool:
        return (await post_cards.show(ana, post_id)).comments == 0

    await mine.until(is_gone)


async def test_people_cannot_end_sessions_of_others(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    token = await sessions.start(ana.id, "")
    hers = await sessions.viewer(token)
    assert hers is not None
    tab = await field.tab(ben)
    await tab.call(event_name(SettingsState, "end_session"), {"session_id": hers.session_id})
    await tab.settle()
    assert await db.sessions.find_one({"_id": hers.session_id})


async def test_people_cannot_use_drafts_of_others(field: Field) -> None:

    ana, ben = await field.join("ana"), await field.join("ben")
    draft = await drafts.store(ana, file_of(picture()))
    tab = await field.tab(ben)
    payload = {"media_id": draft.id, "caption": "", "alt": "", "x": 0, "y": 0, "width": 1, "height": 1}
    await tab.call(event_name(ComposerState, "share"), {**payload, "key": "k"})
    await tab.call(event_name(SettingsState, "use_photo"), {"media_id": draft.id})
    await tab.settle()
    assert await db.posts.count_documents({}) == 0
    assert (await profiles.own_profile(ben)).avatar == ""
    mine = await field.tab(ana)
    await mine.call(event_name(ComposerState, "share"), {**payload, "key": "k"})
    await mine.until(lambda: '"sent_k"' in mine.text)
    assert await db.posts.count_documents({}) == 1


async def test_a_stolen_tab_token_gives_no_access(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    await profiles.edit_profile(ana, "Ana", "ana", SECRET, "")
    token = "5" * 32
    victim = await field.tab(ana, token=token, path="/settings/profile")
    await victim.call(event_name(SettingsState, "load_profile"))
    await victim.call(event_name(EmailState, "load"))
    await victim.until(lambda: SECRET in victim.text and "ana@example.com" in victim.text)
    await victim.close()
    for thief in (ben, None):
        # Not a page with suggestions, which show people's bios.
        stolen = await field.tab(thief, token=token, path="/settings/appearance")
        await stolen.settle()
        assert SECRET not in stolen.text and "ana@example.com" not in stolen.text
        assert ana.id not in str(stolen.value(SessionState, "user_id") or "")
        await stolen.close()


async def test_a_token_in_use_cannot_be_taken_over(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    token = "6" * 32
    victim = await field.tab(ana, token=token)
    thief = await field.tab(ben, token=token)
    await thief.settle()
    post_id = await share(ben)
    await victim.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await victim.until(lambda: f"liked_{post_id}" in victim.text)
    [row] = await db.likes.find({}).to_list()
    assert row["user"] == ana.oid
    assert "ana@example.com" not in thief.text


async def test_setters_internals_and_unknown_events_are_dropped(
    field: Field, town: tuple, snapshot: Snapshot
) -> None:
    ana, ben, _, _ = town
    before = await snapshot()
    tab = await field.tab(ben)
    shown = tab.value(SessionState, "user_id")
    for state in (SessionState, TimelineState, DetailState, SettingsState, LiveState):
        name = state.get_full_name()
        await tab.call(f"{name}.setvar", {"var_name": "user_id", "value": ana.id})
        for private in ("_show", "_open", "_read", "reset", "get_state", "set_user_id", "__init__"):
            await tab.call(f"{name}.{private}", {"viewer": ana.id})
    await tab.call(STORE, {"vars": {"x": 1}})
    await tab.call(
        f"{STATE}.hydrate_and_load", {"vars": {f"{SessionState.get_full_name()}.user_id": ana.id}}
    )
    for data in (
        *(["x"], [None], [1], [], ["event"], ["event", None], ["event", []], ["event", {"name": {}}]),
        *(["event", {"name": "a" * 10_000}], ["nothing", {}], ["client_error", "x" * 10_000]),
    ):
        await tab.raw(data)
    await tab.settle()
    assert await snapshot() == before
    assert tab.value(SessionState, "user_id") in (shown, ben.id)


async def test_foreign_pages_cannot_open_a_socket(field: Field) -> None:
    ana = await field.join("ana")
    cookie = await field.cookie(ana)
    for origin in (
        "http://evil.example",
        "null",
        f"{field.server.url}.evil.example",
        "http://localhost:1",
        "",
    ):
        with pytest.raises(Exception, match=r"403|rejected"):
            await field.tab(cookie=cookie, origin=origin)


async def test_an_oversized_message_closes_only_its_own_socket(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    loud, quiet = await field.tab(ana), await field.tab(ben)
    # The socket may be closed before all of it is sent.
    with contextlib.suppress(ConnectionClosed):
        await loud.call(
            event_name(DetailState, "comment"),
            {"post_id": "x", "text": "x" * 1_500_000, "key": "k", "answering": ""},
        )
    await loud.until(lambda: loud.closed)
    await quiet.call(event_name(TimelineState, "refresh"))
    await quiet.settle()
    assert not quiet.closed
    assert await db.comments.count_documents({}) == 0


async def test_a_replay_after_log_out_does_nothing(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ben)
    token = await sessions.start(ana.id, "")
    tab = await field.tab(cookie=f"instaclone_session={token}")
    await tab.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await tab.until(lambda: f"liked_{post_id}" in tab.text)
    assert (await post_cards.show(ben, post_id)).likes == 1
    await field.log_out(token)
    await tab.until(lambda: tab.value(LiveState, "signed_out") is True)
    await tab.call(event_name(TimelineState, "unlike"), {"post_id": post_id})
    await tab.settle()
    assert (await post_cards.show(ben, post_id)).likes == 1


@pytest.mark.parametrize("event", [HYDRATE, STORE])
async def test_client_storage_cannot_set_vars(field: Field, event: str) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    tab = await field.tab(ben, path="/settings/appearance")
    session, sign_up = SessionState.get_full_name(), SignUpState.get_full_name()
    for stored in (
        {f"{session}.user_id": ana.id, f"{sign_up}.username_free": "eve"},
        {f"{session}._viewer": "x", f"{STATE}.is_hydrated": True, "": "", "x": {}},
        *JUNK,
    ):
        await tab.call(event, {"vars": stored}, path="/settings/appearance")
    await tab.call(event, {f"{sign_up}.username_free": "eve"})
    await tab.settle()
    assert tab.value(SessionState, "user_id") == ben.id
    assert tab.value(SignUpState, "username_free") in ("", None)
