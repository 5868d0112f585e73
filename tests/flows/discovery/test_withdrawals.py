"""Anything the viewer may no longer see disappears from open results."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import recents
from instagram_clone.domain.people.relations import blocks
from tests.conftest import share
from tests.flows.conftest import Stage, eventually
from tests.flows.discovery.parts import Found, announced, field, open_panel, results


def test_a_post_that_is_deleted_is_gone_from_open_results(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    for number in range(2):
        stage.do(share, ben, f"tulip {number}")
    page = stage.open_tab(ana, "/search")
    field(page).fill("tulip")
    expect(results(page)).to_have_count(2)
    his = stage.open_tab(ben, "/ben")
    his.get_by_role("main").get_by_role("link", name="Photo, ").first.click()
    dialog = his.get_by_role("dialog", name="Post by ben")
    dialog.get_by_role("button", name="More options for this post").click()
    his.get_by_role("menuitem", name="Delete").click()
    his.get_by_role("dialog", name="Delete post?").get_by_role("button", name="Delete").click()
    expect(results(page)).to_have_count(1)
    expect(announced(page)).to_have_text("1 result")
    expect(results(page)).to_contain_text(["tulip 0"])


def test_a_blocked_person_leaves_open_results(stage: Stage, found: Found) -> None:
    block(stage, found.ben, found.ana)
    expect(results(found.panel)).to_have_count(0)
    expect(found.panel.get_by_text("Nothing for ben")).to_be_visible()


def test_a_blocked_person_leaves_open_recent_searches_until_unblocked(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(recents.remember, ana, person_id=ben.id)
    panel = open_panel(stage.open_tab(ana))
    expect(panel.get_by_role("link", name="ben")).to_be_visible()
    block(stage, ben, ana)
    expect(panel.get_by_text("Only you can see them")).to_be_visible()
    his = stage.open_tab(ben, "/settings/blocked")
    his.get_by_role("button", name="Unblock ana").click()
    expect(panel.get_by_role("link", name="ben")).to_be_visible()


def block(stage: Stage, viewer: Viewer, target: Viewer) -> None:
    """Make one person block another from a tab of their own, so that open tabs are notified."""
    page = stage.open_tab(viewer, f"/{target.username}")
    page.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name=re.compile("^Block")).click()
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert eventually(page, lambda: bool(stage.do(blocks.page, viewer)[0]))
