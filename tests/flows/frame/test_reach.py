"""Touch targets, and the direction of what people write."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage

# How far from its middle a control can be hit, in px: across and down.
REACH = """(control) => {
  control.scrollIntoView({ block: "center" });
  const box = control.getBoundingClientRect(), x = box.x + box.width / 2, y = box.y + box.height / 2;
  const hit = (dx, dy) => control.contains(document.elementFromPoint(x + dx, y + dy));
  const far = (dx, dy) => {
    let step = 0;
    while (step < 60 && hit(dx * step, dy * step)) step++;
    return step;
  };
  return [far(-1, 0) + far(1, 0), far(0, -1) + far(0, 1)];
}"""

# Hover rules that also apply where there is no hover.
HOVERED_EVERYWHERE = """() => {
  const found = [];
  const look = (rules, kept) => [...rules].forEach((rule) => {
    const keeps = kept || (rule.media ? rule.media.mediaText.includes("hover") : false);
    if (!keeps && (rule.selectorText || "").includes(":hover")) found.push(rule.selectorText);
    if (rule.cssRules) look(rule.cssRules, keeps);
  });
  [...document.styleSheets].forEach((sheet) => look(sheet.cssRules, false));
  return found;
}"""

KEEP_TOASTS = """() => {
  const later = window.setTimeout;
  window.setTimeout = (work, ms) => later(work, ms < 5_000 ? ms : 3_600_000);
}"""
"""Keeps messages on screen, however long a test looks at them."""


def reach(control: Locator) -> list[int]:
    expect(control).to_be_visible()
    return control.evaluate(REACH)


def test_small_controls_are_large_enough_for_a_finger(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    post_id = stage.do(share, ben, "A wall. " * 40)
    comment_id = stage.do(comments.add, ana, post_id, "Nice @ben")
    stage.do(likes.like, ana, post_id)
    stage.do(likes.like_comment, ben, comment_id)
    page = stage.open_tab(ana, viewport=PHONE)
    card = page.get_by_role("article", name="Post by ben")
    for name in ("1 like", "Unlike", "Comment", "Share"):
        wide, high = reach(card.get_by_role("button", name=name, exact=True))
        assert wide >= 40 and high >= 44, name
    assert reach(card.get_by_role("link", name="View 1 comment"))[1] >= 40
    assert reach(card.locator(".ic-caption").get_by_role("link", name="ben"))[1] >= 24
    page.goto(f"/p/{post_id}")
    listed = page.get_by_role("list", name="Comments")
    for name in ("Like comment by ana", "Reply to ana", "1 like", "More options for comment by ana"):
        wide, high = reach(listed.get_by_role("button", name=name, exact=True))
        assert wide >= 40 and high >= 44, name
    assert reach(listed.get_by_role("link", name="@ben"))[1] >= 16


def test_a_question_on_a_phone_is_not_covered_and_has_large_buttons(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    post_id = stage.do(share, ana)
    page = stage.open_tab(ana, "/ben", viewport=PHONE)
    page.evaluate(KEEP_TOASTS)
    page.get_by_role("button", name="Following ben").click()
    announced = page.get_by_role("status", name="Announcements").get_by_text("Unfollowed ben")
    expect(announced).to_be_visible()
    page.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name="Block ben").click()
    question = page.get_by_role("dialog", name="Block ben?")
    for name in ("Block", "Cancel"):
        assert reach(question.get_by_role("button", name=name, exact=True))[1] >= 44, name
    toast, heading = announced.bounding_box(), question.get_by_role("heading").bounding_box()
    assert toast and heading and toast["y"] + toast["height"] < heading["y"]
    page.goto(f"/p/{post_id}")
    page.get_by_role("button", name="More options for this post").click()
    page.get_by_role("menuitem", name="Delete").click()
    question = page.get_by_role("dialog", name="Delete post?")
    for name in ("Delete", "Cancel"):
        assert reach(question.get_by_role("button", name=name, exact=True))[1] >= 44, name


@pytest.mark.parametrize("path", ["/", "/ben", "/p/{post}"])
def test_texts_keep_their_writing_direction_everywhere(stage: Stage, path: str) -> None:
    ana, ben = stage.join("ana"), stage.join("ben", "بن")
    stage.do(profiles.edit_profile, ben, "بن", "ben", "صور كل يوم.", "")
    stage.do(follows.follow, ana, ben.id)
    post_id = stage.do(share, ben, "صباح الخير.")
    stage.do(comments.add, ana, post_id, "جميل.")
    page = stage.open_tab(ana, path.format(post=post_id))
    written = {"/": "صباح الخير.", "/ben": "صور كل يوم.", "/p/{post}": "جميل."}[path]
    line = page.locator("main p").filter(has_text=written).first
    expect(line).to_be_visible()
    assert line.evaluate("(one) => getComputedStyle(one).direction") == "rtl"
    assert line.evaluate("(one) => [...one.querySelectorAll('a')].every((a) => a.querySelector('bdi'))")
    if path == "/ben":
        name = page.get_by_text("بن", exact=True).first
        assert name.evaluate("(one) => getComputedStyle(one.closest('p')).direction") == "rtl"


@pytest.mark.parametrize("wide", [320, 390, 820, 1440])
def test_a_profile_of_long_words_stays_in_its_place(stage: Stage, wide: int) -> None:
    ben = stage.join("b" * 30, "W" * 64)
    stage.do(profiles.edit_profile, ben, "W" * 64, "b" * 30, "x" * 150, "example.com/" + "p" * 80)
    for viewer in (None, stage.join("ana")):
        page = stage.open_tab(viewer, "/" + "b" * 30, viewport={"width": wide, "height": 844})
        for shown in (page.get_by_text("W" * 64), page.get_by_text("x" * 150)):
            expect(shown.first).to_be_visible()
            assert shown.first.evaluate("(one) => one.scrollWidth - one.clientWidth") <= 0
        link = page.get_by_role("link", name="example.com").bounding_box()
        assert link and link["x"] + link["width"] <= wide


def test_touch_leaves_no_hover_style(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    stage.do(share, ben)
    page = stage.open_tab(ana, viewport=PHONE, is_mobile=True, has_touch=True)
    saved = page.get_by_role("button", name="Save", exact=True)
    # After a tap, browsers take that spot for the mouse position.
    saved.hover()
    assert saved.evaluate("(one) => one.matches(':hover')")
    expect(saved).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    assert page.evaluate(HOVERED_EVERYWHERE) == []
