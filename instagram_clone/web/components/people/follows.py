"""Following people, and how many follow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from instagram_clone.domain.people.profiles import Profile
from instagram_clone.live import fact_keys
from instagram_clone.web.browser.core import Js, dom, fn, js, let, state, when
from instagram_clone.web.browser.layers.toasts import announce
from instagram_clone.web.browser.page.address import to_login
from instagram_clone.web.browser.page.facts import fact
from instagram_clone.web.browser.page.words import abbreviated, plural_word, with_commas
from instagram_clone.web.browser.people.follows import apply_optimistic, following
from instagram_clone.web.components.layout.layers import question
from instagram_clone.web.states.people.people import PeopleState
from instagram_clone.web.states.session import SessionState


@rx.memo
def follow_button(
    *, person: rx.Var[Any], relationship: rx.Var[Any], read_at: rx.Var[float], variant: rx.Var[str] = ""
) -> rx.Component:
    """Follow, Requested or Following: changes at once, then follows what the server says.

    `relationship` holds whether the viewer follows the person or has requested to; list rows carry it
    themselves. Following a private account sends a request. Unfollowing one asks first; unfollowing a
    public account can be undone.
    """
    person_id, username, private = js(person).id, js(person).username, js(person).private
    now = following(person_id, relationship, read_at)
    leaving, set_leaving = state("leaving", False)

    unfollow = [apply_optimistic(person_id, read_at, False, False), PeopleState.unfollow(person_id)]
    follow = [apply_optimistic(person_id, read_at, ~private, private), PeopleState.follow(person_id)]
    on = let(now.followed | now.requested)
    undo = undo_unfollow(username, lambda: follow)
    leave = when(private, set_leaving(True), [*unfollow, undo])
    tap = when(now.followed, leave, when(now.requested, unfollow, follow))
    offer = when(js(variant) == "back", "Follow back", "Follow")
    words = let(when(now.followed, "Following", when(now.requested, "Requested", offer)))
    style = rx.cond(
        js(variant) == "text",
        rx.cond(on, "ic-textbtn is-muted", "ic-textbtn"),
        rx.cond(on, "ic-btn is-sm", "ic-btn is-sm is-primary"),
    )
    return rx.fragment(
        rx.el.button(
            words,
            type="button",
            class_name=style,
            aria_label=f"{words} {username}",
            aria_pressed=on,
            **dom(on_click=lambda: when(SessionState.signed_in, tap, to_login())),
        ),
        rx.cond(leaving, unfollow_question(username, lambda: unfollow, set_leaving), rx.fragment()),
    )


def unfollow_question(username: Any, unfollow: Callable[[], Any], asking: Js) -> rx.Component:
    """Ask before the viewer unfollows a private account; `asking(False)` closes the question."""
    return question(
        label=f"Unfollow {username}?",
        asked=f"Unfollow {username}?",
        text="This account is private. To see their photos again, you will have to request to follow them.",
        action="Unfollow",
        act=fn(unfollow),
        close=fn(lambda: asking(False)),
    )


def undo_unfollow(username: Any, follow: Callable[[], Any]) -> Js:
    """Announce that a person was unfollowed, and offer to follow them again; a step."""
    return announce(f"Unfollowed {username}", label="Undo", act=follow)


@rx.memo
def person_counts(*, profile: rx.Var[Profile], linked: rx.Var[bool]) -> rx.Component:
    """A person's numbers of posts, followers and followees, kept current; `linked` to the lists."""
    update, loaded = fact(fact_keys.person_key(profile.id)), js(profile)
    now = let(when(update.rev > loaded.rev, update, loaded))

    def people(count: Js, word: Any, path: str) -> rx.Component:
        href = f"/{profile.username}/{path}"
        link = rx.el.a(*_count(count, word), href=href, **dom(prevent_scroll_reset=True))
        return rx.el.li(rx.cond(linked, link, rx.fragment(*_count(count, word))))

    return rx.el.ul(
        rx.el.li(*_count(now.posts, plural_word(now.posts, "post"))),
        people(now.followers, plural_word(now.followers, "follower"), "followers"),
        people(now.following, "following", "following"),
        class_name="ic-stats",
    )


def _count(count: Js, word: Any) -> list[Any]:
    return [rx.el.b(abbreviated(count), title=with_commas(count)), " ", word]
