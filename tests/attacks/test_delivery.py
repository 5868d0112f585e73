"""Events are delivered to the people they concern and to nobody else: in order, and in few frames."""

from __future__ import annotations

import time

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comment_cards, likes, post_cards
from instagram_clone.live import delivery
from instagram_clone.live.delivery import LiveState
from instagram_clone.web.states import activity
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.posts.detail import MAX_LIVE, DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.attacks.conftest import Field, drained
from tests.client import RawTab, event_name
from tests.conftest import file_of, picture, share


async def test_nothing_is_delivered_after_log_out(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    await follows.follow(ana, ben.id)
    post_id = await share(ben)
    token = await sessions.start(ana.id, "")
    listening, acting = await field.tab(cookie=f"instaclone_session={token}"), await field.tab(ben)
    await acting.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await listening.until(lambda: f"post_{post_id}" in listening.text)
    assert listening.value(LiveState, f"post_{post_id}")["likes"] == 1
    await field.log_out(token)
    await listening.until(lambda: listening.value(LiveState, "signed_out") is True)
    await listening.settle(0.4)
    listening.frames.clear()
    await acting.call(event_name(TimelineState, "unlike"), {"post_id": post_id})
    await acting.until(lambda: (acting.value(LiveState, f"post_{post_id}") or {}).get("likes") == 0)
    await listening.settle()
    assert listening.frames == []


async def test_nothing_is_delivered_after_unfollowing(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    for one, other in ((ana, ben), (ben, ana)):
        await follows.follow(one, other.id)
    listening, acting = await field.tab(ana), await field.tab(ben, path="/settings/account")
    await _publish(acting, ben, "first")
    await listening.until(lambda: "fresh" in listening.text)
    await (await field.tab(ana, path="/ben")).call(event_name(PeopleState, "unfollow"), {"user_id": ben.id})
    await listening.until(lambda: f"follow_{ben.id}" in listening.text)
    await drained()
    await listening.settle(0.4)
    listening.frames.clear()
    await _publish(acting, ben, "second")
    await drained()
    await (await field.tab(ben)).close()
    await acting.close()
    await listening.settle(1)
    assert listening.frames == []


async def _publish(tab: RawTab, viewer: Viewer, key: str) -> None:
    draft = await drafts.store(viewer, file_of(picture()))
    whole = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
    post = {"media_id": draft.id, "caption": "", "alt": "", "key": key, **whole}
    await tab.call(event_name(ComposerState, "share"), post)
    await tab.until(lambda: f'"sent_{key}"' in tab.text)


async def test_events_reach_only_tabs_that_watch_them(field: Field) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    post_id = await share(ana)
    page = f"/p/{post_id}"
    watching = await field.tab(cleo, path=page)
    elsewhere = await field.tab(cleo, path="/settings/account")
    stranger = await field.tab(path=page)
    acting = await field.tab(ben, path=page)
    await drained()
    for tab in (watching, elsewhere, stranger):
        await tab.settle(0.4)
        tab.frames.clear()
    await acting.call(event_name(TimelineState, "like"), {"post_id": post_id})
    comment = {"post_id": post_id, "text": "Hi", "key": "k", "answering": ""}
    await acting.call(event_name(DetailState, "comment"), comment)
    expected = {"likes": 1, "comments": 1, "rev": 2}

    def writers(tab: RawTab) -> list[str]:
        return [one["comment"]["username"] for one in tab.value(DetailState, "comments") or []]

    for tab in (watching, stranger):
        await tab.until(lambda tab=tab: tab.value(LiveState, f"post_{post_id}") == expected)
        await tab.until(lambda tab=tab: writers(tab) == ["ben"])
        assert tab.value(LiveState, f"liked_{post_id}") is None
    await acting.until(lambda: acting.value(LiveState, f"liked_{post_id}") == {"liked": True, "rev": 1})
    await elsewhere.settle()
    assert elsewhere.frames == []


async def test_a_burst_of_likes_takes_a_handful_of_frames(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    fans = [await field.join(f"fan{number}") for number in range(20)]
    watching = await field.tab(ana, path=f"/p/{post_id}")
    tabs = [await field.tab(fan, path="/settings/account") for fan in fans]
    watching.frames.clear()
    with field.server.suspended():
        for name in ("like", "unlike", "like"):
            for tab in tabs:
                await tab.call(event_name(TimelineState, name), {"post_id": post_id})
    began = time.perf_counter()
    for tab in tabs:
        await tab.settle()
    await drained()
    card = await post_cards.show(ana, post_id)
    whole = {"likes": 20, "comments": 0, "rev": card.rev}
    await watching.until(lambda: watching.value(LiveState, f"post_{post_id}") == whole)
    # If the machine takes long to store the likes, there is no storm.
    assert len(watching.frames) < max(40, (watching.arrived - began) / delivery.PAUSE_SECONDS)


async def test_a_burst_of_comments_shows_the_latest_and_a_way_to_load_earlier_ones(
    field: Field,
) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ana)
    watching, writing = await field.tab(ana, path=f"/p/{post_id}"), await field.tab(ben)
    count = MAX_LIVE + 10
    for index in range(count):
        comment = {"post_id": post_id, "text": f"number {index}", "key": str(index), "answering": ""}
        await writing.call(event_name(DetailState, "comment"), comment)

    def shown() -> list[str]:
        listed = watching.value(DetailState, "comments") or []
        return [thread["comment"]["text"][0]["text"] for thread in listed]

    latest = [f"number {index}" for index in range(count)]
    await watching.until(lambda: shown() == latest[-MAX_LIVE:])
    assert watching.value(DetailState, "earlier")
    await watching.call(event_name(DetailState, "more"), {}, path=f"/p/{post_id}")
    await watching.until(lambda: shown() == latest)
    assert not watching.value(DetailState, "earlier")


async def test_simultaneous_comments_have_the_same_order_on_every_screen(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    watching = await field.tab(ana, path=f"/p/{post_id}")
    writers = [await field.tab(await field.join(f"fan{one}"), path="/settings/account") for one in range(8)]
    for turn in range(3):
        for writer in writers:
            comment = {"post_id": post_id, "text": "Hello", "key": f"{turn}", "answering": ""}
            await writer.call(event_name(DetailState, "comment"), comment)

    def shown(tab: RawTab) -> list[str]:
        return [thread["comment"]["id"] for thread in tab.value(DetailState, "comments") or []]

    await watching.until(lambda: len(shown(watching)) == 24)
    stored = [str(row["_id"]) async for row in db.comments.find().sort("_id", 1)]
    assert shown(watching) == stored


async def test_only_the_person_concerned_is_notified(field: Field) -> None:
    ana, ben, cleo = [await field.join(name) for name in ("ana", "ben", "cleo")]
    post_id = await share(ana)
    hers, other = await field.tab(ana), await field.tab(cleo)
    acting = await field.tab(ben)
    await drained()
    await other.settle(0.4)
    other.frames.clear()
    await acting.call(event_name(TimelineState, "like"), {"post_id": post_id})
    await hers.until(lambda: hers.value(AlertsState, "unread") == 1)
    await other.settle()
    assert other.frames == []
    await acting.settle()
    assert acting.value(AlertsState, "unread") in (0, None)


async def test_a_burst_of_likes_notifies_the_author_at_intervals(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    fans = [await field.join(f"fan{number:02}") for number in range(30)]
    tabs = [await field.tab(fan, path="/settings/account") for fan in fans[:6]]
    hers = await field.tab(ana, path="/notifications")
    hers.frames.clear()
    with field.server.suspended():
        for turn in range(5):
            for tab in tabs:
                await tab.call(
                    event_name(TimelineState, "like" if turn % 2 == 0 else "unlike"), {"post_id": post_id}
                )
    began = time.perf_counter()
    lines = lambda: hers.value(AlertsState, "lines") or []  # noqa: E731
    await hers.until(lambda: bool(lines()) and lines()[0]["count"] == 6)
    updates = [frame for frame in hers.frames if "alerts_state" in str(frame)]
    # If the machine takes long to store the likes, there is no storm.
    assert len(updates) < max(15, (hers.arrived - began) / activity.PAUSE_SECONDS)


async def test_events_of_one_tab_are_processed_in_order(field: Field) -> None:
    ana = await field.join("ana")
    post_id = await share(ana)
    tab = await field.tab(ana, path=f"/p/{post_id}")
    for number in range(12):
        verb = "unlike" if number % 2 else "like"
        await tab.call(event_name(TimelineState, verb), {"post_id": post_id})
        comment = {"post_id": post_id, "text": f"Number {number}", "key": f"k{number}", "answering": ""}
        await tab.call(event_name(DetailState, "comment"), comment)
    await tab.until(lambda: bool(tab.value(LiveState, "sent_k11")))
    threads, _ = await comment_cards.page(ana, post_id)
    comment = [thread.comment.text[0].text for thread in reversed(threads)]
    assert comment == [f"Number {number}" for number in range(12)]
    card = await post_cards.show(ana, post_id)
    assert (card.likes, card.liked) == (0, False)


async def test_an_open_list_of_likes_is_current_after_a_tab_reconnects(field: Field) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post_id = await share(ana)
    await likes.like(ana, post_id)
    cookie = await field.cookie(ana)

    def listed(tab: RawTab) -> list[str]:
        return [row["username"] for row in tab.value(PeopleState, "people") or []]

    lost = await field.tab(cookie=cookie)
    await lost.call(event_name(PeopleState, "open_likes"), {"post_id": post_id})
    await lost.until(lambda: listed(lost) == ["ana"])
    await lost.close()
    await likes.like(ben, post_id)
    back = await field.tab(cookie=cookie, token=lost.token)
    await back.until(lambda: listed(back) == ["ben", "ana"])
    assert back.value(PeopleState, "title") == "Likes"
