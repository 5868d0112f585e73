"""The core scenario: a photo reaches a friend's screen, and both screens change at once."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect
from sklearn.datasets import load_sample_image

from instagram_clone.domain.people.relations import follows, graph
from instagram_clone.domain.posts import post_cards, posts
from tests.conftest import PASSWORD, file_of, share
from tests.flows.conftest import Stage, article, wait_until_interactive


def photograph(width: int = 1600) -> Path:
    """Return a real photograph with private camera metadata in it."""
    image = Image.fromarray(load_sample_image("china.jpg"))
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAM"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.34)
    out = io.BytesIO()
    image.resize((width, width * image.height // image.width)).save(out, "JPEG", exif=exif)
    return file_of(out.getvalue()).rename(file_of(b"").with_suffix(".jpg"))


def sign_up(page: Page, username: str, name: str) -> None:
    page.goto("/signup")
    wait_until_interactive(page)
    form = page.get_by_role("form", name="Create an account")
    form.get_by_role("textbox", name="Email").fill(f"{username}@example.com")
    form.get_by_role("textbox", name="Full name").fill(name)
    form.get_by_role("textbox", name="Username").fill(username)
    expect(form.get_by_text(f"{username} is available")).to_be_visible()
    form.get_by_label("Password", exact=True).fill(PASSWORD)
    form.get_by_role("button", name="Create account").click()
    page.wait_for_url("**/")
    expect(page.get_by_role("heading", name=f"Welcome, {name}")).to_be_visible()


def test_two_people_meet_and_exchange_a_photo_a_like_and_a_comment(stage: Stage) -> None:
    ana, ben = stage.context().new_page(), stage.context().new_page()
    sign_up(ana, "ana.m", "Ana")
    sign_up(ben, "ben", "Ben")

    ben.goto("/ana.m")
    ben.get_by_role("button", name="Follow ana.m").click()
    expect(ben.get_by_role("button", name="Following ana.m")).to_be_visible()
    ben.goto("/")
    expect(ben.get_by_role("heading", name="Welcome, Ben")).to_be_visible()

    ana.get_by_role("navigation", name="Primary").get_by_role("button", name="Create").click()
    dialog = ana.get_by_role("dialog", name="Create new post")
    with ana.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Select photos").click()
    chooser.value.set_files(photograph())
    dialog.get_by_role("radio", name="1:1").click()
    dialog.get_by_role("button", name="Next").click()
    dialog.get_by_role("textbox", name="Caption").fill("Roofs\nand <b>sky</b> 🌿")
    dialog.get_by_role("textbox", name="Alt text for photo 1").fill("A pagoda")
    dialog.get_by_role("button", name="Share").click()
    expect(ana.get_by_role("status", name="Announcements")).to_contain_text("Post shared")
    mine = article(ana, "ana.m")
    expect(mine).to_contain_text("<b>sky</b> 🌿")

    ben.get_by_role("button", name="1 new post").click()
    theirs = article(ben, "ana.m")
    expect(theirs.get_by_role("img", name="A pagoda")).to_be_visible()
    expect(theirs).to_contain_text("Be the first to like this")

    theirs.get_by_role("button", name="Like", exact=True).click()
    expect(theirs.get_by_role("button", name="Unlike")).to_have_attribute("aria-pressed", "true")
    expect(theirs.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    expect(mine.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    expect(mine.get_by_role("button", name="Like", exact=True)).to_be_visible()

    theirs.get_by_role("textbox", name="Add a comment").fill("Where is this?")
    theirs.get_by_role("textbox", name="Add a comment").press("Enter")
    expect(mine.get_by_role("link", name="View 1 comment")).to_be_visible()

    mine.get_by_role("link", name="View 1 comment").click()
    detail = ana.get_by_role("dialog", name="Post by ana.m")
    expect(detail.get_by_role("list", name="Comments")).to_contain_text("Where is this?")
    ben.goto(ana.url.replace("/?p=", "/p/"))
    page = ben.get_by_role("main")
    expect(page.get_by_role("list", name="Comments")).to_contain_text("Where is this?")
    detail.get_by_role("textbox", name="Add a comment").fill("Behind the old school")
    detail.get_by_role("button", name="Post comment").click()
    expect(page.get_by_role("list", name="Comments")).to_contain_text("Behind the old school")
    expect(detail.get_by_role("list", name="Comments")).to_contain_text("Behind the old school")

    page.get_by_role("button", name="Unlike").click()
    expect(detail).to_contain_text("Be the first to like this")
    detail.get_by_role("button", name="Close").first.click()
    expect(ana).to_have_url(stage.server.url + "/")


def test_served_photos_contain_no_camera_metadata(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(_share_file, ana, photograph())
    photo = stage.do(post_cards.show, None, post_id).photo
    tab = stage.open_tab(None, f"/p/{post_id}")
    for width in photo.widths:
        answer = tab.request.get(f"/media/{photo.id}/{width}")
        assert answer.status == 200 and answer.headers["content-type"] == "image/webp"
        assert answer.headers["cache-control"] == "public, max-age=31536000, s-maxage=0, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert b"SECRET" not in answer.body() and b"Exif" not in answer.body()
        again = tab.request.get(
            f"/media/{photo.id}/{width}", headers={"If-None-Match": answer.headers["etag"]}
        )
        assert again.status == 304


async def _share_file(viewer, path: Path) -> str:
    from instagram_clone.domain.media import drafts

    return await posts.publish(viewer, (await drafts.store(viewer, path)).id)


def test_a_deleted_post_leaves_every_screen(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    stage.do(share, ana, "First")
    stage.do(share, ana, "Second")
    mine, theirs = stage.open_tab(ana), stage.open_tab(ben)
    expect(theirs.get_by_role("article")).to_have_count(2)
    second = mine.get_by_role("article").filter(has_text="Second")
    second.get_by_role("button", name="More options for this post").click()
    mine.get_by_role("menuitem", name="Delete").click()
    confirm = mine.get_by_role("dialog", name="Delete post?")
    expect(confirm.get_by_role("button", name="Cancel")).to_be_focused()
    confirm.get_by_role("button", name="Delete").click()
    for tab in (mine, theirs):
        expect(tab.get_by_role("article")).to_have_count(1)
        expect(tab.get_by_role("article")).to_contain_text("First")


def test_likes_reach_every_tab_and_stay_after_a_reload(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(follows.follow, ben, ana.id)
    post_id = stage.do(share, ana)
    one, two, third = stage.open_tab(ben), stage.open_tab(ben, f"/p/{post_id}"), stage.open_tab(ana)
    one.get_by_role("group", name="Photos").dblclick()
    for tab in (one, two):
        expect(tab.get_by_role("button", name="Unlike")).to_be_visible()
    one.get_by_role("group", name="Photos").dblclick()
    for tab in (one, two, third):
        expect(tab.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    one.keyboard.press("j")
    one.keyboard.press("l")
    for tab in (two, third):
        expect(tab.get_by_text("Be the first to like this")).to_be_visible()
    two.get_by_role("button", name="Like", exact=True).click()
    expect(third.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    third.reload()
    expect(third.get_by_role("button", name="1 like", exact=True)).to_be_visible()


def test_the_numbers_of_an_open_profile_are_live(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    looking, acting = stage.open_tab(None, "/ana"), stage.open_tab(ben, "/ana")
    expect(looking.get_by_text("0 followers")).to_be_visible()
    acting.get_by_role("button", name="Follow ana").click()
    expect(looking.get_by_text("1 follower", exact=True)).to_be_visible()
    expect(acting.get_by_role("link", name="1 follower")).to_be_visible()
    acting.get_by_role("button", name="Following ana").click()
    expect(looking.get_by_text("0 followers")).to_be_visible()
    assert stage.do(graph.is_following, ben, ana.id) is False
