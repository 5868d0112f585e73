"""What one has been told, under headings of the reader's own calendar, which the server does not know."""

from __future__ import annotations

from typing import Any, TypedDict

from instagram_clone.domain.notifications.activity import Alert
from instagram_clone.web.browser.core import Js, js, when, where
from instagram_clone.web.browser.page.clock import days_ago


class Row(TypedDict):
    """An alert with the heading above it, "" where it stands under the same one as the alert before."""

    alert: Alert
    heading: str


def with_headings(alerts: Any, now: Any) -> Js:
    """Rows for alerts, newest first: New, Today, This week (the six days before today), Earlier."""
    alerts = js(alerts)

    def row(alert: Js, at: Js) -> Js:
        before = alerts[at - 1]
        repeated = before & (section(before, now) == section(alert, now))
        return js({"alert": alert, "heading": when(repeated, "", section(alert, now))})

    return alerts.map(row)


def section(alert: Any, now: Any) -> Js:
    """The heading an alert belongs under."""
    alert = js(alert)
    return where(
        days_ago(alert.at, now),
        lambda days: when(
            alert.fresh, "New", when(days < 1, "Today", when(days < 7, "This week", "Earlier"))
        ),
    )
