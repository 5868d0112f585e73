"""Every screen at every size and in both themes: axe-core finds nothing, and nothing overflows."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from instagram_clone.domain.discovery import recents
from instagram_clone.domain.media import drafts
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people import preferences, profiles
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes
from tests.conftest import file_of, picture, share
from tests.flows.conftest import (
    ANIMATIONS_ENDED,
    DESKTOP,
    NEXT_FRAME,
    PHONE,
    Stage,
    wait_for_animations,
    wait_until_interactive,
)
from tests.server import ROOT

TABLET = {"width": 820, "height": 1180}
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
"""The rules in axe-core's category "cat.color", as far as they are enabled by default."""

IS_DARK = "() => matchMedia('(prefers-color-scheme: dark)').matches"
# The end of one transition can start another in elements that inherit from it: one turn per level.
FINISH = """() => {
  for (let turn = 0; turn < 1000; turn++) {
    const running = document.getAnimations().filter(
      motion => motion.playState === "running" && motion.effect.getComputedTiming().endTime !== Infinity);
    if (!running.length) return;
    running.forEach(motion => motion.finish());
  }
}"""
AXE = """async (rules) => {
  const only = rules.length ? { runOnly: rules } : {};
  const { violations } = await axe.run({ reporter: "no-passes", ...only });
  return violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 160)}`);
}"""
DARK_RULES = re.compile(r"([^{}]*\.dark\b[^{}]*)\{([^{}]*)\}")
COLOUR = re.compile(r"#[0-9a-f]{3,8}|rgb\([^()]*\)", re.IGNORECASE)
# iPhones zoom in on a focused field with small text, and don't zoom out again.
SMALL_FIELDS = """() => [...document.querySelectorAll("input, textarea, select")].filter(
    one => one.checkVisibility() && !/checkbox|radio|range/.test(one.type)
        && parseFloat(getComputedStyle(one).fontSize) < 16
).map(one => one.outerHTML.slice(0, 160))"""
ROOM_LEFT = """(field) => {
  const style = getComputedStyle(field), pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  return room - pen.measureText(field.selectedOptions[0].text).width;
}"""
RING = """(tab) => {
  const box = tab.getBoundingClientRect(), style = getComputedStyle(tab);
  if (style.outlineStyle === "none") throw new Error("no ring");
  const out = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
  return [box.left - out, box.top - out, box.right + out, box.bottom + out];
}"""
# The contrast of white text on a translucent background over a white photo.
ON_WHITE = """(ground) => {
  const [red, green, blue, part] = getComputedStyle(ground).backgroundColor.match(/[\\d.]+/g).map(Number);
  const light = (value) => {
    const seen = (value * part + 255 * (1 - part)) / 255;
    return seen <= 0.04045 ? seen / 12.92 : ((seen + 0.055) / 1.055) ** 2.4;
  };
  return 1.05 / (0.2126 * light(red) + 0.7152 * light(green) + 0.0722 * light(blue) + 0.05);
}"""
BUDGET = {"/login": 250_000, "/": 300_000}


@pytest.fixture
def town(stage: Stage):
    """Two people, a post and a comment, for every screen to show."""
    ana, ben = stage.join("ana", "Ana María 🌿"), stage.join("ben.b")
    stage.do(profiles.edit_profile, ana, "Ana María 🌿", "ana", "Walls\nand skies", "example.com")
    stage.do(follows.follow, ben, ana.id)
    post_id = stage.do(share, ana, "A wall. " * 40, alt="A teal wall")
    stage.do(share, ana, "")
    stage.do(likes.like, ben, post_id)
    stage.do(comments.add, ben, post_id, "Nice @ana, see https://example.com")
    return ana, ben, post_id


def violations(page: Page, rules: list[str]) -> list[str]:
    """Return what axe-core finds wrong with a page as it looks now, by some rules or by all."""
    # The script is half a megabyte to compile, so inject it only once per document.
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(Axe().axe_script)
    return page.evaluate(AXE, rules)


def looks(page: Page) -> list[tuple[dict[str, int], str, list[str]]]:
    """Return every look a page can have, with the axe-core rules to check in it (none means all).

    Changing the theme takes longest, so the current one comes first. The other theme changes only colours.
    """
    first, second = ("dark", "light") if page.evaluate(IS_DARK) else ("light", "dark")
    sizes = (DESKTOP, TABLET, PHONE)
    return [(size, first, []) for size in sizes] + [(size, second, COLOUR_RULES) for size in sizes[::-2]]


def examine(page: Page, name: str, least_width: int = 0) -> list[str]:
    """Return what axe-core and measurements find wrong with a page, in every look it can have."""
    found = []
    for size, theme, rules in looks(page):
        if size["width"] < least_width:
            continue
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme)
        expect(page.locator("html")).to_have_class(re.compile(theme))
        # Halfway between two themes, any contrast can be too low.
        page.evaluate(NEXT_FRAME)
        page.evaluate(FINISH)
        page.wait_for_function(ANIMATIONS_ENDED)
        look = f"{name} ({size['width']}, {theme})"
        # A tablet shows the same elements as a desktop, in other places.
        if size is not TABLET:
            found += [f"{look}: {violation}" for violation in violations(page, rules)]
        if size["width"] < 768:
            found += [f"{look} has small text in {field}" for field in page.evaluate(SMALL_FIELDS)]
        wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        if page.evaluate(wide) > 0:
            found.append(f"{look} is wider than its window")
    page.set_viewport_size(DESKTOP)
    return found


def is_colour(name: str, value: str) -> bool:
    """Return whether a declaration sets a colour or a shadow, so that it can't affect the layout."""
    if name in ("color-scheme", "box-shadow") or name.startswith("--ic-shadow-"):
        return True
    is_named_so = name.startswith(("--ic-", "background")) or name.endswith("color")
    return is_named_so and COLOUR.fullmatch(value) is not None


def test_a_theme_changes_nothing_but_colours() -> None:
    sheets = "".join(path.read_text() for path in (ROOT / "assets").glob("*.css"))
    rules = DARK_RULES.findall(re.sub(r"/\*.*?\*/", "", sheets, flags=re.DOTALL))
    assert len(rules) > 5
    for selector, body in rules:
        for declaration in filter(str.strip, body.split(";")):
            name, _, value = declaration.partition(":")
            assert is_colour(name.strip(), value.strip()), (selector, declaration)


def test_every_screen_is_accessible_and_fits(stage: Stage, town) -> None:
    ana, ben, post_id = town
    problems: list[str] = []
    visitor = stage.open_tab(None, "/login")
    cleo = stage.join("cleo")
    stage.do(preferences.set_private, cleo, True)
    stage.do(follows.follow, ben, cleo.id)
    for path in (
        *("/login?password=changed", "/forgot?link=dead", "/reset", "/confirm?about=change"),
        *("/login", "/signup", "/ana", "/cleo", "/nobody"),
    ):
        visitor.goto(path)
        wait_until_interactive(visitor)
        problems += examine(visitor, f"visitor {path}")
    page = stage.open_tab(ben)
    expect(page.get_by_role("article", name="Post by ana")).to_have_count(2)
    problems += examine(page, "home")
    for path, shown in (
        ("/explore", "Photo, 1 like, 1 comment"),
        ("/ana", "Photo, 1 like, 1 comment"),
        ("/ben.b", "Edit profile"),
        ("/ben.b/saved", "Nothing saved yet"),
        (f"/p/{post_id}", "Comments"),
        ("/settings", "Settings"),
        ("/settings/account", "Log out"),
        ("/settings/profile", "Change photo"),
        ("/settings/security", "This device"),
        ("/settings/privacy", "Read receipts"),
        ("/settings/blocked", "No blocked accounts"),
        ("/settings/appearance", "Theme"),
        ("/settings/notifications", "New followers"),
        ("/ana/followers", "Followers"),
        ("/cleo", "Requested cleo"),
        (f"/p/{'0' * 24}", "Go home"),
    ):
        page.goto(path)
        named = page.get_by_label(shown).or_(page.get_by_text(shown, exact=True))
        expect(named.first).to_be_attached()
        problems += examine(page, path)
    page.goto(f"/?p={post_id}")
    expect(page.get_by_role("dialog", name="Post by ana")).to_be_visible()
    problems += examine(page, "post dialog")
    requests = stage.open_tab(cleo, "/notifications/requests")
    expect(requests.get_by_role("button", name="Confirm request from ben.b")).to_be_visible()
    problems += examine(requests, "follow requests")
    requests.get_by_role("button", name="Close").click()
    expect(requests.get_by_role("link", name="Follow requests, 1")).to_be_visible()
    problems += examine(requests, "notifications with a follow request")
    bell = stage.open_tab(ana, "/notifications")
    expect(bell.get_by_text("ben.b").first).to_be_visible()
    problems += examine(bell, "notifications page")
    bell.get_by_role("button", name="Notifications").click()
    expect(bell.get_by_role("dialog", name="Notifications")).to_contain_text("ben.b")
    problems += examine(bell, "notifications panel", least_width=768)
    page.goto("/?create")
    expect(page.get_by_role("dialog", name="Create new post")).to_be_visible()
    problems += examine(page, "create")
    empty = stage.open_tab(ana)
    empty.get_by_role("button", name="1 like", exact=True).click()
    expect(empty.get_by_role("dialog", name="Likes").get_by_role("link", name="ben.b")).to_be_visible()
    problems += examine(empty, "likes")
    newcomer = stage.open_tab(stage.join("newcomer"))
    expect(newcomer.get_by_role("heading", name="Welcome, Newcomer")).to_be_visible()
    problems += examine(newcomer, "welcome")
    assert problems == [], "\n".join(problems)


def test_every_screen_of_the_search_is_accessible_and_fits(stage: Stage, town) -> None:
    _, ben, _ = town
    stage.do(recents.remember, ben, text="A wall of teal, early")
    page = stage.open_tab(ben)
    expect(page.get_by_role("article", name="Post by ana")).to_have_count(2)
    page.get_by_role("button", name="Search", exact=True).click()
    panel = page.get_by_role("dialog", name="Search")
    expect(panel.get_by_role("button", name="A wall of teal, early", exact=True)).to_be_visible()
    problems = examine(page, "recent searches", least_width=768)
    page.goto("/search")
    field = page.get_by_role("searchbox", name="Search", exact=True)
    for text, shown in (("ana", "ana"), ("wall", "A wall."), ("zzqq", "Nothing for zzqq")):
        field.fill(text)
        expect(page.get_by_role("tabpanel")).to_contain_text(shown)
        page.keyboard.press("ArrowDown")
        problems += examine(page, f"search for {text}")
    field.fill("wall")
    page.get_by_role("tab", name="Posts").click()
    tile = page.get_by_role("option", name="Photo by ana: A wall.")
    expect(tile).to_be_visible()
    field.press("ArrowDown")
    expect(tile).to_have_attribute("aria-selected", "true")
    problems += examine(page, "found posts")
    assert problems == [], "\n".join(problems)


def test_every_screen_of_messages_is_accessible_and_fits(stage: Stage, town) -> None:
    ana, ben, post_id = town
    stage.do(follows.follow, ana, ben.id)
    chat = stage.do(conversations.start, ana, [ben.id])
    stage.do(messages.send, ana, chat, "1", text="Nice light at https://example.com 🌿")
    first = stage.do(messages.send, ben, chat, "2", text="Sunday? " * 30)
    stage.do(messages.react, ana, chat, first, "❤️")
    stage.do(messages.send, ana, chat, "3", post=post_id, text="This wall")
    stage.do(messages.send, ben, chat, "4", like=True)
    stage.do(messages.send, ana, chat, "5", photo=stage.do(drafts.store, ana, file_of(picture())).id)
    cleo = stage.join("cleo")
    request = stage.do(conversations.start, cleo, [ben.id])
    stage.do(messages.send, cleo, request, "6", text="Hello")
    page = stage.open_tab(ben, "/messages")
    expect(page.get_by_role("link", name="Conversation with ana, unread")).to_be_visible()
    problems = examine(page, "inbox")
    page.goto(f"/messages/{chat}")
    expect(page.get_by_role("link", name="Shared post by ana")).to_be_visible()
    problems += examine(page, "conversation")
    page.get_by_role("button", name="Add emoji").click()
    problems += examine(page, "emoji")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Conversation details").click()
    problems += examine(page, "conversation details")
    page.goto(f"/messages/{request}")
    expect(page.get_by_role("region", name="Message request")).to_be_visible()
    problems += examine(page, "message request")
    page.goto("/messages")
    page.get_by_role("button", name="New message").first.click()
    expect(page.get_by_role("checkbox", name="ana")).to_be_visible()
    problems += examine(page, "new message")
    page.goto(f"/p/{post_id}")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(
        page.get_by_role("dialog", name="Share post").get_by_role("checkbox", name="ana")
    ).to_be_visible()
    problems += examine(page, "share post")
    assert problems == [], "\n".join(problems)


@pytest.mark.parametrize("width", [256, 600], ids=["portrait", "wide"])
@pytest.mark.parametrize("path", ["/p/{post}", "/?p={post}"], ids=["page", "dialog"])
def test_a_photo_leaves_room_for_the_conversation(stage: Stage, path: str, width: int) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "", width=width)
    windows = [320, 390, 768, 820, 1024, 1100, 1440]
    if "?" in path:
        windows.reverse()
    size = {"width": windows[0], "height": 900}
    page = stage.open_tab(ana, path.format(post=post_id), viewport=size)
    shown = page.get_by_role("dialog" if "?" in path else "article", name="Post by ana")
    photo = shown.get_by_role("img").first
    field = shown.get_by_role("textbox", name="Add a comment")
    for window in windows:
        page.set_viewport_size({"width": window, "height": 900})
        wait_for_animations(page)
        expect(photo).to_be_visible()
        # A trial click fails if anything covers the middle of the element.
        shown.get_by_role("link", name="ana", exact=True).first.click(trial=True)
        shown.get_by_role("button", name="Like", exact=True).click(trial=True)
        field.click(trial=True)
        box = field.bounding_box()
        assert box is not None and box["width"] > 120 and box["x"] + box["width"] <= window, window
        image = photo.bounding_box()
        assert image is not None and image["width"] > 200, window
        if window >= 768:
            assert image["x"] + image["width"] <= box["x"], f"{window}: the conversation covers the photo"


def test_settings_controls_fit_their_content(stage: Stage) -> None:
    sizes = [{"width": wide, "height": 844} for wide in (320, 360, 390, 820)]
    page = stage.open_tab(stage.join("ana"), "/settings/notifications", viewport=sizes[0])
    field = page.get_by_role("combobox", name="Likes")
    field.select_option("From people I follow")
    for size in sizes:
        page.set_viewport_size(size)
        assert field.evaluate(ROOM_LEFT) >= 0, size
    page.goto("/settings/appearance")
    card = page.locator(".ic-card").filter(has=page.get_by_role("radiogroup", name="Theme"))
    dark = card.locator("label").filter(has_text="Dark")
    expect(dark).to_be_visible()
    for size in sizes:
        page.set_viewport_size(size)
        wait_for_animations(page)
        inner, outer = dark.bounding_box(), card.bounding_box()
        assert inner and outer, size
        assert inner["x"] + inner["width"] <= outer["x"] + outer["width"] - 8, size


def test_long_names_wrap_in_settings_menus_and_questions(stage: Stage) -> None:
    ana, other = stage.join("wandering_mother_of_four_blogs"), stage.join("wwwwwwwwwwwwwwwwwwwwwwwwwwwwww")
    page = stage.open_tab(ana, "/settings/account", viewport={"width": 320, "height": 844})
    for label in ("Username", "Email"):
        row = page.locator(".ic-setrow").filter(has=page.get_by_text(label, exact=True)).first
        for width in (320, 360, 390, 820):
            page.set_viewport_size({"width": width, "height": 844})
            name, whole = row.get_by_text(label, exact=True).first.bounding_box(), row.bounding_box()
            assert name and whole and name["height"] < 30 and whole["height"] < 180, (label, width)
    stage.do(follows.follow, ana, other.id)
    page.goto(f"/{other.username}")
    page.get_by_role("button", name="More options", exact=True).click()
    menu = page.get_by_role("menu")
    expect(menu).to_be_visible()
    for width in (768, 1440):
        page.set_viewport_size({"width": width, "height": 844})
        assert menu.evaluate("menu => menu.scrollWidth - menu.clientWidth") <= 0, width


def test_states_are_visible_where_the_system_chooses_the_colours(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/settings/appearance")
    page.emulate_media(forced_colors="active")
    switches = [page.get_by_role("switch", name=name) for name in ("Reduce motion", "Single-letter keys")]
    expect(switches[1]).to_be_checked()
    colour = "(element, part) => getComputedStyle(element, part).backgroundColor"
    off, on = (switch.evaluate(colour) for switch in switches)
    knob = switches[0].evaluate(colour, "::after")
    assert len({off, on, knob}) == 3, "the ground of a switch that is on or off, and its knob"
    theme = page.locator("label").filter(has=page.get_by_role("radio", checked=True))
    assert theme.evaluate("label => getComputedStyle(label).outlineStyle") == "solid"


@pytest.mark.parametrize("path", ["/p/{post}", "/?p={post}"])
def test_a_tablet_shows_a_photo_without_bars(stage: Stage, path: str) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "")
    page = stage.open_tab(ana, path.format(post=post_id), viewport={"width": 900, "height": 1000})
    shown = page.get_by_role("dialog" if "?" in path else "article", name="Post by ana")
    photo = shown.get_by_role("group", name="Photos")
    expect(photo.get_by_role("img")).to_be_visible()
    wait_for_animations(page)
    box = photo.bounding_box()
    assert box and box["width"] / box["height"] == pytest.approx(256 / 320, rel=0.02)


def test_no_focus_ring_is_clipped_by_the_edge_of_a_phone(stage: Stage) -> None:
    ana = stage.join("ana")
    for _ in range(3):
        stage.do(share, ana, "")
    page = stage.open_tab(ana, "/ana", viewport=PHONE)
    tiles = page.get_by_role("link", name="Photo, 0 likes")
    expect(tiles).to_have_count(3)
    below = page.get_by_role("navigation", name="Primary").locator("a, button")
    expect(below).to_have_count(5)
    page.keyboard.press("Tab")
    for one in [*tiles.all(), *page.get_by_role("tab").all(), *below.all()]:
        one.focus()
        wait_for_animations(page)
        left, top, right, bottom = one.evaluate(RING)
        assert left >= 0 and right <= PHONE["width"] and bottom <= PHONE["height"] and top > 0


def test_a_clamped_caption_does_not_clip_the_focus_ring_of_its_links(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(share, ana, "A wall. " * 40)
    page = stage.open_tab(ana)
    caption = page.locator(".ic-caption.is-clamped")
    expect(caption).to_be_visible()
    page.keyboard.press("Tab")
    link = caption.get_by_role("link", name="ana")
    link.focus()
    wait_for_animations(page)
    left, top, _, _ = link.evaluate(RING)
    box = caption.bounding_box()
    assert box and left >= box["x"] - 0.5 and top >= box["y"] - 0.5


def test_text_over_a_photo_is_readable_on_white(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(share, ana, "", alt="A teal wall")
    page = stage.open_tab(ana, "/ana")
    tile = page.get_by_role("link", name="Photo, 0 likes")
    expect(tile).to_be_visible()
    assert tile.locator(".ic-tile-over").evaluate(ON_WHITE) >= 4.5
    page.goto("/")
    badge = page.get_by_role("button", name="Show image description")
    expect(badge).to_be_visible()
    assert badge.evaluate(ON_WHITE) >= 4.5


def test_the_logo_is_centred_above_the_icons(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    for wide in (768, 820, 1263):
        page.set_viewport_size({"width": wide, "height": 900})
        wait_for_animations(page)
        boxes = [
            page.locator("aside").get_by_role("link", name=name).bounding_box()
            for name in ("Instaclone", "Home")
        ]
        middles = [box["x"] + box["width"] / 2 for box in boxes if box]
        assert len(middles) == 2 and abs(middles[0] - middles[1]) < 1, wide


def test_one_navigation_one_main_and_a_way_to_skip(stage: Stage, town) -> None:
    _, ben, _ = town
    for size in (DESKTOP, TABLET, PHONE):
        page = stage.open_tab(ben, viewport=size)
        expect(page.get_by_role("article")).to_have_count(2)
        assert page.get_by_role("main").count() == 1
        assert page.get_by_role("navigation", name="Primary").count() == 1
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Skip to content")).to_be_focused()


@pytest.mark.parametrize("path", BUDGET)
def test_the_first_load_is_light(stage: Stage, town, path: str) -> None:
    _, ben, _ = town
    page = stage.open_tab(ben if path == "/" else None, "/ana")
    context = stage.context(storage_state=page.context.storage_state())
    fresh = context.new_page()
    session = context.new_cdp_session(fresh)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    sizes: list[tuple[str, float]] = []
    session.on("Network.responseReceived", lambda e: kinds.update({e["requestId"]: e["type"]}))
    session.on(
        "Network.loadingFinished",
        lambda e: sizes.append((kinds.get(e["requestId"], ""), e["encodedDataLength"])),
    )
    fresh.goto(path, wait_until="networkidle")
    total = sum(size for kind, size in sizes if kind != "Image")
    assert 50_000 < total <= BUDGET[path], f"{path} transfers {total:,.0f} bytes"


def test_photos_keep_their_place_while_they_load(stage: Stage, town) -> None:
    _, ben, _ = town
    page = stage.open_tab(ben, "/ana")
    page.goto("/")
    page.evaluate(
        "() => { window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach("
        "(entry) => { if (!entry.hadRecentInput) window.shift += entry.value; }))"
        ".observe({ type: 'layout-shift', buffered: true }); }"
    )
    expect(page.get_by_role("img", name="A teal wall")).to_be_visible()
    page.wait_for_timeout(800)
    assert page.evaluate("() => window.shift") <= 0.02
