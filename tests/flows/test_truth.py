"""For every kind of event: a screen updated by events equals the same screen loaded afresh."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from instagram_clone.domain.core import events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery.events import RecentsChanged
from instagram_clone.domain.media import drafts
from instagram_clone.domain.media.events import PhotosDiscarded
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.messaging.events import (
    ConversationChanged,
    ConversationRead,
    MessageChanged,
    MessageSent,
    MessageUnsent,
    Typing,
)
from instagram_clone.domain.notifications.events import AlertsChanged
from instagram_clone.domain.people.events import (
    Blocked,
    EmailChanged,
    Followed,
    FollowRequested,
    MailDue,
    PresenceChanged,
    PrivacyChanged,
    ProfileCounted,
    ProfileEdited,
    SessionEnded,
    SightLost,
    SightRegained,
    SignedUp,
)
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments
from instagram_clone.domain.posts.events import (
    CommentAdded,
    CommentCounted,
    CommentDeleted,
    CommentLiked,
    PostDeleted,
    PostLiked,
    PostPublished,
    PostSaved,
)
from instagram_clone.web.states.discovery.search import SearchState
from instagram_clone.web.states.messaging.thread import ThreadState
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.posts.composer import ComposerState
from instagram_clone.web.states.posts.detail import DetailState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.attacks.conftest import Field
from tests.client import RawTab, event_name
from tests.conftest import file_of, picture, share
from tests.flows.conftest import Stage, eventually

ORDERED_BY_ID = ("comment", "share")
"""Handlers that create something ordered by its id; each process generates its own ids."""

Action = tuple[str, type, str, dict[str, Any]]


def on_post(actor: str, handler: str, post: str) -> Action:
    return (actor, TimelineState, handler, {"post_id": post})


def on_comment(actor: str, handler: str, comment: str) -> Action:
    return (actor, DetailState, handler, {"comment_id": comment})


def comment(actor: str, post: str, text: str, answering: str = "") -> Action:
    return (
        actor,
        DetailState,
        "comment",
        {"post_id": post, "text": text, "key": text, "answering": answering},
    )


def on_person(actor: str, handler: str, target: str) -> Action:
    return (actor, PeopleState, handler, {"user_id": target})


def on_chat(actor: str, handler: str, chat: str, **more: Any) -> Action:
    return (actor, ThreadState, handler, {"chat_id": chat, **more})


def say(actor: str, chat: str, text: str) -> Action:
    return on_chat(actor, "send", chat, key=f"{actor}-{text}", text=text)


def edit(actor: str, **form: str) -> Action:
    return (actor, SettingsState, "save_profile", {"form": form})


# What happens, in this order, while ana looks at a page. Names in braces are keys of `Town.ids`.
CASES: dict[str, tuple[str, list[tuple[type, Action]]]] = {
    "activity under an own photo": (
        "/p/{mine}",
        [
            (PostLiked, on_post("ben", "like", "{mine}")),
            (CommentAdded, comment("ben", "{mine}", "Hi @cleo")),
            (CommentAdded, comment("ben", "{mine}", "Older than me?", "{reply}")),
            (CommentCounted, on_comment("cleo", "like_comment", "{comment}")),
            (CommentLiked, on_comment("ana", "like_comment", "{reply}")),
        ],
    ),
    "activity under a friend's photo": (
        "/p/{his}",
        [
            (PostLiked, on_post("cleo", "like", "{his}")),
            (PostLiked, on_post("ben", "like", "{his}")),
            (PostLiked, on_post("cleo", "unlike", "{his}")),
            (CommentAdded, comment("cleo", "{his}", "Yes", "{question}")),
        ],
    ),
    "a reply is deleted": (
        "/p/{mine}",
        [(CommentDeleted, on_comment("cleo", "delete_comment", "{reply}"))],
    ),
    "a comment is deleted": (
        "/p/{mine}",
        [(CommentDeleted, on_comment("ben", "delete_comment", "{comment}"))],
    ),
    "an open post is deleted": ("/p/{his}", [(PostDeleted, on_post("ben", "delete", "{his}"))]),
    "a post in the feed is deleted": (
        "/",
        [
            (PostLiked, on_post("cleo", "like", "{mine}")),
            (PostDeleted, on_post("ben", "delete", "{his}")),
        ],
    ),
    "the feed changes": (
        "/",
        [
            (PostLiked, on_post("cleo", "like", "{his}")),
            (PostLiked, on_post("ana", "like", "{his}")),
            (CommentAdded, comment("ben", "{mine}", "Hi")),
        ],
    ),
    "posts are saved and unsaved": (
        "/",
        [
            (PostSaved, on_post("ana", "save", "{his}")),
            (PostSaved, on_post("ana", "save", "{mine}")),
            (PostSaved, on_post("ana", "unsave", "{his}")),
        ],
    ),
    "the saved posts change": (
        "/ana/saved",
        [
            (PostSaved, on_post("ana", "save", "{his}")),
            (PostSaved, on_post("ana", "save", "{theirs}")),
            (PostLiked, on_post("cleo", "like", "{theirs}")),
            (PostSaved, on_post("ana", "unsave", "{his}")),
        ],
    ),
    "the recent searches change": (
        "/search",
        [
            (RecentsChanged, ("ana", SearchState, "remember_text", {"text": "red tulips"})),
            (RecentsChanged, ("ana", SearchState, "remember_person", {"user_id": "{ben}"})),
            (RecentsChanged, ("ana", SearchState, "remove_all", {})),
            (RecentsChanged, ("ana", SearchState, "remember_person", {"user_id": "{dan}"})),
        ],
    ),
    "a profile changes": (
        "/ben",
        [
            (PostLiked, on_post("cleo", "like", "{his}")),
            (ProfileCounted, on_person("dan", "follow", "{ben}")),
            (Followed, on_person("ana", "unfollow", "{ben}")),
        ],
    ),
    "alerts arrive": (
        "/explore",
        [
            (AlertsChanged, on_post("ben", "like", "{mine}")),
            (AlertsChanged, on_person("dan", "follow", "{ana}")),
            (AlertsChanged, on_comment("ben", "delete_comment", "{comment}")),
            (MessageSent, say("cleo", "{friendly}", "Well?")),
        ],
    ),
    "the inbox changes": (
        "/messages",
        [
            (MessageSent, say("ben", "{chat}", "Well?")),
            (ConversationRead, on_chat("ana", "read", "{group}", seq=1)),
            (MessageUnsent, on_chat("ben", "unsend", "{chat}", message_id="{message}")),
            (ConversationChanged, on_chat("ana", "mute", "{friendly}", muted=True)),
        ],
    ),
    "a conversation is deleted from the inbox": (
        "/messages",
        [(ConversationChanged, on_chat("ana", "clear", "{chat}"))],
    ),
    "a conversation changes": (
        "/messages/{chat}",
        [
            (PresenceChanged, say("ben", "{chat}", "Well?")),
            (MessageSent, say("ana", "{chat}", "Yes")),
            (MessageChanged, on_chat("ben", "react", "{chat}", message_id="{message}", emoji="🔥")),
            (ConversationRead, on_chat("ben", "read", "{chat}", seq=3)),
        ],
    ),
    "a message is answered and then unsent": (
        "/messages/{chat}",
        [
            (
                MessageSent,
                on_chat("ana", "send", "{chat}", key="a", text="No", answering="{message}"),
            ),
            (MessageSent, on_chat("ben", "send_like", "{chat}", key="b", answering="{message}")),
            (MessageUnsent, on_chat("ben", "unsend", "{chat}", message_id="{message}")),
        ],
    ),
    "a message is unsent": (
        "/messages/{chat}",
        [(MessageUnsent, on_chat("ben", "unsend", "{chat}", message_id="{message}"))],
    ),
    "a group changes": (
        "/messages/{group}",
        [
            (MessageSent, say("ana", "{group}", "I am")),
            (ConversationRead, on_chat("cleo", "read", "{group}", seq=2)),
            (ConversationChanged, on_chat("cleo", "rename", "{group}", name="Print swap")),
            (ConversationChanged, on_chat("ben", "leave", "{group}")),
        ],
    ),
    "a shared post is deleted": ("/messages/{prints}", [(PostDeleted, on_post("ben", "delete", "{his}"))]),
    "a shared post's author goes private": (
        "/messages/{prints}",
        [(PrivacyChanged, ("dan", SettingsState, "set_private", {"private": True}))],
    ),
    "a shared post's author goes private and accepts a follower": (
        "/messages/{prints}",
        [
            (PrivacyChanged, ("dan", SettingsState, "set_private", {"private": True})),
            (FollowRequested, on_person("ana", "follow", "{dan}")),
            (Followed, on_person("dan", "confirm", "{ana}")),
            (MessageSent, say("dan", "{prints}", "Welcome")),
        ],
    ),
    "a shared post's author blocks": (
        "/messages/{prints}",
        [(Blocked, ("ben", SettingsState, "block", {"user_id": "{ana}"}))],
    ),
    "a request is accepted elsewhere": (
        "/messages/{request}",
        [(ConversationChanged, on_chat("ana", "accept", "{request}"))],
    ),
    "another profile is edited": (
        "/dan",
        [(ProfileEdited, edit("dan", name="Dan Brushes", username="dan", bio="Lamps, mostly"))],
    ),
    "the own profile is edited elsewhere": (
        "/explore",
        [(ProfileEdited, edit("ana", name="Ana Walls", username="ana.walls"))],
    ),
    "an account goes private and accepts a request": (
        "/dan",
        [
            (PrivacyChanged, ("dan", SettingsState, "set_private", {"private": True})),
            (FollowRequested, on_person("ana", "follow", "{dan}")),
            (Followed, on_person("dan", "confirm", "{ana}")),
        ],
    ),
    "an account goes private and gets a request": (
        "/dan",
        [
            (PrivacyChanged, ("dan", SettingsState, "set_private", {"private": True})),
            (FollowRequested, on_person("ana", "follow", "{dan}")),
        ],
    ),
    "an open post's author goes private": (
        "/p/{theirs}",
        [(PrivacyChanged, ("dan", SettingsState, "set_private", {"private": True}))],
    ),
    "somebody on explore goes private": (
        "/explore",
        [(PrivacyChanged, ("dan", SettingsState, "set_private", {"private": True}))],
    ),
    "the owner of an open profile is blocked": (
        "/ben",
        [(Blocked, ("ana", SettingsState, "block", {"user_id": "{ben}"}))],
    ),
    "the owner of an open profile blocks": (
        "/ben",
        [(Blocked, ("ben", SettingsState, "block", {"user_id": "{ana}"}))],
    ),
    "commenters on an open post block and are blocked": (
        "/p/{mine}",
        [
            (Blocked, ("cleo", SettingsState, "block", {"user_id": "{ana}"})),
            (Blocked, ("ana", SettingsState, "block", {"user_id": "{ben}"})),
        ],
    ),
    "somebody in the feed blocks": (
        "/",
        [(Blocked, ("ben", SettingsState, "block", {"user_id": "{ana}"}))],
    ),
    "the blocked accounts change": (
        "/settings/blocked",
        [
            (Blocked, ("ana", SettingsState, "block", {"user_id": "{ben}"})),
            (Blocked, ("ana", SettingsState, "block", {"user_id": "{dan}"})),
            (Blocked, ("ana", SettingsState, "unblock", {"user_id": "{ben}"})),
        ],
    ),
    "somebody is blocked elsewhere": (
        "/messages/{chat}",
        [(Blocked, ("ana", SettingsState, "block", {"user_id": "{ben}"}))],
    ),
}
# Cases that can each continue on the screen that the previous one left: they share a town and a page.
SEQUENCES = [
    (
        "activity under an own photo",
        "a reply is deleted",
        "a comment is deleted",
        "commenters on an open post block and are blocked",
    ),
    ("activity under a friend's photo", "an open post is deleted"),
    ("the feed changes", "posts are saved and unsaved", "a post in the feed is deleted"),
    ("alerts arrive", "somebody on explore goes private", "the own profile is edited elsewhere"),
    ("the inbox changes", "a conversation is deleted from the inbox"),
    ("a conversation changes", "a message is answered and then unsent", "somebody is blocked elsewhere"),
    (
        "a shared post's author goes private",
        "a shared post's author goes private and accepts a follower",
        "a shared post's author blocks",
    ),
    (
        "another profile is edited",
        "an account goes private and gets a request",
        "an account goes private and accepts a request",
    ),
]
SEQUENCES += [(name,) for name in CASES if name not in itertools.chain(*SEQUENCES)]
EXEMPT = {
    PostPublished: "waits in the pill: see the last test",
    Typing: "is never stored, so a screen loaded later does not show it",
    SessionEnded: "leaves no screen to compare",
    PhotosDiscarded: "concerns files that no screen shows",
    MailDue: "concerns mail, which no screen shows",
    SignedUp: "concerns a person whom no screen shows yet",
    **dict.fromkeys(
        (SightLost, SightRegained), "follows from a block, a follow or a privacy change, which are covered"
    ),
    EmailChanged: "concerns the viewer alone, and the page just reloads what it shows",
}


@dataclass
class Town:
    """Three friends, and dan, whom nobody follows; `ids` are those of the people and of what they have
    posted and written.
    """

    stage: Stage
    people: dict[str, Viewer]
    ids: dict[str, str]
    tabs: dict[str, RawTab] = field(default_factory=dict)

    def open_page(self, path: str) -> Page:
        return self.stage.open_tab(self.people["ana"], path.format(**self.ids))

    def open_again(self, old: Page, path: str) -> Page:
        """Open another tab in the same browser."""
        fresh = old.context.new_page()
        fresh.goto(path.format(**self.ids))
        return fresh

    def act(self, actor: str, state: type, handler: str, payload: dict[str, Any]) -> None:
        """Call a handler from a person's own tab, and wait until the server has finished with it."""
        if handler in ORDERED_BY_ID:
            self.stage.pass_second()
        self.stage.do(self._act, actor, event_name(state, handler), payload)

    async def _act(self, actor: str, name: str, payload: dict[str, Any]) -> None:
        if actor not in self.tabs:
            field = Field(self.stage.server, [])
            self.tabs[actor] = await field.tab(self.people[actor], path="/settings/account")
        filled = {
            key: value.format(**self.ids) if isinstance(value, str) else value
            for key, value in payload.items()
        }
        await self.tabs[actor].call(name, filled, path="/settings/account")
        await self.tabs[actor].settle()


@pytest.fixture
def town(stage: Stage) -> Iterator[Town]:
    people = {name: stage.join(name) for name in ("ana", "ben", "cleo", "dan")}
    ana, ben, cleo, dan = people.values()
    for one, other in itertools.permutations((ana, ben, cleo), 2):
        stage.do(follows.follow, one, other.id)
    ids = {name: viewer.id for name, viewer in people.items()}
    ids["mine"], ids["his"] = stage.do(share, ana, "A wall"), stage.do(share, ben, "A bowl")
    ids["theirs"] = stage.do(share, dan, "A lamp")
    # Explore always has a post to show, whoever goes private. When it is reloaded, the posts of someone who
    # has just gone private are either filtered out or no longer found.
    stage.do(share, stage.join("eve"), "A door")
    ids["comment"] = stage.do(comments.add, ben, ids["mine"], "What lens?")
    ids["reply"] = stage.do(comments.add, cleo, ids["mine"], "An old one", answering=ids["comment"])
    ids["question"] = stage.do(comments.add, ana, ids["his"], "Is it deep?")
    ids["chat"] = stage.do(conversations.start, ana, [ben.id])
    ids["message"] = stage.do(messages.send, ben, ids["chat"], "k", text="Hello")
    ids["group"] = stage.do(conversations.start, cleo, [ana.id, ben.id], "Swap")
    stage.do(messages.send, cleo, ids["group"], "g", text="Sunday?")
    ids["request"] = stage.do(conversations.start, dan, [ana.id])
    stage.do(messages.send, dan, ids["request"], "r", text="May I?")
    ids["friendly"] = stage.do(conversations.start, ana, [dan.id, cleo.id])
    ids["prints"] = stage.do(conversations.start, cleo, [ana.id, ben.id, dan.id], "Prints")
    for number, post in enumerate(("his", "theirs")):
        stage.do(messages.send, cleo, ids["prints"], str(number), post=ids[post])
    town = Town(stage, people, ids)
    yield town
    for tab in town.tabs.values():
        stage.portal.call(tab.close)


def test_every_kind_of_event_is_covered() -> None:
    shown = {event for _, actions in CASES.values() for event, _ in actions}
    assert shown | set(EXEMPT) == set(events.Event.__subclasses__())


# Announcements of passing events, and the line where this tab's unread messages began.
TRANSIENT = re.compile(r" *- (status(: \w+ commented)?|paragraph: New messages)$")


def visible_text(page: Page) -> list[str]:
    """Return everything a person can perceive of a page that does not depend on when they opened it."""
    lines = page.locator("body").aria_snapshot().splitlines()
    return [page.title(), *(line for line in lines if not TRANSIENT.match(line))]


def stable_text(page: Page) -> list[str]:
    """Return what is seen of a page once it no longer changes by itself."""
    page.get_by_role("main").wait_for()
    before, now = [""], visible_text(page)
    while before != now or any("Loading" in line for line in now):
        page.wait_for_timeout(300)
        before, now = now, visible_text(page)
    return now


def assert_same(old: Page, fresh: Page) -> None:
    eventually(old, lambda: visible_text(old) == visible_text(fresh))
    assert visible_text(old) == visible_text(fresh)


@pytest.mark.parametrize("names", SEQUENCES, ids=", then ".join)
def test_an_updated_screen_equals_a_freshly_loaded_one(town: Town, names: tuple[str, ...]) -> None:
    (path,) = {CASES[name][0] for name in names}
    old = town.open_page(path)
    before = stable_text(old)
    for name in names:
        for _, action in CASES[name][1]:
            town.act(*action)
        fresh = town.open_again(old, path)
        now = stable_text(fresh)
        assert now != before, name
        # Replies that arrived one by one are all on screen; after loading, all but the first are collapsed.
        folded = fresh.get_by_role("button", name="more repl")
        if folded.count():
            folded.click()
        assert_same(old, fresh)
        fresh.close()
        before = now


def test_new_posts_wait_and_then_equal_a_fresh_feed(town: Town) -> None:
    old = town.open_page("/")
    stable_text(old)
    for name in ("ben", "cleo"):
        draft = town.stage.do(drafts.store, town.people[name], file_of(picture()))
        whole = {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}
        post = {"media_id": draft.id, "caption": name, "alt": "", "key": name, **whole}
        town.act(name, ComposerState, "share", post)
    old.get_by_role("button", name="2 new posts").click()
    expect(old.get_by_role("article")).to_have_count(4)
    fresh = town.open_again(old, "/")
    stable_text(fresh)
    assert_same(old, fresh)
