"""The composer, and everything that can go wrong with it."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from instagram_clone.domain.core import db
from tests.conftest import DATA, file_of, picture
from tests.flows.conftest import (
    DESKTOP,
    PHONE,
    Stage,
    article,
    eventually,
    wait_for_animations,
)


def file_named(content: bytes, name: str) -> Path:
    path = file_of(content)
    return path.rename(path.with_name(f"{path.name}-{name}"))


def panorama() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").rotate(90).resize((2000, 400)).save(out, "PNG")
    return out.getvalue()


def compose(page: Page, path: Path):
    page.get_by_role("navigation", name="Primary").get_by_role("button", name="Create").click()
    dialog = page.get_by_role("dialog", name="Create new post")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Select photos").click()
    chooser.value.set_files(path)
    return dialog


def test_a_rejected_file_says_why_and_another_can_be_chosen(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    dialog = compose(page, file_named(b"<svg onload=alert(1)>", "evil.jpg"))
    expect(dialog.get_by_role("alert")).to_contain_text("not a photo we can read")
    dialog.get_by_role("button", name="Remove").click()
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Select photos").click()
    chooser.value.set_files(file_named(picture(20, 20), "dot.jpg"))
    expect(dialog.get_by_role("alert")).to_contain_text("at least 320 px on its longer side")
    dialog.get_by_role("button", name="Remove").click()
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Select photos").click()
    chooser.value.set_files(file_named(b"x" * 100, "night.tiff"))
    expect(dialog.get_by_role("alert")).to_contain_text("TIFF is not supported")
    dialog.get_by_role("button", name="Remove").click()
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Select photos").click()
    chooser.value.set_files(file_named(b"x" * (30 * 1024 * 1024 + 1), "huge.jpg"))
    expect(dialog.get_by_role("alert")).to_contain_text("larger than 30 MB")
    assert stage.do(_count, "media") == 0


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_rejected_file_can_be_replaced_without_a_question(stage: Stage, size: dict) -> None:
    page = stage.open_tab(stage.join("ana"), viewport=size)
    dialog = compose(page, file_named(b"x" * 100, "night.tiff"))
    expect(dialog.get_by_role("alert")).to_contain_text("TIFF is not supported")
    expect(dialog.get_by_role("button", name="Retry")).to_have_count(0)
    expect(dialog.get_by_role("img")).to_have_count(0)
    alert = dialog.get_by_role("alert").bounding_box()
    assert alert is not None and alert["height"] < 60
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose another").click()
    chooser.value.set_files(file_named(b"y" * 100, "day.tiff"))
    expect(dialog.get_by_text("day.tiff")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


async def _count(name: str) -> int:
    return await db.__getattr__(name).count_documents({})


def test_an_interrupted_upload_can_be_retried_and_keeps_the_caption(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    broken = {"times": 1}

    def fail_once(route: Route) -> None:
        if broken["times"]:
            broken["times"] -= 1
            route.abort()
        else:
            route.continue_()

    page.route("**/api/media", fail_once)
    dialog = compose(page, file_named(picture(600, 600), "wall.jpg"))
    expect(dialog.get_by_role("alert")).to_contain_text("Connection lost")
    dialog.get_by_role("button", name="Retry").click()
    expect(dialog.get_by_text("Uploaded").first).to_be_visible()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("textbox", name="Caption").fill("Still here")
    dialog.get_by_role("button", name="Back").click()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_role("textbox", name="Caption")).to_have_value("Still here")
    dialog.get_by_role("button", name="Share").click()
    expect(article(page, "ana")).to_contain_text("Still here")


def test_a_retried_upload_keeps_the_crop_and_the_alt_text(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    held: list[Route] = []
    page.route("**/api/media", lambda route: held.append(route))
    dialog = compose(page, file_named(picture(1200, 800), "wide.jpg"))
    dialog.get_by_role("slider", name="Zoom").fill("2")
    dialog.get_by_role("button", name="Next").click()
    alt = dialog.get_by_role("textbox", name="Alt text for photo 1")
    alt.fill("A wide wall")
    assert eventually(page, lambda: bool(held))
    held[0].abort()
    page.unroute("**/api/media")
    dialog.get_by_role("button", name="Retry").click()
    expect(dialog.get_by_role("button", name="Share")).to_be_enabled()
    expect(alt).to_have_value("A wide wall")
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_role("slider", name="Zoom")).to_have_value("2")


def test_an_upload_shows_its_progress_and_can_be_cancelled(stage: Stage) -> None:
    stored_before = _stored()
    page = stage.open_tab(stage.join("ana"))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": 20, "downloadThroughput": 1e6, "uploadThroughput": 200_000}
    session.send("Network.emulateNetworkConditions", slow)
    noise = Image.effect_noise((2400, 2400), 90)
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    dialog = compose(page, file_named(out.getvalue(), "noise.jpg"))
    expect(dialog.get_by_role("progressbar")).to_have_attribute("aria-valuenow", re.compile(r"^[1-9]"))
    # Part of it is on the server by now, and must not stay there.
    assert eventually(page, lambda: len(_stored() - stored_before) == 1)
    dialog.get_by_role("button", name=re.compile("Cancel .*noise.jpg")).click()
    expect(dialog.get_by_role("button", name="Select photos")).to_be_visible()
    # Files that were there before may be removed in the meantime.
    assert eventually(page, lambda: not _stored() - stored_before)
    assert stage.do(_count, "media") == 0


def _stored() -> set[Path]:
    """Return the photo files that the server stores, including unfinished uploads."""
    places = [DATA / folder for folder in ("uploads", "media")]
    return {path for place in places for path in place.rglob("[!.]*") if path.is_file()}


def test_an_unfinished_post_is_not_discarded_without_asking(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    dialog = compose(page, file_named(picture(600, 600), "wall.jpg"))
    expect(dialog.get_by_text("Uploaded").first).to_be_visible()
    page.keyboard.press("Escape")
    ask = page.get_by_role("dialog", name="Discard post?")
    ask.get_by_role("button", name="Keep editing").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    ask.get_by_role("button", name="Discard").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert eventually(page, lambda: stage.do(_count, "media") == 0)


BACK_AND_FORTH = """() => new Promise(done => {
  let steps = 2;
  addEventListener('popstate', () => --steps || setTimeout(done));
  history.back();
})"""
"""Goes back, and waits until the app has returned to the page."""


def test_an_unfinished_post_is_not_lost_by_leaving_the_page_without_asking(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    navigation = page.get_by_role("navigation", name="Primary")
    navigation.get_by_role("link", name="Explore").click()
    expect(page).to_have_url(f"{stage.server.url}/explore")
    dialog = compose(page, file_named(picture(600, 600), "wall.jpg"))
    dialog.get_by_role("button", name="Next").click()
    caption = dialog.get_by_role("textbox", name="Caption")
    caption.fill("Still here")
    ask = page.get_by_role("dialog", name="Discard post?")
    page.evaluate("() => history.back()")
    ask.get_by_role("button", name="Keep editing").click()
    expect(ask).to_have_count(0)
    expect(page).to_have_url(f"{stage.server.url}/explore")
    expect(caption).to_have_value("Still here")
    page.once("dialog", lambda asked: asked.dismiss())
    with page.expect_event("dialog") as dialog_event:
        page.evaluate("() => location.reload()")
    assert dialog_event.value.type == "beforeunload"
    expect(caption).to_have_value("Still here")
    # Back while the question is shown asks nothing more.
    page.keyboard.press("Escape")
    expect(ask).to_be_visible()
    page.evaluate(BACK_AND_FORTH)
    expect(ask).to_have_count(1)
    ask.get_by_role("button", name="Discard").click()
    expect(page).to_have_url(f"{stage.server.url}/")
    expect(page.get_by_role("heading", name="Welcome, Ana")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert eventually(page, lambda: stage.do(_count, "media") == 0)


def test_leaving_after_a_post_is_shared_asks_nothing(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/explore?create")
    dialog = page.get_by_role("dialog", name="Create new post")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Select photos").click()
    chooser.value.set_files(file_named(picture(600, 600), "wall.jpg"))
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Share").click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Post shared")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(f"{stage.server.url}/explore")
    page.get_by_role("navigation", name="Primary").get_by_role("link", name="Home").click()
    expect(page).to_have_url(f"{stage.server.url}/")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_another_photo_starts_without_the_crop_and_alt_text_of_the_last(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    dialog = compose(page, file_named(picture(1200, 800), "wide.jpg"))
    dialog.get_by_role("slider", name="Zoom").fill("2")
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("textbox", name="Caption").fill("For either")
    dialog.get_by_role("textbox", name="Alt text for photo 1").fill("A wide wall")
    dialog.get_by_role("button", name="Back").click()
    expect(dialog.get_by_role("slider", name="Zoom")).to_have_value("2")
    dialog.get_by_role("button", name=re.compile("Remove .*wide.jpg")).click()
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Select photos").click()
    chooser.value.set_files(file_named(picture(600, 600), "wall.jpg"))
    expect(dialog.get_by_role("slider", name="Zoom")).to_have_value("1")
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_role("textbox", name="Alt text for photo 1")).to_have_value("")
    expect(dialog.get_by_role("textbox", name="Caption")).to_have_value("For either")


def test_a_photo_chosen_after_a_refusal_starts_without_the_crop_of_the_refused_one(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    held: list[Route] = []
    page.route("**/api/media", lambda route: held.append(route))
    dialog = compose(page, file_named(picture(1200, 800), "wide.jpg"))
    dialog.get_by_role("slider", name="Zoom").fill("2")
    dialog.get_by_role("button", name="Next").click()
    assert eventually(page, lambda: bool(held))
    held[0].fulfill(status=422, json={"error": "This photo is damaged."})
    page.unroute("**/api/media")
    expect(dialog.get_by_role("alert")).to_contain_text("This photo is damaged")
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose another").click()
    chooser.value.set_files(file_named(picture(600, 600), "wall.jpg"))
    expect(dialog.get_by_role("slider", name="Zoom")).to_have_value("1")


def test_the_published_photo_is_the_crop(stage: Stage) -> None:
    ana = stage.join("ana")
    page = stage.open_tab(ana)
    dialog = compose(page, file_named(picture(1200, 800), "wide.jpg"))
    dialog.get_by_role("radio", name="4:5").click()
    dialog.get_by_role("slider", name="Zoom").fill("2")
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Share").click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Post shared")
    [post] = stage.do(_posts)
    assert (post["media"][0]["width"], post["media"][0]["height"]) == (320, 400)


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_post_whose_sharing_is_lost_with_a_connection_is_shared_once(stage: Stage, lost: str) -> None:
    # As behind a proxy, where another process answers at once, and the connection never seems broken.
    page, wire = stage.open_wired_tab(stage.join("ana"))
    dialog = compose(page, file_named(picture(1200, 800), "wide.jpg"))
    dialog.get_by_role("radio", name="1:1").click()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("textbox", name="Caption").fill("Shared once")
    share = dialog.get_by_role("button", name="Share")
    expect(share).to_be_enabled()
    if lost == "request":
        wire.drop_requests()
        share.click()
        expect(dialog.get_by_role("button", name="Sharing…")).to_be_disabled()
        assert stage.do(_posts) == []
    else:
        wire.hold()
        share.click()
        assert eventually(page, lambda: any('{"ok":true}' in str(message) for _, message in wire.held))
        wire.held.clear()
        wire.release()
    wire.close()
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Post shared")
    expect(article(page, "ana")).to_contain_text("Shared once")
    [post] = stage.do(_posts)
    assert (post["media"][0]["width"], post["media"][0]["height"]) == (800, 800)
    assert len(wire.sockets) == 2


def test_a_photo_is_zoomed_by_pinching_and_by_the_wheel(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), viewport=PHONE, has_touch=True)
    dialog = compose(page, file_named(picture(1200, 800), "wide.jpg"))
    zoom = dialog.get_by_role("slider", name="Zoom")
    expect(zoom).to_have_value("1")
    wait_for_animations(page)
    middle, row = center(dialog.get_by_role("group", name="Position of photo 1"))
    touch = page.context.new_cdp_session(page)

    def touch_points(kind: str, *offsets: float) -> None:
        points = [{"x": middle + offset, "y": row, "id": at} for at, offset in enumerate(offsets)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch_points("touchStart", -30, 30)
    for half in (40, 50, 60):
        touch_points("touchMove", -half, half)
    touch_points("touchEnd")
    assert eventually(page, lambda: float(zoom.input_value()) == pytest.approx(2, abs=0.06))
    touch_points("touchStart", -60, 60)
    touch_points("touchMove", -1, 1)
    touch_points("touchEnd")
    expect(zoom).to_have_value("1")
    # A second finger joins one that has dragged the photo.
    touch_points("touchStart", -20)
    for offset in (-40, -60):
        touch_points("touchMove", offset)
    touch_points("touchStart", -60, 60)
    touch_points("touchMove", -75, 75)
    touch_points("touchMove", -90, 90)
    touch_points("touchEnd")
    assert eventually(page, lambda: float(zoom.input_value()) == pytest.approx(1.5, abs=0.06))
    page.mouse.move(middle, row)
    page.mouse.wheel(0, -2000)
    expect(zoom).to_have_value("3")
    assert page.evaluate("() => visualViewport.scale") == 1


def center(part: Locator) -> tuple[float, float]:
    box = part.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_panorama_is_previewed_as_it_will_be_shown(stage: Stage, size: dict) -> None:
    page = stage.open_tab(stage.join("ana"), viewport=size)
    dialog = compose(page, file_named(panorama(), "wide.png"))
    frame = dialog.locator(".ic-frame")

    def is_wide() -> bool:
        box = frame.bounding_box()
        return box is not None and box["width"] / box["height"] == pytest.approx(1.91, rel=0.01)

    # The aspect ratio is known once the browser has read the file.
    assert eventually(page, is_wide)
    dialog.get_by_role("button", name="Next").click()
    assert eventually(page, is_wide)
    dialog.get_by_role("button", name="Share").click()
    shown = article(page, "ana").get_by_role("group", name="Photos").bounding_box()
    assert shown is not None and shown["width"] / shown["height"] == pytest.approx(1.91, rel=0.01)
    [post] = stage.do(_posts)
    photo = post["media"][0]
    assert photo["width"] / photo["height"] == pytest.approx(1.91, rel=0.01)


async def _posts() -> list[dict]:
    return await db.posts.find({}).to_list()


def test_a_heic_photo_is_shown_and_cropped_in_browsers_that_cannot_read_it(stage: Stage) -> None:
    out = io.BytesIO()
    Image.radial_gradient("L").convert("RGB").resize((900, 600)).save(out, "HEIF")
    page = stage.open_tab(stage.join("ana"))
    dialog = compose(page, file_named(out.getvalue(), "IMG_0001.heic"))
    expect(dialog.get_by_text("Uploaded").first).to_be_visible()
    preview = dialog.get_by_role("img", name="Preview of photo 1")
    expect(preview).to_have_attribute("src", re.compile(r"^/media/"))
    dialog.get_by_role("radio", name="1:1").click()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("button", name="Share").click()
    expect(page.get_by_role("status", name="Announcements")).to_contain_text("Post shared")
    [post] = stage.do(_posts)
    assert (post["media"][0]["width"], post["media"][0]["height"]) == (600, 600)


def test_a_photo_is_dropped_or_pasted(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    make = """async (kind) => {
      const canvas = new OffscreenCanvas(400, 400); canvas.getContext('2d').fillRect(0, 0, 200, 400);
      const blob = await canvas.convertToBlob({type: 'image/png'});
      const data = new DataTransfer(); data.items.add(new File([blob], `${kind}.png`, {type: 'image/png'}));
      const target = document.querySelector('.ic-drop');
      target.dispatchEvent(kind === 'dropped'
        ? new DragEvent('drop', {dataTransfer: data, bubbles: true, cancelable: true})
        : new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }"""
    for kind in ("dropped", "pasted"):
        page.get_by_role("navigation", name="Primary").get_by_role("button", name="Create").click()
        dialog = page.get_by_role("dialog", name="Create new post")
        expect(dialog.get_by_role("button", name="Select photos")).to_be_visible()
        page.evaluate(make, kind)
        expect(dialog.get_by_text(f"{kind}.png")).to_be_visible()
        expect(dialog.get_by_text("Uploaded").first).to_be_visible()
        dialog.get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Discard").click()


def test_dropped_text_is_inserted_into_the_caption(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    dialog = compose(page, file_named(picture(600, 600), "wall.jpg"))
    dialog.get_by_role("button", name="Next").click()
    caption = dialog.get_by_role("textbox", name="Caption")
    source = dialog.get_by_role("heading", name="New post")
    source.select_text()
    source.drag_to(caption)
    expect(caption).to_have_value(re.compile("New post"))
