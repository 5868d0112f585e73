"""Notifications: of what concerns a person, once, and gone when it is undone."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from instagram_clone.domain.core import db, events, outbox
from instagram_clone.domain.core.errors import Invalid
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.notifications import activity, alerts, notifications
from instagram_clone.domain.notifications.activity import Alert
from instagram_clone.domain.notifications.events import AlertsChanged
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import approvals, follows
from instagram_clone.domain.posts import comment_cards, comments, likes, posts
from tests.conftest import join, share


async def told(viewer: Viewer) -> list[Alert]:
    return (await activity.page(viewer))[0]


def said(alert: Alert) -> tuple[str, list[str], int]:
    return alert.kind, [person.username for person in alert.people], alert.count


async def test_a_like_a_comment_and_a_follow_are_told(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    await likes.like(ben, post_id)
    await comments.add(ben, post_id, "Nice wall")
    await follows.follow(ben, ana.id)
    lines = await told(ana)
    assert [said(line) for line in lines] == [
        ("follow", ["ben"], 1),
        ("comment", ["ben"], 1),
        ("like", ["ben"], 1),
    ]
    assert lines[1].text == "Nice wall" and lines[2].post_id == post_id and lines[2].thumbnail
    assert all(line.fresh for line in lines)
    assert await activity.unread(ana) == 3
    assert await told(ben) == []


async def test_who_asked_to_follow_is_told_that_they_do(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    for asked, let_in in ((ben, approvals.confirm), (cleo, None)):
        await preferences.set_private(asked, True)
        await follows.follow(ana, asked.id)
        assert await told(ana) == []
        if let_in:
            await let_in(asked, ana.id)
        else:
            # Going public approves every request.
            await preferences.set_private(asked, False)
        assert [said(line) for line in await told(ana)] == [("accepted", [asked.username], 1)]
        assert [said(line) for line in await told(asked)] == [("follow", ["ana"], 1)]
        await follows.remove_follower(asked, ana.id)
        assert await told(ana) == await told(asked) == []
    await follows.follow(ana, cleo.id)
    assert await told(ana) == []


async def test_nobody_is_told_of_what_they_did_themselves(ana: Viewer) -> None:
    post_id = await share(ana, "Me, @ana")
    await likes.like(ana, post_id)
    await comments.add(ana, post_id, "@ana again")
    assert await told(ana) == []


async def test_mentions_are_told_once_in_comments_and_captions(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana, "With @ben and @nobody.here")
    await comments.add(ben, post_id, "@cleo @CLEO look, @ana")
    assert [said(line) for line in await told(cleo)] == [("mention", ["ben"], 1)]
    assert [said(line) for line in await told(ben)] == [("mention", ["ana"], 1)]
    assert [said(line) for line in await told(ana)] == [("comment", ["ben"], 1)]


async def test_a_text_that_is_cut_says_so(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    for text in ("w" * alerts.SNIPPET, "w" * 118 + " and more"):
        await comments.add(ben, post_id, text)
    assert {line.text for line in await told(ana)} == {"w" * alerts.SNIPPET, "w" * 118 + "…"}


async def test_hearts_tapped_in_several_tabs_at_once_leave_what_is_true(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    for _ in range(5):
        taps = [likes.like, likes.unlike] * 5
        await asyncio.gather(*(tap(ben, post_id) for tap in taps))
        liked = await db.likes.count_documents({})
        assert [said(line) for line in await told(ana)] == [("like", ["ben"], 1)] * liked
        assert await db.notifications.count_documents({}) == liked


async def test_likes_of_a_post_are_one_line_however_many(ana: Viewer) -> None:
    first, second = await share(ana), await share(ana)
    fans = [await join(f"fan{number:02}") for number in range(14)]
    for fan in fans:
        await likes.like(fan, first)
    await likes.like(fans[0], second)
    assert [said(line) for line in await told(ana)] == [
        ("like", ["fan00"], 1),
        ("like", ["fan13", "fan12"], 14),
    ]
    assert await activity.unread(ana) == 2


async def test_a_line_takes_in_a_day_whenever_it_begins(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, people = await share(ana), [ben, cleo, await join("dan")]
    begin = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
    for viewer, hours in zip(people, (0, 23, 25), strict=True):
        monkeypatch.setattr(alerts, "_now", lambda hours=hours: begin + timedelta(hours=hours))
        await likes.like(viewer, post)
    assert [line.count for line in await told(ana)] == [1, 2]


async def test_undoing_takes_back_and_redoing_never_doubles(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana)
    await likes.like(cleo, post_id)
    for _ in range(3):
        await likes.like(ben, post_id)
        await follows.follow(ben, ana.id)
        await likes.unlike(ben, post_id)
        await follows.unfollow(ben, ana.id)
    assert [said(line) for line in await told(ana)] == [("like", ["cleo"], 1)]
    await likes.unlike(cleo, post_id)
    comment_id = await comments.add(ben, post_id, "@cleo")
    await comments.delete(ben, comment_id)
    assert await told(ana) == [] and await told(cleo) == []
    assert await db.notifications.count_documents({}) == 0


async def test_a_deleted_post_is_told_of_no_more(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana, "@cleo")
    await likes.like(ben, post_id)
    await comments.add(ben, post_id, "Hi")
    await posts.delete(ana, post_id)
    assert await told(ana) == [] and await told(cleo) == []


async def test_what_was_seen_is_a_marker_and_new_lines_count_again(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    await likes.like(ben, post_id)
    published.clear()
    await activity.mark_seen(ana)
    await activity.mark_seen(ana)
    assert published == [AlertsChanged(ana.id)]
    assert await activity.unread(ana) == 0
    assert [line.fresh for line in await told(ana)] == [False]
    await likes.like(cleo, post_id)
    assert await activity.unread(ana) == 1
    assert [(said(line), line.fresh) for line in await told(ana)] == [(("like", ["cleo", "ben"], 2), True)]


async def test_lines_come_in_pages(ana: Viewer) -> None:
    fans = [await join(f"fan{number:02}") for number in range(25)]
    for fan in fans:
        await follows.follow(fan, ana.id)
    first, cursor = await activity.page(ana)
    second, end = await activity.page(ana, cursor)
    names = [line.people[0].username for line in (*first, *second)]
    assert names == [f"fan{number:02}" for number in reversed(range(25))] and end == ""


async def test_of_many_who_follow_at_once_each_has_a_line_of_their_own(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "PAGE", 5)
    crowd = [await join(f"person{number}") for number in range(12)]
    await asyncio.gather(*(follows.follow(one, ana.id) for one in (*crowd, crowd[0])))
    assert await activity.unread(ana) == 12
    shown, cursor = await activity.page(ana)
    while cursor:
        page, cursor = await activity.page(ana, cursor)
        shown += page
    assert sorted(line.people[0].username for line in shown) == sorted(one.username for one in crowd)
    assert {(line.kind, line.count) for line in shown} == {("follow", 1)}
    await follows.unfollow(crowd[3], ana.id)
    assert await activity.unread(ana) == 11


async def test_many_likes_at_once_are_counted_exactly(ana: Viewer) -> None:
    post_id = await share(ana)
    fans = [await join(f"fan{number:02}") for number in range(12)]
    await asyncio.gather(*(likes.like(fan, post_id) for fan in fans))
    [line] = await told(ana)
    assert line.count == 12
    await asyncio.gather(*(likes.unlike(fan, post_id) for fan in fans[:6]))
    [line] = await told(ana)
    assert line.count == 6


async def test_a_person_chooses_of_whom_to_be_told(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana)
    await follows.follow(ana, cleo.id)
    await preferences.set_alert_rule(ana, "like", "following")
    await preferences.set_alert_rule(ana, "comment", "off")
    for person in (ben, cleo):
        await likes.like(person, post_id)
        await comments.add(person, post_id, "Hi")
    assert [said(line) for line in await told(ana)] == [("like", ["cleo"], 1)]
    for kind, rule in (("like", "sometimes"), ("password", "off"), ("$set", "off")):
        with pytest.raises(Invalid):
            await preferences.set_alert_rule(ana, kind, rule)


async def test_an_answer_is_told_to_the_one_it_answers_and_once_to_each(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana)
    first = await comments.add(ben, post_id, "What lens?")
    reply = await comments.add(cleo, post_id, "@ben an old one, says @ana", answering=first)
    assert [(line.kind, line.text) for line in await told(ben)] == [("reply", "@ben an old one, says @ana")]
    assert [line.kind for line in await told(ana)] == ["comment", "comment"]
    await comments.add(ana, post_id, "It is", answering=reply)
    assert [said(line) for line in await told(cleo)] == [("reply", ["ana"], 1)]
    await comments.add(
        ben, post_id, "Thank you", answering=(await comment_cards.replies(ana, first))[0][1].id
    )
    assert [line.kind for line in await told(ana)] == ["reply", "comment", "comment"]
    await comments.delete(cleo, reply)
    assert await told(ben) == []


async def test_likes_of_a_comment_are_one_line(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana)
    comment = await comments.add(ben, post_id, "Paper!")
    for fan in (ana, cleo):
        await likes.like_comment(fan, comment)
    await likes.like_comment(ben, comment)
    [line] = await told(ben)
    assert (said(line), line.text, line.post_id) == (
        ("comment_like", ["cleo", "ana"], 2),
        "Paper!",
        post_id,
    )
    await likes.unlike_comment(cleo, comment)
    assert [said(line) for line in await told(ben)] == [("comment_like", ["ana"], 1)]
    await preferences.set_alert_rule(ben, "comment_like", "off")
    await likes.like_comment(cleo, comment)
    assert [said(line) for line in await told(ben)] == [("comment_like", ["ana"], 1)]


async def test_however_likes_and_their_undoing_cross_the_line_is_about_who_likes_it_now(
    ana: Viewer,
) -> None:
    post_id = await share(ana)
    fans = [await join(f"fan{number}") for number in range(4)]
    for turn in range(6):
        deeds = [
            (likes.like if (number + turn) % 2 else likes.unlike)(fan, post_id)
            for number, fan in enumerate(fans)
        ]
        crossing = likes.unlike(fans[turn % 4], post_id)
        await asyncio.gather(*deeds, crossing)
        liking = {row["user"] async for row in db.likes.find({})}
        lines = await told(ana)
        assert sum(line.count for line in lines) == len(liking)
        assert {row["actor"] async for row in db.notifications.find({"kind": "like"})} == liking


async def test_what_was_undone_before_it_could_be_told_is_not_told(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await share(ana)
    # The process that counted the like dies before it notifies anyone; then the like is undone elsewhere.
    monkeypatch.setattr(notifications, "_telling", None)
    await likes.like(ben, post_id)
    monkeypatch.undo()
    [waiting] = await outbox.failed()
    assert waiting.kind == "PostLiked"
    await likes.unlike(ben, post_id)
    while await outbox.work_due(datetime.now(UTC) + timedelta(hours=1)):
        pass
    assert await told(ana) == [] and await outbox.failed() == []
