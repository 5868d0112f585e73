"""Headings of notifications in node: days follow the reader's own calendar."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from instagram_clone.web.browser.notifications import activity
from tests.web.node_runner import call


def headings(now: datetime, *alerts: tuple[datetime, bool]) -> list[str]:
    cards = [{"at": at.isoformat(), "fresh": fresh} for at, fresh in alerts]
    milliseconds = int(now.timestamp() * 1000)
    rows: list[Any] = call(lambda cards: activity.with_headings(cards, milliseconds), cards)
    return [row["heading"] for row in rows]


@pytest.mark.parametrize(
    ("zone", "expected"),
    # Local times: 00:30 on the 24th, 19:30 on the 23rd, 09:30 on the 24th.
    [("UTC", "This week"), ("America/Lima", "Today"), ("Asia/Tokyo", "Today")],
)
def test_today_is_the_day_in_the_readers_time_zone(
    zone: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    now = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    assert headings(now, (now, False)) == ["Today"]
    assert headings(now, (now - timedelta(hours=1), False)) == [expected]


def test_a_heading_is_above_the_first_of_its_alerts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    ages = (0, 1, 5, 11, 13, 156, 157, 1000)
    alerts = [(now - timedelta(hours=hours), hours < 2) for hours in ages]
    assert headings(now, *alerts) == ["New", "", "Today", "", "This week", "", "Earlier", ""]


def test_a_day_of_25_hours_is_one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    now = datetime(2026, 10, 26, 12, tzinfo=UTC)
    assert headings(now, (datetime(2026, 10, 19, 22, 30, tzinfo=UTC), False)) == ["This week"]
    assert headings(now, (datetime(2026, 10, 19, 21, 30, tzinfo=UTC), False)) == ["Earlier"]


def test_an_alert_from_a_clock_that_is_ahead_is_under_today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "UTC")
    now = datetime(2026, 11, 24, 23, 59, 58, tzinfo=UTC)
    assert headings(now, (now + timedelta(seconds=5), False)) == ["Today"]
