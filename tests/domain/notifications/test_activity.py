"""Nobody is notified of what they may not see, and no line outlives the right to see what it is about."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, outbox
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.notifications import activity, alerts, notifications
from instagram_clone.domain.people import preferences, visibility
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import comments, likes
from tests.conftest import join, share
from tests.server import PATIENCE_SECONDS

# The ways in which ben can lose access to ana's post, on which he has commented.
LOSSES: dict[str, Callable[[Viewer, Viewer], Awaitable[object]]] = {
    "ana blocks ben": lambda ana, ben: blocks.block(ana, ben.id),
    "ben blocks ana": lambda ana, ben: blocks.block(ben, ana.id),
    "ana removes ben": lambda ana, ben: follows.remove_follower(ana, ben.id),
    "ben unfollows": lambda ana, ben: follows.unfollow(ben, ana.id),
    "ana goes private": lambda ana, ben: preferences.set_private(ana, True),
}


async def lines(viewer: Viewer) -> list[tuple[str, list[str], int]]:
    """Return the lines that a person reads; the badge shows as many, since none has been seen."""
    shown, _ = await activity.page(viewer)
    assert await activity.unread(viewer) == len(shown)
    return [(one.kind, [person.username for person in one.people], one.count) for one in shown]


async def post_and_comment(ana: Viewer, ben: Viewer, cleo: Viewer, loss: str) -> tuple[str, str]:
    """Create a post of ana's that ben and cleo may see, and ben's comment on it."""
    await follows.follow(cleo, ana.id)
    if loss != "ana goes private":
        await follows.follow(ben, ana.id)
    if loss in ("ana removes ben", "ben unfollows"):
        await preferences.set_private(ana, True)
    await db.notifications.delete_many({})
    await db.alerts.delete_many({})
    post = await share(ana)
    return post, await comments.add(ben, post, "Is it yours?")


async def act_on_post(cleo: Viewer, post: str, comment: str) -> None:
    """Do everything that ben would be notified of if he could still see the post."""
    await comments.add(cleo, post, "It is", answering=comment)
    await likes.like_comment(cleo, comment)
    await comments.add(cleo, post, "@ben, look")


@pytest.mark.parametrize("loss", LOSSES)
async def test_nobody_is_notified_about_a_post_they_may_not_see(
    ana: Viewer, ben: Viewer, cleo: Viewer, loss: str
) -> None:
    post, comment = await post_and_comment(ana, ben, cleo, loss)
    await LOSSES[loss](ana, ben)
    await act_on_post(cleo, post, comment)
    assert await lines(ben) == []
    assert await db.notifications.count_documents({"to": ben.oid}) == 0
    assert await db.alerts.count_documents({"to": ben.oid}) == 0
    assert "comment" in {line[0] for line in await lines(ana)}


@pytest.mark.parametrize("loss", LOSSES)
async def test_notifications_are_hidden_as_soon_as_their_post_is(
    ana: Viewer, ben: Viewer, cleo: Viewer, loss: str
) -> None:
    post, comment = await post_and_comment(ana, ben, cleo, loss)
    await act_on_post(cleo, post, comment)
    shown = [("mention", ["cleo"], 1), ("comment_like", ["cleo"], 1), ("reply", ["cleo"], 1)]
    assert await lines(ben) == shown
    await LOSSES[loss](ana, ben)
    assert await lines(ben) == []
    if loss == "ana goes private":
        await preferences.set_private(ana, False)
        assert await lines(ben) == shown


async def test_the_thread_of_a_blocked_person_is_hidden_with_its_replies(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    dan = await join("dan")
    post = await share(ana)
    thread = await comments.add(dan, post, "Where is this?")
    first = await comments.add(ben, post, "At home", answering=thread)
    await comments.add(cleo, post, "Nice there", answering=first)
    assert await lines(ben) == [("reply", ["cleo"], 1)]
    await blocks.block(dan, ben.id)
    assert await lines(ben) == []
    await comments.add(ana, post, "Yes", answering=first)
    assert await db.notifications.count_documents({"to": ben.oid, "actor": ana.oid}) == 0


async def test_a_block_hides_people_before_their_notifications_are_retracted(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post = await share(ana)
    for fan in (ben, cleo):
        await likes.like(fan, post)
    await follows.follow(ben, ana.id)
    assert await lines(ana) == [("follow", ["ben"], 1), ("like", ["cleo", "ben"], 2)]
    # Only the row: the follow-up work of the block has not been done yet.
    await db.blocks.insert_one({"who": ben.oid, "whom": ana.oid, "created": datetime.now(UTC)})
    visibility.forget(ana.id, ben.id)
    assert await lines(ana) == [("like", ["cleo"], 1)]


async def test_comments_of_blocked_people_cause_no_activity(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post, elsewhere = await share(ana, "Hello"), await share(cleo)
    await comments.add(ben, post, "First")
    assert await activity.unread(ana) == 1
    await blocks.block(ana, ben.id)
    assert await activity.unread(ana) == 0
    with pytest.raises(NotFound):
        await comments.add(ben, post, "Second")
    await comments.add(ben, elsewhere, "Third, @ana")
    assert await activity.unread(ana) == 0


async def test_a_page_of_hidden_lines_has_a_cursor_to_the_next(
    ana: Viewer, ben: Viewer, monkeypatch
) -> None:
    monkeypatch.setattr(activity, "PAGE", 2)
    fans = [await join(f"fan{number}") for number in range(3)]
    await follows.follow(fans[0], ben.id)
    post = await share(ana)
    comment = await comments.add(ben, post, "First")
    for fan in fans[1:]:
        await comments.add(fan, post, "@ben", answering=comment)
    await preferences.set_private(ana, True)
    hidden, cursor = await activity.page(ben)
    assert hidden == [] and cursor
    assert [line.kind for line in (await activity.page(ben, cursor))[0]] == ["follow"]
    assert await activity.unread(ben) == 1


def ids_of_process(number: int) -> Callable[..., ObjectId]:
    """Return a factory for one process's ids, which sort by process among those of the same second."""
    counter = itertools.count()

    def new(text: str | None = None) -> ObjectId:
        return ObjectId(text or f"{int(time.time()):08x}{number:010x}{next(counter):06x}")

    return new


async def test_a_notification_from_one_process_is_not_seen_because_another_processs_is(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notifications, "ObjectId", ids_of_process(0xFFFFFFFFFF))
    await follows.follow(ben, ana.id)
    await activity.mark_seen(ana)
    marker = await activity.seen_marker(ana)
    monkeypatch.setattr(notifications, "ObjectId", ids_of_process(0))
    await follows.follow(cleo, ana.id)
    assert await activity.unread(ana) == 1
    assert {line.people[0].username: line.fresh for line in (await activity.page(ana))[0]} == {
        "ben": False,
        "cleo": True,
    }
    await activity.mark_seen(ana)
    assert await activity.unread(ana) == 0 and await activity.seen_marker(ana) > marker


async def test_notifications_become_readable_in_order(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two processes notify at once; the first is held until the second has tried."""
    await follows.follow(cleo, ana.id)
    held, release = asyncio.Event(), asyncio.Event()
    add = alerts.add
    tried: list[int] = []

    async def slowly(notification: Any, lines: list[list[dict[str, Any]]], session: Any) -> None:
        if not held.is_set():
            held.set()
            await release.wait()
        await add(notification, lines, session)

    number = alerts.next_number

    async def counting(to: ObjectId, *more: Any) -> int:
        tried.append(1)
        return await number(to, *more)

    monkeypatch.setattr(alerts, "add", slowly)
    monkeypatch.setattr(alerts, "next_number", counting)
    # Each process has its own locks.
    monkeypatch.setattr(notifications, "_notify_locks", {})
    first = asyncio.create_task(follows.follow(ben, ana.id))
    await held.wait()
    monkeypatch.setattr(notifications, "_notify_locks", {})
    second = asyncio.create_task(share(cleo, "With @ana"))
    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(tried) < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert await activity.unread(ana) == 1, "the second can be read before the first"
    await activity.mark_seen(ana)
    release.set()
    await asyncio.gather(first, second)
    await outbox.settle()
    assert await activity.unread(ana) == 2
    assert [row["seq"] async for row in db.alerts.find({"to": ana.oid}).sort("seq", 1)] == [1, 2, 3]


async def test_undoing_does_not_change_whether_a_line_is_seen(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post = await share(ana)
    await likes.like(cleo, post)
    await activity.mark_seen(ana)
    await likes.like(ben, post)
    assert await activity.unread(ana) == 1
    await likes.unlike(ben, post)
    assert await activity.unread(ana) == 0
    await likes.like(ben, post)
    await likes.unlike(cleo, post)
    assert await activity.unread(ana) == 1
