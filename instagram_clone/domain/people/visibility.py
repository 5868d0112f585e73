"""Who may see what people share: one rule, for one item, for many, and as a query.

An account's privacy and blocks decide whose items may be seen at all. An item's own audience, expiry and
archiving only narrow that further. To anyone asking for a single item, missing and hidden look the same:
`NotFound`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

from bson import ObjectId

from instagram_clone.domain.core import events
from instagram_clone.domain.core.cache import TTLCache
from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, audiences, profiles
from instagram_clone.domain.people.audiences import Item, Relation, Relations
from instagram_clone.domain.people.events import (
    Blocked,
    Followed,
    PrivacyChanged,
    SightLost,
    SightRegained,
)
from instagram_clone.domain.people.profiles import Profile
from instagram_clone.domain.people.relations import blocks, graph

CACHE_SECONDS = 60.0
"""How long cached blocks are used if the event about a change is lost."""

Row = TypeVar("Row")


class Reader:
    """Reads items of several people for a viewer or visitor, with only the queries those items require.

    `followees` is everyone the viewer follows, if already known. Use it for one page, not longer.
    """

    def __init__(self, viewer: Viewer | None, followees: Collection[ObjectId] | None = None) -> None:
        self._viewer = viewer
        self._me = viewer.oid if viewer else None
        self._knows_all = followees is not None or viewer is None
        self._followees = set(followees or ())
        self._private: dict[ObjectId, bool] = {}
        self._asked: set[ObjectId] = set()

    async def may_see(self, item: Item) -> bool:
        """Return whether the viewer may see one item."""
        return bool(await self.visible([item], lambda one: one))

    async def visible(self, rows: list[Row], item: Callable[[Row], Item] = audiences.item_of) -> list[Row]:
        """Return the rows that the viewer may see, in the same order."""
        items = [item(row) for row in rows]
        followers_only = {one.author for one in items if one.audience == audiences.FOLLOWERS}
        relations = await self._relations({one.author for one in items}, followers_only)
        now = datetime.now(UTC)
        return [row for row, one in zip(rows, items, strict=True) if relations[one.author].shows(one, now)]

    async def query(self, authors: Collection[ObjectId]) -> dict[str, Any]:
        """Return a query for what the viewer may see of these authors: it finds what `visible` keeps."""
        relations: Relations = defaultdict(list)
        for author, relation in (await self._relations(authors, set(authors))).items():
            relations[relation].append(author)
        return audiences.query_for(relations, datetime.now(UTC))

    async def _relations(
        self, authors: Collection[ObjectId], followers_only: set[ObjectId]
    ) -> dict[ObjectId, Relation]:
        strangers = {author for author in authors if author != self._me and author not in self._followees}
        uncached = [author for author in strangers if author not in self._private]
        private = await accounts.private_among(uncached)
        self._private |= {author: author in private for author in uncached}
        undecided = [
            author
            for author in strangers - self._asked
            if self._private[author] or author in followers_only
        ]
        if undecided and self._me is not None and not self._knows_all:
            self._followees |= await graph.followees_among(self._me, undecided)
            self._asked.update(undecided)
        blocked = await blocked_either_way(self._viewer, authors) if self._viewer else set()
        return {
            author: Relation(
                own=author == self._me,
                blocked=author in blocked,
                private=self._private.get(author, False),
                follows=author in self._followees,
            )
            for author in authors
        }


async def may_see(viewer: Viewer | None, item: Item) -> bool:
    """Return whether the viewer may see an item."""
    return await Reader(viewer).may_see(item)


async def home_query(viewer: Viewer, followees: Collection[ObjectId]) -> dict[str, Any]:
    """Return a query for the viewer's own items, and those they may see of these people they follow."""
    # The followees may have been read, or cached, before a block ended the follows.
    blocked = await blocked_either_way(viewer, followees)
    followed = [user for user in followees if user not in blocked]
    relations = {Relation(own=True): [viewer.oid], Relation(follows=True): followed}
    return audiences.query_for(relations, datetime.now(UTC))


async def viewers_among(item: Item, user_ids: Iterable[str]) -> set[str]:
    """Return which of these people may see an item; "" stands for anyone who is not signed in."""
    asked, author_id, now = set(user_ids), str(item.author), datetime.now(UTC)
    people = [ObjectId(user_id) for user_id in asked if user_id]
    blocked = {str(user) for user in await blocks.either_way_among(item.author, people)}
    private = await is_private(author_id)
    followers_only = private or item.audience == audiences.FOLLOWERS
    followers = await graph.followers_among(author_id, map(str, people)) if followers_only else set()
    return {
        user_id
        for user_id in asked
        if Relation(user_id == author_id, user_id in blocked, private, user_id in followers).shows(
            item, now
        )
    }


async def is_private(user_id: str) -> bool:
    """Return whether a person's items are only for their followers."""
    return bool(await accounts.private_among([ObjectId(user_id)]))


async def profile(viewer: Viewer | None, username: str) -> Profile:
    """Return a profile by username, ignoring case. Raises NotFound, also if its owner has blocked the
    viewer.
    """
    found = await profiles.profile(username)
    whom = ObjectId(found.id)
    if viewer is not None and await is_blocked_by(viewer, whom):
        raise NotFound
    return found


async def is_blocked_by(viewer: Viewer, by: ObjectId) -> bool:
    """Return whether somebody has blocked the viewer, to whom they must then appear not to exist."""
    return await is_blocked_either_way(viewer, by) and by in await blocks.between(viewer.oid, by)


async def blocked_either_way(viewer: Viewer, others: Collection[ObjectId]) -> set[ObjectId]:
    """Return which of `others` are on either side of a block with the viewer."""
    return (await all_blocked_either_way([viewer.oid], others))[viewer.oid]


async def all_blocked_either_way(
    users: Collection[ObjectId], others: Collection[ObjectId]
) -> dict[ObjectId, set[ObjectId]]:
    """Return, for each user, which of `others` are on either side of a block with them.

    Cached for most users; those with very many blocks are queried each time.
    """
    found: dict[ObjectId, set[ObjectId]] = {}
    for user, blocked in (await _blocked_either_way.of(users)).items():
        if blocked is None:
            found[user] = await blocks.either_way_among(user, list(others))
        else:
            found[user] = blocked.intersection(others)
    return found


async def is_blocked_either_way(viewer: Viewer | None, user: ObjectId | str) -> bool:
    """Return whether there is a block between the viewer and somebody, in either direction."""
    return viewer is not None and bool(await blocked_either_way(viewer, [ObjectId(user)]))


def forget(*user_ids: str) -> None:
    """Evict people's blocks from the cache after a change here or in another process."""
    _blocked_either_way.forget(*map(ObjectId, user_ids))


async def blocked(event: Blocked) -> None:
    forget(event.by, event.whom)
    event_type = SightLost if event.blocked else SightRegained
    await events.publish(event_type(event.whom, (event.by,), by_block=True))
    await events.publish(event_type(event.by, (event.whom,), by_block=True))


async def followed(event: Followed) -> None:
    if await is_private(event.whom):
        event_type = SightRegained if event.following else SightLost
        await events.publish(event_type(event.whom, (event.by,)))


async def privacy_changed(event: PrivacyChanged) -> None:
    event_type = SightLost if event.private else SightRegained
    await events.publish(event_type(event.user_id, None))


_blocked_either_way = TTLCache(blocks.all_either_way, CACHE_SECONDS)
