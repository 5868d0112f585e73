"""The first paint of home: limited in time, and worded exactly as by the scripts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymongo.errors import ServerSelectionTimeoutError

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.posts import feed
from instagram_clone.web.browser.page import clock
from instagram_clone.web.browser.page import words as traced
from instagram_clone.web.html import build, first_paint
from instagram_clone.web.html.parts import words
from instagram_clone.web.html.parts.markup import Html, el
from tests.server import PATIENCE_SECONDS
from tests.web.node_runner import run

ANA = Viewer("0" * 24, "ana", "")
BUILT = f'<head><link rel="modulepreload"></head><div id="{first_paint.ELEMENT_ID}" role="feed"></div>'
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


async def slow() -> None:
    await asyncio.Event().wait()


async def unreachable() -> None:
    raise ServerSelectionTimeoutError("nowhere")


@pytest.mark.parametrize("failure", [slow, unreachable])
async def test_home_is_sent_without_posts_rather_than_late_or_not_at_all(
    monkeypatch: pytest.MonkeyPatch, failure: Callable[[], Any]
) -> None:
    async def read(*_: Any, **__: Any) -> None:
        await failure()

    monkeypatch.setattr(feed, "home", read)
    monkeypatch.setattr(first_paint, "TIMEOUT_SECONDS", 0.05)
    async with asyncio.timeout(PATIENCE_SECONDS):
        assert await first_paint.home(ANA, BUILT) == BUILT


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 30_000) | st.integers(0, 30_000_000), min_size=100, max_size=300))
def test_counts_are_worded_as_in_the_browser(counts: list[int]) -> None:
    assert run(traced.like_words, [[one] for one in counts]) == [words.like_words(one) for one in counts]


def test_times_are_worded_as_in_the_browser() -> None:
    seconds = [0, 59, 60, 3599, 3600, 86_399, 86_400, 604_799, 604_800, 2_419_199, 5_000_000, 70_000_000]
    now = int(NOW.timestamp() * 1000)
    worded = run(clock.ago, [[now - 1000 * one, now] for one in seconds])
    times = [datetime.fromtimestamp(NOW.timestamp() - one, UTC) for one in seconds]
    assert worded == [words.ago(one, NOW) for one in times]


def test_small_scripts_are_fetched_before_large_ones() -> None:
    links = "".join(f'<link rel="modulepreload" href="/assets/{name}.js"/>' for name in ("ab", "a", "abc"))
    in_order = re.findall(r"/(\w+)\.js", build.sort_by_size(links, len))
    assert in_order == ["a", "ab", "abc"]


def test_only_our_own_markup_is_not_escaped() -> None:
    assert el("p", "<b>", Html("<i>"), title='"', hidden=True, lang=None) == (
        '<p title="&quot;" hidden>&lt;b&gt;<i></p>'
    )
