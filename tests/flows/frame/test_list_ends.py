"""Where the focus goes when a button at the end of a list disappears after use."""

from __future__ import annotations

from playwright.sync_api import expect

from instagram_clone.domain.people import directory
from instagram_clone.domain.posts import comment_cards, comments
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage
from tests.flows.messaging.talk import chat_of, friends, log, say, write
from tests.flows.people.followers import add_followers

AT_TOP = "box => box.scrollTo({ top: 0 })"


def test_show_more_moves_the_focus_to_the_first_new_row(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(add_followers, ana, directory.PAGE + 2)
    dialog = stage.open_tab(ana, "/ana/followers").get_by_role("dialog", name="Followers")
    more = dialog.get_by_role("button", name="Show more")
    more.press("Enter")
    expect(more).to_have_count(0)
    expect(dialog.get_by_role("link", name="fan1", exact=True)).to_be_focused()


def test_earlier_comments_get_the_focus_when_loaded_by_key(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    for number in range(comment_cards.PAGE + 2):
        stage.do(comments.add, ana, post_id, f"Number {number}.", key=f"key-{number}")
    page = stage.open_tab(ana, f"/p/{post_id}", viewport=PHONE)
    listed = page.get_by_role("list", name="Comments")
    earlier = listed.get_by_role("button", name="View earlier comments")
    earlier.press("Enter")
    expect(earlier).to_have_count(0)
    first = listed.get_by_role("listitem").filter(has_text="Number 0.")
    expect(first.get_by_role("link", name="ana")).to_be_focused()


def test_jumping_to_the_latest_messages_moves_the_focus_there(stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    for number in range(25):
        say(stage, ana, chat, f"Number {number}")
    page, other = (stage.open_tab(one, f"/messages/{chat}", viewport=PHONE) for one in (ana, ben))
    expect(log(page).get_by_text("Number 24")).to_be_in_viewport()
    log(page).evaluate(AT_TOP)
    write(other, "Down here")
    pill = page.get_by_role("button", name="1 new message")
    pill.press("Enter")
    expect(log(page).get_by_text("Down here")).to_be_in_viewport()
    expect(pill).to_have_count(0)
    expect(log(page)).to_be_focused()
