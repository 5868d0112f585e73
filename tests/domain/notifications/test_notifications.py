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


async def shown_lines(viewer: Viewer) -> list[Alert]:
    return (await activity.page(viewer))[0]


def summary(alert: Alert) -> tuple[str, list[str], int]:
    return alert.kind, [person.username for person in alert.people], alert.count


async def test_a_like_a_comment_and_a_follow_each_notify(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    await likes.like(ben, post_id)
    await comments.add(ben, post_id, "Nice wall")
    await follows.follow(ben, ana.id)
    lines = await shown_lines(ana)
    assert [summary(line) for line in lines] == [
        ("follow", ["ben"], 1),
        ("comment", ["ben"], 1),
        ("like", ["ben"], 1),
    ]
    assert lines[1].text == "Nice wall" and lines[2].post_id == post_id and lines[2].thumbnail
    assert all(line.fresh for line in lines)
    assert await activity.unread(ana) == 3
    assert await shown_lines(ben) == []


async def test_a_requester_is_notified_when_their_follow_request_is_approved(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    for target, approve in ((ben, approvals.confirm), (cleo, None)):
        await preferences.set_private(target, True)
        await follows.follow(ana, target.id)
        assert await shown_lines(ana) == []
        if approve:
            await approve(target, ana.id)
        else:
            # Going public approves every request.
            await preferences.set_private(target, False)
        assert [summary(line) for line in await shown_lines(ana)] == [("accepted", [target.username], 1)]
        assert [summary(line) for line in await shown_lines(target)] == [("follow", ["ana"], 1)]
        await follows.remove_follower(target, ana.id)
        assert await shown_lines(ana) == await shown_lines(target) == []
    await follows.follow(ana, cleo.id)
    assert await shown_lines(ana) == []


async def test_nobody_is_notified_of_their_own_actions(ana: Viewer) -> None:
    post_id = await share(ana, "Me, @ana")
    await likes.like(ana, post_id)
    await comments.add(ana, post_id, "@ana again")
    assert await shown_lines(ana) == []


async def test_mentions_in_comments_and_captions_notify_once(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana, "With @ben and @nobody.here")
    await comments.add(ben, post_id, "@cleo @CLEO look, @ana")
    assert [summary(line) for line in await shown_lines(cleo)] == [("mention", ["ben"], 1)]
    assert [summary(line) for line in await shown_lines(ben)] == [("mention", ["ana"], 1)]
    assert [summary(line) for line in await shown_lines(ana)] == [("comment", ["ben"], 1)]


async def test_a_cut_text_ends_in_an_ellipsis(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    for text in ("w" * alerts.SNIPPET_LENGTH, "w" * 118 + " and more"):
        await comments.add(ben, post_id, text)
    assert {line.text for line in await shown_lines(ana)} == {"w" * alerts.SNIPPET_LENGTH, "w" * 118 + "…"}


async def test_hearts_tapped_in_several_tabs_at_once_end_up_consistent(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    for _ in range(5):
        taps = [likes.like, likes.unlike] * 5
        await asyncio.gather(*(tap(ben, post_id) for tap in taps))
        liked = await db.likes.count_documents({})
        assert [summary(line) for line in await shown_lines(ana)] == [("like", ["ben"], 1)] * liked
        assert await db.notifications.count_documents({}) == liked


async def test_all_likes_of_a_post_share_one_line(ana: Viewer) -> None:
    first, second = await share(ana), await share(ana)
    fans = [await join(f"fan{number:02}") for number in range(14)]
    for fan in fans:
        await likes.like(fan, first)
    await likes.like(fans[0], second)
    assert [summary(line) for line in await shown_lines(ana)] == [
        ("like", ["fan00"], 1),
        ("like", ["fan13", "fan12"], 14),
    ]
    assert await activity.unread(ana) == 2


async def test_a_line_spans_24_hours_whenever_it_starts(
    ana: Viewer, ben: Viewer, cleo: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, people = await share(ana), [ben, cleo, await join("dan")]
    begin = datetime(2026, 3, 1, 23, 50, tzinfo=UTC)
    for viewer, hours in zip(people, (0, 23, 25), strict=True):
        monkeypatch.setattr(alerts, "_now", lambda hours=hours: begin + timedelta(hours=hours))
        await likes.like(viewer, post)
    assert [line.count for line in await shown_lines(ana)] == [1, 2]


async def test_undoing_retracts_and_redoing_never_duplicates(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana)
    await likes.like(cleo, post_id)
    for _ in range(3):
        await likes.like(ben, post_id)
        await follows.follow(ben, ana.id)
        await likes.unlike(ben, post_id)
        await follows.unfollow(ben, ana.id)
    assert [summary(line) for line in await shown_lines(ana)] == [("like", ["cleo"], 1)]
    await likes.unlike(cleo, post_id)
    comment_id = await comments.add(ben, post_id, "@cleo")
    await comments.delete(ben, comment_id)
    assert await shown_lines(ana) == [] and await shown_lines(cleo) == []
    assert await db.notifications.count_documents({}) == 0


async def test_a_deleted_post_has_no_notifications(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana, "@cleo")
    await likes.like(ben, post_id)
    await comments.add(ben, post_id, "Hi")
    await posts.delete(ana, post_id)
    assert await shown_lines(ana) == [] and await shown_lines(cleo) == []


async def test_seen_lines_are_no_longer_counted_but_new_ones_are(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    await likes.like(ben, post_id)
    published.clear()
    await activity.mark_seen(ana)
    await activity.mark_seen(ana)
    assert published == [AlertsChanged(ana.id)]
    assert await activity.unread(ana) == 0
    assert [line.fresh for line in await shown_lines(ana)] == [False]
    await likes.like(cleo, post_id)
    assert await activity.unread(ana) == 1
    assert [(summary(line), line.fresh) for line in await shown_lines(ana)] == [
        (("like", ["cleo", "ben"], 2), True)
    ]


async def test_lines_are_paged(ana: Viewer) -> None:
    fans = [await join(f"fan{number:02}") for number in range(25)]
    for fan in fans:
        await follows.follow(fan, ana.id)
    first, cursor = await activity.page(ana)
    second, end = await activity.page(ana, cursor)
    names = [line.people[0].username for line in (*first, *second)]
    assert names == [f"fan{number:02}" for number in reversed(range(25))] and end == ""


async def test_each_of_many_simultaneous_followers_has_a_line(
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
    [line] = await shown_lines(ana)
    assert line.count == 12
    await asyncio.gather(*(likes.unlike(fan, post_id) for fan in fans[:6]))
    [line] = await shown_lines(ana)
    assert line.count == 6


async def test_people_choose_whose_actions_notify_them(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana)
    await follows.follow(ana, cleo.id)
    await preferences.set_alert_rule(ana, "like", "following")
    await preferences.set_alert_rule(ana, "comment", "off")
    for person in (ben, cleo):
        await likes.like(person, post_id)
        await comments.add(person, post_id, "Hi")
    assert [summary(line) for line in await shown_lines(ana)] == [("like", ["cleo"], 1)]
    for kind, rule in (("like", "sometimes"), ("password", "off"), ("$set", "off")):
        with pytest.raises(Invalid):
            await preferences.set_alert_rule(ana, kind, rule)


async def test_a_reply_notifies_its_addressee_and_each_person_only_once(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana)
    first = await comments.add(ben, post_id, "What lens?")
    reply = await comments.add(cleo, post_id, "@ben an old one, says @ana", answering=first)
    assert [(line.kind, line.text) for line in await shown_lines(ben)] == [
        ("reply", "@ben an old one, says @ana")
    ]
    assert [line.kind for line in await shown_lines(ana)] == ["comment", "comment"]
    await comments.add(ana, post_id, "It is", answering=reply)
    assert [summary(line) for line in await shown_lines(cleo)] == [("reply", ["ana"], 1)]
    await comments.add(
        ben, post_id, "Thank you", answering=(await comment_cards.replies(ana, first))[0][1].id
    )
    assert [line.kind for line in await shown_lines(ana)] == ["reply", "comment", "comment"]
    await comments.delete(cleo, reply)
    assert await shown_lines(ben) == []


async def test_all_likes_of_a_comment_share_one_line(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana)
    comment = await comments.add(ben, post_id, "Paper!")
    for fan in (ana, cleo):
        await likes.like_comment(fan, comment)
    await likes.like_comment(ben, comment)
    [line] = await shown_lines(ben)
    assert (summary(line), line.text, line.post_id) == (
        ("comment_like", ["cleo", "ana"], 2),
        "Paper!",
        post_id,
    )
    await likes.unlike_comment(cleo, comment)
    assert [summary(line) for line in await shown_lines(ben)] == [("comment_like", ["ana"], 1)]
    await preferences.set_alert_rule(ben, "comment_like", "off")
    await likes.like_comment(cleo, comment)
    assert [summary(line) for line in await shown_lines(ben)] == [("comment_like", ["ana"], 1)]


async def test_however_likes_and_unlikes_cross_the_line_shows_the_current_likers(
    ana: Viewer,
) -> None:
    post_id = await share(ana)
    fans = [await join(f"fan{number}") for number in range(4)]
    for turn in range(6):
        changes = [
            (likes.like if (number + turn) % 2 else likes.unlike)(fan, post_id)
            for number, fan in enumerate(fans)
        ]
        crossing = likes.unlike(fans[turn % 4], post_id)
        await asyncio.gather(*changes, crossing)
        liking = {row["user"] async for row in db.likes.find({})}
        lines = await shown_lines(ana)
        assert sum(line.count for line in lines) == len(liking)
        assert {row["actor"] async for row in db.notifications.find({"kind": "like"})} == liking


async def test_an_action_undone_before_anyone_is_notified_notifies_nobody(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    post_id = await share(ana)
    # The process that counted the like dies before it notifies anyone; then the like is undone elsewhere.
    monkeypatch.setattr(notifications, "_notify_batcher", None)
    await likes.like(ben, post_id)
    monkeypatch.undo()
    [waiting] = await outbox.failed()
    assert waiting.kind == "PostLiked"
    await likes.unlike(ben, post_id)
    while await outbox.process_due(datetime.now(UTC) + timedelta(hours=1)):
        pass
    assert await shown_lines(ana) == [] and await outbox.failed() == []
