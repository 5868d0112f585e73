"""Previews of local photos: the browser keeps each file in memory for as long as its object URL exists."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import file_of, picture
from tests.flows.conftest import Stage
from tests.flows.messaging.talk import chat_of, friends, log, say
from tests.flows.posts.test_posting import compose, file_named

COUNT_URLS = """
window.kept = new Set(); window.made = 0;
const make = URL.createObjectURL, free = URL.revokeObjectURL;
URL.createObjectURL = file => { const url = make.call(URL, file); kept.add(url); made += 1; return url; };
URL.revokeObjectURL = url => { kept.delete(url); free.call(URL, url); };
"""


def wait_for_urls(page: Page, kept: int, made: int) -> None:
    """Wait until `kept` object URLs are left of the `made` ones."""
    page.wait_for_function(f"() => window.kept.size === {kept} && window.made === {made}")


def open_counted_page(stage: Stage) -> Page:
    page = stage.open_tab(stage.join("ana"), "/explore")
    page.evaluate(COUNT_URLS)
    return page


@pytest.mark.parametrize("end", ["Discard", "Share"])
def test_a_preview_is_released_once_its_photo_is_replaced_removed_or_shared(stage: Stage, end: str) -> None:
    page = open_counted_page(stage)
    dialog = compose(page, file_named(b"x" * 100, "night.tiff"))
    wait_for_urls(page, 1, 1)
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Choose another").click()
    chooser.value.set_files(file_named(b"y" * 100, "day.tiff"))
    wait_for_urls(page, 1, 2)
    dialog.get_by_role("button", name="Remove").click()
    wait_for_urls(page, 0, 2)
    with page.expect_file_chooser() as chooser:
        dialog.get_by_role("button", name="Select photos").click()
    chooser.value.set_files(file_named(picture(800, 800), "wall.jpg"))
    wait_for_urls(page, 1, 3)
    if end == "Discard":
        dialog.get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Discard").click()
    else:
        dialog.get_by_role("button", name="Next").click()
        dialog.get_by_role("button", name="Share").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    wait_for_urls(page, 0, 3)


def test_the_preview_of_a_sent_photo_is_released_once_it_arrives(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    say(stage, ben, chat, "Show me")
    page = stage.open_tab(ana, f"/messages/{chat}")
    page.evaluate(COUNT_URLS)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add photo").click()
    chooser.value.set_files(file_of(picture(600, 800)))
    expect(log(page).get_by_role("link", name="Photo from ana")).to_be_visible()
    wait_for_urls(page, 0, 1)
