"""Comments: added once, shown as text, deleted by those who may."""

from __future__ import annotations

import pytest

from instagram_clone.domain import comments, db, events, posts
from instagram_clone.domain.errors import Invalid, NotFound, Refused
from instagram_clone.domain.viewer import Viewer
from tests.conftest import besides_alerts, share


async def test_a_comment_is_added_and_announced(
    ana: Viewer, ben: Viewer, published: list[events.Event]
) -> None:
    post_id = await share(ana)
    published.clear()
    await comments.add(ben, post_id, " <b>So</b> nice 👩‍👩‍👧\nsecond line ", key="k")
    [card], cursor = await comments.page(ben, post_id)
    text = "<b>So</b> nice 👩‍👩‍👧\nsecond line"
    assert ("".join(piece.text for piece in card.text), cursor) == (text, "")
    [event] = besides_alerts(published)
    assert isinstance(event, events.CommentAdded)
    assert (event.text, event.comments, event.key) == (text, 1, "k")
    assert comments.arrived(event, ben.id) == card


async def test_a_retry_adds_nothing(ana: Viewer) -> None:
    post_id = await share(ana)
    first = await comments.add(ana, post_id, "One", key="k")
    assert await comments.add(ana, post_id, "One", key="k") == first
    assert (await posts.show(ana, post_id)).comments == 1


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 2201, "\0\x07"])
async def test_these_comments_are_refused(ana: Viewer, text: str) -> None:
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
        page, cursor = await comments.page(ana, post_id, cursor)
        sizes.append(len(page))
        seen += [card.text[0].text for card in page]
        if not cursor:
            break
    assert sizes == [20, 20, 5]
    assert seen == [str(number) for number in reversed(range(45))]


async def test_a_comment_is_deleted_by_its_writer_or_the_posts_owner_alone(
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
    assert besides_alerts(published) == [
        events.CommentDeleted(post_id, first, 0, 1, 3),
        events.CommentDeleted(post_id, second, 0, 0, 4),
    ]
    with pytest.raises(NotFound):
        await comments.delete(ben, first)
    assert (await posts.show(ana, post_id)).comments == 0
