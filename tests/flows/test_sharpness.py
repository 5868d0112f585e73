"""Photos on screen are as sharp as their files: no picture is drawn larger than what was fetched for it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from instagram_clone.domain import follows, media, posts
from instagram_clone.domain.viewer import Viewer
from tests.conftest import file_of, picture
from tests.flows.conftest import DESKTOP, PHONE, Stage

# Of each photo, in pixels: how wide it was fetched, is at its widest, and is drawn.
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
    for shape in SHAPES * 3:
        draft = await media.store(viewer, file_of(picture(*shape)))
        await posts.publish(viewer, draft.id)


@pytest.mark.parametrize("density", [1, 2])
def test_no_photo_is_enlarged(stage: Stage, density: int) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(_share_shapes, ben)
    stage.do(follows.follow, ana, ben.id)
    blurred = []
    for size in (PHONE, {"width": 1000, "height": 900}, DESKTOP):
        page = stage.open_tab(ana, viewport=size, device_scale_factor=density)
        for path in ("/", "/ben", "/explore"):
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
                    blurred.append((size["width"], path, one))
        page.close()
    assert blurred == []
