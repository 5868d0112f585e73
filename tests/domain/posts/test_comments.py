"""Comments: added once, shown as text, deleted only by people who may."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, events, rate_limits
from instagram_clone.domain.core.errors import Invalid, NotFound, Refused, TooMany
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.notifications import activity
from instagram_clone.domain.people import accounts
from instagram_clone.domain.posts import comment_cards, comments, likes, post_cards, posts
from instagram_clone.domain.posts.events import CommentAdded, CommentCounted, CommentDeleted, CommentLiked
from tests.conftest import join, share, without_alerts
from tests.domain.conftest import Commands


async def test_a_comment_is_added_and_announced(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    published.clear()
    await comments.add(ben, post_id, " <b>So</b> nice 👩‍👩‍👧\nsecond line ", key="k")
    [thread], cursor = await comment_cards.page(ben, post_id)
    card = thread.comment
    text = "<b>So</b> nice 👩‍👩‍👧\nsecond line"
    assert ("".join(piece.text for piece in card.text), cursor) == (text, "")
    [event] = without_alerts(published)
    assert isinstance(event, CommentAdded)
    assert (event.text, event.comments, event.key) == (text, 1, "k")
    assert comment_cards.from_event(event, ben.id) == replace(card, live=True)


async def test_a_retry_adds_nothing(ana: Viewer) -> None:
    post_id = await share(ana)
    first = await comments.add(ana, post_id, "One", key="k")
    assert await comments.add(ana, post_id, "One", key="k") == first
    assert (await post_cards.show(ana, post_id)).comments == 1


async def test_a_retried_reply_is_found_though_what_it_answers_is_gone(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    parent = await comments.add(ana, post_id, "One")
    answered = await comments.add(ana, post_id, "Two", answering=parent)
    reply = await comments.add(ben, post_id, "Three", key="k", answering=answered)
    await comments.delete(ana, answered)
    assert await comments.add(ben, post_id, "Three", key="k", answering=answered) == reply
    with pytest.raises(NotFound):
        await comments.add(ben, post_id, "Four", key="another", answering=answered)


@pytest.mark.parametrize("others", [0, 1000])
async def test_a_key_that_is_used_for_another_post_stores_nothing_and_says_so(
    ana: Viewer, others: int
) -> None:
    first, second = await share(ana), await share(ana)
    await comments.add(ana, first, "One", key="k")
    # A retry of a stored comment is not subject to the rate limit, so it is looked for there too.
    for _ in range(others):
        with contextlib.suppress(TooMany):
            await rate_limits.take("comment", ana.id)
    with pytest.raises(Invalid, match="cannot be sent"):
        await comments.add(ana, second, "Two", key="k")
    assert (await post_cards.show(ana, second)).comments == 0


async def test_one_key_for_two_posts_at_once_stores_one_comment(ana: Viewer) -> None:
    both = [await share(ana), await share(ana)]
    answers = await asyncio.gather(
        *(comments.add(ana, post_id, "One", key="k") for post_id in both), return_exceptions=True
    )
    shown = [(await post_cards.show(ana, post_id)).comments for post_id in both]
    assert sorted(shown) == [0, 1]
    assert [type(answer) for answer in answers] == [str if number else Invalid for number in shown]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2201, "\0\x07"])
async def test_empty_and_overlong_comments_are_refused(ana: Viewer, text: str) -> None:
    post_id = await share(ana)
    with pytest.raises(Invalid):
        await comments.add(ana, post_id, text)
    assert await comments.add(ana, post_id, "x" * 2200)


async def test_comments_come_newest_first_in_pages_of_twenty(ana: Viewer) -> None:
    post_id = await share(ana)
    for number in range(45):
        await comments.add(ana, post_id, str(number))
    seen: list[str] = []
    cursor = ""
    sizes = []
    while True:
        page, cursor = await comment_cards.page(ana, post_id, cursor)
        sizes.append(len(page))
        seen += [thread.comment.text[0].text for thread in page]
        if not cursor:
            break
    assert sizes == [20, 20, 5]
    assert seen == [str(number) for number in reversed(range(45))]


async def test_only_its_author_or_the_posts_author_may_delete_a_comment(
    ana: Viewer, ben: Viewer, cleo: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    first, second = [await comments.add(ben, post_id, text) for text in ("one", "two")]
    with pytest.raises(Refused):
        await comments.delete(cleo, first)
    assert await db.comments.count_documents({}) == 2
    published.clear()
    await comments.delete(ben, first)
    await comments.delete(ana, second)
    assert without_alerts(published) == [
        CommentDeleted(post_id, first, 0, 1, 3),
        CommentDeleted(post_id, second, 0, 0, 4),
    ]
    with pytest.raises(NotFound):
        await comments.delete(ben, first)
    assert (await post_cards.show(ana, post_id)).comments == 0


def words(thread: comment_cards.Thread) -> tuple[str, list[str], bool]:
    return thread.comment.text[0].text, [card.text[0].text for card in thread.replies], thread.more


async def test_there_is_one_level_of_replies(ana: Viewer, ben: Viewer, cleo: Viewer) -> None:
    post_id = await share(ana)
    first = await comments.add(ben, post_id, "What lens?")
    reply = await comments.add(ana, post_id, "An old one", answering=first)
    await comments.add(cleo, post_id, "How old?", answering=reply)
    other = await comments.add(cleo, post_id, "Nice")
    page, _ = await comment_cards.page(ben, post_id)
    assert [words(thread) for thread in page] == [("Nice", [], False), ("What lens?", ["An old one"], True)]
    assert [thread.comment.replies for thread in page] == [0, 2]
    found, cursor = await comment_cards.replies(ben, first)
    assert ([card.text[0].text for card in found], cursor) == (["An old one", "How old?"], "")
    found, _ = await comment_cards.replies(ben, first, reply)
    assert [card.text[0].text for card in found] == ["How old?"]
    assert (await post_cards.show(ana, post_id)).comments == 4
    with pytest.raises(NotFound):
        await comments.add(cleo, await share(ben), "Elsewhere", answering=other)
    with pytest.raises(NotFound):
        await comments.add(cleo, post_id, "To nobody", answering="nonsense")


async def test_replies_come_oldest_first_in_pages_of_twenty(ana: Viewer) -> None:
    post_id = await share(ana)
    first = await comments.add(ana, post_id, "Count")
    for number in range(45):
        await comments.add(ana, post_id, str(number), answering=first)
    seen: list[str] = []
    page, cursor = await comment_cards.replies(ana, first)
    while cursor:
        seen += [card.text[0].text for card in page]
        page, cursor = await comment_cards.replies(ana, first, cursor)
    seen += [card.text[0].text for card in page]
    assert seen == [str(number) for number in range(45)]


async def test_a_comment_is_liked_once_and_its_likers_are_listed(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    comment = await comments.add(ana, post_id, "Mine")
    published.clear()
    assert await likes.like_comment(ben, comment)
    assert not await likes.like_comment(ben, comment)
    assert without_alerts(published) == [
        CommentCounted(post_id, comment, 1, 0, 1, ana.id),
        CommentLiked(post_id, comment, comment, ana.id, ben.id, True, "Mine", 1),
    ]
    card = await comment_cards.show(ben, comment)
    assert (card.likes, card.liked, (await comment_cards.show(ana, comment)).liked) == (1, True, False)
    people, _ = await likes.comment_people(ana, comment)
    assert [row.username for row in people] == ["ben"]
    assert await likes.unlike_comment(ben, comment)
    assert not await likes.unlike_comment(ben, comment)
    assert (await comment_cards.show(ben, comment)).likes == 0
    with pytest.raises(NotFound):
        await likes.like_comment(ben, post_id)


async def test_deleting_a_comment_deletes_everything_under_it(
    ana: Viewer, ben: Viewer, cleo: Viewer
) -> None:
    post_id = await share(ana)
    first = await comments.add(ben, post_id, "One")
    replies = [await comments.add(cleo, post_id, "Two @ana", answering=first) for _ in range(2)]
    await comments.add(cleo, post_id, "Stays")
    await likes.like_comment(ana, replies[0])
    await likes.like_comment(cleo, first)
    await comments.delete(cleo, replies[1])
    assert (await comment_cards.show(ana, first)).replies == 1
    assert (await post_cards.show(ana, post_id)).comments == 3
    await comments.delete(ben, first)
    assert (await post_cards.show(ana, post_id)).comments == 1
    assert await db.comments.count_documents({}) == 1 and await db.comment_likes.count_documents({}) == 0
    assert [line.text for line in (await activity.page(ana))[0]] == ["Stays"]
    assert (await activity.page(ben))[0] == (await activity.page(cleo))[0] == []


async def test_deleting_a_comment_deletes_its_likes_in_the_same_commands_however_many(
    ana: Viewer, ben: Viewer, cleo: Viewer, mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No caching of people, so that the commands do not depend on how long the test takes.
    monkeypatch.setattr(accounts._summaries, "seconds", 0)
    dan = await join("dan")
    post_id = await share(ana)
    cost = []
    for fans in ((ana,), (ana, cleo, dan)):
        comment_id = await comments.add(ben, post_id, "Liked")
        for fan in fans:
            await likes.like_comment(fan, comment_id)
        below = {"thread": ObjectId(comment_id)}
        assert await db.notifications.count_documents(below) == len(fans) + 1
        commands = Commands()
        await db.close()
        await db.connect(mongo_uri, "tests", event_listeners=[commands])
        await comments.delete(ben, comment_id)
        cost.append(sorted(name for name, _ in commands.sent))
        for one in (db.notifications, db.alerts, db.comment_likes):
            assert await one.count_documents(below) == 0
    assert cost[0] == cost[1]


async def test_counts_stay_right_when_replies_and_deletions_race(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    for _ in range(8):
        first = await comments.add(ana, post_id, "Now")
        early = await comments.add(ben, post_id, "Early", answering=first)
        answers = [comments.add(ben, post_id, str(number), answering=first) for number in range(4)]
        ends = [comments.delete(ana, first), comments.delete(ben, early)]
        done = await asyncio.gather(*answers, *ends, return_exceptions=True)
        assert all(isinstance(result, (str, NotFound, type(None))) for result in done)
    assert await db.comments.count_documents({}) == (await post_cards.show(ana, post_id)).comments == 0


async def test_deleting_a_post_deletes_the_likes_of_its_comments(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ana)
    await likes.like_comment(ben, await comments.add(ana, post_id, "One"))
    await posts.delete(ana, post_id)
    assert await db.comment_likes.count_documents({}) == 0
