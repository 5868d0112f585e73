"""The whole product by keyboard, without ever touching a mouse."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from instagram_clone.domain.discovery import recents
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.credentials import sessions
from instagram_clone.domain.people.relations import blocks, follows
from tests.conftest import PASSWORD, file_of, picture, share
from tests.flows.conftest import NEXT_FRAME, Stage, article, eventually

MAX_TABS = 60

FOCUSED = """() => {
  const focused = document.activeElement;
  const seen = (focused.matches('[type=radio], [type=checkbox]') && focused.closest('label')) || focused;
  const words = focused.getAttribute('aria-label') || focused.innerText || focused.name || focused.id || '';
  const name = `${focused.localName} "${words.trim().replace(/\\s+/g, ' ').slice(0, 60)}"`;
  if (focused === document.body) return { name, fault: '' };
  const box = seen.getBoundingClientRect();
  const onScreen = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  const shown = seen.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const outlined = (one) => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(one);
    return outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1 && outlineColor !== 'rgba(0, 0, 0, 0)';
  };
  const shadow = (one) => getComputedStyle(one).boxShadow;
  const around = [seen, seen.parentElement, seen.parentElement?.parentElement].filter(Boolean);
  const ringed = (focused.matches('input, textarea') && shadow(focused) !== 'none')
    || around.some((one) => outlined(one) || /0px 0px 0px 2px inset/.test(shadow(one)));
  const faults = [];
  if (!shown || !box.width || !box.height) faults.push('is not visible');
  else if (!onScreen) faults.push('is off screen');
  if (!ringed) faults.push('has no focus ring');
  return { name, fault: faults.join(' and ') };
}"""
"""The focused element's name, and any fault in how its focus is shown. A field's form may have the ring."""


class Keyboard:
    """The keyboard of one tab. Anything reached with Tab must visibly have the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # A listener keeps the native file dialog from opening, and must be there from the start.
        page.on("filechooser", lambda _: None)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def tab_to(self, role: Any, name: str | re.Pattern[str], *, back: bool = False) -> None:
        """Press Tab, or Shift+Tab, until an element has the focus."""
        target = self.page.get_by_role(role, name=name, exact=True)
        expect(target.first).to_be_attached()
        passed: list[str] = []
        while not target.evaluate_all("all => all.includes(document.activeElement)"):
            assert len(passed) < MAX_TABS, f"{role} {name!r} is not among {passed}"
            self.press("Shift+Tab" if back else "Tab")
            passed.append(self.assert_focus_is_seen())

    def assert_focus_is_seen(self) -> str:
        """Assert that the focused element is on screen with a focus ring; return its name."""
        focused = self.page.evaluate(FOCUSED)
        eventually(
            self.page, lambda: not focused.update(self.page.evaluate(FOCUSED)) and not focused["fault"]
        )
        assert not focused["fault"], f"{focused['name']} {focused['fault']}"
        return focused["name"]

    def choose(self, path: Path) -> None:
        """Press the focused button, and choose a file."""
        with self.page.expect_file_chooser() as chooser:
            self.press("Enter")
        chooser.value.set_files(path)


def test_somebody_signs_up_and_follows_by_keys_alone(stage: Stage) -> None:
    ben = stage.join("ben")
    stage.do(share, ben, "A wall")
    page = stage.open_tab(None, "/login")
    keys = Keyboard(page)
    keys.tab_to("link", "Create an account")
    keys.press("Enter")
    keys.tab_to("textbox", "Email")
    for field in ("ana@example.com", "Ana", "ana", PASSWORD):
        keys.type(field)
        keys.press("Tab")
        keys.assert_focus_is_seen()
    keys.tab_to("button", "Create account")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    keys.tab_to("link", "Skip to content")
    keys.press("Enter")
    keys.tab_to("button", "Follow ben")
    keys.press("Space")
    expect(page.get_by_role("button", name="Following ben").first).to_be_visible()
    # The suggestions, and with them the button, are replaced by ben's posts.
    expect(page.get_by_role("feed")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()
    keys.tab_to("link", "Explore", back=True)
    keys.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    keys.tab_to("link", re.compile("^Photo"))
    keys.press("Enter")
    post = page.get_by_role("dialog", name="Post by ben")
    expect(post).to_be_visible()
    keys.tab_to("link", "ben")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="ben")).to_be_visible()
    keys.tab_to("button", "Following ben")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Follow ben", exact=True)).to_be_focused()
    expect(page.get_by_role("link", name="0 followers")).to_be_visible()
    keys.press("Enter")
    keys.tab_to("link", "1 follower", back=True)
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="Followers")).to_contain_text("ana")
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="1 follower")).to_be_focused()


def test_somebody_shares_a_photo_by_keys_alone(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    keys = Keyboard(page)
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    keys.press("n")
    dialog = page.get_by_role("dialog", name="Create new post")
    expect(dialog.get_by_role("button", name="Select photos")).to_be_focused()
    keys.choose(file_of(picture(600, 400)))
    expect(dialog.get_by_text("Uploaded").first).to_be_visible()
    keys.tab_to("radio", "Original")
    keys.press("ArrowLeft")
    keys.assert_focus_is_seen()
    expect(dialog.get_by_role("radio", name="3:2")).to_be_checked()
    keys.tab_to("slider", "Zoom")
    keys.press("ArrowRight", "ArrowRight")
    keys.tab_to("button", "Next", back=True)
    keys.press("Enter")
    keys.tab_to("textbox", "Caption")
    keys.type("Roofs")
    keys.press("Enter")
    keys.type("and sky")
    keys.tab_to("textbox", "Alt text for photo 1")
    keys.type("A pagoda")
    keys.tab_to("button", "Share", back=True)
    keys.press("Enter")
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Post shared")
    expect(article(page, "ana")).to_contain_text("Roofs\nand sky", use_inner_text=True)
    expect(article(page, "ana").get_by_role("img", name="A pagoda")).to_be_attached()
    expect(dialog).to_have_count(0)
    keys.press("n")
    expect(dialog).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("j")
    expect(article(page, "ana")).to_be_focused()


def test_somebody_likes_comments_and_looks_closer_by_keys_alone(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    for words in ("A wall", "A sky"):
        stage.do(share, ben, words)
    page = stage.open_tab(ana)
    keys = Keyboard(page)
    sky, wall = (page.get_by_role("article").filter(has_text=words) for words in ("A sky", "A wall"))
    expect(wall).to_be_visible()
    keys.press("j", "j")
    expect(wall).to_be_focused()
    keys.assert_focus_is_seen()
    keys.press("k")
    expect(sky).to_be_focused()
    keys.tab_to("button", "Like")
    keys.press("Space")
    expect(sky.get_by_role("button", name="Unlike")).to_be_focused()
    keys.tab_to("textbox", "Add a comment")
    keys.type("Where is this?")
    keys.press("Enter")
    expect(sky).to_contain_text("Where is this?")
    keys.press("Escape")
    keys.tab_to("button", "1 like", back=True)
    keys.tab_to("link", re.compile("comment$"))
    opener = page.evaluate_handle("document.activeElement")
    keys.press("Enter")
    dialog = page.get_by_role("dialog", name="Post by ben")
    expect(dialog.get_by_role("list", name="Comments")).to_contain_text("Where is this?")
    keys.tab_to("button", "Like comment by ana")
    keys.press("Enter")
    expect(dialog.get_by_role("button", name="Unlike comment by ana")).to_be_focused()
    keys.tab_to("button", "Reply to ana")
    keys.press("Enter")
    expect(dialog.get_by_role("textbox", name="Add a comment")).to_be_focused()
    keys.type("a garden")
    keys.press("Enter")
    expect(dialog.get_by_role("list", name="Comments")).to_contain_text("a garden")
    keys.press("Escape")
    expect(dialog).to_have_count(0)
    page.wait_for_function("one => one === document.activeElement", arg=opener)
    keys.press("k", "j")
    expect(wall).to_be_focused()
    keys.press("Enter")
    expect(dialog.get_by_role("button", name="Previous post")).to_be_visible()
    keys.press("ArrowLeft")
    expect(dialog.get_by_role("button", name="Next post")).to_be_visible()
    keys.press("Escape")
    expect(wall).to_be_focused()
    keys.press("c")
    expect(wall.get_by_role("textbox", name="Add a comment")).to_be_focused()
    keys.tab_to("button", "More options for this post", back=True)
    keys.press("Enter")
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_focused()
    keys.press("End")
    expect(page.get_by_role("menuitem", name="Unfollow ben")).to_be_focused()
    keys.press("Escape")
    expect(wall.get_by_role("button", name="More options for this post")).to_be_focused()


def test_somebody_reads_notifications_and_writes_a_message_by_keys_alone(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ana, ben.id)
    stage.do(follows.follow, ben, ana.id)
    stage.do(preferences.set_private, ana, True)
    stage.do(follows.follow, stage.join("cleo"), ana.id)
    page, his = stage.open_tab(ana), stage.open_tab(ben, "/messages")
    keys = Keyboard(page)
    news = re.compile("^Notifications")
    keys.tab_to("button", news)
    keys.press("Enter")
    panel = page.get_by_role("dialog", name="Notifications")
    expect(panel).to_contain_text("ben started following you.")
    expect(panel).to_be_focused()
    keys.tab_to("link", "Follow requests, 1")
    keys.press("Enter")
    keys.tab_to("button", "Confirm request from cleo")
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="Follow requests")).to_contain_text("There are no requests.")
    keys.press("Escape")
    expect(page.get_by_role("button", name=news)).to_be_focused()

    keys.tab_to("link", "Messages", back=True)
    keys.press("Enter")
    expect(page.get_by_text("Your messages", exact=True)).to_be_visible()
    keys.tab_to("button", "New message")
    keys.press("Enter")
    choice = page.get_by_role("dialog", name="New message")
    expect(choice.get_by_role("searchbox", name="Search people")).to_be_focused()
    keys.type("be")
    keys.tab_to("checkbox", "ben")
    keys.press("Space")
    expect(choice.get_by_role("checkbox", name="ben")).to_be_checked()
    keys.tab_to("button", "Chat")
    keys.press("Enter")
    expect(page.get_by_role("region", name="Conversation with ben")).to_be_visible()
    keys.tab_to("textbox", "Message")
    keys.type("Shall we?")
    keys.press("Shift+Enter")
    keys.type("Now?")
    keys.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("Shall we?")
    expect(his.get_by_role("link", name="Conversation with ana, unread")).to_contain_text("Now?")
    expect(page.get_by_role("textbox", name="Message")).to_be_focused()


def test_somebody_searches_by_keys_alone(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "ben was here")
    page = stage.open_tab(ana)
    keys = Keyboard(page)
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    keys.tab_to("button", "Search")
    keys.press("Enter")
    panel = page.get_by_role("dialog", name="Search")
    field = panel.get_by_role("searchbox", name="Search")
    expect(field).to_be_focused()
    keys.assert_focus_is_seen()
    keys.type("ben")
    found = panel.get_by_role("option")
    expect(found).to_have_count(2)
    keys.tab_to("tab", "Top")
    keys.press("ArrowRight")
    keys.assert_focus_is_seen()
    expect(panel.get_by_role("tab", name="People")).to_have_attribute("aria-selected", "true")
    expect(found).to_have_count(1)
    keys.tab_to("button", "Clear search", back=True)
    keys.press("Enter")
    expect(field).to_be_focused()
    keys.type("ben")
    expect(found).to_have_count(1)
    keys.press("ArrowDown", "Enter")
    expect(page.get_by_role("heading", name="ben")).to_be_visible()
    keys.press("/")
    expect(field).to_be_focused()
    keys.tab_to("button", "Remove ben from recent searches")
    keys.press("Enter")
    expect(field).to_be_focused()
    expect(panel.get_by_role("link", name="ben")).to_have_count(0)
    keys.press("Escape")
    expect(panel).to_have_count(0)


def test_somebody_walks_the_menu_and_logs_out_by_keys_alone(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    keys = Keyboard(page)
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    keys.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.tab_to("button", "More")
    keys.press("Enter")
    expect(page.get_by_role("menuitem", name="Settings")).to_be_focused()
    keys.assert_focus_is_seen()
    keys.press("ArrowDown", "ArrowDown", "ArrowDown", "Enter")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_role("button", name="More")).to_be_focused()
    keys.press("Space")
    expect(page.get_by_role("menuitem", name="Settings")).to_be_focused()
    keys.press("ArrowUp")
    expect(page.get_by_role("menuitem", name="Log out")).to_be_focused()
    keys.assert_focus_is_seen()
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/login"))
    keys.tab_to("textbox", "Username or email")
    keys.type("ana")
    keys.tab_to("textbox", "Password")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()


def test_the_focus_moves_to_a_neighbour_of_a_removed_row(stage: Stage) -> None:
    ana, *others = (stage.join(name) for name in ("ana", "ben", "cleo"))
    stage.do(preferences.set_private, ana, True)
    for other in others:
        stage.do(follows.follow, other, ana.id)
    page = stage.open_tab(ana, "/notifications/requests")
    keys = Keyboard(page)
    dialog = page.get_by_role("dialog", name="Follow requests")
    for button in ("Confirm", "Delete"):
        dialog.get_by_role("button", name=button).first.focus()
        keys.press("Enter")
        if button == "Confirm":
            expect(dialog.get_by_role("listitem")).to_have_count(1)
            expect(dialog.get_by_role("listitem").get_by_role("link")).to_be_focused()
            keys.assert_focus_is_seen()
    expect(dialog).to_contain_text("There are no requests.")
    expect(dialog).to_be_focused()

    stage.do(preferences.set_private, ana, False)
    for other in others:
        stage.do(follows.follow, other, ana.id)
    page.goto("/ana/followers")
    dialog = page.get_by_role("dialog", name="Followers")
    dialog.get_by_role("button", name="Remove ben").focus()
    keys.press("Enter")
    expect(dialog.get_by_role("link", name="cleo")).to_be_focused()

    for other in others:
        stage.do(blocks.block, ana, other.id)
    page.goto("/settings/blocked")
    page.get_by_role("button", name="Unblock ben").focus()
    keys.press("Enter")
    expect(page.get_by_role("button", name="Unblock ben")).to_have_count(0)
    page.evaluate(NEXT_FRAME)
    assert "cleo" in keys.assert_focus_is_seen()
    keys.press("Enter")
    keys.tab_to("button", "Unblock cleo")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="No blocked accounts")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()

    stage.do(blocks.block, ana, others[0].id)
    page.goto("/ben")
    page.get_by_role("button", name="Unblock ben").focus()
    keys.press("Enter")
    expect(page.get_by_role("button", name="Follow ben")).to_be_visible()
    expect(page.get_by_role("main")).to_be_focused()


def test_the_focus_stays_when_devices_are_logged_out(stage: Stage) -> None:
    ana = stage.join("ana")
    for device in ("Firefox/1 Linux", "Chrome/1 Linux"):
        stage.do(sessions.start, ana.id, device)
    page = stage.open_tab(ana, "/settings/security")
    keys = Keyboard(page)
    log_out = page.get_by_role("button", name=re.compile("^Log out .* on "))
    expect(log_out).to_have_count(2)
    log_out.first.focus()
    keys.press("Enter")
    expect(log_out).to_have_count(1)
    page.evaluate(NEXT_FRAME)
    assert "last used" in keys.assert_focus_is_seen()
    page.get_by_role("button", name="Log out others").focus()
    keys.press("Enter")
    expect(log_out).to_have_count(0)
    expect(page.get_by_role("main")).to_be_focused()


def test_the_focus_stays_in_a_form_that_is_saved_or_reset(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/profile")
    keys = Keyboard(page)
    form = page.get_by_role("form", name="Edit profile")
    for button in ("Cancel", "Save"):
        form.get_by_role("textbox", name="Bio").fill("Walls")
        keys.tab_to("button", button)
        keys.press("Enter")
        expect(form.get_by_role("button", name="Save")).to_be_disabled()
        expect(form.get_by_role("textbox", name="Name", exact=True)).to_be_focused()


def test_the_focus_returns_to_the_field_when_all_searches_are_removed(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(recents.remember, ana, text="tulips")
    page = stage.open_tab(ana, "/search")
    keys = Keyboard(page)
    keys.tab_to("button", "Clear all")
    keys.press("Enter")
    expect(page.get_by_text("Only you can see them")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Search")).to_be_focused()
