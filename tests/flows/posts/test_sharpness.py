"""Photos on screen are as sharp as their files: none is drawn larger than the rendition fetched for it."""

from __future__ import annotations

import itertools

import pytest
from bson import ObjectId
from playwright.sync_api import expect

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, imaging
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import posts
from tests.conftest import file_of, picture
from tests.flows.conftest import DESKTOP, PHONE, Stage

# For each photo, in pixels: the width fetched, the largest one available, and the width drawn.
DRAWN = """() => [...document.querySelectorAll("main img[srcset]")].map((image) => {
  const box = image.getBoundingClientRect();
  const aspect = image.getAttribute("width") / image.getAttribute("height");
  const widths = image.srcset.split(",").map((one) => parseInt(one.trim().split(" ")[1]));
  return {
    fetched: Number(image.currentSrc.split("/").pop()),
    widest: Math.max(...widths),
    drawn: Math.max(box.width, box.height * aspect) * devicePixelRatio,
  };
})"""
SHAPES = ((2160, 1132), (1800, 1200), (1400, 1400), (1200, 1500))


async def _share_shapes(viewer: Viewer) -> None:
    """Give a person three posts of each shape, copying one photo per shape, since making photos is slow."""
    for shape in SHAPES:
        draft = await drafts.store(viewer, file_of(picture(*shape)))
        await posts.publish(viewer, draft.id)
    made = await db.posts.find({}).to_list()
    await db.posts.insert_many([{**one, "_id": ObjectId()} for one in made * 2])


def test_no_photo_is_enlarged(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(_share_shapes, ben)
    stage.do(follows.follow, ana, ben.id)
    blurred = []
    for density, size in itertools.product((1, 2), (PHONE, {"width": 1000, "height": 900}, DESKTOP)):
        page = stage.open_tab(ana, viewport=size, device_scale_factor=density)
        for path in ("/", "/ben", "/explore"):
            if path != "/":
                page.goto(path)
            shown = page.locator("main img[srcset]")
            expect(shown).to_have_count(12)
            page.evaluate(
                "() => document.querySelectorAll('main img').forEach((one) => one.loading = 'eager')"
            )
            page.wait_for_function(
                "() => [...document.querySelectorAll('main img[srcset]')].every((one) => one.currentSrc)"
            )
            for one in page.evaluate(DRAWN):
                if one["fetched"] < min(one["drawn"] - 1, one["widest"]):
                    blurred.append((density, size["width"], path, one))
        page.close()
    assert blurred == []


async def _share_one(viewer: Viewer) -> None:
    draft = await drafts.store(viewer, file_of(picture(1080, 1350)))
    await posts.publish(viewer, draft.id)


def test_a_high_density_phone_fetches_each_photo_once_at_double_resolution(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ana = stage.join("ana")
    with monkeypatch.context() as earlier:
        earlier.setattr(imaging, "WIDTHS", (320, 640, 1080, 2048))
        stage.do(_share_one, ana)
    stage.do(_share_one, ana)
    phone = {"viewport": PHONE, "device_scale_factor": 3, "is_mobile": True, "has_touch": True}
    page = stage.context(**phone).new_page()
    stage.sign_in(page.context, ana)
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.goto("/")
    expect(page.get_by_role("button", name="Like", exact=True).first).to_be_enabled()
    shown = page.get_by_role("article").locator("img[srcset]")
    shown.last.scroll_into_view_if_needed()
    for number, width in enumerate([828, 1080]):
        expect(shown.nth(number)).to_have_js_property("complete", True)
        assert shown.nth(number).evaluate("image => image.currentSrc").endswith(f"/{width}")
    page.get_by_role("article").first.get_by_role("time").click()
    expect(page.get_by_role("heading", name="Post by ana")).to_be_visible()
    expect(shown).to_have_count(1)
    expect(shown).to_have_js_property("complete", True)
    assert sorted(int(url.split("/")[-1]) for url in requested if "/media/" in url) == [828, 1080]
