"""Who may see whose posts: those of a private account its followers alone, and nobody whom a block parts.

Missing, private and blocked look the same to who asks for one thing: `NotFound`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bson import ObjectId

from instagram_clone.domain.core.errors import NotFound
from instagram_clone.domain.core.known import Known
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import accounts, blocks, follows
from instagram_clone.domain.people.accounts import Profile
from instagram_clone.domain.people.events import Blocked

KNOWN_SECONDS = 60.0
"""How long it is believed whom a block parts from whom, should word of a change be lost."""


async def unseen(viewer: Viewer | None, authors: list[ObjectId]) -> set[ObjectId]:
    """Return those of some people whose posts the viewer may not see."""
    others = [one for one in authors if viewer is None or one != viewer.oid]
    private = await accounts.private_among(others)
    if viewer is None:
        return private
    strangers = private - await follows.followees_among(viewer.oid, list(private)) if private else private
    return strangers | (await blocked_either_way(viewer)).intersection(others)


async def may_see(viewer: Viewer | None, author: ObjectId) -> bool:
    """Tell whether the viewer may see somebody's posts."""
    return not await unseen(viewer, [author])


async def is_private(user_id: str) -> bool:
    """Tell whether somebody's posts are for their followers alone."""
    return bool(await accounts.private_among([ObjectId(user_id)]))


async def readers(author_id: str, user_ids: Iterable[str]) -> set[str]:
    """Return those of some people who may see somebody's posts; "" stands for who is not signed in."""
    author, asked = ObjectId(author_id), set(user_ids)
    people = [ObjectId(user_id) for user_id in asked if user_id]
    blocked = {str(one) for one in await blocks.either_way_among(author, people)}
    if not await is_private(author_id):
        return asked - blocked
    followers = await follows.among(author_id, map(str, people))
    return ((followers | {author_id}) & asked) - blocked


async def profile(viewer: Viewer | None, username: str) -> Profile:
    """Return somebody's page by username, whatever its case. Raises NotFound, also where they have
    blocked the viewer.
    """
    found = await accounts.profile(username)
    whom = ObjectId(found.id)
    if viewer is not None and await is_blocked_by(viewer, whom):
        raise NotFound
    return found


async def is_blocked_by(viewer: Viewer, by: ObjectId) -> bool:
    """Tell whether somebody has blocked the viewer: then they are as missing as who is not there."""
    return by in await blocked_either_way(viewer) and by in await blocks.between(viewer.oid, by)


async def blocked_either_way(viewer: Viewer) -> set[ObjectId]:
    """Return everybody whom a block parts from the viewer; known for a moment."""
    return (await _blocked_either_way.of([viewer.oid]))[viewer.oid]


async def all_blocked_either_way(users: list[ObjectId]) -> dict[ObjectId, set[ObjectId]]:
    """Return, for each of some people, everybody whom a block parts from them; known for a moment."""
    return await _blocked_either_way.of(users)


async def is_blocked_either_way(viewer: Viewer | None, user: ObjectId | str) -> bool:
    """Tell whether a block parts the viewer from somebody."""
    return viewer is not None and ObjectId(user) in await blocked_either_way(viewer)


def forget(*user_ids: str) -> None:
    """Ask anew whom a block parts from some people: that has changed, here or in another process."""
    _blocked_either_way.forget(*map(ObjectId, user_ids))


async def blocked(event: Blocked) -> None:
    forget(event.by, event.whom)


_blocked_either_way = Known(blocks.all_either_way, KNOWN_SECONDS)
