"""What is around every page: times that move on, messages in the corner, the connection."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.conftest import share
from tests.flows.conftest import Stage


def test_how_long_ago_something_was_moves_on_while_one_looks(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.context(reduced_motion="reduce").new_page()
    page.clock.install()
    stage.sign_in(page.context, ana)
    page.goto(f"/p/{post_id}")
    told = page.get_by_role("list", name="Comments").get_by_role("time")
    expect(told).to_have_text("now")
    expect(told).to_have_attribute("title", re.compile(r"^\d+ \w+ \d{4} at \d\d:\d\d$"))
    page.clock.fast_forward("05:00")
    expect(told).to_have_text(re.compile("^[45]m$"))
