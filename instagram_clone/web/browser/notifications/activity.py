"""Notifications grouped under date headings in the reader's time zone, which the server does not know."""

from __future__ import annotations

from typing import Any, TypedDict

from instagram_clone.domain.notifications.activity import Alert
from instagram_clone.web.browser.core import Js, js, when, where
from instagram_clone.web.browser.page.clock import days_ago


class Row(TypedDict):
    """An alert with the heading above it, "" if it belongs under the same one as the alert before it."""

    alert: Alert
    heading: str


def with_headings(alerts: Any, now: Any) -> Js:
    """Return rows for alerts, newest first: New, Today, This week (the six days before today), Earlier."""
    alerts = js(alerts)

    def row(alert: Js, at: Js) -> Js:
        before = alerts[at - 1]
        repeated = before & (section(before, now) == section(alert, now))
        return js({"alert": alert, "heading": when(repeated, "", section(alert, now))})

    return alerts.map(row)


def section(alert: Any, now: Any) -> Js:
    """Return the heading an alert belongs under."""
    alert = js(alert)
    return where(
        days_ago(alert.at, now),
        lambda days: when(
            alert.fresh, "New", when(days < 1, "Today", when(days < 7, "This week", "Earlier"))
        ),
    )
