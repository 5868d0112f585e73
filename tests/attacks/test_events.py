"""Every event a client can send, sent by those who may not, and with what it may not carry."""

from __future__ import annotations

from typing import Any

import pytest

import instagram_clone.instagram_clone  # noqa: F401  (registers every handler)
from instagram_clone.domain import accounts, comments, db, follows, likes, media, posts, sessions
from instagram_clone.domain.viewer import Viewer
from instagram_clone.live.delivery import LiveState
from instagram_clone.web import guard
from instagram_clone.web.states.account import SettingsState
from instagram_clone.web.states.alerts import AlertsState
from instagram_clone.web.states.composer import ComposerState
from instagram_clone.web.states.detail import MOST_ARRIVED, DetailState
from instagram_clone.web.states.people import PeopleState
from instagram_clone.web.states.session import SessionState
from instagram_clone.web.states.timeline import TimelineState
from tests.attacks.conftest import Field, Snapshot
from tests.client import STATE, RawTab, event_name
from tests.conftest import file_of, picture, share

SECRET = "what only ana may read"
JUNK: list[Any] = [
    None, True, 1, -1, 1.5, 10**400, [], ["x"], {}, {"$ne": None}, {"$gt": ""}, {"$where": "sleep(1000)"},
    "\0", "x" * 1_000, "x" * 100_000, "../../etc/passwd", "<script>alert(1)</script>", "🌿" * 50, [[[]]],
]  # fmt: skip


def arguments(name: str) -> list[str]:
    return list(guard.arguments(guard.client_callable()[name])[0])


@pytest.fixture
async def town(field: Field) -> tuple[Viewer, Viewer, str, str]:
    """Ana with a post and a comment, and ben, who wishes her no good."""
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ana, "A wall")
    comment_id = await comments.add(ana, post_id, "Mine")
    await likes.like(ana, post_id)
    return ana, ben, post_id, comment_id


async def test_nobody_changes_nothing(field: Field, town: tuple, snapshot: Snapshot) -> None:
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
    assert ana.id not in str(tab.known(SessionState, "user_id") or "")
    assert "ana@example.com" not in tab.text


@pytest.mark.parametrize("signed_in", [True, False])
async def test_no_junk_changes_anything_or_breaks_the_server(
    field: Field, town: tuple, snapshot: Snapshot, signed_in: bool
) -> None:
    _, ben, _, _ = town
    before = await snapshot()
    tab = await field.tab(ben if signed_in else None)
    for name in guard.client_callable():
        given = arguments(name)
        if name.endswith(".check_name"):
            continue  # says what is wrong with any text, and keeps none
        for junk in JUNK:
            if junk is True and name.endswith(".set_private"):
                continue  # a choice of one's own
            await tab.call(name, dict.fromkeys(given, junk))
            await tab.call(name, {**dict.fromkeys(given, junk), "extra": junk})
            await tab.call(name, junk)
    await tab.settle(0.5)
    assert not tab.closed
    assert await snapshot() == before
    assert "Traceback" not in tab.text and "pymongo" not in tab.text


async def test_one_person_does_not_act_on_what_is_anothers(field: Field, town: tuple) -> None:
    ana, ben, post_id, comment_id = town
    tab = await field.tab(ben)
    await tab.call(event_name(TimelineState, "delete"), {"post_id": post_id})
    await tab.call(event_name(DetailState, "delete_comment"), {"comment_id": comment_id})
    await tab.settle()
    assert (await posts.show(ana, post_id)).comments == 1
    assert "Only the person who shared a post can delete it." in tab.text
    mine = await field.tab(ana)
    await mine.call(event_name(DetailState, "delete_comment"), {"comment_id": comment_id})
    await mine.settle()
    assert (await posts.show(ana, post_id)).comments == 0


async def test_one_person_does_not_end_anothers_session(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    token = await sessions.start(ana.id, "")
    hers = await sessions.viewer(token)
    assert hers is not None
    tab = await field.tab(ben)
    await tab.call(event_name(SettingsState, "end_session"), {"session_id": hers.session_id})
    await tab.settle()
    assert await db.sessions.find_one({"_id": hers.session_id})


async def test_nobody_shares_or_wears_anothers_draft(field: Field) -> None:
    from instagram_clone.domain import media
    from instagram_clone.web.states.composer import ComposerState

    ana, ben = await field.join("ana"), await field.join("ben")
    draft = await media.store(ana, file_of(picture()))
    tab = await field.tab(ben)
    payload = {"media_id": draft.id, "caption": "", "alt": "", "x": 0, "y": 0, "width": 1, "height": 1}
    await tab.call(event_name(ComposerState, "share"), {**payload, "key": "k"})
    await tab.call(event_name(SettingsState, "use_photo"), {"media_id": draft.id})
    await tab.settle()
    assert await db.posts.count_documents({}) == 0
    assert (await accounts.own_profile(ben)).avatar == ""
    mine = await field.tab(ana)
    await mine.call(event_name(ComposerState, "share"), {**payload, "key": "k"})
    await mine.settle(0.5)
    assert await db.posts.count_documents({}) == 1


async def test_a_stolen_tab_token_shows_and_does_nothing(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    await accounts.edit_profile(ana, "Ana", "ana", SECRET, "")
    token = "5" * 32
    victim = await field.tab(ana, token=token, path="/settings/profile")
    await victim.call(event_name(SettingsState, "load_profile"))
    await victim.settle()
    assert "ana@example.com" in victim.text
    await victim.close()
    for thief in (ben, None):
        stolen = await field.tab(thief, token=token)
        await stolen.settle()
        assert SECRET not in stolen.text and "ana@example.com" not in stolen.text
        assert ana.id not in str(stolen.known(SessionState, "user_id") or "")
        await stolen.close()


async def test_a_token_in_use_is_not_taken_over(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    token = "6" * 32
    victim = await field.tab(ana, token=token)
    thief = await field.tab(ben, token=token)
    await thief.settle()
    post_id = await share(ben)
    await victim.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await victim.settle()
    [row] = await db.likes.find({}).to_list()
    assert row["user"] == ana.oid
    assert "ana@example.com" not in thief.text


async def test_setters_internals_and_unknown_events_are_dropped(
    field: Field, town: tuple, snapshot: Snapshot
) -> None:
    ana, ben, _, _ = town
    before = await snapshot()
    tab = await field.tab(ben)
    shown = tab.known(SessionState, "user_id")
    for state in (SessionState, TimelineState, DetailState, SettingsState, LiveState):
        name = state.get_full_name()
        await tab.call(f"{name}.setvar", {"var_name": "user_id", "value": ana.id})
        for private in ("_show", "_open", "_read", "reset", "get_state", "set_user_id", "__init__"):
            await tab.call(f"{name}.{private}", {"viewer": ana.id})
    await tab.call(f"{STATE}.update_vars_internal_state.update_vars_internal", {"vars": {"x": 1}})
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
    assert tab.known(SessionState, "user_id") in (shown, ben.id)


async def test_a_foreign_page_opens_no_socket(field: Field) -> None:
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


async def test_a_message_of_a_megabyte_closes_that_socket_alone(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    loud, quiet = await field.tab(ana), await field.tab(ben)
    await loud.call(
        event_name(DetailState, "comment"),
        {"post_id": "x", "text": "x" * 1_500_000, "key": "k", "answering": ""},
    )
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
    await tab.settle()
    assert (await posts.show(ben, post_id)).likes == 1
    await _log_out(field, token)
    await tab.settle()
    assert tab.known(LiveState, "signed_out") is True
    await tab.call(event_name(TimelineState, "unlike"), {"post_id": post_id})
    await tab.settle()
    assert (await posts.show(ben, post_id)).likes == 1


async def test_nothing_is_delivered_after_log_out(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    await follows.follow(ana, ben.id)
    post_id = await share(ben)
    token = await sessions.start(ana.id, "")
    listening, acting = await field.tab(cookie=f"instaclone_session={token}"), await field.tab(ben)
    await acting.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await listening.settle()
    assert listening.known(LiveState, f"post_{post_id}")["likes"] == 1
    await _log_out(field, token)
    await listening.settle()
    listening.frames.clear()
    await acting.call(event_name(TimelineState, "unlike"), {"post_id": post_id})
    await acting.settle()
    assert acting.known(LiveState, f"post_{post_id}")["likes"] == 0
    await listening.settle()
    assert listening.frames == []


async def test_from_the_instant_of_unfollowing_nothing_is_delivered(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    for one, other in ((ana, ben), (ben, ana)):
        await follows.follow(one, other.id)
    listening, acting = await field.tab(ana), await field.tab(ben, path="/settings/account")
    await _publish(acting, ben, "first")
    await listening.until(lambda: "fresh" in listening.text)
    await (await field.tab(ana, path="/ben")).call(event_name(PeopleState, "unfollow"), {"user_id": ben.id})
    await listening.until(lambda: f"follow_{ben.id}" in listening.text)
    await listening.settle()
    listening.frames.clear()
    await _publish(acting, ben, "second")
    await acting.settle(0.5)
    await (await field.tab(ben)).close()
    await acting.close()
    await listening.settle(1)
    assert listening.frames == []


async def _publish(tab: RawTab, viewer: Viewer, key: str) -> None:
    draft = await media.store(viewer, file_of(picture(64)))
    whole = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
    post = {"media_id": draft.id, "caption": "", "alt": "", "key": key, **whole}
    await tab.call(event_name(ComposerState, "share"), post)
    await tab.settle()


async def test_news_reach_those_who_watch_and_nobody_else(field: Field) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    post_id = await share(ana)
    page = f"/p/{post_id}"
    watching = await field.tab(cleo, path=page)
    elsewhere = await field.tab(cleo, path="/settings/account")
    stranger = await field.tab(path=page)
    acting = await field.tab(ben, path=page)
    for tab in (watching, elsewhere, stranger):
        tab.frames.clear()
    await acting.call(event_name(TimelineState, "like"), {"post_id": post_id})
    written = {"post_id": post_id, "text": "Hi", "key": "k", "answering": ""}
    await acting.call(event_name(DetailState, "comment"), written)
    for tab in (watching, elsewhere, stranger):
        await tab.settle()
    assert elsewhere.frames == []
    for tab in (watching, stranger):
        assert tab.known(LiveState, f"post_{post_id}") == {"likes": 1, "comments": 1, "rev": 2}
        assert tab.known(LiveState, f"liked_{post_id}") is None
        assert [one["comment"]["username"] for one in tab.known(DetailState, "comments")] == ["ben"]
    assert acting.known(LiveState, f"liked_{post_id}") == {"liked": True, "rev": 1}


async def test_a_storm_of_likes_is_a_handful_of_frames(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    fans = [await field.join(f"fan{number}") for number in range(20)]
    watching = await field.tab(ana, path=f"/p/{post_id}")
    tabs = [await field.tab(fan, path="/settings/account") for fan in fans]
    watching.frames.clear()
    for name in ("like", "unlike", "like"):
        for tab in tabs:
            await tab.call(event_name(TimelineState, name), {"post_id": post_id})
    for tab in tabs:
        await tab.settle()
    card = await posts.show(ana, post_id)
    whole = {"likes": 20, "comments": 0, "rev": card.rev}
    await watching.until(lambda: watching.known(LiveState, f"post_{post_id}") == whole)
    assert len(watching.frames) < 40


async def test_a_storm_of_comments_leaves_the_latest_on_a_screen_and_a_way_to_the_others(
    field: Field,
) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ana)
    watching, writing = await field.tab(ana, path=f"/p/{post_id}"), await field.tab(ben)
    number = MOST_ARRIVED + 10
    for one in range(number):
        asked = {"post_id": post_id, "text": f"number {one}", "key": str(one), "answering": ""}
        await writing.call(event_name(DetailState, "comment"), asked)

    def shown() -> list[str]:
        listed = watching.known(DetailState, "comments") or []
        return [thread["comment"]["text"][0]["text"] for thread in listed]

    latest = [f"number {one}" for one in range(number)]
    await watching.until(lambda: shown() == latest[-MOST_ARRIVED:])
    assert watching.known(DetailState, "earlier")
    await watching.call(event_name(DetailState, "more"), {}, path=f"/p/{post_id}")
    await watching.until(lambda: shown() == latest)
    assert not watching.known(DetailState, "earlier")


async def test_comments_of_the_same_moment_stand_in_one_order_on_every_screen(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    watching = await field.tab(ana, path=f"/p/{post_id}")
    writers = [await field.tab(await field.join(f"fan{one}"), path="/settings/account") for one in range(8)]
    for turn in range(3):
        for writer in writers:
            asked = {"post_id": post_id, "text": "Hello", "key": f"{turn}", "answering": ""}
            await writer.call(event_name(DetailState, "comment"), asked)

    def shown(tab: RawTab) -> list[str]:
        return [thread["comment"]["id"] for thread in tab.known(DetailState, "comments") or []]

    await watching.until(lambda: len(shown(watching)) == 24)
    stored = [str(row["_id"]) async for row in db.comments.find().sort("_id", 1)]
    assert shown(watching) == stored


async def _log_out(field: Field, token: str) -> None:
    import httpx

    async with httpx.AsyncClient(cookies={"instaclone_session": token}) as client:
        answer = await client.post(f"{field.server.url}/api/logout", headers={"Origin": field.server.url})
        assert answer.status_code == 303


async def test_only_the_person_concerned_is_told(field: Field) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    post_id = await share(ana)
    hers, other = await field.tab(ana), await field.tab(cleo)
    acting = await field.tab(ben)
    other.frames.clear()
    await acting.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await hers.until(lambda: hers.known(AlertsState, "unread") == 1)
    await other.settle()
    assert other.frames == []
    assert acting.known(AlertsState, "unread") in (0, None)


async def test_a_storm_of_likes_tells_their_author_now_and_then(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    fans = [await field.join(f"fan{number:02}") for number in range(30)]
    tabs = [await field.tab(fan, path="/settings/account") for fan in fans[:6]]
    hers = await field.tab(ana, path="/notifications")
    hers.frames.clear()
    for turn in range(5):
        for tab in tabs:
            await tab.call(
                event_name(TimelineState, "like" if turn % 2 == 0 else "unlike"), {"post_id": post_id}
            )
    lines = lambda: hers.known(AlertsState, "lines") or []  # noqa: E731
    await hers.until(lambda: bool(lines()) and lines()[0]["alert"]["count"] == 6)
    told = [frame for frame in hers.frames if "alerts_state" in str(frame)]
    assert len(told) < 15


async def test_what_one_tab_asks_for_is_done_in_the_order_it_asked(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    tab = await field.tab(ana, path=f"/p/{post_id}")
    for number in range(12):
        verb = "unlike" if number % 2 else "like"
        await tab.call(event_name(TimelineState, verb), {"post_id": post_id})
        said = {"post_id": post_id, "text": f"Number {number}", "key": f"k{number}", "answering": ""}
        await tab.call(event_name(DetailState, "comment"), said)
    await tab.until(lambda: bool(tab.known(LiveState, "sent_k11")))
    threads, _ = await comments.page(ana, post_id)
    said = [thread.comment.text[0].text for thread in reversed(threads)]
    assert said == [f"Number {number}" for number in range(12)]
    card = await posts.show(ana, post_id)
    assert (card.likes, card.liked) == (0, False)
