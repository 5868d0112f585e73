"""Photos by touch and by pointer: the double tap, the description, the names of controls, the caption."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import comments
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage, eventually


def test_a_double_tap_likes_a_photo_and_never_unlikes_it(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(share, ana, "A wall")
    page = stage.open_tab(ana, viewport=PHONE, has_touch=True, is_mobile=True)
    photo = page.get_by_role("group", name="Photos")
    photo.tap()
    page.wait_for_timeout(400)
    photo.tap()
    expect(page.get_by_role("button", name="Like", exact=True)).to_be_visible()
    unlike = page.get_by_role("button", name="Unlike")

    def liked_by_two_quick_taps() -> bool:
        # On a busy machine, two taps may be too far apart to count as a double tap.
        photo.tap()
        photo.tap()
        return unlike.is_visible()

    assert eventually(page, liked_by_two_quick_taps)
    expect(photo.locator(".ic-burst.is-on")).to_have_count(1)
    photo.dblclick()
    expect(page.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Unlike")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="1 like", exact=True)).to_be_visible()


def test_a_description_is_shown_and_hidden_without_liking_the_photo(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(share, ana, "A wall", alt="A teal wall")
    page = stage.open_tab(ana)
    button = page.get_by_role("button", name="Show image description", exact=True)
    button.dblclick()
    button.click()
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("A teal wall", exact=True)).to_be_visible()
    page.get_by_role("button", name="Hide image description").click()
    expect(page.get_by_text("A teal wall", exact=True)).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("button", name="Like", exact=True)).to_be_visible()


def test_only_a_photo_with_a_description_shows_one(stage: Stage) -> None:
    ana = stage.join("ana")
    plain, other = stage.do(share, ana), stage.do(share, ana, alt="A teal wall")
    described = stage.do(share, ana, alt="A red wall")
    page = stage.open_tab(ana, f"/?p={described}")
    dialog, hide = page.get_by_role("dialog"), page.get_by_role("button", name="Hide image description")
    dialog.get_by_role("button", name="Show image description").click()
    expect(dialog.get_by_text("A red wall", exact=True)).to_be_visible()
    for post_id, alt in ((other, "A teal wall"), (plain, "Photo by ana")):
        dialog.get_by_role("button", name="Next post").click()
        expect(page).to_have_url(f"{stage.server.url}/?p={post_id}")
        expect(dialog.get_by_role("img", name=alt, exact=True)).to_be_visible()
        expect(dialog.locator(hide)).to_have_count(0)
    page.goto("/settings/appearance")
    page.get_by_role("switch", name="Always show alt text").click()
    page.goto("/")
    expect(page.get_by_role("article").get_by_text("A teal wall", exact=True)).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(3)
    expect(hide).to_have_count(2)


def test_the_visible_text_of_a_control_is_in_its_name(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    post_id = stage.do(share, ben, "A wall. " * 40, alt="A teal wall")
    stage.do(comments.add, ana, post_id, "Nice")
    stage.do(follows.follow, ana, ben.id)
    page = stage.open_tab(ana)
    rule = {"runOnly": {"type": "rule", "values": ["label-content-name-mismatch"]}}
    for path in ("/", "/explore", "/ben", f"/p/{post_id}"):
        page.goto(path)
        expect(page.locator("main img").first).to_be_visible()
        found = Axe().run(page, context={"include": ["main"]}, options=rule).response["violations"]
        assert [node["html"] for one in found for node in one["nodes"]] == [], path


def test_a_long_caption_is_clamped_until_expanded(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(share, ana, "A wall. " * 40 + "The end.")
    page = stage.open_tab(ana)
    caption = page.locator(".ic-caption")
    more = page.get_by_role("button", name="Show full caption")
    expect(more).to_be_visible()
    folded, key = caption.bounding_box(), more.bounding_box()
    assert folded and key and key["y"] + key["height"] <= folded["y"] + folded["height"] + 1
    more.click()
    expect(more).to_have_count(0)
    unfolded = caption.bounding_box()
    assert folded and unfolded and unfolded["height"] > folded["height"] * 1.5
