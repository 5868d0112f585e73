"""A list of people longer than a tab holds continues to its end, and starts again."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.people.directory import PAGE
from instagram_clone.domain.people.relations import blocks
from instagram_clone.web.states.people.people import MAX_PEOPLE
from tests.flows.conftest import Stage
from tests.flows.people.followers import add_blocked, add_followers

FOLLOWERS = MAX_PEOPLE + PAGE + 3


def test_followers_can_be_scrolled_past_the_limit_of_a_tab_and_from_the_start_again(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(add_followers, ana, FOLLOWERS)
    page = stage.open_tab(ana, "/ana/followers")
    dialog = page.get_by_role("dialog", name="Followers")
    rows, more = dialog.get_by_role("listitem"), dialog.get_by_role("button", name="Show more")
    again = dialog.get_by_role("button", name="Return to the start")
    for shown in range(PAGE, MAX_PEOPLE + 1, PAGE):
        expect(rows).to_have_count(shown)
        expect(again).to_have_count(0)
        more.click()
    expect(dialog.get_by_role("link", name="fan842", exact=True)).to_have_count(0)
    expect(dialog.get_by_role("link", name="fan3", exact=True)).to_be_attached()
    expect(rows).to_have_count(MAX_PEOPLE)
    # The reader's place stays in view, though as many rows were dropped above as were added below.
    expect(dialog.get_by_role("link", name="fan43", exact=True)).to_be_in_viewport()
    more.click()
    expect(dialog.get_by_role("link", name="fan0", exact=True)).to_be_attached()
    expect(rows).to_have_count(MAX_PEOPLE)
    expect(more).to_have_count(0)
    again.click()
    expect(rows).to_have_count(PAGE)
    expect(dialog.get_by_role("link", name="fan842", exact=True)).to_be_in_viewport()
    expect(again).to_have_count(0)


def test_everybody_whom_somebody_has_blocked_can_be_unblocked(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(add_blocked, ana, 2 * blocks.PAGE + 31)
    page = stage.open_tab(ana, "/settings/blocked")
    rows, more = page.get_by_role("button", name="Unblock"), page.get_by_role("button", name="Show more")
    expect(rows).to_have_count(blocks.PAGE)
    more.click()
    expect(rows).to_have_count(2 * blocks.PAGE)
    page.get_by_role("button", name="Unblock troll40").press("Enter")
    # The next person takes the place of the one who left, and the reader's place stays.
    expect(page.get_by_role("button", name="Unblock troll30")).to_be_attached()
    expect(rows).to_have_count(2 * blocks.PAGE)
    expect(page.locator("[data-row]").filter(has_text="troll39")).to_be_focused()
    more.press("Enter")
    expect(rows).to_have_count(2 * blocks.PAGE + 30)
    expect(more).to_have_count(0)
    expect(page.locator("[data-row]").filter(has_text="troll29")).to_be_focused()
    page.get_by_role("button", name="Unblock troll0", exact=True).press("Enter")
    expect(page.get_by_role("button", name="Unblock troll0", exact=True)).to_have_count(0)
    expect(rows).to_have_count(2 * blocks.PAGE + 29)
