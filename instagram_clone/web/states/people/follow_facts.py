"""Following people, and the facts about it that the viewer's own tabs receive."""

from __future__ import annotations

from instagram_clone import live
from instagram_clone.domain.people.events import Followed, FollowRequested
from instagram_clone.domain.people.relations import follows
from instagram_clone.live import fact_keys, topics
from instagram_clone.web import notices
from instagram_clone.web.access import Asking
from instagram_clone.web.states.moments import now


async def set_following(asking: Asking, user_id: str, wanted: bool) -> None:
    """Follow or unfollow somebody, and say so if that only sent a request."""
    if await (follows.follow if wanted else follows.unfollow)(asking.viewer, user_id):
        notices.show(asking.token, "Request sent")


def _requested(event: FollowRequested) -> live.FactsByTopic:
    known = {fact_keys.requested_key(event.whom): {"on": event.waiting, "at": now()}}
    if event.waiting:
        # A browser that didn't know the account was private already shows it as followed.
        known[fact_keys.follow_key(event.whom)] = {"on": False, "at": now()}
    return [(topics.user(event.by), known)]


def _followed(event: Followed) -> live.FactsByTopic:
    known = {fact_keys.follow_key(event.whom): {"on": event.following, "at": now()}}
    return [(topics.user(event.by), known)]


live.fact(Followed, _followed)
live.fact(FollowRequested, _requested)
