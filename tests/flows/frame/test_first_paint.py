"""What is on screen before any script has run, and how the app takes over from it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments, likes
from tests.conftest import share
from tests.flows.conftest import DESKTOP, PHONE, Stage, eventually, wait_for_animations


def open_with_posts(page: Page) -> None:
    """Load home until the server sends posts with it, which it doesn't while the database is slow."""

    def has_posts() -> bool:
        page.goto("/")
        return page.locator("#first-posts article").count() > 0

    assert eventually(page, has_posts)


@pytest.mark.parametrize("path", ["/", "/explore", "/messages", "/settings/privacy"])
def test_the_navigation_is_shown_before_any_script(stage: Stage, path: str) -> None:
    ana = stage.join("ana")
    page = stage.open_tab(ana, path, java_script_enabled=False, viewport=PHONE)
    tabs = page.get_by_role("navigation", name="Primary")
    expect(tabs.get_by_role("link", name="Explore")).to_be_visible()
    tabs.get_by_role("link", name="Profile").click()
    expect(page).to_have_url(f"{stage.server.url}/ana")


def test_a_visitor_does_not_see_the_members_navigation(stage: Stage) -> None:
    stage.join("ana")
    page = stage.open_tab(None, "/ana", viewport=PHONE)
    expect(page.get_by_role("heading", name="ana").first).to_be_visible()
    expect(page.get_by_role("navigation", name="Primary")).to_have_count(0)
    page.goto("/api/me")
    expect(page).to_have_url(f"{stage.server.url}/login")


@pytest.fixture
def feed(stage: Stage):
    """A viewer with two posts on home that show everything a card can, and one more."""
    ana, ben = stage.join("ana"), stage.join("ben.b")
    stage.do(follows.follow, ana, ben.id)
    stage.do(share, ben, "Below")
    plain = stage.do(share, ben)
    rich = stage.do(
        share, ben, "A wall, see @ana and https://example.com. " * 8, alt="A teal wall", width=1200
    )
    stage.do(likes.like, ana, rich)
    stage.do(comments.add, ana, rich, "Nice")
    return ana, plain, rich


def test_the_first_posts_are_shown_without_scripts(stage: Stage, feed) -> None:
    ana, _, rich = feed
    page = stage.open_tab(ana, java_script_enabled=False, viewport=PHONE)
    open_with_posts(page)
    posts = page.get_by_role("feed", name="Posts").get_by_role("article", name="Post by ben.b")
    expect(posts).to_have_count(2)
    expect(posts.first.get_by_role("img", name="A teal wall")).to_be_visible()
    expect(posts.first).to_contain_text("A wall, see @ana")
    expect(posts.first.get_by_role("button", name="Unlike")).to_be_disabled()
    expect(page.get_by_text("Loading posts")).to_have_count(1)
    expect(page.get_by_text("Loading posts")).to_be_hidden()
    posts.first.get_by_role("link", name="View 1 comment").click()
    expect(page).to_have_url(f"{stage.server.url}/p/{rich}")


def test_home_fetches_the_packages_of_every_page_as_one_script(stage: Stage, feed) -> None:
    page = stage.open_tab(feed[0], java_script_enabled=False)
    scripts = page.locator("link[rel=modulepreload]")
    expect(scripts.last).to_have_attribute("href", re.compile("^/assets/packages-"))
    expect(page.locator("link[rel=modulepreload][href*=packages]")).to_have_count(1)


BOXES = """() => [0, 1].map(at => {
    const post = document.querySelectorAll("[role=feed] > article")[at];
    return %s.map(name => [...post.querySelectorAll(name)].filter(one => one.checkVisibility()).map(one => {
        const box = one.getBoundingClientRect();
        return [name, box.x, box.y, box.width, box.height].map(side => Math.round(side) || side);
    }));
})"""
PARTS = [
    *("header", "header img, header .is-initials", ".ic-user", "time", ".ic-media", ".ic-media img"),
    *(
        ".ic-media-alt",
        ".ic-post-actions",
        "svg:not(.ic-burst svg)",
        ".ic-likes",
        ".ic-caption",
        ".ic-link",
    ),
    *(".ic-post-more", ".ic-post-comments", ".ic-addcomment", ".ic-addcomment .ic-avatar", "textarea"),
    *(".ic-addcomment button",),
]
WATCH = """() => {
    window.shift = 0;
    new PerformanceObserver(all => all.getEntries().forEach(one => { window.shift += one.value; }))
        .observe({ type: "layout-shift", buffered: true });
}"""


def test_before_scripts_load_only_links_respond(stage: Stage, feed) -> None:
    ana, _, rich = feed
    page = stage.context(viewport=PHONE).new_page()
    stage.sign_in(page.context, ana)
    page.route("**/assets/*.js", lambda route: route.abort())
    open_with_posts(page)
    post = page.get_by_role("article", name="Post by ben.b").first
    expect(post).to_be_visible()
    for one in (post.get_by_role("img", name="A teal wall"), page.get_by_role("button", name="Create")):
        taken = (
            "one => { const { x, y, width, height } = one.getBoundingClientRect();"
            " return one.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }"
        )
        assert not one.evaluate(taken)
    post.get_by_role("link", name="View 1 comment").click()
    expect(page).to_have_url(f"{stage.server.url}/p/{rich}")


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_live_posts_replace_the_server_rendered_ones_without_a_shift(
    stage: Stage, feed, size: dict[str, int]
) -> None:
    ana = feed[0]
    before = stage.open_tab(ana, java_script_enabled=False, viewport=size)
    open_with_posts(before)
    expect(before.get_by_role("article")).to_have_count(2)
    page = stage.context(viewport=size).new_page()
    console_lines = []
    page.on("console", lambda line: console_lines.append(line.text))
    page.add_init_script(f"({WATCH})()")
    stage.sign_in(page.context, ana)
    page.goto("/")
    expect(page.get_by_role("button", name="Unlike")).to_be_enabled()
    expect(page.get_by_role("article", name="Post by ben.b")).to_have_count(3)
    expect(page.locator("#first-posts")).to_have_count(0)
    expect(page.locator("[role=feed] > article").first.get_by_role("time")).not_to_be_empty()
    wait_for_animations(page)
    measure = BOXES % PARTS
    assert eventually(page, lambda: page.evaluate(measure) == before.evaluate(measure))
    source = "image => [image.srcset, image.sizes, image.width, image.height, image.alt]"
    real, first = (one.locator(".ic-media img").first.evaluate(source) for one in (page, before))
    assert real == first
    assert before.locator("link[rel=preload][as=image]").get_attribute("imagesrcset") == real[0]
    assert page.evaluate("() => window.shift") < 0.02
    assert console_lines == []


def test_returning_home_does_not_show_stale_posts(stage: Stage, feed) -> None:
    stage.do(share, stage.join("cleo"), "Of nobody they follow")
    page = stage.open_tab(feed[0])
    expect(page.get_by_role("article", name="Post by ben.b")).to_have_count(3)
    page.get_by_role("link", name="Explore").click()
    expect(page.get_by_role("main").get_by_role("link", name="Photo, ")).to_have_count(1)
    stage.do(follows.unfollow, feed[0], stage.do(profiles.profile, "ben.b").id)
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(0)


@pytest.fixture
def profile(stage: Stage):
    """A profile with everything it can show, and more photos than fit on a screen."""
    ana, ben = stage.join("ana.m", "Ana"), stage.join("ben")
    stage.do(profiles.edit_profile, ana, "Ana M", "ana.m", "Walls\nand skies", "https://ana.example/walls")
    stage.do(follows.follow, ben, ana.id)
    for width in (300, 700, 1200, *[256] * 8):
        post = stage.do(share, ana, width=width)
    stage.do(likes.like, ben, post)
    return ana, ben, post


def test_a_profile_is_shown_without_scripts(stage: Stage, profile) -> None:
    page = stage.open_tab(None, "/ana.m", java_script_enabled=False, viewport=PHONE)
    expect(page.get_by_role("heading", name="ana.m").first).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("1 follower")
    photos = page.get_by_role("main").get_by_role("link", name="Photo, ")
    expect(photos).to_have_count(9)
    expect(photos.first).to_have_accessible_name("Photo, 1 like, 0 comments")
    expect(photos.nth(8).locator("img")).to_be_visible()
    photos.first.click()
    expect(page).to_have_url(f"{stage.server.url}/p/{profile[2]}")


PROFILE_PARTS = [
    *(
        ".ic-topbar",
        ".ic-topbar-title",
        ".ic-profile-pic .ic-avatar",
        ".ic-profile-top > *",
        ".ic-stats li",
    ),
    *(
        ".ic-profile-name",
        ".ic-profile-bio",
        ".ic-profile-link",
        ".ic-tabs",
        ".ic-tabs svg",
        ".ic-tile",
        ".ic-tile img",
    ),
]
PROFILE_BOXES = f"""() => {PROFILE_PARTS}.map(name => [...document.querySelectorAll(name)]
    .filter(one => one.checkVisibility()).slice(0, 9).map(one => {{
        const box = one.getBoundingClientRect();
        return [name, box.x, box.y, box.width, box.height].map(side => Math.round(side) || side);
    }}))"""


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_live_profile_replaces_the_server_rendered_one_without_a_shift(
    stage: Stage, profile, size: dict[str, int]
) -> None:
    before = stage.open_tab(None, "/ana.m", java_script_enabled=False, viewport=size)
    expect(before.get_by_role("main")).to_be_visible()
    page = stage.context(viewport=size).new_page()
    console_lines = []
    page.on("console", lambda line: console_lines.append(line.text))
    page.add_init_script(f"({WATCH})()")
    page.goto("/ana.m")
    expect(page.get_by_role("main").get_by_role("link", name="Photo, ")).to_have_count(11)
    expect(page.locator("#sent-page")).to_have_count(0)
    wait_for_animations(page)
    assert eventually(page, lambda: page.evaluate(PROFILE_BOXES) == before.evaluate(PROFILE_BOXES))
    assert page.evaluate("() => window.shift") < 0.02
    assert console_lines == []
    page.get_by_role("link", name="Photo, ").first.click()
    expect(page.get_by_role("button", name="Like", exact=True)).to_be_visible()


@pytest.mark.parametrize("who", ["ana", "visitor"])
def test_before_scripts_load_photos_show_no_markup(stage: Stage, who: str) -> None:
    ana = stage.join("ana")
    for _ in range(5):
        stage.do(share, ana)
    page = stage.context(viewport={"width": 390, "height": 2000}).new_page()
    if who == "ana":
        stage.sign_in(page.context, ana)
    page.route("**/assets/*.js", lambda route: route.abort())
    if who == "ana":
        open_with_posts(page)
    else:
        page.goto("/ana")
    expect(page.locator(".ic-first a").last).to_be_visible()
    assert "srcset" not in page.get_by_role("main").inner_text()
