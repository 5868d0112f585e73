"""The viewer's notifications, and the link to their follow requests."""

from __future__ import annotations

from typing import Any

import reflex as rx

from instagram_clone import routes
from instagram_clone.web.browser.core import document, effect, let, listen, name
from instagram_clone.web.browser.notifications import activity
from instagram_clone.web.browser.notifications.activity import Row
from instagram_clone.web.components.elements import art
from instagram_clone.web.components.elements.basics import avatar, icon, row_skeleton
from instagram_clone.web.components.elements.scrolling import paged
from instagram_clone.web.components.elements.times import time_ago
from instagram_clone.web.components.people.follows import follow_button
from instagram_clone.web.components.posts.post_links import post_link
from instagram_clone.web.states.activity import AlertsState
from instagram_clone.web.states.status import LOADING


def alerts_list(requests: rx.Component) -> rx.Component:
    """The alerts under their headings, or a placeholder; `requests` is the link to the follow requests."""
    return rx.cond(
        AlertsState.status == LOADING,
        rx.el.ul(*[row_skeleton(44, "200px", "120px") for _ in range(5)], aria_busy="true"),
        rx.fragment(
            rx.cond(
                AlertsState.requests > 0,
                rx.fragment(requests, rx.el.hr(class_name="ic-hr ic-panel-hr")),
                rx.fragment(),
            ),
            alert_rows(),
        ),
    )


def requests_link(**more: Any) -> rx.Component:
    """The link to the follow requests."""
    count, first = AlertsState.requests, AlertsState.asking[0]
    others = rx.cond(count == 2, " and 1 other", f" and {count - 1} others")
    return rx.el.a(
        rx.el.span(
            rx.foreach(AlertsState.asking, lambda person: avatar(person.avatar, person.username, 30)),
            class_name="ic-duo",
        ),
        rx.el.span(
            rx.el.span("Follow requests", class_name="ic-user"),
            rx.el.span(first.username, rx.cond(count == 1, "", others), class_name="ic-muted ic-truncate"),
            class_name="ic-person-text",
        ),
        rx.el.span(count, class_name="ic-badge"),
        icon("chevron-right", 20),
        href=routes.FOLLOW_REQUESTS,
        aria_label=f"Follow requests, {count}",
        class_name="ic-panel-row ic-asking",
        **more,
    )


@rx.memo
def alert_rows() -> rx.Component:
    """The alerts under their headings, which don't change at midnight until the alerts are read again.

    They count as seen once they are on screen: not in a tab in the background.
    """

    def report_visibility() -> Any:
        return AlertsState.set_visible(document.visibilityState == "visible")

    rows = let(activity.with_headings(AlertsState.lines, name("Date.now")()))
    shown = rx.cond(
        (AlertsState.lines.length() > 0) | ~AlertsState.done,
        rx.el.div(
            paged(
                rx.foreach(rows.to(list[Row]), _row),
                done=AlertsState.done,
                more=AlertsState.more,
                past_start=AlertsState.past_start,
                load_first=AlertsState.load_first,
                first="Return to the newest",
            ),
        ),
        rx.cond(
            AlertsState.requests > 0,
            rx.fragment(),
            rx.el.div(
                art.drawing(art.BELL),
                rx.el.h2("Nothing yet"),
                rx.el.p("Likes, comments and new followers will appear here."),
                class_name="ic-empty ic-alerts-none",
            ),
        ),
    )
    return rx.fragment(
        effect(report_visibility, AlertsState.opened),
        listen(lambda: document, "visibilitychange", report_visibility),
        shown,
    )


def _row(row: Any) -> rx.Component:
    alert: Any = row["alert"]
    first = alert.people[0]
    return rx.fragment(
        rx.cond(row["heading"] == "", rx.fragment(), _heading(row["heading"])),
        rx.el.div(
            _avatars(alert),
            rx.el.p(
                rx.el.a(first.username, href=f"/{first.username}", class_name="ic-user"),
                rx.cond(
                    alert.people.length() > 1,
                    rx.fragment(
                        rx.cond(alert.count > 2, ", ", " and "),
                        rx.el.a(
                            alert.people[1].username,
                            href=f"/{alert.people[1].username}",
                            class_name="ic-user",
                        ),
                    ),
                    rx.fragment(),
                ),
                rx.cond(
                    alert.count > 2,
                    rx.cond(alert.count == 3, " and 1 other", f" and {alert.count - 2} others"),
                    "",
                ),
                rx.match(
                    alert.kind,
                    ("like", rx.fragment(" liked your photo. ")),
                    ("comment_like", _quoted(" liked your comment: ", alert.text)),
                    ("comment", _quoted(" commented: ", alert.text)),
                    ("reply", _quoted(" replied: ", alert.text)),
                    ("mention", _quoted(" mentioned you: ", alert.text)),
                    ("accepted", rx.fragment(" accepted your follow request. ")),
                    rx.fragment(" started following you. "),
                ),
                time_ago(at=alert.at),
                class_name="ic-notif-text",
            ),
            rx.match(
                alert.kind,
                (
                    "follow",
                    follow_button(
                        person=first, relationship=first, read_at=AlertsState.read_at, variant="back"
                    ),
                ),
                (
                    "accepted",
                    rx.el.a(
                        "Message",
                        href=f"{routes.MESSAGES}?to={first.id}",
                        aria_label=f"Message {first.username}",
                        class_name="ic-btn is-sm",
                    ),
                ),
                rx.cond(
                    alert.thumbnail == "",
                    rx.fragment(),
                    post_link(
                        rx.el.img(
                            src=alert.thumbnail, width="44", height="44", alt="", class_name="ic-thumb"
                        ),
                        to=alert.post_id,
                        label="View post",
                    ),
                ),
            ),
            rx.cond(
                alert.fresh,
                rx.el.span("New", class_name="ic-sr"),
                rx.fragment(),
            ),
            class_name=rx.cond(alert.fresh, "ic-notif is-unread", "ic-notif"),
        ),
        key=alert.id,
    )


def _quoted(words: str, text: Any) -> rx.Component:
    return rx.fragment(words, rx.el.bdi(text), " ")


def _heading(heading: Any) -> rx.Component:
    mark_read = rx.el.button(
        "Mark all read", type="button", class_name="ic-textbtn", on_click=AlertsState.mark_all_read
    )
    return rx.el.div(
        rx.el.h2(heading, class_name="ic-h3"),
        rx.cond(heading == "New", mark_read, rx.fragment()),
        class_name="ic-panel-sub",
    )


def _avatars(alert: Any) -> rx.Component:
    """The avatars of the latest one or two people involved, with an icon for the kind of alert."""
    first, second = alert.people[0], alert.people[1]
    return rx.cond(
        alert.people.length() > 1,
        rx.el.span(
            avatar(first.avatar, first.username, 30),
            avatar(second.avatar, second.username, 30),
            _kind_icon(alert.kind),
            class_name="ic-duo",
        ),
        rx.el.span(
            avatar(first.avatar, first.username, 44), _kind_icon(alert.kind), style={"position": "relative"}
        ),
    )


def _kind_icon(kind: Any) -> rx.Component:
    heart = rx.el.span(icon("heart", 12, "is-filled"), class_name="ic-kind")
    return rx.match(
        kind,
        ("like", heart),
        ("comment_like", heart),
        ("mention", _accent_icon("at-sign")),
        ("follow", _accent_icon("user-plus")),
        ("accepted", _accent_icon("user-plus")),
        _accent_icon("message-circle"),
    )


def _accent_icon(name: str) -> rx.Component:
    return rx.el.span(icon(name, 12), class_name="ic-kind is-accent")
