"""What is on screens of somebody whose posts may no longer be seen: from that instant, nothing.

Delivery ends first, for every tab of this process at once; then each tab's own screen is put right.
"""

from __future__ import annotations

from collections.abc import Iterable

from bson import ObjectId

from instagram_clone import live
from instagram_clone.domain.people import accounts, visibility
from instagram_clone.domain.people.events import Blocked, Followed, PrivacyChanged
from instagram_clone.domain.posts import posts
from instagram_clone.live import topics
from instagram_clone.web.states.alerts import AlertsState, alerts_changed
from instagram_clone.web.states.detail import MISSING, DetailState
from instagram_clone.web.states.likers import read_likers_anew
from instagram_clone.web.states.people import PeopleState, ProfileState, read_list_anew
from instagram_clone.web.states.thread import ThreadState, read_cards_anew
from instagram_clone.web.states.timeline import TimelineState


async def _hide_posts(author_id: str, users: Iterable[str] | None = None) -> None:
    """Take a person's posts off the screens of those who may not see them, of some people or of all."""
    shown = await posts.by_author(author_id, live.watched(topics.post))
    tabs = {token: user for one in shown for token, user in live.watchers(topics.post(one)).items()}
    asked = set(tabs.values()) if users is None else set(tabs.values()).intersection(users)
    lost = (
        asked - await visibility.viewers_among(visibility.Item(ObjectId(author_id)), asked)
        if asked
        else asked
    )
    lost_topics = [kind(one) for one in shown for kind in (topics.post, topics.comments)]
    for token, user in tabs.items():
        if user in lost:
            live.withdraw(token, *lost_topics)
            live.edit(token, TimelineState, drop_posts_of, author_id)
            live.edit(token, DetailState, drop_post_of, author_id)
            live.edit(token, PeopleState, read_list_anew, None)


async def _read_cards_anew(author_id: str, users: Iterable[str] | None = None) -> None:
    """Show of a person's posts in conversations what may be seen now, to some people or to all."""
    shown = await posts.by_author(author_id, live.watched(topics.card))
    tabs = {token: user for one in shown for token, user in live.watchers(topics.card(one)).items()}
    for token, user in tabs.items():
        if users is None or user in users:
            live.edit(token, ThreadState, read_cards_anew, shown)


def _read_activity_anew(author_id: str, users: Iterable[str] | None = None) -> None:
    """Show and count what some people, or all, may be told now of somebody's posts."""
    for token, user in live.watchers(topics.activity(author_id)).items():
        if users is None or user in users:
            live.edit(token, AlertsState, alerts_changed, None)


def _read_profile_anew(user_id: str, users: Iterable[str] | None = None) -> None:
    topic = topics.profile(user_id)
    for token, user in live.watchers(topic).items():
        if users is None or user in users:
            live.withdraw(token, topic)
            live.edit(token, ProfileState, read_anew, user_id)
            live.edit(token, PeopleState, read_list_anew, None)


async def drop_posts_of(tab: TimelineState, author_id: str) -> None:
    """Take somebody's posts out of the list; one that is empty then is read again."""
    if tab.posts:
        tab._drop_author(author_id)
        if not tab.posts:
            await tab._read()


def drop_fresh_of(tab: TimelineState, author_id: str) -> None:
    """Take somebody's posts, and their face, out of the pill of those that wait."""
    tab.fresh = [one for one in tab.fresh if one.author_id != author_id]


def drop_post_of(tab: DetailState, author_id: str) -> None:
    """Show that there is nothing, where somebody's post is open."""
    if tab._author_id == author_id:
        tab.post, tab.comments, tab.status = None, [], MISSING


async def read_comments_anew(tab: DetailState, _: None) -> None:
    """Show those comments on an open post that may be seen now."""
    if tab.post is not None:
        await tab._open(tab._post_id)
        live.tell(live.token_of(tab), {topics.likers_key(tab._post_id): None})


async def read_anew(tab: ProfileState, user_id: str) -> None:
    """Show what may be seen of somebody now."""
    if tab.profile is None or tab.profile.id != user_id:
        return
    timeline = await tab.get_state(TimelineState)
    await tab._read()
    if tab.profile is not None:
        await timeline._read()


async def _blocked(event: Blocked) -> None:
    visibility.forget(event.by, event.whom)
    for one, other in ((event.by, event.whom), (event.whom, event.by)):
        _read_profile_anew(one, [other])
        await _hide_posts(one, [other])
        for token in live.watchers(topics.user(one)):
            live.edit(token, DetailState, read_comments_anew, None)
            live.edit(token, TimelineState, read_likers_anew, None)
            live.edit(token, AlertsState, alerts_changed, None)
            live.edit(token, PeopleState, read_list_anew, None)
            live.edit(token, TimelineState, drop_fresh_of, other)
        await _read_cards_anew(one, [other])


async def _privacy_changed(event: PrivacyChanged) -> None:
    accounts.forget(event.user_id)
    _read_profile_anew(event.user_id)
    if event.private:
        await _hide_posts(event.user_id)
    _read_activity_anew(event.user_id)
    await _read_cards_anew(event.user_id)


async def _followed(event: Followed) -> None:
    if await visibility.is_private(event.whom):
        _read_profile_anew(event.whom, [event.by])
        if not event.following:
            await _hide_posts(event.whom, [event.by])
        _read_activity_anew(event.whom, [event.by])
        await _read_cards_anew(event.whom, [event.by])


live.hear(Blocked, _blocked)
live.hear(PrivacyChanged, _privacy_changed)
live.hear(Followed, _followed)
