"""Following people, and the facts about it that the viewer's own tabs receive."""

from __future__ import annotations

from instagram_clone import live
from instagram_clone.domain.people.events import Followed, FollowRequested
from instagram_clone.domain.people.relations import follows
from instagram_clone.live import fact_keys, topics
from instagram_clone.web import notices
from instagram_clone.web.access import Caller
from instagram_clone.web.states.moments import now_ms


async def set_following(caller: Caller, user_id: str, following: bool) -> None:
    """Follow or unfollow somebody, and say so if that only sent a request."""
    if await (follows.follow if following else follows.unfollow)(caller.viewer, user_id):
        notices.show(caller.token, "Request sent")


def _requested(event: FollowRequested) -> live.FactsByTopic:
    facts = {fact_keys.requested_key(event.whom): {"on": event.waiting, "at": now_ms()}}
    if event.waiting:
        # A browser that didn't know the account was private already shows it as followed.
        facts[fact_keys.follow_key(event.whom)] = {"on": False, "at": now_ms()}
    return [(topics.user(event.by), facts)]


def _followed(event: Followed) -> live.FactsByTopic:
    facts = {fact_keys.follow_key(event.whom): {"on": event.following, "at": now_ms()}}
    return [(topics.user(event.by), facts)]


live.fact(Followed, _followed)
live.fact(FollowRequested, _requested)
